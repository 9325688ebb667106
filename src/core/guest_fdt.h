/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device tree a guest is given. The portable nodes are written here, the architecture adds its
 * own (CPUs, PSCI, timer, interrupt controller) through arch_guest_fdt().
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

#define GUEST_FDT_MAX KIB(16)

struct guest_bank {
    gpa_t base;
    uint64_t size_bytes;
};

/* Phandle of the interrupt controller's node. */
#define GUEST_FDT_PHANDLE_IRQ 1u
/* Phandle of the UART's fixed clock. */
#define GUEST_FDT_PHANDLE_CLOCK 2u
/* stdout-path names the UART by this alias, which the architecture's writer defines in /aliases. */
#define GUEST_FDT_UART_ALIAS "serial0"

struct guest_fdt_params {
    const char *name;     /* of the VM */
    const char *bootargs; /* NULL: none */
    const struct guest_bank *banks;
    uint32_t bank_count;
    uint32_t cpu_count;
    gpa_t initrd;
    uint64_t initrd_bytes; /* 0: none */
    uint8_t rng_seed[64];  /* fresh at each start */
    uint64_t kaslr_seed;
    bool uart, disk;
    bool machine_mode; /* it is entered without firmware */
    const void *arch;  /* passed to the architecture's writer */
};

/* Writes /cpus, firmware, timer and interrupt controller into the open tree FDT (libfdt's
 * sequential-write API). */
typedef int guest_fdt_arch_fn(void *fdt, const struct guest_fdt_params *params);

/*
 * Write a finished tree into BUFFER of SIZE_BYTES (GUEST_FDT_MAX is enough for VM_VCPU_MAX CPUs and
 * 1 KiB of bootargs). ERR_NO_MEMORY if it does not fit. *used is its length.
 */
enum err guest_fdt_write(void *buffer, size_t size_bytes, const struct guest_fdt_params *params,
                         guest_fdt_arch_fn *arch, size_t *used) __must_check;
