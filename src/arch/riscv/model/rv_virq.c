/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/model/rv_virq.h"

void rv_virq_set(struct vcpu *vcpu, uint32_t bit, bool level)
{
    uint32_t old;

    if (level)
        old = __atomic_fetch_or(&vcpu->arch.rv.lines, bit, __ATOMIC_RELEASE);
    else
        old = __atomic_fetch_and(&vcpu->arch.rv.lines, ~bit, __ATOMIC_RELEASE);
    /* A line that falls has to be seen as well: the guest reads it in sip. */
    if (((old & bit) != 0) != level)
        vcpu_kick(vcpu, VCPU_REQ_VIRQ);
}

void rv_virq_post(struct vcpu *vcpu)
{
    __atomic_fetch_or(&vcpu->arch.rv.posted, (uint32_t)RV_IRQ_SSI, __ATOMIC_RELEASE);
    vcpu_kick(vcpu, VCPU_REQ_VIRQ);
}
