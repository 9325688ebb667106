/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The RISC-V part of a guest's device tree: harts, PLIC, 16550. Pure; the addresses are those of
 * rv_guest_layout.h.
 */
#pragma once

#include "arch/riscv/model/rv_isa.h"
#include "core/guest_fdt.h"

struct rv_fdt_params {
    const struct rv_isa *isa;    /* what the guest is shown */
    const char *mmu_type;        /* "riscv,sv39"; NULL: not said */
    uint32_t timebase_frequency; /* Hz */
    uint32_t message_count;      /* of each interrupt file; 0: it has a PLIC instead */
};

/* Write the nodes into the open tree FDT. Returns 0, or not 0 if they do not fit; that libfdt's
 * later calls fail as well. */
int rv_guest_fdt(void *fdt, const struct rv_fdt_params *p, const struct guest_fdt_params *params);
