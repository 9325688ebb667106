/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Work that checks itself: memory against a generator, time, FP and SIMD registers, EL1 system
 * registers. What a world switch forgets, or another VM does to this one, shows in the faults.
 */
#pragma once

#include "lib/types.h"

struct workload {
    uint32_t memory_faults, time_faults, simd_faults, sysreg_faults; /* must stay 0 */
    uint64_t rounds;
    uint64_t last_time, longest_gap; /* virtual ticks */
    uint64_t stolen;                 /* ticks in gaps of more than WORKLOAD_GAP_US */
};
extern struct workload workload;

/* A gap between two looks at the clock that no work explains. */
#define WORKLOAD_GAP_US 1000

/* Remember the registers that must not change, switch FP on, look at the clock. */
void workload_start(void);
/* One round, some milliseconds, all of it a function of SEED. Interrupts masked, the virtual timer
 * off. */
void workload_round(uint64_t seed);
/* Every look at the clock is a check of it. Returns the virtual count. */
uint64_t workload_clock(void);
/* CHECK that there were no faults. */
void workload_check(void);
/* A seed for the next round. */
#define WORKLOAD_SEED_STEP 0x9e3779b97f4a7c15ULL
