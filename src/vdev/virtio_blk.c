/* SPDX-License-Identifier: Apache-2.0 */
#include "vdev/virtio_blk.h"

#include "core/guest_mem.h"
#include "lib/bits.h"
#include "lib/string.h"

#define DEVICE_ID_BLOCK 2u

/* 5.2.3 */
#define FEATURE_SIZE_MAX bit64(1)
#define FEATURE_SEG_MAX  bit64(2)
#define FEATURE_BLK_SIZE bit64(6)
#define FEATURE_FLUSH    bit64(9)

/* A request of this many segments is never longer than VIRTIO_BLK_REQUEST_MAX. */
#define SEGMENT_MAX_COUNT 8u
#define SEGMENT_MAX_BYTES (VIRTIO_BLK_REQUEST_MAX / SEGMENT_MAX_COUNT)

/* 5.2.6: the head of a request, data, and one byte for the result. */
struct request {
    uint32_t type, reserved;
    uint64_t sector;
};
enum { TYPE_IN = 0, TYPE_OUT = 1, TYPE_FLUSH = 4, TYPE_GET_ID = 8 };
enum { RESULT_OK = 0, RESULT_ERROR = 1, RESULT_UNSUPPORTED = 2 };
#define ID_BYTES 20u

static_assert(sizeof(struct request) == 16 &&
                  offsetof(struct virtio_blk_settings, block_bytes) == 20,
              "as the specification lays them out");

/* Move SIZE_BYTES between CHAIN's data and the disk, which both have them. */
static uint8_t move(struct virtio_blk *blk, const struct virtq_chain *chain, bool to_guest,
                    uint64_t disk_offset, uint64_t size_bytes)
{
    /* Data to be written to the disk stands behind the head. */
    const uint64_t start = to_guest ? 0 : sizeof(struct request);

    for (uint64_t done = 0; done < size_bytes;) {
        uint64_t run, disk_run;
        gpa_t gpa = virtq_at(chain, to_guest, start + done, &run);
        void *bytes = blk->config.at(blk->config.owner, disk_offset + done, !to_guest, &disk_run);

        run = MIN(MIN(run, disk_run), size_bytes - done);
        if (bytes == NULL || run == 0)
            return RESULT_ERROR;
        if ((to_guest ? guest_mem_write(blk->config.vm, gpa, bytes, run)
                      : guest_mem_read(blk->config.vm, gpa, bytes, run)) != ERR_NONE)
            return RESULT_ERROR;
        done += run;
    }
    return RESULT_OK;
}

/* Whole sectors, all on the disk. */
static bool is_on_disk(const struct virtio_blk *blk, uint64_t sector, uint64_t size_bytes)
{
    uint64_t count = size_bytes / VIRTIO_BLK_SECTOR, capacity = blk->settings.capacity_sectors;

    return size_bytes <= VIRTIO_BLK_REQUEST_MAX && size_bytes % VIRTIO_BLK_SECTOR == 0 &&
           sector <= capacity && count <= capacity - sector;
}

static uint8_t transfer(struct virtio_blk *blk, const struct virtq_chain *chain,
                        const struct request *request, uint32_t *written_bytes)
{
    bool to_guest = request->type == TYPE_IN;
    uint64_t size = to_guest ? chain->writable_bytes - 1 : chain->readable_bytes - sizeof(*request);
    uint8_t result;

    if (!is_on_disk(blk, request->sector, size))
        return RESULT_ERROR;
    result = move(blk, chain, to_guest, request->sector * VIRTIO_BLK_SECTOR, size);
    if (to_guest && result == RESULT_OK)
        *written_bytes = (uint32_t)size;
    return result;
}

static uint8_t get_id(const struct virtq *queue, const struct virtq_chain *chain,
                      uint32_t *written_bytes)
{
    static const char id[ID_BYTES] = "trapeze";

    if (chain->writable_bytes - 1 < sizeof(id) ||
        virtq_write(queue, chain, 0, id, sizeof(id)) != ERR_NONE)
        return RESULT_ERROR;
    *written_bytes = sizeof(id);
    return RESULT_OK;
}

/* One request; then its result stands in the last byte that may be written. */
static enum err do_request(struct virtio_blk *blk, struct virtq *queue,
                           const struct virtq_chain *chain, bool *notify)
{
    struct request request;
    uint32_t written_bytes = 0;
    uint8_t result;

    if (chain->writable_bytes == 0 ||
        virtq_read(queue, chain, 0, &request, sizeof(request)) != ERR_NONE)
        return ERR_INVALID;
    switch (request.type) {
    case TYPE_IN:
    case TYPE_OUT:
        result = transfer(blk, chain, &request, &written_bytes);
        break;
    case TYPE_FLUSH: /* what is written is where it stays */
        result = RESULT_OK;
        break;
    case TYPE_GET_ID:
        result = get_id(queue, chain, &written_bytes);
        break;
    default:
        result = RESULT_UNSUPPORTED;
        break;
    }
    if (virtq_write(queue, chain, chain->writable_bytes - 1, &result, sizeof(result)) != ERR_NONE)
        return ERR_INVALID;
    return virtq_give(queue, chain->head, written_bytes + 1, notify);
}

/* As many as the queue has places: one that is filled all the while from elsewhere is served again
 * when it is notified, as it must be. */
static enum err serve(void *owner, struct virtq *queue, bool *notify)
{
    struct virtio_blk *blk = owner;
    struct virtq_chain chain;

    for (uint32_t i = 0; i < VIRTQ_SIZE_MAX; i++) {
        bool one = false;
        enum err err = virtq_take(queue, &chain);

        if (err == ERR_NOT_FOUND)
            return ERR_NONE;
        if (!err)
            err = do_request(blk, queue, &chain, &one);
        if (err)
            return err;
        *notify |= one;
    }
    return ERR_NONE;
}

bool virtio_blk_mmio(void *device, struct mmio_access *access)
{
    return virtio_mmio_access(&((struct virtio_blk *)device)->mmio, access);
}

void virtio_blk_reset(struct virtio_blk *blk)
{
    virtio_mmio_reset(&blk->mmio);
}

void virtio_blk_init(struct virtio_blk *blk, const struct virtio_blk_config *config)
{
    const struct virtio_mmio_config mmio = {
        .vm = config->vm,
        .irq = config->irq,
        .device_id = DEVICE_ID_BLOCK,
        .features = VIRTIO_F_INDIRECT_DESC | FEATURE_SIZE_MAX | FEATURE_SEG_MAX | FEATURE_BLK_SIZE |
                    FEATURE_FLUSH,
        .settings = &blk->settings,
        .settings_bytes = sizeof(blk->settings),
        .serve = serve,
        .owner = blk,
    };

    blk->config = *config;
    blk->settings = (struct virtio_blk_settings){
        .capacity_sectors = config->size_bytes / VIRTIO_BLK_SECTOR,
        .segment_max_bytes = SEGMENT_MAX_BYTES,
        .segment_max_count = SEGMENT_MAX_COUNT,
        .block_bytes = VIRTIO_BLK_SECTOR,
    };
    virtio_mmio_init(&blk->mmio, &mmio);
}
