/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of an ARMv7 vCPU (Arm ARM DDI 0406C, B1.3, B3.17): what the world switch saves and what
 * the emulated registers hold.
 */
#pragma once

#include "lib/types.h"

/* Saved by entry.S at each trap; its offsets are generated. */
struct a32_gprs {
    uint32_t r[13];
    uint32_t lr;   /* of User and System mode, which Hyp mode shares */
    uint32_t pc;   /* ELR_hyp */
    uint32_t cpsr; /* SPSR_hyp */
};

/* Registers of one mode each that stay in the hardware while the vCPU is loaded (B1.3.2). */
#define A32_BANKED_LIST(R) \
    R(SP_usr)              \
    R(SP_svc)              \
    R(LR_svc)              \
    R(SPSR_svc)            \
    R(SP_abt)              \
    R(LR_abt)              \
    R(SPSR_abt)            \
    R(SP_und)              \
    R(LR_und)              \
    R(SPSR_und)            \
    R(SP_irq)              \
    R(LR_irq)              \
    R(SPSR_irq)            \
    R(R8_fiq)              \
    R(R9_fiq)              \
    R(R10_fiq)             \
    R(R11_fiq)             \
    R(R12_fiq)             \
    R(SP_fiq)              \
    R(LR_fiq)              \
    R(SPSR_fiq)

#define A32_BANKED_ENUM_(name) A32_##name,
enum a32_banked { A32_BANKED_LIST(A32_BANKED_ENUM_) A32_BANKED_COUNT };
#undef A32_BANKED_ENUM_

/* PL1 and PL0 registers that stay in the hardware while the vCPU is loaded; switch.c moves them. */
struct a32_pl1 {
    uint32_t banked[A32_BANKED_COUNT];
    uint32_t sctlr, cpacr, ttbcr, dacr, dfsr, ifsr, adfsr, aifsr, dfar, ifar;
    uint32_t prrr, nmrr, amair0, amair1, vbar, contextidr;
    uint32_t teecr, teehbr; /* moved only for who uses them: hstr */
    uint32_t tpidrurw, tpidruro, tpidrprw, csselr, cntkctl, cntv_ctl;
    uint64_t ttbr0, ttbr1, par, cntv_cval;
};

struct a32_fp {
    uint64_t d[32];
    uint32_t fpscr, fpexc;
};

/* Registers that exist only as a model's own state, in a32_sysreg.c. */
struct a32_emulated {
    uint64_t cntp_ctl, cntp_cval; /* in ticks of the host's counter */
    uint32_t csselr;              /* where it traps */
};

struct a32_state {
    struct a32_gprs gprs; /* first */
    struct pcpu *pcpu;    /* where it runs: entry.S finds the stack from it */
    uint32_t hcr, hstr, vmpidr, vpidr;
    struct a32_pl1 pl1;
    struct a32_emulated emulated;
    struct a32_fp fp;
};
