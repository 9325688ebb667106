/* SPDX-License-Identifier: Apache-2.0 */
/* The floating-point state: moved only when a vCPU uses it. */
#pragma once

#include "core/pcpu.h"
#include "core/vcpu.h"

/* VCPU is being loaded here: its registers are in the hart, or the first use traps. */
void fp_load(struct pcpu *pcpu, struct vcpu *vcpu);
/* VCPU is being saved: note whether it changed them. */
void fp_save(struct pcpu *pcpu, struct vcpu *vcpu);
/* VCPU, emulated, was trapped: whether it changed them is noted, for us and for it. */
void fp_note(struct vcpu *vcpu);
/* VCPU, emulated, is entered: it may use them without a trap if it has switched them ON and they
 * are here. */
void fp_allow(const struct pcpu *pcpu, const struct vcpu *vcpu, bool on);
/* Whoever's state is in this hart goes to memory. */
void fp_release(struct pcpu *pcpu);
