/* SPDX-License-Identifier: Apache-2.0 */
/* Bring-up. Nothing but an architecture's first code includes this. */
#pragma once

#include "core/pcpu.h"
#include "lib/types.h"

/* What the architecture's first code knows when C begins at the linked address. */
struct boot_info {
    const void *fdt;      /* mapped, read-only */
    hpa_t fdt_hpa, image; /* where they lie */
    uint64_t image_bytes;
};

/* The boot CPU, from here to its first guest. */
void boot_main(const struct boot_info *info) __noreturn;
/* Any CPU that is initialised: take guests from its queue for ever. */
void boot_cpu_main(struct pcpu *pcpu) __noreturn;
/* Find the console that FDT names (stdout-path, else the first UART a driver knows) and use it. False: there is none. */
bool boot_console(const void *fdt);
