/* SPDX-License-Identifier: Apache-2.0 */
/* The machine a guest finds itself on, as its device tree says. Read once at boot, constant
 * afterwards. */
#pragma once

#include "guest/lib/layout.h"
#include "lib/types.h"

#define MACHINE_BANK_MAX     4
#define MACHINE_BOOTARGS_MAX 256

struct range {
    uint64_t base, bytes;
};

struct machine {
    struct range fdt, initrd, image;
    struct range banks[MACHINE_BANK_MAX];
    uint32_t bank_count;
    uint64_t cpus[GUEST_CPU_MAX]; /* affinities, in the tree's order */
    uint32_t cpu_count;
    uint64_t uart; /* 0: none */
    uint32_t uart_intid;
    unsigned gic_version; /* 2, 3; 0: none */
    uint64_t gicd, gicc, gicr;
    uint32_t timer_phys_intid, timer_virt_intid;
    bool psci_by_smc;
    bool is_vm; /* under Trapeze, not on a bare machine */
    char bootargs[MACHINE_BOOTARGS_MAX];
};

extern struct machine machine;

/* Fill `machine` from BLOB. False if it is no device tree. */
bool machine_read(const void *blob);

/* The image's ends, from the linker script. */
extern char image_start[], image_end[];
