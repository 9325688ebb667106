/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short way of a trap: decode, dispatch and finish as model/a64_trap.h has them, each frequent
 * class a function that is a leaf or nearly one, which saves no more of ours than it needs. What is
 * refused has changed nothing (core/trap.h) and is handled again the long way. What was decoded is
 * not kept over a call: the syndrome is still in its register.
 *
 * Compiled without frame pointers: these are the outermost functions, there is no caller to tell
 * of. No array is here; what is called has its own stack protection.
 */
#include "arch/arm/a64/fast.h"

#include "arch/arch.h"
#include "arch/arm/a64/sysreg.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/model/a64_inject.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg.h"
#include "arch/arm/model/a64_trap.h"
#include "core/pcpu.h"
#include "core/stat.h"
#include "core/trace.h"

uint32_t a64_trap_sync(struct vcpu *vcpu, uint64_t pc);
uint32_t a64_trap_irq(struct vcpu *vcpu);

static __always_inline uint32_t fast_end(struct vcpu *vcpu, enum trap_kind kind)
{
    vcpu->stats.traps[kind]++;
    ghost_trap();
    return read_once(vcpu->requests);
}

static __always_inline bool is_saved(const struct trap *trap)
{
    return ((trap->write ? A64_SAVED_FROM : A64_SAVED_TO) >> trap->reg & 1) != 0;
}

/* TRAP is decoded anew for its end, with VALUE as its result. */
static __always_inline void finish(struct vcpu *vcpu, struct trap *trap, bool write, uint64_t value)
{
    trap->write = write;
    trap->value = value;
    if (!write && trap->reg == A64_XZR)
        __builtin_unreachable(); /* is_saved */
    a64_trap_finish(vcpu, trap);
}

/* The function of a register; a frame for these alone. */
static __always_inline uint32_t call_row(struct vcpu *vcpu, const struct reg_row *row, uint64_t esr,
                                         bool write)
{
    struct trap trap;
    uint64_t value;

    a64_decode_sys64(esr, &trap);
    trap.write = write;
    a64_trap_source(vcpu, &trap);
    value = trap.value;
    if (unlikely(row->fn(vcpu, row, write, &value) != TRAP_DONE))
        return A64_LEFT_ALL;
    a64_decode_sys64(sysreg_read(ESR_EL2), &trap);
    finish(vcpu, &trap, write, value);
    return fast_end(vcpu, TRAP_SYSREG);
}
static __noinline __no_stack_protector uint32_t read_row(struct vcpu *vcpu,
                                                         const struct reg_row *row, uint64_t esr)
{
    return call_row(vcpu, row, esr, false);
}
static __noinline __no_stack_protector uint32_t write_row(struct vcpu *vcpu,
                                                          const struct reg_row *row, uint64_t esr)
{
    return call_row(vcpu, row, esr, true);
}

static __always_inline uint32_t handle_sys64(struct vcpu *vcpu, uint64_t esr, bool write)
{
    const struct reg_row *row;
    struct trap trap;

    a64_decode_sys64(esr, &trap);
    trap.write = write;
    if (unlikely(!is_saved(&trap)))
        return A64_LEFT_ALL;
    row = a64_sysreg_row(trap.sysreg.key);
    if (unlikely(row == NULL))
        return A64_LEFT_ALL;
    if (row->kind == REG_FN)
        return write ? write_row(vcpu, row, esr) : read_row(vcpu, row, esr);
    a64_trap_source(vcpu, &trap);
    if (unlikely(reg_row_access(vcpu, &vcpu->arch.a64.emulated, row, &trap) != TRAP_DONE))
        return A64_LEFT_ALL;
    finish(vcpu, &trap, write, trap.value);
    return fast_end(vcpu, TRAP_SYSREG);
}
static __noinline __no_stack_protector uint32_t handle_mrs(struct vcpu *vcpu, uint64_t esr)
{
    return handle_sys64(vcpu, esr, false);
}
static __noinline __no_stack_protector uint32_t handle_msr(struct vcpu *vcpu, uint64_t esr)
{
    return handle_sys64(vcpu, esr, true);
}

/* A load or store of the device that was used last. Loads that extend a sign, and AArch32's, which
 * can be two bytes long, take the long way. */
static __always_inline bool is_plain_access(uint64_t esr)
{
    uint64_t mask = ESR_ELx_EC | ESR_ELx_IL | ISS_DABT_ISV | ISS_DABT_SSE | ISS_DABT_S1PTW |
                    ISS_DABT_CM | FSC_KIND_MASK;

    return (esr & mask) ==
           (REG_PUT(ESR_ELx, EC, ESR_EC_DABT_LOWER) | ESR_ELx_IL | ISS_DABT_ISV | FSC_TRANSLATION);
}

