/* SPDX-License-Identifier: Apache-2.0 */
/* What boot.S loads to turn a CPU's MMU on; read with caches off, so it is cleaned to memory before
 * use. */
#pragma once

#include "lib/types.h"

struct pcpu;

struct boot_params {
    uint64_t ttbr, tcr, mair, sctlr;
    struct pcpu *pcpu; /* virtual */
} __aligned(64);

/* For the regime of exception level EL (1 or 2), root table TTBR. Runs with the MMU off. */
void boot_params_fill(struct boot_params *params, uint64_t ttbr, uint64_t el);
/* The first tables, of 2 MiB blocks: image at its link address and in place, device tree, for EL.
 * Returns the root. MMU off. */
uint64_t boot_tables_fill(uint64_t image, uint64_t fdt, uint64_t el);
extern struct boot_params boot_params;
extern uint64_t boot_root[512];
