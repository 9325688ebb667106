/* SPDX-License-Identifier: Apache-2.0 */
/* Vector registers: moved when a vCPU uses them, and only then. */
#pragma once

#include "core/pcpu.h"
#include "core/vcpu.h"

/* Bytes of a vector register of this hart, which has V. */
uint64_t vector_bytes(void);
/* Memory for VCPU's. */
enum err vector_vcpu_init(struct vcpu *vcpu) __must_check;
/* As at reset. VCPU is not loaded. */
void vector_reset(struct vcpu *vcpu);
/* VCPU gets this hart, or leaves it: its next use traps unless its registers are here. */
void vector_load(struct pcpu *pcpu, struct vcpu *vcpu);
void vector_save(struct pcpu *pcpu, struct vcpu *vcpu);
/* Whoever's registers are here, they go to where they are kept. */
void vector_release(struct pcpu *pcpu);
/* VCPU, loaded here, used them. */
void vector_use(struct pcpu *pcpu, struct vcpu *vcpu);
