/* SPDX-License-Identifier: Apache-2.0 */
/* The world switch beyond the arch.h contract. */
#pragma once

#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/a32_state.h"
#include "core/pcpu.h"

/* Coprocessors that guests are not shown: all but cp10, cp11 (VFP, Advanced SIMD), cp14 and cp15;
 * and trace. */
#define A32_HCPTR_TRAPS ((uint32_t)(HCPTR_TCP0 | HCPTR_TCP12 | HCPTR_TTA))

/* Whoever's floating-point state is in this CPU goes to memory, and the registers may be used by us
 * (libfdt). */
void a32_fp_release(struct pcpu *pcpu);
/* The banked register WHICH of the vCPU that is loaded here. */
uint32_t a32_banked_read(enum a32_banked which);
void a32_banked_write(enum a32_banked which, uint32_t value);
