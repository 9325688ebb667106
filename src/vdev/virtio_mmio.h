/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The register side of a virtio device of one queue (Virtual I/O Device Specification 1.2: 2.1
 * "Device Status Field", 3.1 "Device Initialization", 4.2 "Virtio Over MMIO", version 2 of the
 * transport). What the device does with its queue is the owner's.
 *
 * Where it is more lenient than the specification asks: a driver that looks at the first 32 feature
 * bits only, and so does not agree on VIRTIO_F_VERSION_1, is served all the same.
 *
 * Locks: one for each device, taken in every function; serve() is called with it held, and so is
 * the interrupt line, whose controller's lock comes after it.
 */
#pragma once

#include "core/lock.h"
#include "core/mmio.h"
#include "core/virq.h"
#include "lib/bits.h"
#include "vdev/virtq.h"

#define VIRTIO_MMIO_SIZE 0x1000u

/* Feature bits that are not of one kind of device (6). */
#define VIRTIO_F_INDIRECT_DESC bit64(28)
#define VIRTIO_F_VERSION_1     bit64(32)

struct virtio_mmio_config {
    struct vm *vm; /* whose memory the queue is in */
    struct virq_line irq;
    uint32_t device_id;
    uint64_t features;    /* offered, VERSION_1 beside them */
    const void *settings; /* the device's configuration space, which the driver only reads */
    uint32_t settings_bytes;
    /*
     * The driver has made requests available in QUEUE: take and give back. *NOTIFY: the driver
     * wants to know. ERR_INVALID: the queue is against the rules.
     */
    enum err (*serve)(void *owner, struct virtq *queue, bool *notify);
    void *owner;
};

struct virtio_mmio {
    struct spinlock lock;
    struct virtio_mmio_config config;
    uint32_t status;
    uint32_t features_select, driver_features_select, queue_select;
    uint64_t driver_features;
    uint32_t interrupt_status;
    struct virtq queue;
};

/* Set up in reset state. The config is copied. */
void virtio_mmio_init(struct virtio_mmio *device, const struct virtio_mmio_config *config);
/* To reset state, interrupt line low. */
void virtio_mmio_reset(struct virtio_mmio *device);
/* mmio_handler_fn; the region is VIRTIO_MMIO_SIZE bytes. Registers are accessed by aligned words,
 * the configuration space by any aligned size. */
bool virtio_mmio_access(void *device, struct mmio_access *access);
