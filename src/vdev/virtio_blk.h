/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtio block device (Virtual I/O Device Specification 1.2, 5.2) over bytes that its owner keeps
 * in memory: a request is over when the guest's notification returns. How much one notification can
 * cost is bounded: VIRTQ_SIZE_MAX requests of VIRTIO_BLK_REQUEST_MAX bytes.
 */
#pragma once

#include "vdev/virtio_mmio.h"

#define VIRTIO_BLK_SECTOR      512u
#define VIRTIO_BLK_REQUEST_MAX KIB(128)

struct virtio_blk_config {
    struct vm *vm;
    struct virq_line irq;
    uint64_t size_bytes; /* what is not a whole sector is not seen */
    /*
     * The bytes from OFFSET on, below size_bytes, of which *RUN_BYTES lie there in a row; WRITE:
     * they will be changed. NULL: that fails. Called with the device's lock held; good until then.
     */
    void *(*at)(void *owner, uint64_t offset, bool write, uint64_t *run_bytes);
    void *owner;
};

/* 5.2.4, as far as there are fields for what is offered. Little-endian. */
struct virtio_blk_settings {
    uint64_t capacity_sectors;
    uint32_t segment_max_bytes, segment_max_count;
    uint16_t cylinders;
    uint8_t heads, sectors;
    uint32_t block_bytes;
};

struct virtio_blk {
    struct virtio_mmio mmio; /* first */
    struct virtio_blk_config config;
    struct virtio_blk_settings settings;
};

/* Set up in reset state. The config is copied. */
void virtio_blk_init(struct virtio_blk *blk, const struct virtio_blk_config *config);
void virtio_blk_reset(struct virtio_blk *blk);
/* mmio_handler_fn; the region is VIRTIO_MMIO_SIZE bytes. */
bool virtio_blk_mmio(void *device, struct mmio_access *access);
