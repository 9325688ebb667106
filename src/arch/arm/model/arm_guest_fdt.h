/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Arm part of a guest's device tree: CPUs, PSCI, generic timer, GIC, PL011. Pure; the addresses
 * are those of arm_guest_layout.h.
 */
#pragma once

#include "core/guest_fdt.h"
#include "lib/types.h"

struct arm_fdt_params {
    uint32_t gic_version; /* 2 or 3 */
    const char *cpu_compatible, *timer_compatible;
    /* Of each vCPU: the affinity fields of MPIDR that it reads, Aff3 being 0; NULL: its index. */
    const uint64_t *mpidrs;
};

/*
 * Write the nodes into the open tree FDT. Returns 0, or not 0 if they do not fit; that libfdt's
 * later calls fail as well. params->cpu_count is at most 8 with a GICv2.
 */
int arm_guest_fdt(void *fdt, const struct arm_fdt_params *p, const struct guest_fdt_params *params);
