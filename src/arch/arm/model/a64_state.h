/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of an AArch64 vCPU (Arm ARM DDI 0487, D1 and D19): what the world switch saves and
 * what the emulated registers hold.
 */
#pragma once

#include "lib/types.h"

/* Saved by entry.S at each trap; its offsets are generated. */
#define A64_XZR 31u
struct a64_gprs {
    uint64_t x[32]; /* x[A64_XZR] stays 0: what is written from XZR */
    uint64_t pc;    /* ELR_EL2 */
    uint64_t spsr;  /* SPSR_EL2 */
};

/* EL1 and EL0 registers that stay in the hardware while the vCPU is loaded; switch.c moves them. */
struct a64_el1 {
    uint64_t sp_el0, sp_el1, elr_el1, spsr_el1;
    uint64_t sctlr, cpacr, ttbr0, ttbr1, mair, amair;
    uint64_t esr, far, afsr0, afsr1, par, vbar, contextidr;
    uint64_t tpidr_el0, tpidrro_el0, tpidr_el1, csselr, mdscr;
    uint64_t cntv_cval, cntv_ctl, cntkctl, tcr;
};

struct a64_fp {
    __uint128_t v[32];
    uint64_t fpsr, fpcr;
};

/* Registers that exist only as rows (REG_STATE) or as a model's own state, in a64_sysreg.c. */
struct a64_emulated {
    uint64_t oslsr, mdccint;
    uint64_t cntp_ctl, cntp_cval; /* in ticks of the host's counter */
};

struct a64_state {
    struct a64_gprs gprs; /* first */
    struct pcpu *pcpu;    /* where it runs: entry.S finds the stack from it */
    uint64_t hcr, vmpidr, vpidr, cptr, mdcr, cntvoff;
    struct a64_el1 el1;
    struct a64_emulated emulated;
    struct a64_fp fp;
};
