/* SPDX-License-Identifier: Apache-2.0 */
/* The road of a trap, and its rare ends: exceptions for the guest, and the end of its VM. */
#include "arch/arm/model/a32_trap.h"

#include "arch/arm/model/a32_hooks.h"
#include "arch/arm/model/a32_inject.h"
#include "arch/arm/model/a32_regnum.h"
#include "arch/arm/model/a32_regs.h"
#include "core/ghost.h"
#include "core/vm.h"
#include "lib/bits.h"

uint32_t a32_loaded_value(const struct trap *trap)
{
    unsigned bits = trap->mmio.size_bytes * 8u;
    uint64_t value = trap->value & low_bits(bits);

    return (uint32_t)(trap->mmio.sign_extend ? sign_extend(value, bits) : value);
}

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
    } else {
        a32_inject_undef(&exc, trap->insn_bytes);
    }
    gprs->pc = exc.pc;
    gprs->cpsr = exc.cpsr;
    a32_hook_exc_store(vcpu, &exc);
}

static __cold __noinline void refuse(struct vcpu *vcpu, const struct trap *trap,
                                     enum trap_result result)
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

static void step_over(struct a32_gprs *gprs, unsigned insn_bytes)
{
    gprs->pc += insn_bytes;
    /* Of an HVC the hardware has done both. */
    if (insn_bytes != 0 && unlikely((gprs->cpsr & CPSR_T) != 0))
        gprs->cpsr = a32_cpsr_stepped(gprs->cpsr);
}

static void fetch_value(struct vcpu *vcpu, struct trap *trap)
{
    trap->value = a32_reg_read(vcpu, trap->reg);
    if (trap->kind == TRAP_MMIO)
        trap->value &= low_bits(trap->mmio.size_bytes * 8u);
    else if (a32_is_wide((uint32_t)trap->syndrome))
        trap->value |= (uint64_t)a32_reg_read(vcpu, a32_second_reg((uint32_t)trap->syndrome)) << 32;
}

static void put_value(struct vcpu *vcpu, const struct trap *trap)
{
    if (trap->kind == TRAP_MMIO) {
        a32_reg_write(vcpu, trap->reg, a32_loaded_value(trap));
        return;
    }
    a32_reg_write(vcpu, trap->reg, (uint32_t)trap->value);
    if (a32_is_wide((uint32_t)trap->syndrome))
        a32_reg_write(vcpu, a32_second_reg((uint32_t)trap->syndrome),
                      (uint32_t)(trap->value >> 32));
}

enum trap_result a32_trap_handle(struct vcpu *vcpu, const struct a32_syndrome *syndrome,
                                 struct trap *trap)
{
    struct a32_gprs *gprs = &vcpu->arch.a32.gprs;
    enum trap_result result;

    a32_decode(syndrome, trap);
    if (unlikely(!a32_condition_holds(syndrome->hsr, gprs->cpsr))) {
        step_over(gprs, trap->insn_bytes);
        return TRAP_RETRY;
    }
    if (trap->write)
        fetch_value(vcpu, trap);
    result = trap_dispatch(vcpu, trap);
    ghost_trap();
    if (unlikely(result != TRAP_DONE)) {
        refuse(vcpu, trap, result);
        return result;
    }
    if (!trap->write && trap->reg != TRAP_REG_NONE)
        put_value(vcpu, trap);
    step_over(gprs, trap->insn_bytes);
    return result;
}
