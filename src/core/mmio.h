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

/*
 * The value of DEVICE's register at OFFSET, read in SIZE bytes, where reading it changes nothing
 * and needs no lock; else MMIO_ASK, and the handler is to be asked. A register may hold that: then
 * too.
 */
typedef uint64_t mmio_peek_fn(const void *device, uint64_t offset, uint32_t size_bytes);
#define MMIO_ASK UINT64_MAX

struct mmio_region {
    gpa_t base;
    uint32_t size_bytes;
    mmio_handler_fn *handler;
    void *device;
    mmio_peek_fn *peek; /* or NULL */
    const char *name;
};

#define MMIO_REGION_MAX 16
struct mmio_bus {
    struct mmio_region regions[MMIO_REGION_MAX]; /* ascending, disjoint */
    uint32_t count;
};

/*
 * Add REGION. ERR_EXISTS if it overlaps one, ERR_NO_MEMORY if the bus is full, ERR_RANGE if it
 * wraps or is empty.
 */
enum err mmio_bus_add(struct mmio_bus *bus, const struct mmio_region *region) __must_check;
/* DEVICE's region has PEEK, which answers as the handler would. While the VM is built. */
void mmio_bus_set_peek(struct mmio_bus *bus, const void *device, mmio_peek_fn *peek);
/* The region that holds all of [gpa, gpa + size), else NULL. */
const struct mmio_region *mmio_bus_search(const struct mmio_bus *bus, gpa_t gpa,
                                          uint64_t size_bytes);

/*
 * The region that a vCPU's access found last: it stays with one device for a while. Its own, so
 * that nobody shares its line; all zero at first.
 */
struct mmio_window {
    gpa_t base;
    uint32_t inner_bytes; /* an access that begins before it lies inside, however wide */
    mmio_handler_fn *handler;
    void *device;
    mmio_peek_fn *peek;
};
#define MMIO_ACCESS_MAX 8u /* bytes */

static __always_inline bool mmio_window_has(const struct mmio_window *window, gpa_t gpa)
{
    return likely(gpa.raw - window->base.raw < window->inner_bytes);
}
void mmio_window_open(struct mmio_window *window, const struct mmio_region *region);
