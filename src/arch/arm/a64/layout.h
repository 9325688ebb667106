/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor's virtual address space at EL2: 48 bits, one table (docs/memory-layout.md).
 * Physical addresses must lie below DIRECT_BYTES, so that the identity-mapped page of boot code,
 * which sits at its physical address, never meets a region of ours.
 */
#pragma once

#define DIRECT_VA        0x0000800000000000 /* all RAM, read-write, never executable */
#define DIRECT_BYTES     0x0000400000000000
#define IMAGE_VA         0x0000C00000000000 /* the image, each section with its rights (arm64.ld) */
#define DEVICE_VA        0x0000D00000000000 /* device registers */
#define FDT_VA           0x0000D80000000000 /* the board's device tree, read-only */
#define FDT_WINDOW_BYTES 0x400000           /* at most 2 MiB, anywhere in a 2 MiB block */
#define STACK_VA         0x0000E00000000000 /* per CPU: guard page, stack, guard page, emergency stack */

#define STACK_BYTES           16384
#define EMERGENCY_STACK_BYTES 8192
#define STACK_SLOT_BYTES      65536
