/* SPDX-License-Identifier: Apache-2.0 */
/* Setting up the hart that we run on. */
#pragma once

#include "core/pcpu.h"

/* Trap vector, everything masked and off, and PCPU as this hart's own. */
void cpu_init_early(struct pcpu *pcpu);
/* Guests' settings, interrupts, timer; then the hart is online. */
void cpu_init(struct pcpu *pcpu);
