/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest's own address translation, done for it: Sv39, Sv48 and Sv57 with A and D bits, SUM,
 * MXR, Svnapot and Svpbmt (Privileged Architecture, version 20240411: 10.3.2, 10.4 to 10.6,
 * chapters 11 and 12). Owns no state: the tables lie in the guest's memory and are read and changed
 * through guest_mem only. What physical memory protection says is rv_pmp.h's, added by the caller.
 */
#pragma once

#include "arch/riscv/model/rv_priv.h"
#include "arch/riscv/model/rv_pt.h"
#include "core/trap.h"

struct vm;

/* Where an address leads, for as long as the guest's tables say so. */
struct rv_translation {
    gpa_t gpa; /* of the byte */
    uint64_t
        size_bytes; /* of the leaf, aligned so in both spaces; without translation the largest */
    uint8_t rights; /* PT_*, of an access under this context; PT_WRITE only once D is set */
    struct rv_trail trail;
};
/* What a translation of bare mode covers. */
#define RV_WALK_BARE_BYTES GIB(1)

enum rv_walk_result {
    RV_WALK_DONE,
    RV_WALK_PAGE_FAULT,
    RV_WALK_ACCESS_FAULT, /* a table lies where the guest has no memory */
    RV_WALK_AGAIN,        /* others change the tables all the time: let the instruction run again */
};

/*
 * Translate VA of VM under CONTEXT for ACCESS, and set the A and D bits that it asks for, by
 * compare-and-swap as other vCPUs may write there. OUT has a meaning on RV_WALK_DONE only; on
 * RV_WALK_ACCESS_FAULT its gpa is that of the entry that could not be read or written.
 */
enum rv_walk_result rv_walk(struct vm *vm, const struct rv_context *context, uint64_t va,
                            enum trap_access access, struct rv_translation *out);
/* The exception that RESULT, a fault, is for ACCESS: RV_CAUSE_*. */
uint64_t rv_walk_cause(enum rv_walk_result result, enum trap_access access);
