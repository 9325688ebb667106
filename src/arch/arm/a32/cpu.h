/* SPDX-License-Identifier: Apache-2.0 */
/* Setting up the physical CPU that we run on. */
#pragma once

#include "core/pcpu.h"

/* Vectors, traps' defaults, and PCPU as this CPU's own; before anything can fault usefully. */
void cpu_init_early(struct pcpu *pcpu);
/* Stage-2 control, GIC interface, timers; then the CPU is online. */
void cpu_init(struct pcpu *pcpu);
/* This CPU's MIDR. */
uint32_t cpu_midr(void);
