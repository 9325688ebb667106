/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Device registers, mapped Device-nGnRE: accesses to one device stay in order among themselves.
 * Where memory must be seen before a device is told (or after it said so), the caller has the
 * barrier.
 */
#pragma once

#include "lib/types.h"

static inline uint32_t io_read32(const void *base, uint64_t offset)
{
    uint32_t value;

    __asm__ volatile("ldr %w0, %1"
                     : "=r"(value)
                     : "Q"(*(const volatile uint32_t *)((const char *)base + offset)));
    return value;
}
static inline void io_write32(void *base, uint64_t offset, uint32_t value)
{
    __asm__ volatile("str %w1, %0"
                     : "=Q"(*(volatile uint32_t *)((char *)base + offset))
                     : "rZ"(value));
}
static inline void io_write8(void *base, uint64_t offset, uint8_t value)
{
    __asm__ volatile("strb %w1, %0"
                     : "=Q"(*(volatile uint8_t *)((char *)base + offset))
                     : "rZ"(value));
}
static inline uint64_t io_read64(const void *base, uint64_t offset)
{
    uint64_t value;

    __asm__ volatile("ldr %0, %1"
                     : "=r"(value)
                     : "Q"(*(const volatile uint64_t *)((const char *)base + offset)));
    return value;
}
static inline void io_write64(void *base, uint64_t offset, uint64_t value)
{
    __asm__ volatile("str %x1, %0"
                     : "=Q"(*(volatile uint64_t *)((char *)base + offset))
                     : "rZ"(value));
}
