/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tokens of a flattened device tree, for core/dtb*.c alone: what lies where, and which token
 * comes next. Never reads outside of the two blocks the header names, whatever is in them; that
 * those lie in the blob is dtb_size_bytes()'s word. Devicetree Specification 0.4, section 5.4.
 */
#pragma once

#include "lib/types.h"

#include <libfdt.h>

#define DTB_WORD_BYTES 4u

/* Big-endian words are read as such: what reads them is little-endian on all that we serve. */
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "dtb_word swaps");

typedef uint32_t __attribute__((may_alias)) dtb_raw_word_t;

/* P is a multiple of four. */
static __always_inline uint32_t dtb_word(const void *p)
{
    return __builtin_bswap32(*(const dtb_raw_word_t *)p);
}

/* The structure block and the names of properties. */
struct dtb_block {
    const uint8_t *tokens;
    const char *strings;
    uint32_t tokens_bytes, strings_bytes;
};

static inline struct dtb_block dtb_block(const void *fdt)
{
    const struct fdt_header *header = fdt;

    return (struct dtb_block){
        .tokens = (const uint8_t *)fdt + dtb_word(&header->off_dt_struct),
        .strings = (const char *)fdt + dtb_word(&header->off_dt_strings),
        .tokens_bytes = dtb_word(&header->size_dt_struct) & ~(DTB_WORD_BYTES - 1),
        .strings_bytes = dtb_word(&header->size_dt_strings),
    };
}

/* One of them has a zero in it: the end of a string. (The bits of higher bytes may be wrong.) */
static __always_inline bool dtb_has_zero(uint32_t word)
{
    return ((word - 0x01010101u) & ~word & 0x80808080u) != 0;
}

/*
 * The token at AT, a multiple of four, and in *NEXT where the one after it begins: behind a node's
 * name, behind a property's value. What does not fit into the block is FDT_END, as is what is no
 * token; then *NEXT is AT.
 */
static inline uint32_t dtb_token(const struct dtb_block *b, uint32_t at, uint32_t *next)
{
    uint32_t end = b->tokens_bytes, token, length;

    *next = at;
    if (at >= end)
        return FDT_END;
    token = dtb_word(b->tokens + at);
    at += DTB_WORD_BYTES;
    if (token == FDT_PROP) {
        if (end - at < 2 * DTB_WORD_BYTES)
            return FDT_END;
        length = dtb_word(b->tokens + at);
        at += 2 * DTB_WORD_BYTES;
        if (length > end - at)
            return FDT_END;
        /* END is a multiple of four too. */
        at += (length + DTB_WORD_BYTES - 1) & ~(DTB_WORD_BYTES - 1);
    } else if (token == FDT_BEGIN_NODE) {
        do {
            if (at >= end)
                return FDT_END;
            at += DTB_WORD_BYTES;
        } while (!dtb_has_zero(*(const dtb_raw_word_t *)(b->tokens + at - DTB_WORD_BYTES)));
    } else if (token != FDT_END_NODE && token != FDT_NOP) {
        return FDT_END;
    }
    *next = at;
    return token;
}
