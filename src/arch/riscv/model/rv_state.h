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

/* The machine's registers of an emulated vCPU: what the supervisor does not see. */
#define RV_PMP_COUNT 16u
struct rv_machine {
    uint64_t mstatus; /* but for what is in sstatus */
    uint64_t mie;     /* but for what is in sie */
    uint64_t mip;     /* STIP and SEIP as M-mode wrote them */
    uint64_t medeleg, mideleg, mtvec, mscratch, mepc, mcause, mtval;
    uint64_t mcounteren, menvcfg, mcountinhibit;
    uint64_t mtimecmp; /* the CLINT's, of the guest's time; atomic: any hart writes it */
    uint64_t pmpaddr[RV_PMP_COUNT];
    uint8_t pmpcfg[RV_PMP_COUNT];
};

struct rv_isa;
/* What the guest's privileged machine has. */
struct rv_priv_caps {
    const struct rv_isa *isa; /* as the guest is shown it */
    uint32_t satp_modes;      /* a bit for each enum rv_mode; Bare is always there */
    uint8_t asid_bits;        /* up to 16 */
};

/* What SFENCE.VMA said, the sum of all since the effect was taken. */
struct rv_flush {
    bool all_addresses; /* else `gva` */
    bool all_asids;     /* and global translations; else `asid` */
    uint16_t asid;
    uint64_t gva;
};

/* An emulated vCPU's own: model/rv_priv.h. */
struct rv_priv {
    const struct rv_priv_caps *caps; /* NULL: the hardware has its privileged registers */
    uint8_t mode;                    /* RV_PRIVILEGE_USER, _SUPERVISOR, _MACHINE */
    bool has_machine;                /* it started in M-mode */
    uint32_t hart;                   /* mhartid */
    uint32_t effects;                /* enum rv_effect, for the caller to act on */
    struct rv_flush flush;           /* of RV_EFFECT_FLUSH */
    struct rv_machine machine;
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
    struct rv_priv priv;
    struct rv_shadow *shadow; /* of an emulated vCPU: its page tables (model/rv_shadow.h) */
    uint32_t lines;           /* RV_IRQ_*: level of what others than it itself drive; atomic */
    uint32_t posted;          /* RV_IRQ_SSI: was sent and not yet shown to the vCPU; atomic */
    uint32_t last_cpu;        /* where it ran last, UINT32_MAX: nowhere yet */
    bool fp_dirty;            /* its registers in the hardware are newer than `fp` */
    uint64_t suspended_at;    /* its WFIs until it last asked SBI to suspend it, and 1; 0: never */
    uint64_t events[RV_EVENT_COUNT];
    struct rv_counter counters[RV_COUNTER_FW_COUNT];
    struct timer sbi_timer; /* its timer where the hardware has no second one */
    struct rv_fp fp;
    struct rv_vector *vector; /* its vector registers where guests have them, else NULL */
    bool vector_dirty;        /* those in the hardware are newer */
};

#define RV_SBI_INPUT 0x100u

struct vclint;
struct vplic;
struct rv_vm {
    bool emulated; /* its vCPUs have a rv_priv.caps */
    struct vplic *vplic;
    void *uart;           /* struct vns16550 */
    uint32_t sbi_input;   /* SBI's console: 0, or a byte that waits | RV_SBI_INPUT; atomic */
    void *disk;           /* struct virtio_blk */
    struct vclint *clint; /* of a machine that starts in M-mode, else NULL */
    uint64_t hgatp;
    uint64_t time_delta;   /* guest's time = host's + this */
    uint8_t last_vcpu[32]; /* by physical CPU: which vCPU's translations its TLB may hold */
};
