/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The privileged machine of a vCPU whose kernel does not run in a privileged mode: it is emulated.
 * Owns what privileged instructions, exceptions and interrupts do to the state in struct rv_state
 * (Privileged Architecture, version 20240411: chapters 2, 3 and 10; Sstc, Svinval, Zicbom, Zicboz).
 *
 * Must not touch the hardware: what is left for the caller to do is in rv_priv.effects, bits that
 * only ever are added; who has acted on them takes them (rv_priv_take_effects). All functions are
 * for a vCPU that is current or runs nowhere, and take no lock.
 *
 * Where the registers are. Of a register that S-mode sees a part of, that part is in rv_super and
 * the rest in rv_machine, without a bit in both: mstatus = super.sstatus | machine.mstatus,
 * mie = super.sie | machine.mie. sstatus.SD is computed at a read and not stored.
 * The virtual mode is priv.mode; super.in_supervisor follows it (not in U-mode) and is for readers.
 *
 * Two kinds of vCPU: of a machine that starts in S-mode, whose M-mode is SBI (rv_sbi.h), and that
 * is never in M-mode; and of one that starts in M-mode (priv.has_machine). The first has none of
 * M-mode's registers, all that could be delegated is, and its ECALL from S-mode is not delivered:
 * the caller makes an SBI call of it.
 *
 * Physical memory protection is storage with the rules of 3.7, in units of 4 KiB, and enforced by
 * whoever makes translations for the guest: rv_pmp.h says with which rights.
 */
#pragma once

#include "arch/riscv/model/rv_csr.h"
#include "arch/riscv/model/rv_state.h"
#include "core/trap.h"
#include "lib/types.h"

struct vcpu;

/* What a change of the state means for the caller: bits of rv_priv.effects. */
enum rv_effect {
    /* By which tables, with which rights and privilege the guest's addresses are translated: mode,
     * satp, SUM, MXR, MPRV, MPP under MPRV, PBMTE, ADUE. See rv_priv_context. */
    RV_EFFECT_CONTEXT = 1,
    /* The guest's translations have changed, and those cached of them go: priv.flush says which. */
    RV_EFFECT_FLUSH = 2,
    /* rv_priv_deadline gives another value. */
    RV_EFFECT_TIMER = 4,
    /* An interrupt may have become deliverable: rv_priv_interrupt. */
    RV_EFFECT_PENDING = 8,
    /* sstatus.FS or VS have another value: what floating-point and vector instructions may do. */
    RV_EFFECT_FP = 16,
    /* WFI: wait until rv_priv_wakes. The PC is past it. */
    RV_EFFECT_WAIT = 32,
    /* What U- and S-mode may without a trap: senvcfg, menvcfg, scounteren, mcounteren. */
    RV_EFFECT_ENV = 64,
    /* Translations may have other rights though the tables are the same: physical memory protection
     * (rv_pmp.h), PBMTE. */
    RV_EFFECT_RIGHTS = 128,
};

/* ---- start and end */

/*
 * As SBI's hart_start leaves a hart (SBI 2.0, 9.1): S-mode, no translation, interrupts off, PC at
 * ENTRY, its number in a0 and ARGUMENT in a1. As at power-on with M-mode (3.4): at ENTRY in M-mode,
 * the same two registers. All effects are set. CAPS stays valid while the vCPU exists.
 */
void rv_priv_reset_supervisor(struct rv_state *rv, const struct rv_priv_caps *caps, uint32_t hart,
                              uint64_t entry, uint64_t argument);
void rv_priv_reset_machine(struct rv_state *rv, const struct rv_priv_caps *caps, uint32_t hart,
                           uint64_t entry, uint64_t argument);
/* Once, before the first VM. */
void rv_priv_init(void);

/* ---- what the guest executes */

/*
 * INSN, a 32-bit instruction that trapped as illegal at VCPU's PC, as the privileged instruction it
 * may be: CSR access, SRET, MRET, WFI, SFENCE.VMA, SINVAL.VMA, SFENCE.W.INVAL, SFENCE.INVAL.IR.
 * TRAP_DONE: done, go on behind its 4 bytes (registers are written); TRAP_RETRY: done, and the PC
 * is where it goes on; TRAP_UNDEF: illegal for the guest, nothing is changed: the caller delivers
 * RV_CAUSE_ILLEGAL with INSN. Time is asked of rv_hook_time.
 */
