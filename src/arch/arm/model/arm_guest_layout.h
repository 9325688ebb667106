/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an Arm guest finds what: the addresses and interrupts that Xen gives its guests
 * (xen/include/public/arch-arm.h of Xen), so that what was built for Xen runs unchanged.
 */
#pragma once

#include "lib/types.h"

/* RAM: bank 0 first, then bank 1. */
#define ARM_GUEST_BANK0_BASE  0x40000000ULL
#define ARM_GUEST_BANK0_BYTES GIB(3)
#define ARM_GUEST_BANK1_BASE  0x200000000ULL
#define ARM_GUEST_BANK1_BYTES (0x10000000000ULL - ARM_GUEST_BANK1_BASE) /* up to 40 bits */

/* GICv2: distributor and CPU interface. */
#define ARM_GUEST_GICV2_GICD_BASE  0x03001000ULL
#define ARM_GUEST_GICV2_GICD_BYTES KIB(4)
#define ARM_GUEST_GICC_BASE        0x03002000ULL
#define ARM_GUEST_GICC_BYTES       KIB(8)

/* GICv3: distributor and one redistributor for each vCPU. */
#define ARM_GUEST_GICV3_GICD_BASE  0x03001000ULL
#define ARM_GUEST_GICV3_GICD_BYTES KIB(64)
#define ARM_GUEST_GICR_BASE        0x03020000ULL
#define ARM_GUEST_GICR_BYTES       KIB(128) /* each: RD_base and SGI_base frames */

/* INTIDs of the generic timer's interrupts (BSA, Arm DEN0094, section 3.7). */
#define ARM_GUEST_TIMER_HYP_INTID       26u
#define ARM_GUEST_TIMER_VIRTUAL_INTID   27u
#define ARM_GUEST_TIMER_SECURE_INTID    29u
#define ARM_GUEST_TIMER_NONSECURE_INTID 30u

/* The PL011 and its interrupt, the first SPI. */
#define ARM_GUEST_UART_BASE     0x22000000ULL
#define ARM_GUEST_UART_BYTES    KIB(4)
#define ARM_GUEST_UART_INTID    32u
#define ARM_GUEST_UART_CLOCK_HZ 24000000u

/* The first place and interrupt for virtio devices: a disk. */
#define ARM_GUEST_DISK_BASE  0x02000000ULL
#define ARM_GUEST_DISK_INTID 33u
