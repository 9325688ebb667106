/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index over register rows, and reset. Knows no register: rows belong to the architectures.
 */
#include "core/reg_row.h"

#include "lib/string.h"

#define ROW_UNITS ((uint32_t)(sizeof(struct reg_row) / REG_INDEX_UNIT))
static_assert(sizeof(struct reg_row) % REG_INDEX_UNIT == 0, "a row is found by units");

static bool row_is_valid(const struct reg_row *row)
{
    if (row->key >= REG_INDEX_KEYS || row->kind > REG_FN)
        return false;
    if (row->kind == REG_FN && row->fn == NULL)
        return false;
    if (row->kind == REG_STATE && row->offset % sizeof(uint64_t) != 0)
        return false;
    return row->kind == REG_HIDDEN || (row->access & REG_RW) != 0;
}

enum err reg_table_init(struct reg_table *table, const struct reg_row *rows, uint32_t count)
{
    memset(table, 0, sizeof(*table));
    table->page_count = 1;
    if (count >= UINT16_MAX / ROW_UNITS)
        return ERR_INVALID;
    for (uint32_t i = 0; i < count; i++) {
        uint8_t *page = &table->directory[(rows[i].key % REG_INDEX_KEYS) >> REG_INDEX_PAGE_BITS];

        uint16_t *slot;

        if (!row_is_valid(&rows[i]))
            return ERR_INVALID;
        if (*page == 0) {
            if (table->page_count == REG_INDEX_PAGES)
                return ERR_NO_MEMORY;
            *page = (uint8_t)table->page_count++;
        }
        slot = &table->pages[*page][rows[i].key % REG_INDEX_PAGE_KEYS];
        if (*slot != 0)
            return ERR_INVALID;
        *slot = (uint16_t)((i + 1) * ROW_UNITS);
    }
    table->rows = rows;
    table->before = (uintptr_t)rows - sizeof(*rows);
    table->count = count;
    return ERR_NONE;
}

void reg_table_reset(const struct reg_table *table, void *file)
{
    for (uint32_t i = 0; i < table->count; i++) {
        const struct reg_row *row = &table->rows[i];

        if (row->kind == REG_STATE)
            *(uint64_t *)((char *)file + row->offset) = row->reset;
    }
}
