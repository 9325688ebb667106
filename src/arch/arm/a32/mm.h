/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's own address space in Hyp mode and the hardware's side of stage 2. */
#pragma once

#include "core/board.h"
#include "core/pcpu.h"
#include "lib/types.h"

/*
 * Make the final tables, W^X, of the image and the device tree, and go on under them; the tree is
 * at the address returned. First of all here, once.
 */
const void *mm_init(hpa_t image, hpa_t fdt);
/* Instead of that without Hyp mode, where we only say why we stop. */
void mm_init_refused(hpa_t image);
/* Map BOARD's memory where it is, read-write, never executable; now frames can be used. Boot CPU.
 */
void mm_map_memory(const struct board *board);
/* Map CPU's stacks, each above a guard page; from the frame allocator. Sets its arch.stack_top and
 * emergency_stack_top. */
enum err mm_map_stacks(struct pcpu *pcpu) __must_check;
/* What was only to be written during boot becomes read-only. */
void mm_seal(void);
/* This CPU's stage-2 control. */
void mm_init_cpu(void);
extern char image_start[], image_end[];
/* Clean and invalidate to the point of coherency, on all CPUs. */
void mm_flush(const void *p, uint64_t size_bytes);
/* Hypervisor-space root for other CPUs' struct boot_params. */
uint64_t mm_root(void);
/* The identification registers of this CPU (ids.c). */
struct a32_host_ids;
void a32_host_ids_read(struct a32_host_ids *ids);
