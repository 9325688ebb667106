/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the trampoline (trampoline.S) needs on its way between a guest's address space and ours: a
 * page for each hart, mapped behind its code there, and in the direct map here.
 */
#pragma once

/* The way into the guest, from the trampoline's start; traps come to the start itself. */
#define TRAMPOLINE_EXIT 64

#ifndef __ASSEMBLER__
#include "lib/types.h"

struct crossing {
    uint64_t t0, t1, a0; /* the guest's, while their registers are in use */
    uint64_t host_satp;
    uint64_t guest_satp;
    uint64_t place; /* where the trampoline is for that guest */
    uint64_t fence; /* not 0: all of the TLB at each crossing, as there are no ASIDs */
    uint64_t self;  /* this page in the direct map */
    uint64_t entry; /* where traps go on, smode_trap */
    uint64_t vcpu;  /* who runs */
};
#endif
