/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accesses to a device's registers. The memory is mapped as device memory, which keeps accesses to
 * one device in program order (Arm ARM DDI 0487, B2.7.2; RISC-V: strongly-ordered I/O); order
 * against normal memory or another device is the caller's affair.
 */
#pragma once

#include "lib/types.h"

static __always_inline uint8_t mmio_read8(const volatile void *at)
{
    return *(const volatile uint8_t *)at;
}
static __always_inline uint32_t mmio_read32(const volatile void *at)
{
    return *(const volatile uint32_t *)at;
}
static __always_inline void mmio_write8(volatile void *at, uint8_t value)
{
    *(volatile uint8_t *)at = value;
}
static __always_inline void mmio_write32(volatile void *at, uint32_t value)
{
    *(volatile uint32_t *)at = value;
}
