/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A synchronous exception of a guest, from its syndrome to the registers the guest goes on with:
 * decode, dispatch, finish. The only place that writes a trapped instruction's destination
 * register, moves the PC, or injects an exception. Must not read a register of the hardware: PL1's
 * are behind a32_hooks.h, so that tests on the host run this very code. Arm ARM DDI 0406C, B3.13.
 */
#pragma once

#include "arch/arm/model/a32_decode.h"
#include "arch/arm/model/a32_regnum.h"
#include "arch/arm/model/a32_regs.h"
#include "core/ghost.h"
#include "core/trap.h"
#include "core/trap_dispatch.h"
#include "core/vcpu.h"
#include "lib/bits.h"

/* What a load leaves in its register: as narrow as the access, extended as the instruction says. */
static __always_inline uint32_t a32_loaded_value(const struct trap *trap)
{
    unsigned unused = 32 - trap->mmio.size_bytes % 4 * 8u;
    uint32_t value;

    if (likely(trap->mmio.size_bytes >= 4))
        return (uint32_t)trap->value;
    value = (uint32_t)trap->value << unused;
    return trap->mmio.sign_extend ? (uint32_t)((int32_t)value >> unused) : value >> unused;
}

/* The rare ends: RESULT is not TRAP_DONE. */
__noinline void a32_trap_refuse(struct vcpu *vcpu, const struct trap *trap,
                                enum trap_result result);

static __always_inline void a32_step_over(struct a32_gprs *gprs, unsigned insn_bytes)
{
    gprs->pc += insn_bytes;
    /* Of an HVC the hardware has done both. */
    if (insn_bytes != 0 && unlikely((gprs->cpsr & CPSR_T) != 0))
        gprs->cpsr = a32_cpsr_stepped(gprs->cpsr);
}

/* The low bytes of VALUE that a store of their number writes. */
static __always_inline uint32_t a32_stored_value(uint32_t value, unsigned size_bytes)
{
    return value & ((2u << (size_bytes * 8 - 1) % 32) - 1);
}

static __always_inline void a32_fetch_value(struct vcpu *vcpu, struct trap *trap)
{
    uint32_t value = a32_reg_read(vcpu, trap->reg);

    trap->value = trap->kind == TRAP_MMIO ? a32_stored_value(value, trap->mmio.size_bytes) : value;
    if (trap->kind == TRAP_SYSREG && a32_is_wide(trap->sysreg.key))
        trap->value |= (uint64_t)a32_reg_read(vcpu, a32_second_reg((uint32_t)trap->syndrome)) << 32;
}

static __always_inline void a32_put_value(struct vcpu *vcpu, const struct trap *trap)
{
    if (trap->kind == TRAP_MMIO) {
        a32_reg_write(vcpu, trap->reg, a32_loaded_value(trap));
        return;
    }
    a32_reg_write(vcpu, trap->reg, (uint32_t)trap->value);
    if (trap->kind == TRAP_SYSREG && a32_is_wide(trap->sysreg.key))
        a32_reg_write(vcpu, a32_second_reg((uint32_t)trap->syndrome),
                      (uint32_t)(trap->value >> 32));
}

/* TRAP is done: its register, and the PC. */
static __always_inline void a32_trap_finish(struct vcpu *vcpu, const struct trap *trap)
{
    if (!trap->write && trap->reg != TRAP_REG_NONE)
        a32_put_value(vcpu, trap);
    a32_step_over(&vcpu->arch.a32.gprs, trap->insn_bytes);
}

/*
 * Dispatch TRAP, decoded from an exception of VCPU, which is current here, and finish it if the
 * answer is TRAP_DONE: any other is for a32_trap_refuse. No lock is held. On return VCPU's
 * registers are what it goes on with, but it may have been asked to stop or wait: run_resume. TRAP
 * is left as the handler left it, for whoever traces it.
 */
static __always_inline enum trap_result a32_trap_act(struct vcpu *vcpu, struct trap *trap)
{
    enum trap_result result;

    if (trap->write)
        a32_fetch_value(vcpu, trap);
    result = trap_dispatch(vcpu, trap);
    ghost_trap();
    if (unlikely(result != TRAP_DONE))
        return result;
    a32_trap_finish(vcpu, trap);
    return result;
}

/*
 * The exception SYNDROME of VCPU, whose HPFAR is valid (a32_hpfar_missing): decode, then as above,
 * to its end.
 */
enum trap_result a32_trap_handle(struct vcpu *vcpu, const struct a32_syndrome *syndrome,
                                 struct trap *trap);
/* a32_trap_handle, and whoever looks at this vCPU's traps is shown it (a32/observed.c). */
void a32_trap_handle_observed(struct vcpu *vcpu, const struct a32_syndrome *syndrome);
