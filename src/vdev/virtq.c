/* SPDX-License-Identifier: Apache-2.0 */
#include "vdev/virtq.h"

#include "core/guest_mem.h"
#include "lib/bits.h"

/* 2.7.5: a descriptor. */
struct descriptor {
    uint64_t gpa;
    uint32_t size_bytes;
    uint16_t flags, next;
};
enum { FLAG_NEXT = 1, FLAG_WRITE = 2, FLAG_INDIRECT = 4 };
#define DESCRIPTOR_ALIGN 16u

/* 2.7.6: flags, index, then a ring of heads. */
enum { DRIVER_FLAGS = 0, DRIVER_INDEX = 2, DRIVER_RING = 4, DRIVER_ALIGN = 2 };
enum { DRIVER_NO_INTERRUPT = 1 };
/* 2.7.8: the same with elements of two words. */
enum { DEVICE_INDEX = 2, DEVICE_RING = 4, DEVICE_ALIGN = 4 };
struct device_element {
    uint32_t id, size_bytes;
};

static_assert(sizeof(struct descriptor) == 16 && sizeof(struct device_element) == 8,
              "as the specification lays them out");

void virtq_reset(struct virtq *queue)
{
    *queue = (struct virtq){.vm = queue->vm};
}

bool virtq_is_valid(const struct virtq *queue)
{
    return queue->size != 0 && queue->size <= VIRTQ_SIZE_MAX && is_pow2(queue->size) &&
           is_aligned(queue->descriptors.raw, DESCRIPTOR_ALIGN) &&
           is_aligned(queue->driver.raw, DRIVER_ALIGN) &&
           is_aligned(queue->device.raw, DEVICE_ALIGN);
}

/* ---- a chain of descriptors */

/* A table of them, in the queue or elsewhere. */
struct table {
    gpa_t gpa;
    uint32_t count;
};

static enum err load_descriptor(const struct virtq *queue, const struct table *table,
                                uint32_t index, struct descriptor *out)
{
    /* Of a table that ends beyond the last address: guest_mem sees it wrap or miss memory. */
    if (index >= table->count ||
        guest_mem_read(queue->vm, gpa_add(table->gpa, (uint64_t)index * sizeof(*out)), out,
                       sizeof(*out)) != ERR_NONE)
        return ERR_INVALID;
    return ERR_NONE;
}

static enum err add_buffer(struct virtq_chain *chain, const struct descriptor *descriptor)
{
    bool writable = (descriptor->flags & FLAG_WRITE) != 0;

    /* What the device reads comes first (2.7.4.2). */
    if (chain->count == ARRAY_SIZE(chain->buffers) ||
        (!writable && chain->readable_count != chain->count))
        return ERR_INVALID;
    chain->buffers[chain->count++] =
        (struct virtq_buffer){GPA(descriptor->gpa), descriptor->size_bytes};
    if (writable) {
        chain->writable_bytes += descriptor->size_bytes;
    } else {
        chain->readable_count++;
        chain->readable_bytes += descriptor->size_bytes;
    }
    return ERR_NONE;
}

/* The chain is in a table elsewhere: one that is no chain itself, and not longer than the queue
 * (2.7.5.3). */
static enum err enter_indirect(const struct virtq *queue, struct table *table,
                               struct descriptor *descriptor)
{
    uint32_t count = descriptor->size_bytes / (uint32_t)sizeof(*descriptor);

    if (!queue->indirect || (descriptor->flags & FLAG_NEXT) ||
        descriptor->size_bytes % sizeof(*descriptor) != 0 || count == 0 || count > queue->size)
        return ERR_INVALID;
    *table = (struct table){GPA(descriptor->gpa), count};
    return load_descriptor(queue, table, 0, descriptor);
}

static enum err load_chain(const struct virtq *queue, struct virtq_chain *chain)
{
    struct table table = {queue->descriptors, queue->size};
    struct descriptor descriptor;
    enum err err = load_descriptor(queue, &table, chain->head, &descriptor);

