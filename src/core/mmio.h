/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VM's emulated device regions: a sorted array, sealed when the VM starts, so that look-up
 * takes no lock. Device models see an access, never a vcpu.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

struct mmio_access {
    uint64_t value;     /* write: the value, zero-extended; read: the model's answer */
    uint32_t offset;    /* from the region's start, bytes */
    uint32_t vcpu;      /* index of the accessing vCPU in its VM */
    uint8_t size_bytes; /* 1, 2, 4 or 8; offset need not be a multiple of it */
    bool write;
};

/*
 * Perform ACCESS on DEVICE. False: this device has no such access (size, alignment, or no register
 * there) and the guest gets an external abort. Locks: takes the device's own.
 */
typedef bool mmio_handler_fn(void *device, struct mmio_access *access);

struct mmio_region {
    gpa_t base;
    uint32_t size_bytes;
    mmio_handler_fn *handler;
    void *device;
    const char *name;
};

#define MMIO_REGION_MAX 16
struct mmio_bus {
    struct mmio_region regions[MMIO_REGION_MAX]; /* ascending, disjoint */
    uint32_t count;
    uint32_t last; /* bytes to the region found last; any CPU writes it, any region is right */
};

/*
 * Add REGION. ERR_EXISTS if it overlaps one, ERR_NO_MEMORY if the bus is full, ERR_RANGE if it
 * wraps or is empty.
 */
enum err mmio_bus_add(struct mmio_bus *bus, const struct mmio_region *region) __must_check;
/* The region that holds all of [gpa, gpa + size), else NULL. */
const struct mmio_region *mmio_bus_search(const struct mmio_bus *bus, gpa_t gpa,
                                          uint64_t size_bytes);
/* All of [gpa, gpa + size) is in REGION; size is not 0. */
static inline bool mmio_region_holds(const struct mmio_region *region, gpa_t gpa,
                                     uint32_t size_bytes)
{
    uint64_t offset = gpa.raw - region->base.raw; /* of what lies below it: beyond its end */

    return offset < region->size_bytes && size_bytes <= region->size_bytes - (uint32_t)offset;
}
/* The same for a guest's access. It stays with one device for a while, so the last one found is
 * tried first. */
static inline const struct mmio_region *mmio_bus_find(struct mmio_bus *bus, gpa_t gpa,
                                                      uint32_t size_bytes)
{
    const struct mmio_region *found =
        (const struct mmio_region *)((const char *)bus->regions + read_once(bus->last));

    if (likely(mmio_region_holds(found, gpa, size_bytes)))
        return found;
    found = mmio_bus_search(bus, gpa, size_bytes);
    if (found != NULL)
        __atomic_store_n(&bus->last, (uint32_t)((const char *)found - (const char *)bus->regions),
                         __ATOMIC_RELAXED);
    return found;
}
