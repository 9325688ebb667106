/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual Core-Local Interruptor: software interrupt and timer of machine mode for each hart, and
 * the time (SiFive FU540-C000 Manual v1p4, chapter 9; the same as the ACLINT
 * Specification 1.0-rc4's MSWI and MTIMER devices side by side). The time is the VM's own: writing
 * it has no effect.
 *
 * Locks: one for each CLINT, taken in every function. The config's functions are called with it
 * held, but for time().
 */
#pragma once

#include "core/lock.h"
#include "core/mmio.h"
#include "lib/types.h"

#define VCLINT_SIZE     0x10000u
#define VCLINT_HART_MAX 32u

struct vclint_config {
    uint32_t hart_count;
    /* The machine's software interrupt of HART is at LEVEL. */
    void (*set_software)(void *owner, uint32_t hart, bool level);
    /* Its timer interrupt is pending from DEADLINE on, and not before. */
    void (*set_deadline)(void *owner, uint32_t hart, uint64_t deadline_ticks);
    uint64_t (*time)(void *owner);
    void *owner;
};

struct vclint {
    struct spinlock lock;
    struct vclint_config config;
    uint32_t software; /* a bit for each hart */
    uint64_t deadline_ticks[VCLINT_HART_MAX];
};

/* Set up in reset state. The config is copied; hart_count is at most VCLINT_HART_MAX. */
void vclint_init(struct vclint *clint, const struct vclint_config *config);
/* To reset state: no interrupt, no deadline. */
void vclint_reset(struct vclint *clint);
/* mmio_handler_fn; the region is VCLINT_SIZE bytes. Aligned accesses of 4 and 8 bytes. */
bool vclint_mmio(void *device, struct mmio_access *access);
