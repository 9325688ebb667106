/* SPDX-License-Identifier: Apache-2.0 */
/* The AArch64 models' hooks for tests: they only note that they were called, and how; EL1's
 * registers are those saved. */
#include "arch/arm/model/a64_hooks.h"

#include "arch/arch.h"
#include "arch/arm/model/a64_inject.h"
#include "arch/host/a64_hook_record.h"
#include "core/vcpu.h"

struct a64_hook_record a64_hook_record;

void a64_hook_sgi(struct vcpu *vcpu, uint64_t value, bool group0)
{
    a64_hook_record.sgi_count++;
    a64_hook_record.sgi_value = value;
    a64_hook_record.sgi_group0 = group0;
}

void a64_hook_deactivate(struct vcpu *vcpu, uint32_t intid)
{
    a64_hook_record.deactivate_count++;
    a64_hook_record.deactivate_intid = intid;
}

void a64_hook_cntp_changed(struct vcpu *vcpu)
{
    a64_hook_record.cntp_count++;
}

void a64_hook_set_way(struct vcpu *vcpu)
{
    a64_hook_record.set_way_count++;
}

void a64_hook_vm_reg_write(struct vcpu *vcpu, uint32_t key, uint64_t value)
{
    a64_hook_record.vm_reg_count++;
    a64_hook_record.vm_reg_key = key;
    a64_hook_record.vm_reg_value = value;
}

uint64_t a64_hook_counter(void)
{
    return arch_counter();
}

void a64_hook_wait(struct vcpu *vcpu)
{
    a64_hook_record.wait_count++;
}

void a64_hook_exc_load(struct vcpu *vcpu, struct a64_exc *exc)
{
    const struct a64_el1 *el1 = &vcpu->arch.a64.el1;

    exc->sctlr = el1->sctlr;
    exc->vbar = el1->vbar;
    exc->esr_el1 = el1->esr;
    exc->far_el1 = el1->far;
}

void a64_hook_exc_store(struct vcpu *vcpu, const struct a64_exc *exc)
{
    struct a64_el1 *el1 = &vcpu->arch.a64.el1;

    el1->esr = exc->esr_el1;
    el1->far = exc->far_el1;
    el1->elr_el1 = exc->elr_el1;
    el1->spsr_el1 = exc->spsr_el1;
}
