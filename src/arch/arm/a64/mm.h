/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's own address space at EL2 and the hardware's side of stage 2. */
#pragma once

#include "core/board.h"
#include "core/pcpu.h"
#include "lib/types.h"

/* Where the image lies; before anything else here. */
void mm_init(hpa_t image);
/*
 * Make the final tables, W^X, with all of MEMORY in the direct map, and go on under them. ERR_NO_MEMORY.
 * Boot CPU, before others run.
 */
void mm_enable(const struct board *board);
/* Map CPU's stacks, each above a guard page; from the frame allocator. Sets its arch.stack_top and emergency_stack_top. */
enum err mm_map_stacks(struct pcpu *pcpu) __must_check;
/* What was only to be written during boot becomes read-only. */
void mm_seal(void);
/* Widths of this machine, from ID_AA64MMFR0_EL1 and MMFR1: the least of all CPUs is the boot CPU's, checked by secondaries. */
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
