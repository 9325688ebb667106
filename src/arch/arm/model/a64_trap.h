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

/* What a load leaves in its register: as narrow as the access, extended as the instruction says. */
static __always_inline uint64_t a64_loaded_value(const struct trap *trap)
{
    unsigned bits = trap->mmio.size_bytes * 8u;

    if (unlikely(trap->mmio.sign_extend))
        return sign_extend(trap->value, bits) & low_bits(trap->mmio.reg_bits);
    return zero_extend(trap->value, bits);
}

/* The rare ends: RESULT is not TRAP_DONE. */
__noinline void a64_trap_refuse(struct vcpu *vcpu, const struct trap *trap,
                                enum trap_result result);

/*
 * Dispatch and finish TRAP, decoded from an exception of VCPU, which is current here. No lock is
 * held. On return VCPU's registers are what it goes on with, but it may have been asked to stop or
 * wait: run_resume. TRAP is left as the handler left it, for whoever traces it.
 */
static __always_inline enum trap_result a64_trap_act(struct vcpu *vcpu, struct trap *trap)
{
    struct a64_gprs *gprs = &vcpu->arch.a64.gprs;
    enum trap_result result;

    if (trap->write)
        trap->value = trap->reg < ARRAY_SIZE(gprs->x) ? gprs->x[trap->reg] : 0;
    if (trap->kind == TRAP_MMIO && trap->write)
        trap->value = zero_extend(trap->value, trap->mmio.size_bytes * 8u);
    result = trap_dispatch(vcpu, trap);
    ghost_trap();
    if (unlikely(result != TRAP_DONE)) {
        struct trap copy = *trap; /* see core/trap_dispatch.h */
        a64_trap_refuse(vcpu, &copy, result);
        return result;
    }
    if (!trap->write && trap->reg < ARRAY_SIZE(gprs->x))
        gprs->x[trap->reg] = trap->kind == TRAP_MMIO ? a64_loaded_value(trap) : trap->value;
    gprs->pc += trap->insn_bytes;
    /* A stepped-over instruction has executed: the guest's single step sees it (D2.12). */
    gprs->spsr &= ~(uint64_t)(SPSR_ELx_SS | SPSR_ELx_BTYPE);
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
