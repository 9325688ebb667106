/* SPDX-License-Identifier: Apache-2.0 */
/* The world switch beyond the arch.h contract. */
#pragma once

#include "arch/arm/model/a64_regs.h"
#include "core/pcpu.h"

/* CPTR_EL2 with everything trapped that guests are not shown: SVE, SME, trace, activity monitors.
 * Bits of what a CPU has not are RES0 and ignored. */
#define A64_CPTR_TRAPS                                                                   \
    (CPTR_EL2_RES1_0 | CPTR_EL2_TZ | CPTR_EL2_RES1_9 | CPTR_EL2_TSM | CPTR_EL2_RES1_13 | \
     CPTR_EL2_TTA | CPTR_EL2_TAM)

/*
 * Take an SError that is pending on this CPU. True: there was one, caused by what ran here before;
 * accesses of it that are under way have ended. EL1's registers are saved: they are lost.
 */
bool a64_serror_drain(void);
/* One of VCPU's accesses caused it: its VM ends. */
void a64_serror_of(struct vcpu *vcpu);

/* Whoever's floating-point state is in this CPU goes to memory, and the registers may be used by us
 * (libfdt). */
void a64_fp_release(struct pcpu *pcpu);
