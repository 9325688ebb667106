/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of an RV64 vCPU. Its supervisor registers are kept under their names whether the
 * hardware has a second set of them (H extension: hs.c moves them) or they are emulated.
 */
#pragma once

#include "core/timer.h"
#include "lib/types.h"

/* Saved by entry.S at each trap; its offsets are generated. x[0] is never used. */
struct rv_gprs {
    uint64_t x[32];
    uint64_t pc; /* sepc */
};

/* Argument registers by the calling convention (SBI 2.0, chapter 3). */
enum { RV_RA = 1, RV_SP = 2, RV_A0 = 10, RV_A1, RV_A2, RV_A3, RV_A4, RV_A5, RV_A6, RV_A7 };

/* The supervisor's registers, in the hardware while the vCPU is loaded. */
struct rv_super {
    uint64_t sstatus, stvec, sscratch, sepc, scause, stval, satp;
    uint64_t sie;      /* in the places of the supervisor's own interrupts (SSI, STI, SEI) */
    uint64_t stimecmp; /* of the guest's time; UINT64_MAX: never */
    uint64_t senvcfg, scounteren;
    uint64_t siselect;     /* of hosts with AIA, though guests are not shown that */
    bool in_supervisor;    /* it runs in (virtual) S-mode, not in U-mode */
    bool software_pending; /* sip.SSIP, which the guest itself may clear */
};

struct rv_fp {
    uint64_t f[32];
    uint64_t fcsr;
};

/* What firmware counts for a hart, and its counters of that (rv_sbi_pmu.h). */
enum rv_event {
    RV_EVENT_SET_TIMER,
    RV_EVENT_IPI_SENT,
    RV_EVENT_FENCE_I_SENT,
    RV_EVENT_SFENCE_VMA_SENT,
    RV_EVENT_SFENCE_VMA_ASID_SENT,
    RV_EVENT_COUNT,
};
struct rv_counter {
    bool configured, running;
    uint8_t event;  /* enum rv_event */
    uint64_t value; /* running: to be added to the event's number; else itself */
};
#define RV_COUNTER_FW_COUNT 8u

struct rv_vector;

struct rv_state {
    struct rv_gprs gprs; /* first */
    struct pcpu *pcpu;   /* where it runs: entry.S finds the stack from it */
    struct rv_super super;
    uint32_t lines;        /* RV_IRQ_STI, SEI: level of what others than it itself drive; atomic */
    uint32_t posted;       /* RV_IRQ_SSI: was sent and not yet shown to the vCPU; atomic */
    uint32_t last_cpu;     /* where it ran last, UINT32_MAX: nowhere yet */
    bool fp_dirty;         /* its registers in the hardware are newer than `fp` */
    uint64_t suspended_at; /* its WFIs until it last asked SBI to suspend it, and 1; 0: never */
    uint64_t events[RV_EVENT_COUNT];
    struct rv_counter counters[RV_COUNTER_FW_COUNT];
    struct timer sbi_timer; /* its timer where the hardware has no second one */
    struct rv_fp fp;
    struct rv_vector *vector; /* its vector registers where guests have them, else NULL */
    bool vector_dirty;        /* those in the hardware are newer */
};

struct vplic;
struct rv_vm {
    struct vplic *vplic;
    void *uart; /* struct vns16550 */
    uint64_t hgatp;
    uint64_t time_delta;   /* guest's time = host's + this */
    uint8_t last_vcpu[32]; /* by physical CPU: which vCPU's translations its TLB may hold */
};
