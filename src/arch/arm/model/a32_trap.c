/* SPDX-License-Identifier: Apache-2.0 */
/* The rare ends of a trap: exceptions for the guest, and the end of its VM. */
#include "arch/arm/model/a32_trap.h"

#include "arch/arm/model/a32_emulate.h"
#include "arch/arm/model/a32_hooks.h"
#include "arch/arm/model/a32_inject.h"
#include "arch/arm/model/a32_regs.h"
#include "core/vm.h"

static void inject(struct vcpu *vcpu, const struct trap *trap, enum trap_result result)
{
    struct a32_gprs *gprs = &vcpu->arch.a32.gprs;
    struct a32_exc exc = {.pc = gprs->pc, .cpsr = gprs->cpsr};

    a32_hook_exc_load(vcpu, &exc);
    if (result == TRAP_ABORT) {
        bool fault = trap->kind == TRAP_S2_FAULT;
        struct a32_abort abort = {
            .gva = (uint32_t)(fault ? trap->fault.gva.raw : trap->mmio.gva.raw),
            .fetch = fault && trap->fault.access == TRAP_FETCH,
            .write = fault ? trap->fault.access == TRAP_WRITE : trap->write,
        };

        a32_inject_abort(&exc, &abort);
    } else if (a32_is_debug_exception((uint32_t)trap->syndrome)) {
        a32_inject_debug(&exc);
    } else {
        a32_inject_undef(&exc, trap->insn_bytes);
    }
    gprs->pc = exc.pc;
    gprs->cpsr = exc.cpsr;
    a32_hook_exc_store(vcpu, &exc);
}

enum trap_result a32_trap_handle(struct vcpu *vcpu, const struct a32_syndrome *syndrome,
                                 struct trap *trap)
{
    enum trap_result result;
    struct a32_access access;

    a32_decode(syndrome, trap);
    if (unlikely(!a32_condition_holds(syndrome->hsr, syndrome->cpsr))) {
        a32_step_over(&vcpu->arch.a32.gprs, trap->insn_bytes);
        return TRAP_RETRY;
    }
    if (a32_is_undescribed_access(syndrome->hsr) && a32_access_fetch(vcpu, syndrome, &access)) {
        result = a32_access_do(vcpu, syndrome, &access, trap);
        ghost_trap();
    } else {
        if (a32_is_undescribed_access(syndrome->hsr))
            a32_hook_undescribed(vcpu, syndrome);
        result = a32_trap_act(vcpu, trap);
    }
    a32_trap_refuse(vcpu, trap, result);
    return result;
}

void a32_trap_refuse(struct vcpu *vcpu, const struct trap *trap, enum trap_result result)
{
    switch (result) {
    case TRAP_DONE:
    case TRAP_RETRY:
        break;
    case TRAP_UNDEF:
    case TRAP_ABORT:
        if (unlikely(vcpu->vm->config->user_mode))
            a32_hook_user_exception(vcpu, trap);
        else
            inject(vcpu, trap, result);
        break;
    case TRAP_KILL:
        vm_stop(vcpu->vm, VM_STOP_CRASH);
        break;
    }
}