enum trap_result rv_priv_insn(struct vcpu *vcpu, uint32_t insn);
/*
 * The part of it that is CSR accesses, as the handler for TRAP_SYSREG: TRAP->syndrome is the
 * instruction. Leaves the old value in TRAP->value, to be written to TRAP->reg.
 */
enum trap_result rv_priv_csr(struct vcpu *vcpu, struct trap *trap);

/* The name of a CSR that such a vCPU may have; NULL: there is none of NUMBER. */
const char *rv_priv_csr_name(uint32_t number);

/* ---- exceptions and interrupts */

/* The cause of an ECALL in the present mode: RV_CAUSE_ECALL_U, _S or _M. */
uint64_t rv_priv_ecall_cause(const struct rv_state *rv);
/*
 * Deliver the exception CAUSE (enum rv_cause) with TVAL, of the instruction at the PC, to S- or
 * M-mode by medeleg and the present mode (3.1.8); the PC is the handler's then.
 */
void rv_priv_exception(struct rv_state *rv, uint64_t cause, uint64_t tval);
/*
 * mip: what is pending at guest time NOW, however masked. Sources: rv->lines (SEI; of a machine
 * also MSI, MEI; atomic), rv->posted, what the guest wrote itself, and the timers stimecmp and
 * machine.mtimecmp.
 */
uint64_t rv_priv_pending(const struct rv_state *rv, uint64_t now);
/* Deliver the interrupt that is first among those pending, enabled and not masked at NOW (3.1.9,
 * 10.1.3), as an exception is. False: there is none, nothing is changed. */
bool rv_priv_interrupt(struct rv_state *rv, uint64_t now);
/* An interrupt is pending and enabled in mie: WFI ends, whether it is delivered or not (3.3.3). */
bool rv_priv_wakes(const struct rv_state *rv, uint64_t now);
/* The next guest time at which rv_priv_pending rises by itself, after NOW; UINT64_MAX: never. */
uint64_t rv_priv_deadline(const struct rv_state *rv, uint64_t now);

/* ---- what the rest of the machine asks */

/* How accesses are translated now (10.3.2, 3.1.6.3). Data and fetches differ under MPRV only. */
struct rv_context {
    uint8_t mode;   /* RV_PRIVILEGE_*, the effective privilege */
    bool sum, mxr;  /* as they act on this access */
    bool update_ad; /* A and D bits are set by the machine (Svadu), not by a page fault */
    bool pbmt;      /* the PBMT field of an entry has a meaning (Svpbmt) */
    bool napot;     /* and its N bit (Svnapot) */
    uint64_t satp;  /* 0 (bare) in M-mode */
};
void rv_priv_context(const struct rv_state *rv, bool fetch, struct rv_context *context);

/* sstatus as the guest reads it. */
uint64_t rv_priv_sstatus(const struct rv_state *rv);
/* FS allows floating-point, VS vector instructions. */
static inline bool rv_priv_fp_on(const struct rv_state *rv)
{
    return (rv->super.sstatus & SSTATUS_FS) != 0;
}
static inline bool rv_priv_vector_on(const struct rv_state *rv)
{
    return (rv->super.sstatus & SSTATUS_VS) != 0;
}
/* The guest has changed the registers: FS, VS become Dirty (3.1.6.6). */
static inline void rv_priv_fp_dirty(struct rv_state *rv)
{
    rv->super.sstatus |= SSTATUS_FS;
}
static inline void rv_priv_vector_dirty(struct rv_state *rv)
{
    rv->super.sstatus |= SSTATUS_VS;
}
/* senvcfg and menvcfg as they act in the present mode: CBIE, CBCFE, CBZE of what CBO instructions
 * may do there (MENVCFG's places). */
uint64_t rv_priv_env(const struct rv_state *rv);
/* RDTIME is allowed in the present mode. */
bool rv_priv_may_read_time(const struct rv_state *rv);

/* What is to be done, of which the caller does all. */
static inline uint32_t rv_priv_take_effects(struct rv_state *rv)
{
    uint32_t effects = rv->priv.effects;

    rv->priv.effects = 0;
    return effects;
}
