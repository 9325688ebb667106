/* SPDX-License-Identifier: Apache-2.0 */
/* The rare ways of a trap: faults of memory, exceptions for the guest, the end of its VM. */
#include "arch/riscv/model/rv_trap.h"

#include "arch/riscv/model/rv_inject.h"
#include "core/vm.h"

bool rv_gpa_is_memory(const struct vcpu *vcpu, gpa_t gpa)
{
    const struct vm *vm = vcpu->vm;

    for (uint32_t i = 0; i < vm->bank_count; i++)
        if (range_within(gpa.raw, 1, vm->banks[i].base.raw, vm->banks[i].size_bytes))
            return true;
    return false;
}

static uint8_t right_for(const struct trap *trap)
{
    switch (trap->fault.access) {
    case TRAP_WRITE:
        return PT_WRITE;
    case TRAP_FETCH:
        return PT_EXEC;
    default:
        return PT_READ;
    }
}

bool rv_trap_memory(struct vcpu *vcpu, const struct rv_syndrome *syndrome, struct trap *trap,
                    bool *retry)
{
    struct s2_mapping mapping;

    *retry = false;
    if (s2_lookup(&vcpu->vm->s2, rv_fault_gpa(syndrome), &mapping) != ERR_NONE)
        return false;
    rv_decode_as_fault(syndrome, trap);
    /* The hardware does not tell a missing page from a missing right (18.6.1). */
    trap->fault.permission = (mapping.attr.rights & right_for(trap)) == 0;
    /*
     * Another CPU has split or changed the block meanwhile, or this one's TLB is behind. A walk of
     * the guest's tables may want to write to them (A and D), whatever the access is.
     */
    if (trap->fault.on_table_walk)
        trap->fault.permission = (mapping.attr.rights & PT_WRITE) == 0;
    *retry = !trap->fault.permission;
    return true;
}

/* What is not there is an access fault, of the access that was tried (10.1.8). */
static void inject_access_fault(struct vcpu *vcpu, const struct rv_syndrome *syndrome)
{
    switch (syndrome->cause) {
    case RV_CAUSE_FETCH_GUEST_PAGE:
        rv_inject_exception(vcpu, RV_CAUSE_FETCH_ACCESS, syndrome->tval);
        break;
    case RV_CAUSE_STORE_GUEST_PAGE:
        rv_inject_exception(vcpu, RV_CAUSE_STORE_ACCESS, syndrome->tval);
        break;
    default:
        rv_inject_exception(vcpu, RV_CAUSE_LOAD_ACCESS, syndrome->tval);
        break;
    }
}

static void inject_illegal(struct vcpu *vcpu, const struct rv_syndrome *syndrome)
{
    uint64_t insn = syndrome->tval != 0 ? syndrome->tval : syndrome->insn;

    switch (syndrome->cause) {
    case RV_CAUSE_ILLEGAL:
    case RV_CAUSE_VIRTUAL:
        rv_inject_exception(vcpu, RV_CAUSE_ILLEGAL, insn);
        break;
    default:
        /* An exception of the guest's own that the machine could not delegate to it. */
        rv_inject_exception(vcpu, syndrome->cause, syndrome->tval);
        break;
    }
}

void rv_trap_refuse(struct vcpu *vcpu, const struct rv_syndrome *syndrome, const struct trap *trap,
                    enum trap_result result)
{
    switch (result) {
    case TRAP_DONE:
    case TRAP_RETRY:
        break;
    case TRAP_UNDEF:
        inject_illegal(vcpu, syndrome);
        break;
    case TRAP_ABORT:
        inject_access_fault(vcpu, syndrome);
        break;
    case TRAP_KILL:
        vm_stop(vcpu->vm, VM_STOP_CRASH);
        break;
    }
}
