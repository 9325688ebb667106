/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short way of a trap: decode, dispatch and finish as model/rv_trap.h has them, each frequent
 * cause a function that is nearly a leaf, which saves no more of ours than it needs. What is
 * refused has changed nothing (core/trap.h) and is handled again the long way. What was decoded is
 * not kept over a call: htinst still has it.
 *
 * Compiled without frame pointers: these are the outermost functions, there is no caller to tell
 * of. No array is here; what is called has its own stack protection.
 */
#include "arch/riscv/hw/fast.h"

#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/host.h"
#include "arch/riscv/model/rv_sbi.h"
#include "arch/riscv/model/rv_trap.h"
#include "core/pcpu.h"
#include "core/run.h"

#define LEFT_ALL bit32(RV_LEFT_ALL_BIT)

uint32_t rv_trap_fast(struct vcpu *vcpu, uint64_t cause, uint64_t pc);

static __always_inline uint32_t fast_end(struct vcpu *vcpu, enum trap_kind kind)
{
    vcpu->stats.traps[kind]++;
    ghost_trap();
    return read_once(vcpu->requests);
}

/* ---- calls */

static __always_inline uint32_t answer_call(struct vcpu *vcpu, uint64_t value)
{
    struct rv_gprs *gprs = &vcpu->arch.rv.gprs;

    gprs->x[RV_A0] = SBI_SUCCESS;
    gprs->x[RV_A1] = value;
    gprs->pc += RV_INSN_WIDE_BYTES;
    return fast_end(vcpu, TRAP_HYPERCALL);
}

static __noinline __no_stack_protector uint32_t handle_other_call(struct vcpu *vcpu)
{
    if (likely(rv_sbi_call(vcpu, NULL) == TRAP_DONE))
        vcpu->arch.rv.gprs.pc += RV_INSN_WIDE_BYTES;
    return fast_end(vcpu, TRAP_HYPERCALL);
}

/* Those that take but an instruction are answered here. */
static __noinline __no_stack_protector uint32_t handle_call(struct vcpu *vcpu)
{
    const uint64_t *x = vcpu->arch.rv.gprs.x;
    uint64_t extension = x[RV_A7], function = x[RV_A6], value;

    if (extension == SBI_TIME && function == 0 && rv_host.sstc) {
        vcpu->arch.rv.events[RV_EVENT_SET_TIMER]++;
        csr_write(vstimecmp, x[RV_A0]);
        return answer_call(vcpu, 0);
    }
    if (extension == SBI_BASE && rv_sbi_identity(function, &value))
        return answer_call(vcpu, value);
    return handle_other_call(vcpu);
}

/* ---- devices */

/* The value of a register that entry.S has saved. x0 stays 0: nothing is ever loaded there. */
static __always_inline bool is_saved(const struct trap *trap)
{
    uint32_t saved = ENTRY_SAVED | ENTRY_A0 | (trap->write ? 1 : 0);

    return (saved >> trap->reg & 1) != 0;
}

/* TRAP is the load or store that htinst tells of, of the device that was used last. */
static __always_inline bool decode_access(struct vcpu *vcpu, bool write, struct trap *trap)
{
    if (unlikely(!rv_decode_plain(csr_read(htinst), write, trap) || !is_saved(trap)))
        return false;
    trap->mmio.gpa = GPA((csr_read(htval) << 2) | (csr_read(stval) & 3));
    return mmio_window_has(&vcpu->mmio, trap->mmio.gpa);
}

/* The registers of most devices are words. */
static __always_inline uint32_t loaded(struct vcpu *vcpu, uint64_t value)
{
    uint64_t htinst = csr_read(htinst);
    struct trap trap;

    (void)rv_decode_plain(htinst, false, &trap);
    trap.value = value;
    vcpu->arch.rv.gprs.x[trap.reg] =
        likely(rv_is_word(htinst)) ? sign_extend(value, 32) : rv_loaded_value(&trap);
    vcpu->arch.rv.gprs.pc += trap.insn_bytes;
    return fast_end(vcpu, TRAP_MMIO);
}

/* A frame for these alone. */
static __noinline __no_stack_protector uint32_t load(struct vcpu *vcpu)
{
    struct trap trap;

    if (unlikely(!decode_access(vcpu, false, &trap)))
        return LEFT_ALL;
    trap.value = 0;
    if (unlikely(trap_mmio_window(vcpu, &trap) != TRAP_DONE))
        return LEFT_ALL;
    return loaded(vcpu, trap.value);
}
static __noinline __no_stack_protector uint32_t handle_store(struct vcpu *vcpu)
{
    struct trap trap;

    if (unlikely(!decode_access(vcpu, true, &trap)))
        return LEFT_ALL;
    trap.value = rv_stored_value(vcpu, &trap);
    if (unlikely(trap_mmio_window(vcpu, &trap) != TRAP_DONE))
        return LEFT_ALL;
    vcpu->arch.rv.gprs.pc += csr_read(htinst) & HTINST_WIDE ? 4 : 2;
    return fast_end(vcpu, TRAP_MMIO);
}

/* Most registers that are read often need neither lock nor memory for the access. */
static __noinline __no_stack_protector uint32_t handle_load(struct vcpu *vcpu)
{
    const struct mmio_window *window = &vcpu->mmio;
    struct trap trap;
    uint64_t value;

    if (unlikely(!decode_access(vcpu, false, &trap)))
        return LEFT_ALL;
    if (window->peek == NULL)
        return load(vcpu);
    value =
        window->peek(window->device, trap.mmio.gpa.raw - window->base.raw, trap.mmio.size_bytes);
    return likely(value != MMIO_ASK) ? loaded(vcpu, value) : load(vcpu);
}

/* ---- waiting */

/* WFI of a supervisor, if stval says so; as trap_wait has it. */
static __noinline __no_stack_protector uint32_t handle_virtual(struct vcpu *vcpu)
{
    if (csr_read(stval) != RV_INSN_WFI || (csr_read(sstatus) & SSTATUS_SPP) == 0)
        return LEFT_ALL;
    vcpu->arch.rv.gprs.pc += RV_INSN_WIDE_BYTES;
    vcpu->stats.traps[TRAP_WAIT]++;
    ghost_trap();
    run_wait(vcpu);
    return read_once(vcpu->requests);
}

__no_stack_protector uint32_t rv_trap_fast(struct vcpu *vcpu, uint64_t cause, uint64_t pc)
{
    exit_note(vcpu->arch.rv.pcpu, vcpu, pc, cause, csr_read(stval));
    if (unlikely(read_once(vcpu->observers) != 0))
        return LEFT_ALL;
    if (cause == RV_CAUSE_ECALL_VS)
        return handle_call(vcpu);
    if (cause == RV_CAUSE_LOAD_GUEST_PAGE)
        return handle_load(vcpu);
    if (cause == RV_CAUSE_STORE_GUEST_PAGE)
        return handle_store(vcpu);
    if (cause == RV_CAUSE_VIRTUAL)
        return handle_virtual(vcpu);
    return LEFT_ALL;
}
