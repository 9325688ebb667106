/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking an exception to PL1 on the guest's behalf: what the hardware would have done to the
 * registers. Pure arithmetic on them. Arm ARM DDI 0406C, B1.9 "Exception descriptions": the
 * pseudocode of each.
 */
#pragma once

#include "lib/types.h"

/* Offsets in the table that VBAR points to (B1.8.1). */
enum a32_vector { A32_VECTOR_UNDEF = 0x04, A32_VECTOR_PREFETCH = 0x0c, A32_VECTOR_DATA = 0x10 };
#define A32_VECTOR_TABLE_BYTES 0x20

struct a32_exc {
    uint32_t pc;                 /* in: the instruction; out: the vector */
    uint32_t cpsr;               /* in and out */
    uint32_t sctlr, vbar, ttbcr; /* in */
    /* Out. */
    bool abort;                   /* the mode entered: Abort mode, else Undefined mode */
    uint32_t lr, spsr;            /* of that mode */
    bool data_fault, fetch_fault; /* which of the fault registers are written */
    uint32_t fsr, far;
};

/* The guest's access that is refused. */
struct a32_abort {
    uint32_t gva;
    bool fetch; /* prefetch abort */
    bool write;
};

/*
 * Undefined instruction. INSN_BYTES as in struct trap: 2, 4, or 0 when pc is already past it (HVC);
 * the exception returns to behind the instruction in each case.
 */
void a32_inject_undef(struct a32_exc *exc, unsigned insn_bytes);
/* Synchronous external abort: nothing answers at that address. */
void a32_inject_abort(struct a32_exc *exc, const struct a32_abort *abort);
/* The debug exception of a BKPT: a prefetch abort whose status says so. */
void a32_inject_debug(struct a32_exc *exc);
