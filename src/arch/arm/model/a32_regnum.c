/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers to registers; the rare ones are behind hooks. DDI 0406C, B1.3.2. */
#include "arch/arm/model/a32_regnum.h"

#include "lib/bits.h"

#define NUMBER_FIQ_FIRST 8

enum a32_banked a32_banked_of(unsigned mode, unsigned number)
{
    bool sp = number == A32_NUMBER_SP;

    if (mode == A32_MODE_FIQ && number >= NUMBER_FIQ_FIRST)
        return A32_R8_fiq + (number - NUMBER_FIQ_FIRST);
    if (number < A32_NUMBER_SP)
        return A32_BANKED_COUNT;
    switch (mode) {
    case A32_MODE_SVC:
        return sp ? A32_SP_svc : A32_LR_svc;
    case A32_MODE_ABT:
        return sp ? A32_SP_abt : A32_LR_abt;
    case A32_MODE_UND:
        return sp ? A32_SP_und : A32_LR_und;
    case A32_MODE_IRQ:
        return sp ? A32_SP_irq : A32_LR_irq;
    default: /* User and System */
        return sp ? A32_SP_usr : A32_BANKED_COUNT;
    }
}

/* The register among the a32_gprs, or NULL; if it is in a bank, *BANKED says in which. */
static uint32_t *locate(struct vcpu *vcpu, unsigned number, enum a32_banked *banked)
{
    struct a32_gprs *gprs = &vcpu->arch.a32.gprs;

    *banked = A32_BANKED_COUNT;
    if (number >= A32_NUMBER_PC)
        return NULL;
    *banked = a32_banked_of((unsigned)REG_GET(CPSR, M, gprs->cpsr), number);
    if (*banked != A32_BANKED_COUNT)
        return NULL;
    return number == A32_NUMBER_LR ? &gprs->lr : &gprs->r[number];
}

uint32_t a32_reg_read_banked(struct vcpu *vcpu, unsigned number)
{
    const struct a32_gprs *gprs = &vcpu->arch.a32.gprs;
    enum a32_banked banked;
    const uint32_t *at;

    if (likely(number < A32_NUMBER_SP && REG_GET(CPSR, M, gprs->cpsr) != A32_MODE_FIQ))
        return gprs->r[number];
    at = locate(vcpu, number, &banked);
    if (at != NULL)
        return *at;
    return banked != A32_BANKED_COUNT ? a32_hook_banked_read(vcpu, banked) : 0;
}

void a32_reg_write_banked(struct vcpu *vcpu, unsigned number, uint32_t value)
{
    enum a32_banked banked;
    uint32_t *at = locate(vcpu, number, &banked);

    if (at != NULL)
        *at = value;
    else if (banked != A32_BANKED_COUNT)
        a32_hook_banked_write(vcpu, banked, value);
}
