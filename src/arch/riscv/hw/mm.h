/* SPDX-License-Identifier: Apache-2.0 */
/* The hypervisor's own address space in HS-mode. */
#pragma once

#include "core/board.h"
#include "core/pcpu.h"
#include "lib/types.h"

/*
 * Make the final tables, W^X, of the image and the device tree, and go on under them; the tree is
 * at the address returned. First of all here, once.
 */
const void *mm_init(hpa_t image, hpa_t fdt);
/* Map all of BOARD's memory directly, read-write, never executable; now frames can be used. Boot
 * hart. */
void mm_map_memory(const struct board *board);
/* Map PCPU's stacks, each above a guard page; from the frame allocator. Sets its arch.stack_top and
 * emergency_stack_top. */
enum err mm_map_stacks(struct pcpu *pcpu) __must_check;
/* What was only to be written during boot becomes read-only. */
void mm_seal(void);
/* satp of the final tables, for other harts. */
uint64_t mm_satp(void);
extern char image_start[], image_end[];
