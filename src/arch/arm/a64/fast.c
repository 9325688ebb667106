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
#include "arch/arm/model/a64_inject.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg.h"
#include "arch/arm/model/a64_trap.h"
#include "core/pcpu.h"
#include "core/run.h"
#include "core/stat.h"
#include "core/trace.h"

uint32_t a64_trap_sync(struct vcpu *vcpu, uint64_t esr, uint64_t far, uint64_t pc);
uint32_t a64_trap_irq(struct vcpu *vcpu);
uint32_t a64_trap_again(struct vcpu *vcpu);

static __always_inline uint32_t fast_end(struct vcpu *vcpu, enum trap_kind kind)
{
    vcpu->stats.traps[kind]++;
    ghost_trap();
    return read_once(vcpu->requests);
}

/* TRAP is decoded anew for its end, with VALUE as its result. */
static __always_inline void finish(struct vcpu *vcpu, struct trap *trap, bool write, uint64_t value)
{
    trap->write = write;
    trap->value = value;
    if (!write && trap->reg == A64_XZR)
        __builtin_unreachable(); /* looked at before */
    a64_trap_finish(vcpu, trap);
}

/* A register with functions: a frame for these alone. */
static __always_inline uint32_t row_end(struct vcpu *vcpu, bool write, uint64_t value)
{
    struct trap trap;

    a64_decode_sys64(sysreg_read(ESR_EL2), &trap);
    finish(vcpu, &trap, write, value);
    return fast_end(vcpu, TRAP_SYSREG);
}
static __noinline __no_stack_protector uint32_t compute_row(struct vcpu *vcpu,
                                                            const struct reg_row *row)
{
    return row_end(vcpu, false, row->read(vcpu));
}
static __noinline __no_stack_protector uint32_t call_row(struct vcpu *vcpu,
                                                         const struct reg_row *row, bool write,
                                                         uint64_t value)
{
    if (unlikely(row->fn(vcpu, row, write, &value) != TRAP_DONE))
        return A64_LEFT_ALL;
    return row_end(vcpu, write, value);
}

