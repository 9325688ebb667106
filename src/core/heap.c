/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory for structures that live as long as the machine (core/frame.h): cut off one after the
 * other, never given back. Owns the block it cuts from.
 */
#include "core/frame.h"
#include "core/lock.h"

#define HEAP_ALIGN 64u /* a cache line: structures of two CPUs never share one */

static struct {
    struct spinlock lock;
    char *next;
    size_t left_bytes;
} heap;

void *heap_alloc(size_t size_bytes)
{
    if (size_bytes == 0 || size_bytes > UINT32_MAX)
        return NULL;
    size_t size = align_up(size_bytes, HEAP_ALIGN);
    char *cut = NULL;

    spin_lock(&heap.lock);
    if (size <= heap.left_bytes) {
        cut = heap.next;
        heap.next += size;
        heap.left_bytes -= size;
    } else {
        size_t block_bytes = align_up(size, PAGE_SIZE);
        cut = frame_alloc_pages((uint32_t)(block_bytes / PAGE_SIZE), PAGE_SIZE);
        /* Go on with whichever rest is larger. */
        if (cut != NULL && block_bytes - size > heap.left_bytes) {
            heap.next = cut + size;
            heap.left_bytes = block_bytes - size;
        }
    }
    spin_unlock(&heap.lock);
    return cut;
}
