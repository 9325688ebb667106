/* SPDX-License-Identifier: Apache-2.0 */
/* The rare ends of a trap: exceptions for the guest, and the end of its VM. */
#include "arch/arm/model/a64_trap.h"

#include "arch/arm/model/a64_hooks.h"
#include "arch/arm/model/a64_inject.h"
#include "core/vm.h"

static void inject(struct vcpu *vcpu, const struct trap *trap, enum trap_result result)
{
    struct a64_gprs *gprs = &vcpu->arch.a64.gprs;
    struct a64_exc exc = {.pc = gprs->pc, .spsr = gprs->spsr};

    a64_hook_exc_load(vcpu, &exc);
    if (result == TRAP_ABORT) {
        bool fault = trap->kind == TRAP_S2_FAULT;
        struct a64_abort abort = {
            .gva = fault ? trap->fault.gva : trap->mmio.gva,
            .gva_valid = !fault || trap->fault.gva_valid,
            .fetch = fault && trap->fault.access == TRAP_FETCH,
            .write = fault ? trap->fault.access == TRAP_WRITE : trap->write,
        };

        a64_inject_abort(&exc, &abort);
    } else {
        a64_inject_undef(&exc, trap->insn_bytes);
    }
    gprs->pc = exc.pc;
    gprs->spsr = exc.spsr;
    a64_hook_exc_store(vcpu, &exc);
}

void a64_trap_refuse(struct vcpu *vcpu, const struct trap *trap, enum trap_result result)
{
    switch (result) {
    case TRAP_DONE:
    case TRAP_RETRY:
        break;
    case TRAP_UNDEF:
    case TRAP_ABORT:
        inject(vcpu, trap, result);
        break;
    case TRAP_KILL:
        vm_stop(vcpu->vm, VM_STOP_CRASH);
        break;
    }
}
