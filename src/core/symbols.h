/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names for the hypervisor's own code addresses. The table is made by scripts/symbols from a first
 * link and linked into a second; without it (tests, the first link) every address is unknown.
 */
#pragma once

#include "lib/types.h"

struct symbol_table {
    uintptr_t base;          /* address of the first function */
    uint32_t count;          /* of functions */
    const uint32_t *offsets; /* of each from base, ascending */
    const char *names;       /* one behind the other, each with its final 0 */
};

/* The linked table; a weak empty one stands in for it. */
extern const struct symbol_table symbol_table;

/* The function that holds ADDR, and how far in it is; NULL (and offset 0) if none is known. */
const char *symbol_find(uintptr_t addr, uint32_t *offset);
/* The same in TABLE. */
const char *symbol_table_find(const struct symbol_table *table, uintptr_t addr, uint32_t *offset);
