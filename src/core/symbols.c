/* SPDX-License-Identifier: Apache-2.0 */
/* Looking up a code address: see core/symbols.h. Must work while everything else is broken. */
#include "core/symbols.h"

#include "lib/string.h"

const struct symbol_table symbol_table __attribute__((weak)) = {0, 0, NULL, NULL};

const char *symbol_table_find(const struct symbol_table *table, uintptr_t addr, uint32_t *offset)
{
    *offset = 0;
    if (table->count == 0 || addr < table->base || addr - table->base > UINT32_MAX)
        return NULL;
    uint32_t wanted = (uint32_t)(addr - table->base);
    uint32_t low = 0, high = table->count; /* offsets[low] <= wanted < offsets[high] */
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (table->offsets[middle] <= wanted)
            low = middle;
        else
            high = middle;
    }
    *offset = wanted - table->offsets[low];
    const char *name = table->names;
    for (uint32_t i = 0; i < low; i++) /* only last words look here: slow is fine, and small */
        name += strlen(name) + 1;
    return name;
}

const char *symbol_find(uintptr_t addr, uint32_t *offset)
{
    return symbol_table_find(&symbol_table, addr, offset);
}
