/* SPDX-License-Identifier: Apache-2.0 */
/* What boot.S loads to turn a hart's MMU on. */
#pragma once

#include "lib/types.h"

struct pcpu;

struct boot_params {
    uint64_t satp;
    struct pcpu *pcpu; /* virtual */
};

/* The first tables, of 2 MiB blocks: image at its link address and in place, device tree. Returns
 * satp. Runs with the MMU off. */
uint64_t boot_tables_fill(uint64_t image, uint64_t fdt);
