/* SPDX-License-Identifier: Apache-2.0 */
/* Which handler a trap goes to. */
#include "core/trap.h"

#include "arch/arch.h"
#include "core/sched.h"
#include "core/vm.h"
#include "core/vm_image.h"

static enum trap_result trap_undef(struct vcpu *vcpu, struct trap *trap)
{
    return TRAP_UNDEF;
}

static enum trap_result trap_mmio(struct vcpu *vcpu, struct trap *trap)
{
    const struct mmio_region *region =
        mmio_bus_find(&vcpu->vm->mmio, trap->mmio.gpa, trap->mmio.size_bytes);
    struct mmio_access access;

    if (unlikely(region == NULL)) {
        if (!vcpu->vm->config->unmapped_reads_ones)
            return TRAP_ABORT;
        trap->value = UINT64_MAX;
        return TRAP_DONE;
    }
    access = (struct mmio_access){
        .offset = trap->mmio.gpa.raw - region->base.raw,
        .value = trap->value,
        .vcpu = vcpu->id,
        .size_bytes = trap->mmio.size_bytes,
        .write = trap->write,
    };
    if (unlikely(!region->handler(region->device, &access)))
        return TRAP_ABORT;
    trap->value = access.value;
    return TRAP_DONE;
}

static enum trap_result trap_s2_fault(struct vcpu *vcpu, struct trap *trap)
{
    /*
     * The first write to a part of the kernel that is mapped in place; a walk of the guest's tables
     * there may write as well (access flag).
     */
    if (!trap->fault.external && trap->fault.permission &&
        (trap->fault.access == TRAP_WRITE || trap->fault.on_table_walk) &&
        vm_image_cow(vcpu->vm, trap->fault.gpa))
        return TRAP_RETRY;
    /* Cache maintenance of an address where nothing is: there is nothing to maintain. */
    if (trap->fault.cache_maintenance)
        return TRAP_DONE;
    return TRAP_ABORT;
}

static enum trap_result trap_wait(struct vcpu *vcpu, struct trap *trap)
{
    if (!trap->wait.event && !trap->wait.timeout && !vcpu_has_work(vcpu))
        sched_wait(vcpu);
    return TRAP_DONE;
}

static trap_handler_fn *const handlers[TRAP_KIND_COUNT] = {
    [TRAP_UNKNOWN] = trap_undef,       [TRAP_MMIO] = trap_mmio,
    [TRAP_S2_FAULT] = trap_s2_fault,   [TRAP_SYSREG] = arch_trap_sysreg,
    [TRAP_HYPERCALL] = arch_trap_call, [TRAP_WAIT] = trap_wait,
    [TRAP_FP] = arch_trap_fp,          [TRAP_INSN] = trap_undef,
};

enum trap_result trap_dispatch(struct vcpu *vcpu, struct trap *trap)
{
    vcpu->stats.traps[trap->kind]++;
    return handlers[trap->kind](vcpu, trap);
}
