/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking a synchronous exception to EL1 on the guest's behalf: what the hardware would have done
 * to the registers. Pure arithmetic on them. Arm ARM DDI 0487, J1 AArch64.TakeException and
 * D1.3.4 "Process state, PSTATE", for an EL1 that uses AArch64.
 */
#pragma once

#include "lib/types.h"

/* What VBAR_EL1 points to. */
#define A64_VECTOR_TABLE_BYTES 0x800
#define A64_INSN_BYTES         4

struct a64_exc {
    uint64_t pc;          /* in: the instruction; out: the vector */
    uint64_t spsr;        /* the guest's PSTATE, as SPSR_EL2 holds it; in and out */
    uint64_t sctlr, vbar; /* in: SCTLR_EL1, VBAR_EL1 */
    uint64_t esr_el1, far_el1, elr_el1,
        spsr_el1; /* out; far_el1 stays as it is if there is no address */
};

/* The guest's access that is refused. */
struct a64_abort {
    gva_t gva;
    bool gva_valid;
    bool fetch; /* instruction abort */
    bool write;
};

/* Take the synchronous exception ESR to EL1; HAS_FAR: with FAR as faulting address. */
void a64_inject_sync(struct a64_exc *exc, uint64_t esr, bool has_far, uint64_t far);
/*
 * Undefined instruction. INSN_BYTES as in struct trap: 2, 4, or 0 when pc is already past it (HVC);
 * the exception returns to the instruction in each case.
 */
void a64_inject_undef(struct a64_exc *exc, unsigned insn_bytes);
/* Synchronous external abort: nothing answers at that address. */
void a64_inject_abort(struct a64_exc *exc, const struct a64_abort *abort);