    if (!err && (descriptor.flags & FLAG_INDIRECT))
        err = enter_indirect(queue, &table, &descriptor);
    /* No more steps than there are descriptors: a loop ends here. */
    for (uint32_t step = 0; !err; step++) {
        if (step == table.count || (descriptor.flags & FLAG_INDIRECT))
            return ERR_INVALID;
        err = add_buffer(chain, &descriptor);
        if (err || (descriptor.flags & FLAG_NEXT) == 0)
            return err;
        err = load_descriptor(queue, &table, descriptor.next, &descriptor);
    }
    return err;
}

/* ---- the rings */

enum err virtq_take(struct virtq *queue, struct virtq_chain *chain)
{
    uint16_t index, head;

    if (guest_mem_load_u16(queue->vm, gpa_add(queue->driver, DRIVER_INDEX), &index) != ERR_NONE)
        return ERR_INVALID;
    if (index == queue->taken)
        return ERR_NOT_FOUND;
    if ((uint16_t)(index - queue->taken) > queue->size ||
        guest_mem_load_u16(queue->vm,
                           gpa_add(queue->driver, DRIVER_RING + 2 * (queue->taken % queue->size)),
                           &head) != ERR_NONE)
        return ERR_INVALID;
    queue->taken++;
    chain->head = head;
    chain->count = chain->readable_count = 0;
    chain->readable_bytes = chain->writable_bytes = 0;
    return load_chain(queue, chain);
}

enum err virtq_give(struct virtq *queue, uint16_t head, uint32_t written_bytes, bool *notify)
{
    struct device_element element = {head, written_bytes};
    uint64_t at = DEVICE_RING + sizeof(element) * (queue->given % queue->size);
    uint16_t flags;

    if (guest_mem_write(queue->vm, gpa_add(queue->device, at), &element, sizeof(element)) !=
        ERR_NONE)
        return ERR_INVALID;
    queue->given++;
    /* Behind the element and what was written for the request. */
    if (guest_mem_store_u16(queue->vm, gpa_add(queue->device, DEVICE_INDEX), queue->given) !=
        ERR_NONE)
        return ERR_INVALID;
    /* The driver sets the flag and then looks at the index once more; we the other way round. */
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    if (guest_mem_load_u16(queue->vm, gpa_add(queue->driver, DRIVER_FLAGS), &flags) != ERR_NONE)
        return ERR_INVALID;
    *notify = (flags & DRIVER_NO_INTERRUPT) == 0;
    return ERR_NONE;
}

/* ---- a chain's bytes */

gpa_t virtq_at(const struct virtq_chain *chain, bool writable, uint64_t offset, uint64_t *run_bytes)
{
    uint32_t i = writable ? chain->readable_count : 0;
    uint32_t end = writable ? chain->count : chain->readable_count;

    for (; i < end; i++) {
        const struct virtq_buffer *buffer = &chain->buffers[i];

        if (offset < buffer->size_bytes) {
            *run_bytes = buffer->size_bytes - offset;
            return gpa_add(buffer->gpa, offset);
        }
        offset -= buffer->size_bytes;
    }
    *run_bytes = 0;
    return GPA(0);
}

enum err virtq_read(const struct virtq *queue, const struct virtq_chain *chain, uint64_t offset,
                    void *to, uint64_t size_bytes)
{
    for (uint64_t done = 0, run; done < size_bytes; done += run) {
        gpa_t gpa = virtq_at(chain, false, offset + done, &run);

        run = MIN(run, size_bytes - done);
        if (run == 0 || guest_mem_read(queue->vm, gpa, (char *)to + done, run) != ERR_NONE)
            return ERR_RANGE;
    }
    return ERR_NONE;
}

enum err virtq_write(const struct virtq *queue, const struct virtq_chain *chain, uint64_t offset,
                     const void *from, uint64_t size_bytes)
{
    for (uint64_t done = 0, run; done < size_bytes; done += run) {
        gpa_t gpa = virtq_at(chain, true, offset + done, &run);

        run = MIN(run, size_bytes - done);
        if (run == 0 || guest_mem_write(queue->vm, gpa, (const char *)from + done, run) != ERR_NONE)
            return ERR_RANGE;
    }
    return ERR_NONE;
}
