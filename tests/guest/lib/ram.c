/* SPDX-License-Identifier: Apache-2.0 */
/* Walks over free memory; see ram.h. */
#include "guest/lib/ram.h"

#include "guest/lib/guest.h"

static bool in_range(uint64_t page, const struct range *range)
{
    return range_overlaps(page, PAGE_SIZE, range->base, range->bytes);
}
/* Pages the boot protocol has filled or we live in. */
static bool in_use(uint64_t page)
{
    return in_range(page, &machine.image) || in_range(page, &machine.fdt) ||
           in_range(page, &machine.initrd);
}

uint64_t ram_each_free_page(bool (*fn)(uint64_t *page), uint64_t *bad)
{
    uint64_t count = 0;

    for (unsigned i = 0; i < machine.bank_count; i++) {
        const struct range *bank = &machine.banks[i];
        for (uint64_t page = bank->base; page < bank->base + bank->bytes; page += PAGE_SIZE) {
            if (in_use(page))
                continue;
            count++;
            if (!fn((uint64_t *)page) && (*bad)++ == 0)
                print("  first at 0x%lx\n", page);
        }
    }
    return count;
}

bool page_is_zero(uint64_t *page)
{
    uint64_t any = 0;
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
        any |= page[i];
    return any == 0;
}

static uint64_t pattern(const uint64_t *at)
{
    return (uint64_t)at * 0x9e3779b97f4a7c15ULL + 1;
}

bool page_fill(uint64_t *page)
{
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
        page[i] = pattern(page + i);
    return true;
}

bool page_matches(uint64_t *page)
{
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++) {
        if (page[i] != pattern(page + i))
            return false;
    }
    return true;
}
