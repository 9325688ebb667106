/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the order of a VM's device regions: sorted and disjoint, so that a look-up is a binary
 * search. Calls no handler itself.
 */
#include "core/mmio.h"

#include "lib/string.h"

/* Index of the first region that ends after ADDR. No region reaches the end of the address space.
 */
static uint32_t region_search(const struct mmio_bus *bus, uint64_t addr)
{
    uint32_t lo = 0, hi = bus->count;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (bus->regions[mid].base.raw + bus->regions[mid].size_bytes > addr)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

enum err mmio_bus_add(struct mmio_bus *bus, const struct mmio_region *region)
{
    uint64_t base = region->base.raw, size = region->size_bytes;
    if (size == 0 || base + size < base || base + size == 0)
        return ERR_RANGE;
    uint32_t i = region_search(bus, base);
    if (i < bus->count && bus->regions[i].base.raw < base + size)
        return ERR_EXISTS;
    if (bus->count == MMIO_REGION_MAX)
        return ERR_NO_MEMORY;
    memmove(&bus->regions[i + 1], &bus->regions[i], (bus->count - i) * sizeof(bus->regions[0]));
    bus->regions[i] = *region;
    bus->count++;
    return ERR_NONE;
}

void mmio_bus_set_peek(struct mmio_bus *bus, const void *device, mmio_peek_fn *peek)
{
    for (uint32_t i = 0; i < bus->count; i++)
        if (bus->regions[i].device == device)
            bus->regions[i].peek = peek;
}

const struct mmio_region *mmio_bus_search(const struct mmio_bus *bus, gpa_t gpa,
                                          uint64_t size_bytes)
{
    uint32_t i = region_search(bus, gpa.raw);
    if (i == bus->count || size_bytes == 0)
        return NULL;
    const struct mmio_region *region = &bus->regions[i];
    return range_within(gpa.raw, size_bytes, region->base.raw, region->size_bytes) ? region : NULL;
}

void mmio_window_open(struct mmio_window *window, const struct mmio_region *region)
{
    uint32_t size = region->size_bytes;

    window->base = region->base;
    window->inner_bytes = size < MMIO_ACCESS_MAX ? 0 : size - MMIO_ACCESS_MAX + 1;
    window->handler = region->handler;
    window->device = region->device;
    window->peek = region->peek;
}
