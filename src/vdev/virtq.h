/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The device's side of a split virtqueue (Virtual I/O Device Specification 1.2, 2.6 to 2.7). All of
 * it lies in the guest's memory and may be changed by the guest at any time: every index, length,
 * flag and address is read once, checked, and used from our copy.
 *
 * Functions are called with the device's lock held, which protects the struct; they take the locks
 * of guest_mem inside.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

struct vm;

/* Descriptors of a queue, and buffers of a chain, at most. */
#define VIRTQ_SIZE_MAX 32u

/* Set by the driver while the queue is not ready; then nothing of it changes but `ready`. */
struct virtq {
    struct vm *vm;
    uint32_t size; /* descriptors */
    gpa_t descriptors, driver, device;
    bool indirect; /* tables of descriptors elsewhere were agreed on */
    bool ready;
    uint16_t taken, given; /* free-running: the next of the driver's ring, of ours */
};

struct virtq_buffer {
    gpa_t gpa;
    uint32_t size_bytes;
};

/* A request: buffers that the device reads, and behind them those that it writes. */
struct virtq_chain {
    uint16_t head; /* by which it is given back */
    uint32_t readable_count, count;
    uint64_t readable_bytes, writable_bytes;
    struct virtq_buffer buffers[VIRTQ_SIZE_MAX];
};

/* To what it is before a driver says anything. VM stays. */
void virtq_reset(struct virtq *queue);
/* What the driver has set allows it to work: size, alignments (2.6). */
bool virtq_is_valid(const struct virtq *queue);
/* The next request that the driver offers. ERR_NOT_FOUND: none. ERR_INVALID: what it offers is
 * against the rules; the device needs a reset. */
enum err virtq_take(struct virtq *queue, struct virtq_chain *chain) __must_check;
/*
 * Give HEAD back, into whose writable part WRITTEN_BYTES went from its beginning. *NOTIFY: the
 * driver wants an interrupt for that. ERR_INVALID as above.
 */
enum err virtq_give(struct virtq *queue, uint16_t head, uint32_t written_bytes,
                    bool *notify) __must_check;

/*
 * Where byte OFFSET of CHAIN's readable, or WRITABLE, part lies, and in *RUN_BYTES how many are
 * there in a row. OFFSET is below the part's size.
 */
gpa_t virtq_at(const struct virtq_chain *chain, bool writable, uint64_t offset,
               uint64_t *run_bytes);
/* Copy SIZE_BYTES from the readable part's OFFSET, to the writable part's. ERR_RANGE: a buffer is
 * not the guest's memory, or it ends before. */
enum err virtq_read(const struct virtq *queue, const struct virtq_chain *chain, uint64_t offset,
                    void *to, uint64_t size_bytes) __must_check;
enum err virtq_write(const struct virtq *queue, const struct virtq_chain *chain, uint64_t offset,
                     const void *from, uint64_t size_bytes) __must_check;
