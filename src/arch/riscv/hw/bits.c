/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the compiler calls to count zeros, as harts need not have Zbb. Instead of libgcc's: that may
 * use registers which are the guest's (fast.h), and counts by a table of bytes.
 */
#include "lib/types.h"

int __ctzdi2(uint64_t x);
int __clzdi2(uint64_t x);

/* A number in which each six bits in a row occur once: what shifts out tells by how many. */
#define DE_BRUIJN    0x03f79d71b4cb0a89ULL
#define DE_BRUIJN_AT 58

static const uint8_t places[64] = {0,  1,  48, 2,  57, 49, 28, 3,  61, 58, 50, 42, 38, 29, 17, 4,
                                   62, 55, 59, 36, 53, 51, 43, 22, 45, 39, 33, 30, 24, 18, 12, 5,
                                   63, 47, 56, 27, 60, 41, 37, 16, 54, 35, 52, 21, 44, 32, 23, 11,
                                   46, 26, 40, 15, 34, 20, 31, 10, 25, 14, 19, 9,  13, 8,  7,  6};

int __ctzdi2(uint64_t x)
{
    return places[((x & (0 - x)) * DE_BRUIJN) >> DE_BRUIJN_AT];
}

int __clzdi2(uint64_t x)
{
    /* All ones below the highest; then only that. */
    x |= x >> 1;
    x |= x >> 2;
    x |= x >> 4;
    x |= x >> 8;
    x |= x >> 16;
    x |= x >> 32;
    return 63 - places[((x & ~(x >> 1)) * DE_BRUIJN) >> DE_BRUIJN_AT];
}
