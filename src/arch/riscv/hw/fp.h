/* SPDX-License-Identifier: Apache-2.0 */
/* The floating-point state: moved only when a vCPU uses it. */
#pragma once

#include "core/pcpu.h"
#include "core/vcpu.h"

/* VCPU is being loaded here: its registers are in the hart, or the first use traps. */
void fp_load(struct pcpu *pcpu, struct vcpu *vcpu);
/* VCPU is being saved: note whether it changed them. */
void fp_save(struct pcpu *pcpu, struct vcpu *vcpu);
/* Whoever's state is in this hart goes to memory. */
void fp_release(struct pcpu *pcpu);
