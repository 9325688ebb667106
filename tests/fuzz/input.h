/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a fuzzer's bytes as decisions. Past the end everything is 0. */
#pragma once

#include "lib/types.h"

struct input {
    const uint8_t *bytes;
    size_t left;
};

static inline uint64_t input_bytes(struct input *in, unsigned count)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < count && in->left != 0; i++, in->left--)
        value |= (uint64_t)*in->bytes++ << 8 * i;
    return value;
}

static inline uint8_t input_u8(struct input *in)
{
    return (uint8_t)input_bytes(in, 1);
}

/* Below N, which is at most 256. */
static inline uint32_t input_below(struct input *in, uint32_t n)
{
    return input_u8(in) % n;
}

#define INPUT_PICK(in, table) ((table)[input_bytes(in, 2) % ARRAY_SIZE(table)])

/* Numbers that software gets wrong, or any number. */
static inline uint64_t input_value(struct input *in)
{
    uint8_t how = input_u8(in);

    switch (how >> 6) {
    case 0:
        return how & 0x3f;
    case 1: /* one bit, or all below it, or all but that */
        return (how & 1) ? (1ULL << (how & 0x3f)) - 1 : 1ULL << (how & 0x3f);
    case 2:
        return ~(uint64_t)(how & 0x3f);
    default:
        return input_bytes(in, 1 + how % 8);
    }
}
