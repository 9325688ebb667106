/* SPDX-License-Identifier: Apache-2.0 */
/* Which CPU this is, starting the others by PSCI, and waiting for them. */
#pragma once

#include "guest/lib/layout.h"
#include "guest/lib/machine.h"
#include "lib/types.h"

/* Place of the calling CPU in machine.cpus, 0 if it is not there. */
unsigned cpu_index(void);
/*
 * Start CPU (an index, not the caller's) in FN(ARGUMENT), with the MMU on and interrupts masked;
 * when FN returns the CPU turns itself off. Returns what PSCI CPU_ON returned. After mmu_init.
 */
int32_t cpu_start(unsigned cpu, void (*fn)(void *), void *argument);
/* Wait until CPU is off, at most some seconds; false if it is not. */
bool cpu_wait_off(unsigned cpu);
/* cpu_start and wait until FN has begun; false if that failed. */
bool cpu_run(unsigned cpu, void (*fn)(void *), void *argument);
