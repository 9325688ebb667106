/* SPDX-License-Identifier: Apache-2.0 */
#include "core/vm_disk.h"

#include "core/frame.h"
#include "lib/string.h"

static uint64_t chunk_bytes(const struct vm_disk *disk, uint32_t index)
{
    return MIN(disk->size_bytes - index * VM_DISK_CHUNK, VM_DISK_CHUNK);
}

struct vm_disk *vm_disk_create(void *pristine, uint64_t size_bytes)
{
    uint64_t count = align_up(size_bytes, VM_DISK_CHUNK) / VM_DISK_CHUNK;
    struct vm_disk *disk = heap_alloc(sizeof(*disk));

    if (disk == NULL || count > UINT32_MAX / sizeof(*disk->chunks))
        return NULL;
    *disk = (struct vm_disk){
        .pristine = pristine, .size_bytes = size_bytes, .chunk_count = (uint32_t)count};
    disk->chunks = heap_alloc(count * sizeof(*disk->chunks));
    if (disk->chunks == NULL)
        return NULL;
    for (uint32_t i = 0; i < count; i++) {
        uint64_t bytes = align_up(chunk_bytes(disk, i), PAGE_SIZE);

        disk->chunks[i].bytes = frame_alloc_pages((uint32_t)(bytes / PAGE_SIZE), PAGE_SIZE);
        if (disk->chunks[i].bytes == NULL)
            goto no_memory;
    }
    return disk;
no_memory:
    for (uint32_t i = 0; i < count && disk->chunks[i].bytes != NULL; i++)
        frame_free_pages(disk->chunks[i].bytes,
                         (uint32_t)(align_up(chunk_bytes(disk, i), PAGE_SIZE) / PAGE_SIZE));
    return NULL;
}

void vm_disk_reset(struct vm_disk *disk)
{
    for (uint32_t i = 0; i < disk->chunk_count; i++)
        disk->chunks[i].written = false;
}

void *vm_disk_at(void *owner, uint64_t offset, bool write, uint64_t *run_bytes)
{
    struct vm_disk *disk = owner;
    uint32_t index = (uint32_t)(offset / VM_DISK_CHUNK);
    uint64_t within = offset % VM_DISK_CHUNK, bytes = chunk_bytes(disk, index);
    struct vm_disk_chunk *chunk = &disk->chunks[index];
    uint8_t *pristine = disk->pristine + index * VM_DISK_CHUNK;

    if (write && !chunk->written) {
        memcpy(chunk->bytes, pristine, bytes);
        chunk->written = true;
    }
    *run_bytes = bytes - within;
    return (chunk->written ? chunk->bytes : pristine) + within;
}
