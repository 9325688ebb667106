/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's generic timer (Arm ARM DDI 0487, D11): the counter, EL2's physical timer for our own
 * deadlines, and the interrupt of the virtual timer, which belongs to the vCPU that is loaded.
 */
#pragma once

#include "lib/types.h"

/* Find the timer's interrupts in FDT. A sentence for the user on failure, NULL on success. */
const char *gtimer_init(const void *fdt);
/* This CPU's timers: off, interrupts enabled. */
void gtimer_init_cpu(void);