static __always_inline void decode_plain_access(uint64_t esr, struct trap *trap)
{
    a64_decode_access(esr, sysreg_read(FAR_EL2), sysreg_read(HPFAR_EL2), trap);
    trap->insn_bytes = A64_INSN_BYTES;
    trap->mmio.sign_extend = false;
}

static __always_inline uint32_t handle_access(struct vcpu *vcpu, uint64_t esr, bool write)
{
    const struct mmio_region *region;
    struct trap trap;
    uint64_t value;

    decode_plain_access(esr, &trap);
    trap.write = write;
    region = mmio_bus_last(&vcpu->vm->mmio, trap.mmio.gpa);
    if (unlikely(region == NULL || !is_saved(&trap)))
        return A64_LEFT_ALL;
    a64_trap_source(vcpu, &trap);
    if (unlikely(trap_mmio_region(vcpu, &trap, region) != TRAP_DONE))
        return A64_LEFT_ALL;
    value = trap.value;
    a64_decode_access(sysreg_read(ESR_EL2), 0, 0, &trap);
    trap.insn_bytes = A64_INSN_BYTES;
    trap.mmio.sign_extend = false;
    finish(vcpu, &trap, write, value);
    return fast_end(vcpu, TRAP_MMIO);
}
static __noinline __no_stack_protector uint32_t handle_load(struct vcpu *vcpu, uint64_t esr)
{
    return handle_access(vcpu, esr, false);
}
static __noinline __no_stack_protector uint32_t handle_store(struct vcpu *vcpu, uint64_t esr)
{
    return handle_access(vcpu, esr, true);
}

static __noinline __no_stack_protector uint32_t handle_hvc(struct vcpu *vcpu, uint64_t esr)
{
    enum trap_result result;
    struct trap trap;

    a64_decode_hvc(esr, &trap);
    result = arch_trap_call(vcpu, &trap);
    if (likely(result == TRAP_DONE))
        a64_trap_finish(vcpu, &trap);
    else if (result != TRAP_RETRY)
        return A64_LEFT_ALL;
    return fast_end(vcpu, TRAP_HYPERCALL);
}

static __noinline __no_stack_protector uint32_t handle_wait(struct vcpu *vcpu, uint64_t esr)
{
    struct trap trap;

    a64_decode_wait(esr, &trap);
    if (unlikely(trap.wait.timeout))
        return A64_LEFT_ALL;
    if (likely(trap_dispatch(vcpu, &trap) == TRAP_DONE))
        a64_trap_finish(vcpu, &trap);
    vcpu->stats.traps[TRAP_WAIT]--;
    return fast_end(vcpu, TRAP_WAIT);
}

__no_stack_protector uint32_t a64_trap_sync(struct vcpu *vcpu, uint64_t pc)
{
    uint64_t esr = sysreg_read(ESR_EL2);
    uint64_t class = REG_GET(ESR_ELx, EC, esr);

    exit_note(vcpu->arch.a64.pcpu, vcpu, pc, esr, sysreg_read(FAR_EL2));
    if (unlikely(read_once(vcpu->observers) != 0))
        return A64_LEFT_ALL;
    if (class == ESR_EC_SYS64)
        return esr & ISS_SYS64_Direction ? handle_mrs(vcpu, esr) : handle_msr(vcpu, esr);
    if (class > ESR_EC_SYS64) {
        if (unlikely(!is_plain_access(esr)))
            return A64_LEFT_ALL;
        return esr & ISS_DABT_WnR ? handle_store(vcpu, esr) : handle_load(vcpu, esr);
    }
    if (class == ESR_EC_HVC64)
        return handle_hvc(vcpu, esr);
    if (class == ESR_EC_WFX)
        return handle_wait(vcpu, esr);
    return A64_LEFT_ALL;
}

__no_stack_protector uint32_t a64_trap_irq(struct vcpu *vcpu)
{
    vcpu->stats.interrupts++;
    if (unlikely(read_once(vcpu->observers) & OBSERVE_COST)) {
        uint64_t start = arch_counter();

        (void)gic_take_irq();
        stat_cost(vcpu, STAT_INTERRUPT, arch_counter() - start);
    } else {
        /* If there is another it interrupts the guest at once. */
        (void)gic_take_irq();
    }
    return read_once(vcpu->requests);
}
