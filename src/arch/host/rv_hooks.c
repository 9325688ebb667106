/* SPDX-License-Identifier: Apache-2.0 */
/* The RISC-V models' hooks for tests: they only note that they were called, and how; the
 * supervisor's registers are those saved. */
#include "arch/riscv/model/rv_hooks.h"

#include "arch/host/rv_hook_record.h"
#include "arch/riscv/model/rv_priv.h"
#include "core/vcpu.h"

struct rv_hook_record rv_hook_record;

void rv_hook_exception_load(struct vcpu *vcpu, struct rv_super *super)
{
    *super = vcpu->arch.rv.super;
}

void rv_hook_exception_store(struct vcpu *vcpu, const struct rv_super *super)
{
    vcpu->arch.rv.super = *super;
}

bool rv_hook_in_supervisor(const struct vcpu *vcpu)
{
    return vcpu->arch.rv.super.in_supervisor;
}

void rv_hook_context(const struct vcpu *vcpu, struct rv_context *context)
{
    const struct rv_super *super = &vcpu->arch.rv.super;

    *context = (struct rv_context){
        .mode = super->in_supervisor ? RV_PRIVILEGE_SUPERVISOR : RV_PRIVILEGE_USER,
        .sum = (super->sstatus & SSTATUS_SUM) != 0,
        .mxr = (super->sstatus & SSTATUS_MXR) != 0,
        .update_ad = true,
        .satp = super->satp,
    };
}

uint64_t rv_hook_scounteren(const struct vcpu *vcpu)
{
    return vcpu->arch.rv.super.scounteren;
}

void rv_hook_set_timer(struct vcpu *vcpu, uint64_t deadline_ticks)
{
    rv_hook_record.timer_count++;
    rv_hook_record.deadline_ticks = deadline_ticks;
}

void rv_hook_timer_changed(struct vcpu *vcpu)
{
    rv_hook_record.timer_changed_count++;
}

uint64_t rv_hook_time(const struct vcpu *vcpu)
{
    return rv_hook_record.time;
}

void rv_hook_post_self(struct vcpu *vcpu)
{
    vcpu->arch.rv.posted |= (uint32_t)RV_IRQ_SSI;
}

bool rv_hook_clear_self(struct vcpu *vcpu)
{
    bool was = vcpu->arch.rv.posted != 0;

    vcpu->arch.rv.posted = 0;
    return was;
}

void rv_hook_forget_mmu(struct vcpu *vcpu)
{
    vcpu->arch.rv.super.satp = 0;
    vcpu->arch.rv.super.sstatus &= ~(uint64_t)SSTATUS_SIE;
}

void rv_hook_fp_to_memory(struct vcpu *vcpu) {}

void rv_hook_wait(struct vcpu *vcpu)
{
    rv_hook_record.wait_count++;
}

void rv_hook_fence(struct vcpu *vcpu, uint64_t targets, enum rv_fence fence, uint64_t start,
                   uint64_t size_bytes, uint64_t asid)
{
    rv_hook_record.fence_count++;
    rv_hook_record.fence = fence;
    rv_hook_record.targets = targets;
    rv_hook_record.start = start;
    rv_hook_record.size_bytes = size_bytes;
    rv_hook_record.asid = asid;
}

bool rv_hook_console_put(struct vm *vm, char byte)
{
    if (rv_hook_record.put_room == 0 || rv_hook_record.put_count == sizeof(rv_hook_record.bytes))
        return false;
    rv_hook_record.put_room--;
    rv_hook_record.bytes[rv_hook_record.put_count++] = byte;
    return true;
}

int rv_hook_console_get(struct vm *vm)
{
    if (rv_hook_record.typed == NULL || *rv_hook_record.typed == '\0')
        return -1;
    return (uint8_t)*rv_hook_record.typed++;
}
