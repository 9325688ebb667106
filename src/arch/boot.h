/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The second contract, for bring-up only: what an architecture's first code hands to src/boot, and
 * what src/boot asks of the architecture that nobody else may (docs/adr/0003). Every boot_arch_
 * function is one step in the list of boot_main.
 */
#pragma once

#include "core/board.h"
#include "core/pcpu.h"
#include "lib/err.h"
#include "lib/types.h"

/* ---- src/boot, for the architecture */
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
/* Find the console that FDT names (stdout-path, else the first UART a driver knows) and use it.
 * False: there is none. */
bool boot_console(const void *fdt);

/* ---- the architecture, for src/boot */
/* The hypervisor's own memory: final tables over BOARD's RAM. */
void boot_arch_memory(const struct board *board);
/* Interrupt controller, timer, firmware from FDT. A sentence for the user on failure, NULL on
 * success. */
const char *boot_arch_devices(const void *fdt);
/* Stacks for PCPU; its identity is CPU_ID of the tree. */
enum err boot_arch_cpu(struct pcpu *pcpu, uint64_t cpu_id) __must_check;
/* This, the boot CPU: PCPU becomes its own; its interrupts and timers. */
void boot_arch_cpu_self(struct pcpu *pcpu);
/* The tree's name for the CPU we run on. */
uint64_t boot_arch_cpu_id(void);
/* Guests' view of the machine (ID registers), once, before the first VM. */
void boot_arch_models(void);
/* What was written during boot only becomes read-only. */
void boot_arch_seal(void);
/* The number that arch_irq_enable and irq_request want for NODE's first interrupt; IRQ_MAX if it
 * has none. */
uint32_t boot_fdt_irq(const void *fdt, int node);
/* Seed material: counters, the CPU's random number instruction where there is one. */
uint64_t boot_arch_entropy(void);
