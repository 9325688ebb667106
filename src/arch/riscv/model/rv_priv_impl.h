/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of rv_priv.h share with each other. */
#pragma once

#include "arch/riscv/model/rv_mcsr.h"
#include "arch/riscv/model/rv_priv.h"

/* The supervisor's interrupts: those that are delegated, or can be. */
#define RV_IRQ_SUPERVISOR (RV_IRQ_SSI | RV_IRQ_STI | RV_IRQ_SEI)
#define RV_IRQ_MACHINE    (RV_IRQ_MSI | RV_IRQ_MTI | RV_IRQ_MEI)

#define RV_EFFECT_ALL 255u
/* What of mstatus is in sstatus (10.1.1); SD is not stored. */
#define SSTATUS_VISIBLE                                                                 \
    (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_UBE | SSTATUS_SPP | SSTATUS_VS | SSTATUS_FS | \
     SSTATUS_XS | SSTATUS_SUM | SSTATUS_MXR | SSTATUS_UXL)

/* mstatus with all of its bits. */
static inline uint64_t rv_priv_status(const struct rv_state *rv)
{
    return rv->super.sstatus | rv->priv.machine.mstatus;
}
/* Change those bits of mstatus that are in MASK to VALUE's; says what that means as effects. */
void rv_priv_set_status(struct rv_state *rv, uint64_t value, uint64_t mask);
/* MODE (RV_PRIVILEGE_*) from now on. */
void rv_priv_set_mode(struct rv_state *rv, uint8_t mode);
/* stimecmp is the supervisor's timer; else mip.STIP is what M-mode wrote. */
static inline bool rv_priv_has_stimecmp(const struct rv_state *rv)
{
    return !rv->priv.has_machine || (rv->priv.machine.menvcfg & MENVCFG_STCE) != 0;
}
/* What was posted is the guest's own bit from now on. */
void rv_priv_take_posted(struct rv_state *rv);
/* Which bits of menvcfg exist. */
uint64_t rv_priv_menvcfg_mask(const struct rv_priv_caps *caps);
/* The counters whose bits (RV_COUNTEREN_*) are in COUNTERS may be read in the present mode. */
bool rv_priv_may_count(const struct rv_state *rv, uint64_t counters);
