/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vCPU's three interrupts (software, timer, external) as others drive them: levels, and software
 * interrupts that were sent. The vCPU is told by a kick; whoever has it loaded shows them to it.
 */
#pragma once

#include "arch/riscv/model/rv_csr.h"
#include "core/vcpu.h"

/* The line BIT (RV_IRQ_STI, RV_IRQ_SEI) of VCPU is at LEVEL. Any context. */
void rv_virq_set(struct vcpu *vcpu, uint32_t bit, bool level);
/* Send VCPU a software interrupt. Any context. */
void rv_virq_post(struct vcpu *vcpu);
/* Forget all: VCPU is reset. Levels of others stay. */
static inline void rv_virq_reset(struct vcpu *vcpu)
{
    __atomic_store_n(&vcpu->arch.rv.posted, 0, __ATOMIC_RELAXED);
}
