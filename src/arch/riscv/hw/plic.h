/* SPDX-License-Identifier: Apache-2.0 */
/* The host's PLIC (RISC-V PLIC Specification 1.0.0). */
#pragma once

#include "core/pcpu.h"

/* Find it in FDT. A sentence for the user on failure, NULL on success. Boot hart. */
const char *plic_init(const void *fdt);
/* The context of HARTID's supervisor mode; UINT32_MAX if it has none. */
uint32_t plic_context_of(uint64_t hartid);
/* This hart takes every priority, and nothing yet; before arch_irq_enable. */
void plic_init_cpu(const struct pcpu *pcpu);
/* Take and handle what is pending for this hart. */
void plic_interrupt(void);
