/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trap of a guest, from its syndrome to the registers the guest goes on with: decode, dispatch,
 * finish. The only place that writes a trapped instruction's destination register, moves the PC, or
 * injects an exception. Must not read a register of the hardware (rv_hooks.h), so that the tests
 * run this very code.
 */
#pragma once

#include "arch/riscv/model/rv_decode.h"
#include "arch/riscv/model/rv_fault.h"
#include "core/ghost.h"
#include "core/trap_dispatch.h"
#include "core/vcpu.h"
#include "lib/bits.h"

/* What a load leaves in its register. */
static __always_inline uint64_t rv_loaded_value(const struct trap *trap)
{
    unsigned bits = trap->mmio.size_bytes * 8u;

    return trap->mmio.sign_extend ? sign_extend(trap->value, bits) : zero_extend(trap->value, bits);
}

/* The rare ends: RESULT is not TRAP_DONE. */
__noinline void rv_trap_refuse(struct vcpu *vcpu, const struct rv_syndrome *syndrome,
                               const struct trap *trap, enum trap_result result);
/*
 * A guest-page fault that may be one of memory. True: it was, and TRAP is that fault, or *RETRY:
 * the page has the right by now. False: there is no memory.
 */
__noinline bool rv_trap_memory(struct vcpu *vcpu, const struct rv_syndrome *syndrome,
                               struct trap *trap, bool *retry);
/* GPA lies in VCPU's VM's memory. */
bool rv_gpa_is_memory(const struct vcpu *vcpu, gpa_t gpa);

/* TRAP of VCPU was done: its register, and on behind the instruction. */
static __always_inline void rv_trap_finish(struct vcpu *vcpu, const struct trap *trap)
{
    struct rv_gprs *gprs = &vcpu->arch.rv.gprs;

    if (trap->reg < ARRAY_SIZE(gprs->x)) {
        if (trap->kind == TRAP_SYSREG)
            gprs->x[trap->reg] = trap->value; /* what it was before, if the access also wrote */
        else if (!trap->write)
            gprs->x[trap->reg] = rv_loaded_value(trap);
    }
    gprs->pc += trap->insn_bytes;
}

/* What a store is to leave. */
static __always_inline uint64_t rv_stored_value(const struct vcpu *vcpu, const struct trap *trap)
{
    return zero_extend(vcpu->arch.rv.gprs.x[trap->reg], trap->mmio.size_bytes * 8u);
}

/*
 * Dispatch and finish TRAP, decoded from SYNDROME of VCPU, which is current here. No lock is held.
 * On return VCPU's registers are what it goes on with, but it may have been asked to stop or wait:
 * run_resume. TRAP is left as the handler left it, for whoever traces it.
 */
static __always_inline enum trap_result rv_trap_act(struct vcpu *vcpu,
                                                    const struct rv_syndrome *syndrome,
                                                    struct trap *trap)
{
    enum trap_result result;

    if (trap->kind == TRAP_MMIO && trap->write && trap->reg != TRAP_REG_NONE)
        trap->value = rv_stored_value(vcpu, trap);
    result = trap_dispatch(vcpu, trap);
    ghost_trap();
    if (unlikely(result != TRAP_DONE)) {
        /* Copies: see core/trap_dispatch.h. */
        struct trap trap_copy = *trap;
        struct rv_syndrome syndrome_copy = *syndrome;

        rv_trap_refuse(vcpu, &syndrome_copy, &trap_copy, result);
        return result;
    }
    rv_trap_finish(vcpu, trap);
    return result;
}

/* Any exception SYNDROME of VCPU: decode, then as above. */
static __always_inline enum trap_result rv_trap_handle(struct vcpu *vcpu,
                                                       const struct rv_syndrome *syndrome,
                                                       struct trap *trap)
{
    struct rv_syndrome whole;
    bool retry = false;

    if (unlikely(rv_fault_is_untold(syndrome))) {
        whole = *syndrome;
        if (!rv_fault_find(vcpu, &whole)) {
            rv_decode_as_fault(syndrome, trap);
            return TRAP_RETRY;
        }
        syndrome = &whole;
    }
    rv_decode(syndrome, trap);
    if (rv_is_guest_page_fault(syndrome->cause) && rv_gpa_is_memory(vcpu, rv_fault_gpa(syndrome)) &&
        rv_trap_memory(vcpu, syndrome, trap, &retry) && retry)
        return TRAP_RETRY;
    return rv_trap_act(vcpu, syndrome, trap);
}