static __always_inline uint32_t handle_sys64(struct vcpu *vcpu, uint64_t esr, bool write)
{
    const struct reg_row *row;
    struct trap trap;

    a64_decode_sys64(esr, &trap);
    trap.write = write;
    row = a64_sysreg_row(esr);
    if (unlikely(row == NULL || (row->access & (write ? REG_WO : REG_RO)) == 0))
        return A64_LEFT_ALL;
    a64_trap_source(vcpu, &trap);
    if (row->kind == REG_FN)
        return write || row->read == NULL ? call_row(vcpu, row, write, trap.value)
                                          : compute_row(vcpu, row);
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

/*
 * A load or store of the device that was used last. AArch32's, which can be two bytes long, take
 * the long way, and loads that extend a sign.
 */
#define ESR_TOP_SHIFT 24
#define DABT_KIND     (ISS_DABT_CM | ISS_DABT_S1PTW | ISS_DABT_WnR | FSC_KIND_MASK)

/* As a64_gpa_of, but that what is RES0 in HPFAR_EL2 is not masked: with it nothing is in the
 * window. */
static __always_inline gpa_t gpa_of(uint64_t far, uint64_t hpfar)
{
    static_assert(PAGE_SHIFT > HPFAR_EL2_FIPA_SHIFT, "one shift moves FIPA to its place");
    return GPA((hpfar << (PAGE_SHIFT - HPFAR_EL2_FIPA_SHIFT) & ~(uint64_t)(PAGE_SIZE - 1)) |
               (far & (PAGE_SIZE - 1)));
}

static __always_inline uint32_t handle_access(struct vcpu *vcpu, uint64_t esr, uint64_t far,
                                              bool write)
{
    struct trap trap;
    uint64_t value;

    if (unlikely(!write && (esr & ISS_DABT_SSE) != 0))
        return A64_LEFT_ALL;
    a64_decode_access(esr, far, 0, &trap);
    trap.write = write;
    trap.mmio.gpa = gpa_of(far, sysreg_read(HPFAR_EL2));
    if (unlikely(!mmio_window_has(&vcpu->mmio, trap.mmio.gpa)))
        return A64_LEFT_ALL;
    a64_trap_source(vcpu, &trap);
    if (unlikely(trap_mmio_window(vcpu, &trap) != TRAP_DONE))
        return A64_LEFT_ALL;
    value = trap.value;
    a64_decode_access(sysreg_read(ESR_EL2), 0, 0, &trap);
    trap.insn_bytes = A64_INSN_BYTES;
    trap.mmio.sign_extend = false;
    finish(vcpu, &trap, write, value);
    return fast_end(vcpu, TRAP_MMIO);
}
static __noinline __no_stack_protector uint32_t handle_load(struct vcpu *vcpu, uint64_t esr,
                                                            uint64_t far)
{
    return handle_access(vcpu, esr, far, false);
}
static __noinline __no_stack_protector uint32_t handle_store(struct vcpu *vcpu, uint64_t esr,
                                                             uint64_t far)
{
    return handle_access(vcpu, esr, far, true);
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
    trap.insn_bytes = A64_INSN_BYTES;
    if (unlikely(trap.wait.timeout))
        return A64_LEFT_ALL;
    a64_trap_finish(vcpu, &trap);
    vcpu->stats.traps[TRAP_WAIT]++;
    ghost_trap();
    if (!trap.wait.event)
        run_wait(vcpu);
    return read_once(vcpu->requests);
}

/* The class, IL, and what follows it: enough to tell the frequent ones apart. */
enum {
    TOP_SYS64 = (ESR_EC_SYS64 << ESR_ELx_EC_SHIFT | ESR_ELx_IL) >> ESR_TOP_SHIFT,
    TOP_HVC64 = (ESR_EC_HVC64 << ESR_ELx_EC_SHIFT | ESR_ELx_IL) >> ESR_TOP_SHIFT,
    TOP_WFX64 = (ESR_EC_WFX << ESR_ELx_EC_SHIFT | ESR_ELx_IL | ISS_WFX_CV) >> ESR_TOP_SHIFT,
    TOP_DABT = ((uint64_t)ESR_EC_DABT_LOWER << ESR_ELx_EC_SHIFT | ESR_ELx_IL | ISS_DABT_ISV) >>
               ESR_TOP_SHIFT,
};

static __always_inline uint32_t handle_register(struct vcpu *vcpu, uint64_t esr)
{
    return esr & ISS_SYS64_Direction ? handle_mrs(vcpu, esr) : handle_msr(vcpu, esr);
}
/* A store's register, counted from XZR, whose zero is as good as saved. */
static __always_inline uint64_t after_xzr(uint64_t esr)
{
    return (esr + REG_PUT(ISS_DABT, SRT, 1)) & ISS_DABT_SRT;
}
static __always_inline uint32_t handle_device(struct vcpu *vcpu, uint64_t esr, uint64_t far)
{
    if ((esr & DABT_KIND) == FSC_TRANSLATION) {
        if (unlikely((esr & ISS_DABT_SRT) > REG_PUT(ISS_DABT, SRT, A64_SAVED_MAX)))
            return A64_LEFT_REG;
        return handle_load(vcpu, esr, far);
    }
    if (unlikely((esr & DABT_KIND) != (FSC_TRANSLATION | ISS_DABT_WnR)))
        return A64_LEFT_ALL;
    if (unlikely(after_xzr(esr) > REG_PUT(ISS_DABT, SRT, A64_SAVED_MAX + 1)))
        return A64_LEFT_REG;
    return handle_store(vcpu, esr, far);
}

/* One beyond A64_SAVED_MAX is named: zero is as good as saved. */
static __noinline uint32_t handle_other_register(struct vcpu *vcpu, uint64_t esr)
{
    if (REG_GET(ISS_SYS64, Rt, esr) == A64_XZR && (esr & ISS_SYS64_Direction) == 0)
        return handle_msr(vcpu, esr);
    return A64_LEFT_REG;
}
__no_stack_protector uint32_t a64_trap_sync(struct vcpu *vcpu, uint64_t esr, uint64_t far,
                                            uint64_t pc)
{
    uint64_t top = esr >> ESR_TOP_SHIFT;

    exit_note(vcpu->arch.a64.pcpu, vcpu, pc, esr, far);
    if (unlikely(read_once(vcpu->observers) != 0))
        return A64_LEFT_ALL;
    if (top == TOP_SYS64)
        return likely((esr & ISS_SYS64_Rt) <= REG_PUT(ISS_SYS64, Rt, A64_SAVED_MAX))
                   ? handle_register(vcpu, esr)
                   : handle_other_register(vcpu, esr);
    if (top == TOP_DABT)
        return handle_device(vcpu, esr, far);
    if (top == TOP_HVC64)
        return handle_hvc(vcpu, esr);
    if (top == TOP_WFX64)
        return handle_wait(vcpu, esr);
    return A64_LEFT_ALL;
}

/* What is read is in memory then, and all registers are to be loaded. */
static __noinline __no_stack_protector uint32_t read_again(struct vcpu *vcpu, uint64_t esr)
{
    uint32_t left = A64_LEFT_ALL;

    if (esr >> ESR_TOP_SHIFT == TOP_SYS64 && REG_GET(ISS_SYS64, Rt, esr) != A64_XZR)
        left = handle_mrs(vcpu, esr);
    else if (esr >> ESR_TOP_SHIFT == TOP_DABT && REG_GET(ISS_DABT, SRT, esr) != A64_XZR)
        left = handle_load(vcpu, esr, sysreg_read(FAR_EL2));
    return left == 0 ? A64_LEFT_LOAD : left;
}
static __noinline __no_stack_protector uint32_t other_again(struct vcpu *vcpu, uint64_t esr)
{
    if (esr >> ESR_TOP_SHIFT == TOP_SYS64 && (esr & ISS_SYS64_Direction) == 0)
        return handle_msr(vcpu, esr);
    return read_again(vcpu, esr);
}

/* All registers are saved now, for the want of which a64_trap_sync has done nothing. */
__no_stack_protector uint32_t a64_trap_again(struct vcpu *vcpu)
{
    uint64_t esr = sysreg_read(ESR_EL2);

    if (unlikely(esr >> ESR_TOP_SHIFT != TOP_DABT || (esr & ISS_DABT_WnR) == 0))
        return other_again(vcpu, esr);
    return handle_store(vcpu, esr, sysreg_read(FAR_EL2));
}

static __noinline __cold uint32_t take_irq_timed(struct vcpu *vcpu)
{
    uint64_t start = arch_counter();

    arch_irq_take();
    stat_cost(vcpu, STAT_INTERRUPT, arch_counter() - start);
    return run_asked(vcpu);
}

__no_stack_protector uint32_t a64_trap_irq(struct vcpu *vcpu)
{
    vcpu->stats.interrupts++;
    if (unlikely(read_once(vcpu->observers) & OBSERVE_COST))
        return take_irq_timed(vcpu);
    /* If there is another it interrupts the guest at once. */
    arch_irq_take();
    return run_asked(vcpu);
}
