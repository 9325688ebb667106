/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's own address space at EL2 and the hardware's side of stage 2. */
#pragma once

#include "core/board.h"
#include "core/pcpu.h"
#include "lib/types.h"

/*
 * Make the final tables, W^X, of the image and the device tree, and go on under them; the tree is
 * at the address returned. First of all here, once.
 */
const void *mm_init(hpa_t image, hpa_t fdt);
/* Instead of that at EL1, where we only say why we stop: devices are mapped into the first tables.
 */
void mm_init_refused(hpa_t image, uint64_t *root);
/* Map all of BOARD's memory directly, read-write, never executable; now frames can be used. Boot
 * CPU. */
void mm_map_memory(const struct board *board);
/* Map CPU's stacks, each above a guard page; from the frame allocator. Sets its arch.stack_top and
 * emergency_stack_top. */
enum err mm_map_stacks(struct pcpu *pcpu) __must_check;
/* What was only to be written during boot becomes read-only. */
void mm_seal(void);
/* Widths of this machine, from ID_AA64MMFR0_EL1 and MMFR1: the least of all CPUs is the boot CPU's,
 * checked by secondaries. */
unsigned mm_pa_bits(void);
unsigned mm_ipa_bits(void);
uint64_t mm_vtcr(void);
/* This CPU's stage-2 control. */
void mm_init_cpu(void);
extern hpa_t image_hpa;
extern char image_start[], image_end[];
/* The identification registers of this CPU (ids.c). */
struct a64_host_ids;
void a64_host_ids_read(struct a64_host_ids *ids);
/* Clean and invalidate to the point of coherency, on all CPUs. */
void mm_flush(const void *p, uint64_t size_bytes);
/* Hypervisor-space root for other CPUs' struct boot_params. */
uint64_t mm_root(void);
