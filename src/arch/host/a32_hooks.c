/* SPDX-License-Identifier: Apache-2.0 */
/* The ARMv7 models' hooks for tests: they only note that they were called, and how; PL1's registers
 * are those saved. */
#include "arch/arm/model/a32_hooks.h"

#include "arch/arch.h"
#include "arch/arm/model/a32_inject.h"
#include "arch/host/a32_hook_record.h"
#include "core/vcpu.h"
#include "lib/string.h"

struct a32_hook_record a32_hook_record;

bool a32_hook_fetch(struct vcpu *vcpu, uint32_t va, void *to, uint32_t size_bytes)
{
    const struct a32_hook_record *record = &a32_hook_record;

    if (!range_within(va, size_bytes, record->code_va, record->code_bytes))
        return false;
    memcpy(to, record->code + (va - record->code_va), size_bytes);
    return true;
}

void a32_hook_user_exception(struct vcpu *vcpu, const struct trap *trap)
{
    a32_hook_record.user_exception_count++;
}

void a32_hook_undescribed(struct vcpu *vcpu, const struct a32_syndrome *syndrome)
{
    a32_hook_record.undescribed_count++;
}

uint32_t a32_hook_banked_read(struct vcpu *vcpu, enum a32_banked which)
{
    return vcpu->arch.a32.pl1.banked[which];
}

void a32_hook_banked_write(struct vcpu *vcpu, enum a32_banked which, uint32_t value)
{
    vcpu->arch.a32.pl1.banked[which] = value;
}

void a32_hook_cntp_changed(struct vcpu *vcpu)
{
    a32_hook_record.cntp_count++;
}

void a32_hook_tlb(struct vcpu *vcpu, enum a32_tlb what, uint32_t value)
{
    a32_hook_record.tlb_count++;
    a32_hook_record.tlb_what = what;
    a32_hook_record.tlb_value = value;
}

void a32_hook_set_way(struct vcpu *vcpu)
{
    a32_hook_record.set_way_count++;
}

void a32_hook_thumbee(struct vcpu *vcpu)
{
    a32_hook_record.thumbee_count++;
}

void a32_hook_vm_reg_write(struct vcpu *vcpu, uint32_t key, uint64_t value)
{
    a32_hook_record.vm_reg_count++;
    a32_hook_record.vm_reg_key = key;
    a32_hook_record.vm_reg_value = value;
}

uint64_t a32_hook_counter(void)
{
    return arch_counter();
}

void a32_hook_exc_load(struct vcpu *vcpu, struct a32_exc *exc)
{
    const struct a32_pl1 *pl1 = &vcpu->arch.a32.pl1;

    exc->sctlr = pl1->sctlr;
    exc->vbar = pl1->vbar;
    exc->ttbcr = pl1->ttbcr;
}

void a32_hook_exc_store(struct vcpu *vcpu, const struct a32_exc *exc)
{
    struct a32_pl1 *pl1 = &vcpu->arch.a32.pl1;

    pl1->banked[exc->abort ? A32_LR_abt : A32_LR_und] = exc->lr;
    pl1->banked[exc->abort ? A32_SPSR_abt : A32_SPSR_und] = exc->spsr;
    if (exc->data_fault) {
        pl1->dfsr = exc->fsr;
        pl1->dfar = exc->far;
    }
    if (exc->fetch_fault) {
        pl1->ifsr = exc->fsr;
        pl1->ifar = exc->far;
    }
}
