/* SPDX-License-Identifier: Apache-2.0 */
/* Bit arithmetic on values that are no register (those come from lists, see lib/regdef.h). */
#pragma once

#include "lib/types.h"

/* The N-th bit; N < 32 (bit32) or < 64 (bit64). */
static __always_inline uint32_t bit32(unsigned n)
{
    return (uint32_t)1 << n;
}
static __always_inline uint64_t bit64(unsigned n)
{
    return (uint64_t)1 << n;
}
/* The N low bits set; N <= 64. */
static __always_inline uint64_t low_bits(unsigned n)
{
    return n >= 64 ? ~(uint64_t)0 : bit64(n) - 1;
}
/* Index of the lowest, highest set bit; X must not be 0. Of its own width: machines of 32 bits have
 * an instruction for 32. */
#define bit_lowest(x) (unsigned)(sizeof(x) > 4 ? __builtin_ctzll(x) : __builtin_ctz((unsigned)(x)))
#define bit_highest(x) \
    (unsigned)(sizeof(x) > 4 ? 63 - __builtin_clzll(x) : 31 - __builtin_clz((unsigned)(x)))
static __always_inline unsigned bit_count(uint64_t x)
{
    unsigned n = 0;
    for (; x != 0; x &= x - 1)
        n++;
    return n;
}
/* X's lowest BITS, 1 to 64, as an unsigned or a signed number. */
static __always_inline uint64_t zero_extend(uint64_t x, unsigned bits)
{
    unsigned unused = (0u - bits) % 64;

    return x << unused >> unused;
}
static __always_inline uint64_t sign_extend(uint64_t x, unsigned bits)
{
    unsigned unused = (0u - bits) % 64;

    return (uint64_t)((int64_t)(x << unused) >> unused);
}
