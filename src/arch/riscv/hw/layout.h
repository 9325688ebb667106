/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor's virtual address space in HS-mode: Sv39, which every RV64 host with an MMU that
 * Linux runs on has, and whose walks are the shortest. Its upper half; the lower one holds only the
 * identity-mapped page of boot code, so images lie below 256 GiB (docs/memory-layout.md).
 */
#pragma once

#define VA_BITS          39
#define DIRECT_VA        0xffffffc000000000 /* all RAM, read-write, never executable */
#define DIRECT_BYTES     0x0000003000000000
#define IMAGE_VA         0xfffffff000000000 /* the image, each section with its rights (riscv64.ld) */
#define DEVICE_VA        0xfffffff400000000 /* device registers */
#define FDT_VA           0xfffffff800000000 /* the board's device tree, read-only */
#define FDT_WINDOW_BYTES 0x400000           /* at most 2 MiB, anywhere in a 2 MiB block */
#define STACK_VA         0xfffffffc00000000 /* per CPU: guard page, stack, guard page, emergency stack */

#define STACK_BYTES           16384
#define EMERGENCY_STACK_BYTES 8192
#define STACK_SLOT_BYTES      65536
