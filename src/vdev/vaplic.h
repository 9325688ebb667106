/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual Advanced Platform-Level Interrupt Controller (The RISC-V Advanced Interrupt
 * Architecture, version 1.0, chapter 4): one supervisor-level domain that delivers by messages only
 * (domaincfg.DM is 1), to interrupt files that somebody else has.
 *
 * Locks: one for each, taken in every function. `send` is called with it held.
 */
#pragma once

#include "core/lock.h"
#include "core/mmio.h"
#include "core/virq.h"
#include "lib/types.h"

#define VAPLIC_SOURCE_COUNT 64u /* the first, 0, does not exist */
#define VAPLIC_SIZE         0x4000u

struct vaplic_config {
    uint32_t hart_count;
    /* Message EIID, which is not 0, for the supervisor of HART, which there is. */
    void (*send)(void *owner, uint32_t hart, uint32_t eiid);
    void *owner;
};

struct vaplic {
    struct virq_controller controller; /* first */
    struct spinlock lock;
    struct vaplic_config config;
    bool enabled;     /* domaincfg.IE */
    uint64_t line;    /* levels of the inputs */
    uint64_t pending; /* a bit for each source, as below */
    uint64_t enabled_sources;
    uint8_t mode[VAPLIC_SOURCE_COUNT]; /* sourcecfg.SM */
    uint32_t target[VAPLIC_SOURCE_COUNT];
};

/* Set up in reset state. The config is copied. */
void vaplic_init(struct vaplic *aplic, const struct vaplic_config *config);
/* To reset state. Input lines keep their levels: they are the devices'. */
void vaplic_reset(struct vaplic *aplic);
/* mmio_handler_fn; the region is VAPLIC_SIZE bytes. */
bool vaplic_mmio(void *device, struct mmio_access *access);
