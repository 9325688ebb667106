/* SPDX-License-Identifier: Apache-2.0 */
/* Handlers of the less frequent kinds of traps. */
#include "core/trap_dispatch.h"

#include "core/sched.h"
#include "core/vm_image.h"

static enum trap_result trap_s2_fault(struct vcpu *vcpu, struct trap *trap)
{
    /*
     * The first write to a part of the kernel that is mapped in place and of which no copy is kept;
     * a walk of the guest's tables there may write as well (access flag).
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

enum trap_result trap_dispatch_other(struct vcpu *vcpu, struct trap *trap)
{
    switch (trap->kind) {
    case TRAP_S2_FAULT:
        return trap_s2_fault(vcpu, trap);
    case TRAP_WAIT:
        return trap_wait(vcpu, trap);
    case TRAP_FP:
        return arch_trap_fp(vcpu, trap);
    default:
        return TRAP_UNDEF; /* unknown, or an instruction that guests do not have */
    }
}
