/* SPDX-License-Identifier: Apache-2.0 */
/* The rare ways of a trap: exceptions for the guest, the end of its VM, somebody who looks on. */
#include "arch/arm/model/a64_trap.h"

#include "arch/arch.h"
#include "arch/arm/model/a64_hooks.h"
#include "arch/arm/model/a64_inject.h"
#include "core/trace.h"
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

__cold void a64_trap_handle_observed(struct vcpu *vcpu, const struct a64_syndrome *syndrome)
{
    const struct a64_gprs *gprs = &vcpu->arch.a64.gprs;
    struct trace_record record = {
        .start_ticks = arch_counter(),
        .pc = gprs->pc,
        .args = {gprs->x[0], gprs->x[1], gprs->x[2], gprs->x[3]},
        .outcome_known = true,
        .vcpu = (uint16_t)vcpu->id,
    };
    struct guest_view before = {0};

    if (vcpu->observers & OBSERVE_WATCH)
        arch_vcpu_view(vcpu, &before);
    record.result = a64_trap_handle(vcpu, syndrome, &record.trap);
    record.answer = gprs->x[0];
    if (record.trap.kind == TRAP_MMIO && !record.trap.write)
        record.trap.value = a64_loaded_value(&record.trap);
    record.end_ticks = arch_counter();
    trace_trap(vcpu, &record, &before);
}
