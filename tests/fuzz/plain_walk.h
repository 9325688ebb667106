/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest's translation once more, by Privileged Architecture 10.3.2 and 10.4 word for word, to
 * judge the product's: Bare and Sv39, with A and D that the machine sets. Changes nothing.
 */
#pragma once

#include "lib/types.h"

enum plain_end { PLAIN_DONE, PLAIN_PAGE_FAULT, PLAIN_NO_TABLE };

struct plain_guest {
    const uint64_t *memory; /* its tables, and all it has */
    uint64_t base, size_bytes;
    uint64_t root; /* 0: no translation */
    bool user, sum, mxr;
};

/* *GPA: where VA leads, or the entry that is in no memory. KIND: 'r', 'w', 'x'. */
static inline enum plain_end plain_walk(const struct plain_guest *guest, uint64_t va, char kind,
                                        uint64_t *gpa)
{
    uint64_t table = guest->root;

    *gpa = va;
    if (table == 0)
        return PLAIN_DONE;
    if ((uint64_t)((int64_t)(va << 25) >> 25) != va)
        return PLAIN_PAGE_FAULT;
    for (int level = 2; level >= 0; level--) {
        int shift = 12 + 9 * level;
        uint64_t entry, page, offset_mask = (1ULL << shift) - 1;
        bool r, w, x, u;

        *gpa = table + (va >> shift & 511) * 8;
        if (*gpa < guest->base || *gpa - guest->base >= guest->size_bytes)
            return PLAIN_NO_TABLE;
        entry = guest->memory[(*gpa - guest->base) / 8];
        r = entry >> 1 & 1, w = entry >> 2 & 1, x = entry >> 3 & 1, u = entry >> 4 & 1;
        page = (entry >> 10 & ((1ULL << 44) - 1)) << 12;
        if (!(entry & 1) || (!r && w) || entry >> 54 != 0)
            return PLAIN_PAGE_FAULT;
        if (!r && !x) {
            if (entry & 0xd0) /* U, A, D of what is no leaf */
                return PLAIN_PAGE_FAULT;
            table = page;
            continue;
        }
        if (page & offset_mask)
            return PLAIN_PAGE_FAULT;
        if (guest->user ? !u : u && (kind == 'x' || !guest->sum))
            return PLAIN_PAGE_FAULT;
        if (!(kind == 'w' ? w : kind == 'x' ? x : r || (guest->mxr && x)))
            return PLAIN_PAGE_FAULT;
        *gpa = page | (va & offset_mask);
        return PLAIN_DONE;
    }
    return PLAIN_PAGE_FAULT;
}
