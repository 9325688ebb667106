/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a RISC-V guest finds what: the map of QEMU's virt machine, so that what was built for that
 * runs unchanged.
 */
#pragma once

#include "lib/types.h"

/* RAM, in one piece: bank 0 only. */
#define RV_GUEST_BANK0_BASE  0x80000000ULL
#define RV_GUEST_BANK0_BYTES (GIB(1024) - RV_GUEST_BANK0_BASE) /* Sv39x4 has 41 bits */

#define RV_GUEST_PLIC_BASE        0x0c000000ULL
#define RV_GUEST_PLIC_BYTES       0x600000ULL
#define RV_GUEST_PLIC_LAST_SOURCE 63u

/* Of VMs with interrupt files: the APLIC, and a page for each hart. */
#define RV_GUEST_APLIC_BASE        0x0d000000ULL
#define RV_GUEST_APLIC_BYTES       0x4000ULL
#define RV_GUEST_APLIC_LAST_SOURCE 63u
#define RV_GUEST_IMSIC_BASE        0x28000000ULL

/* The 16550 and its interrupt. */
#define RV_GUEST_UART_BASE     0x10000000ULL
#define RV_GUEST_UART_BYTES    0x1000u
#define RV_GUEST_UART_SOURCE   10u
#define RV_GUEST_UART_CLOCK_HZ 3686400u

/* The first of virtio's places and its interrupt: a disk. */
#define RV_GUEST_DISK_BASE   0x10001000ULL
#define RV_GUEST_DISK_SOURCE 1u

/* Of machines that start in M-mode. */
#define RV_GUEST_CLINT_BASE     0x02000000ULL
#define RV_GUEST_CLINT_BYTES    0x10000ULL
#define RV_GUEST_FINISHER_BASE  0x00100000ULL
#define RV_GUEST_FINISHER_BYTES 0x1000ULL
