/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the trampoline (trampoline.S) needs on its way between a guest's address space and ours: a
 * page for each hart, mapped behind its code there, and in the direct map here.
 */
#pragma once

/* The way into the guest, from the trampoline's start; traps come to the start itself. */
#define TRAMPOLINE_EXIT 96

/* What of sstatus the short way changes: SIE, SPIE, SPP. And SUM, for the instruction LUI. */
#define STATUS_SIE   0x2
#define STATUS_SHORT 0x122
#define SUM_UPPER    0x40

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
    /*
     * The short way: reads and writes of sstatus, sscratch, sepc, scause, stval and stvec, and
     * reads of satp, that have no other effect, at a tenth of the cost. It is closed to a guest
     * that is in virtual U-mode or observed.
     */
    uint64_t t2, t3, t4, t5, t6;
    uint64_t is_short;    /* not 0: open; then the registers are here and not in struct rv_super */
    uint64_t status;      /* ours, while it is looked at */
    uint64_t status_long; /* bits of sstatus whose change is for the long way */
    uint64_t pending;     /* not 0: an interrupt waits for sstatus.SIE */
    uint64_t short_count; /* how many went this way since the guest was entered */
    uint64_t sstatus, sscratch, sepc, scause, stval, stvec, satp; /* as the guest reads them */
};
#endif
