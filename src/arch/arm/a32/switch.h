/* SPDX-License-Identifier: Apache-2.0 */
/* The world switch beyond the arch.h contract. */
#pragma once

#include "arch/arm/a32/sysreg.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/a32_state.h"
#include "core/pcpu.h"

/* Coprocessors that guests are not shown: all but cp10, cp11 (VFP, Advanced SIMD), cp14 and cp15;
 * and trace. */
#define A32_HCPTR_TRAPS ((uint32_t)(HCPTR_TCP0 | HCPTR_TCP12 | HCPTR_TTA))

/* Virtual exceptions that are pending. */
#define A32_HCR_VIRTUAL ((uint32_t)(HCR_VA | HCR_VI | HCR_VF))

/*
 * HCR as SAVED, but for these, which the register itself knows: the hardware clears VA when the
 * guest takes its abort (B1.8.11), VI and VF are what the interrupt controller signals here.
 */
static inline uint32_t a32_hcr_now(uint32_t saved)
{
    return (saved & ~A32_HCR_VIRTUAL) | (sysreg_read(HCR) & A32_HCR_VIRTUAL);
}

/*
 * Take a physical asynchronous abort that is pending on this CPU. True: there was one, caused by
 * what ran here before; accesses of it that are under way have ended. PL1's banked registers are
 * saved: they are lost.
 */
bool a32_abort_drain(void);
/*
 * One of VCPU's accesses caused it: it is made its own, virtual one, taken when it is next loaded
 * and does not mask it.
 */
void a32_abort_of(struct vcpu *vcpu);

/* Whoever's floating-point state is in this CPU goes to memory, and the registers may be used by us
 * (libfdt). */
void a32_fp_release(struct pcpu *pcpu);
/* The banked register WHICH of the vCPU that is loaded here. */
uint32_t a32_banked_read(enum a32_banked which);
void a32_banked_write(enum a32_banked which, uint32_t value);
