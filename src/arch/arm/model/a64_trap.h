/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A synchronous exception of a guest, from its syndrome to the registers the guest goes on with:
 * decode, dispatch, finish. The only place that writes a trapped instruction's destination
 * register, moves the PC, or injects an exception. Must not read a register of the hardware: EL1's
 * are behind a64_hooks.h, so that the fuzzers and tests on the host run this very code. Arm ARM DDI
 * 0487, D1.3 "Exceptions".
 */
#pragma once

#include "arch/arm/model/a64_decode.h"
#include "arch/arm/model/a64_regs.h"
#include "core/ghost.h"
#include "core/trap_dispatch.h"
#include "lib/bits.h"

/* A value as wide as TRAP's access. */
static __always_inline uint64_t a64_narrow(const struct trap *trap, uint64_t value)
{
    return zero_extend(value, trap->mmio.size_bytes * 8u);
}

/* What a load leaves in its register: as narrow as the access, extended as the instruction says. */
static __always_inline uint64_t a64_loaded_value(const struct trap *trap)
{
    if (unlikely(trap->mmio.sign_extend))
        return sign_extend(trap->value, trap->mmio.size_bytes * 8u) & low_bits(trap->mmio.reg_bits);
    return a64_narrow(trap, trap->value);
}

/* The rare ends: RESULT is not TRAP_DONE. */
__noinline void a64_trap_refuse(struct vcpu *vcpu, const struct trap *trap,
                                enum trap_result result);

/* What TRAP's instruction brings along to its handler. */
static __always_inline void a64_trap_source(const struct vcpu *vcpu, struct trap *trap)
{
    const struct a64_gprs *gprs = &vcpu->arch.a64.gprs;

    if (!trap->write)
        return;
    trap->value = trap->reg < ARRAY_SIZE(gprs->x) ? gprs->x[trap->reg] : 0;
    if (trap->kind == TRAP_MMIO)
        trap->value = a64_narrow(trap, trap->value);
}

/* TRAP_DONE: the instruction has its result and is over. */
static __always_inline void a64_trap_finish(struct vcpu *vcpu, const struct trap *trap)
{
    struct a64_gprs *gprs = &vcpu->arch.a64.gprs;

    if (!trap->write && trap->reg < A64_XZR)
        gprs->x[trap->reg] = trap->kind == TRAP_MMIO ? a64_loaded_value(trap) : trap->value;
    /* Past a call its preferred return address is already, and PSTATE as well. */
    if (trap->insn_bytes == 0)
        return;
    gprs->pc += trap->insn_bytes;
    /* A stepped-over instruction has executed: the guest's single step sees it (D2.12). */
    gprs->spsr &= ~(uint64_t)(SPSR_ELx_SS | SPSR_ELx_BTYPE);
}

/*
 * Dispatch and finish TRAP, decoded from an exception of VCPU, which is current here. No lock is
 * held. On return VCPU's registers are what it goes on with, but it may have been asked to stop or
 * wait: run_resume. TRAP is left as the handler left it, for whoever traces it.
 */
static __always_inline enum trap_result a64_trap_act(struct vcpu *vcpu, struct trap *trap)
{
    enum trap_result result;

    a64_trap_source(vcpu, trap);
    result = trap_dispatch(vcpu, trap);
    ghost_trap();
    if (likely(result == TRAP_DONE))
        a64_trap_finish(vcpu, trap);
    else
        a64_trap_refuse(vcpu, trap, result);
    return result;
}

/* The exception SYNDROME of VCPU, whose HPFAR is valid (a64_hpfar_missing): decode, then as above.
 */
static __always_inline enum trap_result a64_trap_handle(struct vcpu *vcpu,
                                                        const struct a64_syndrome *syndrome,
                                                        struct trap *trap)
{
    a64_decode(syndrome, trap);
    return a64_trap_act(vcpu, trap);
}
/* a64_trap_handle, and whoever looks at this vCPU's traps is shown it (a64/observed.c). */
void a64_trap_handle_observed(struct vcpu *vcpu, const struct a64_syndrome *syndrome);
