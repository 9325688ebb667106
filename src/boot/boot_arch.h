/* SPDX-License-Identifier: Apache-2.0 */
/* What bring-up asks of the architecture beyond arch.h: each is one step in boot_main's list. */
#pragma once

#include "core/board.h"
#include "boot/boot.h"

/* The hypervisor's own memory: final tables over BOARD's RAM. */
void boot_arch_memory(const struct board *board);
/* Interrupt controller, timer, firmware from FDT. A sentence for the user on failure, NULL on success. */
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
/* The number that arch_irq_enable and irq_request want for NODE's first interrupt; IRQ_MAX if it has none. */
uint32_t boot_fdt_irq(const void *fdt, int node);
/* Handle the console's interrupt from now on. */
void boot_console_irq(void);
/* Seed material: counters, the CPU's random number instruction where there is one. */
uint64_t boot_arch_entropy(void);
