/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual Platform-Level Interrupt Controller (RISC-V PLIC Specification 1.0.0), with the map of
 * its first implementations: contexts in pairs, machine and supervisor mode of each hart. All
 * sources are level-triggered lines of device models, or edges that wait as one pending bit.
 *
 * Locks: one for each PLIC, taken in every function. set_external is called with it held; what it
 * takes comes after it.
 */
#pragma once

#include "core/lock.h"
#include "core/mmio.h"
#include "core/virq.h"
#include "lib/types.h"

#define VPLIC_SOURCE_COUNT 64u /* the first, 0, does not exist */
#define VPLIC_CONTEXT_MAX  64u
#define VPLIC_PRIORITY_MAX 7u
#define VPLIC_SIZE         0x600000u /* of the region: all contexts that fit */

struct vplic_config {
    uint32_t context_count; /* 2 for each hart: 2 * hart + 1 is its supervisor mode */
    /* The external interrupt of CONTEXT is at LEVEL. */
    void (*set_external)(void *owner, uint32_t context, bool level);
    void *owner;
};

struct vplic_context {
    uint64_t enabled; /* a bit for each source */
    uint32_t threshold;
    bool external; /* last level given */
};

struct vplic {
    struct virq_controller controller; /* first */
    struct spinlock lock;
    struct vplic_config config;
    uint64_t line; /* levels of the inputs */
    uint64_t edge; /* sources that are edges: a rise waits, a level does not stay */
    uint64_t pending;
    uint64_t claimed; /* in service: not pending again before its completion */
    uint8_t priority[VPLIC_SOURCE_COUNT];
    struct vplic_context contexts[VPLIC_CONTEXT_MAX];
};

/* Set up in reset state. The config is copied; context_count is at most VPLIC_CONTEXT_MAX. */
void vplic_init(struct vplic *plic, const struct vplic_config *config);
/* To reset state. Input lines keep their levels: they are the devices'. */
void vplic_reset(struct vplic *plic);
/* SOURCE is an edge. Before the VM starts. */
void vplic_set_edge(struct vplic *plic, uint32_t source);
/* mmio_handler_fn; the region is VPLIC_SIZE bytes. */
bool vplic_mmio(void *device, struct mmio_access *access);
/* mmio_peek_fn: all but claims. */
uint64_t vplic_peek(const void *device, uint64_t offset, uint32_t size_bytes);
