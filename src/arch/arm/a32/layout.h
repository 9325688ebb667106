/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor's virtual address space in Hyp mode: 32 bits, one table (docs/memory-layout.md).
 * RAM below DIRECT_END is mapped where it is, so the page of boot code, which runs at its physical
 * address, never meets a region of ours: the image must be loaded below DIRECT_END.
 */
#pragma once

#define DIRECT_END 0xF0000000 /* RAM, read-write, never executable */
#define IMAGE_VA   0xF0000000 /* the image, each section with its rights (arm.ld) */
#define FDT_VA     0xF0400000 /* the board's device tree, read-only */
#define STACK_VA   0xF1000000 /* per CPU: guard page, stack, guard page, emergency stack */
#define DEVICE_VA  0xF2000000 /* device registers */
#define DEVICE_END 0xFA000000
#define WINDOW_VA \
    0xFA000000 /* per CPU: a block of guests' memory that the direct map does not hold */

#define FDT_WINDOW_BYTES 0x400000 /* at most 2 MiB, anywhere in a 2 MiB block */
#define IMAGE_MAX_BYTES  0x200000

#define WINDOW_BYTES 0x200000

#define STACK_BYTES           16384
#define EMERGENCY_STACK_BYTES 8192
#define STACK_SLOT_BYTES      65536
