/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device registers, mapped as Device memory: accesses to one device stay in order among themselves.
 * Where memory must be seen before a device is told (or after it said so), the caller has the
 * barrier. Assembly, because only single loads and stores with a plain address can be emulated by
 * whoever runs us (HSR.ISV).
 */
#pragma once

#include "lib/types.h"

static inline uint32_t io_read32(const void *base, uint64_t offset)
{
    uint32_t value;

    __asm__ volatile("ldr %0, %1"
                     : "=r"(value)
                     : "Q"(*(const volatile uint32_t *)((const char *)base + (uint32_t)offset)));
    return value;
}
static inline void io_write32(void *base, uint64_t offset, uint32_t value)
{
    __asm__ volatile("str %1, %0"
                     : "=Q"(*(volatile uint32_t *)((char *)base + (uint32_t)offset))
                     : "r"(value));
}
static inline void io_write8(void *base, uint64_t offset, uint8_t value)
{
    __asm__ volatile("strb %1, %0"
                     : "=Q"(*(volatile uint8_t *)((char *)base + (uint32_t)offset))
                     : "r"(value));
}
