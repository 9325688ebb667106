/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/model/rv_fault.h"

#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_walk.h"
#include "core/vcpu.h"
#include "lib/bits.h"

/* By the tables as they are now there is no such fault. */
static bool run_again(struct vcpu *vcpu)
{
    rv_hook_fence(vcpu, bit64(vcpu->id), RV_FENCE_VMA, 0, UINT64_MAX, 0);
    return false;
}

bool rv_fault_find(struct vcpu *vcpu, struct rv_syndrome *syndrome)
{
    struct rv_translation to;
    struct rv_context context;

    rv_hook_context(vcpu, &context);
    switch (rv_walk(vcpu->vm, &context, syndrome->tval, rv_access_of(syndrome->cause), &to)) {
    case RV_WALK_DONE:
        /* An update of A or D that the hart could not write is written now. */
        if (rv_is_table_walk(syndrome))
            return run_again(vcpu);
        break;
    case RV_WALK_ACCESS_FAULT:
        syndrome->htinst = HTINST_WALK_READ;
        break;
    default:
        return run_again(vcpu);
    }
    syndrome->htval = to.gpa.raw >> 2;
    return true;
}
