/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Positions of a ring of bytes; the bytes are the owner's array of SIZE, a power of two. Whether
 * there is room, or a byte, is the caller's to know.
 */
#pragma once

#include "lib/string.h"
#include "lib/types.h"

struct fifo {
    uint32_t first, count;
};

static inline void fifo_push(struct fifo *fifo, char *bytes, uint32_t size, char byte)
{
    bytes[(fifo->first + fifo->count++) & (size - 1)] = byte;
}
/* LENGTH bytes from TEXT. */
static inline void fifo_write(struct fifo *fifo, char *bytes, uint32_t size, const char *text,
                              uint32_t length)
{
    uint32_t end = (fifo->first + fifo->count) & (size - 1);
    uint32_t run = MIN(length, size - end);
    memcpy(bytes + end, text, run);
    if (run < length)
        memcpy(bytes, text + run, length - run);
    fifo->count += length;
}
/* BYTE, in place of the oldest if it is full: true then. */
static inline bool fifo_push_over(struct fifo *fifo, char *bytes, uint32_t size, char byte)
{
    bool full = fifo->count == size;
    if (full) {
        fifo->first = (fifo->first + 1) & (size - 1);
        fifo->count--;
    }
    fifo_push(fifo, bytes, size, byte);
    return full;
}
/* All up to the first BYTE goes, and it too, if it is there. */
static inline void fifo_drop_through(struct fifo *fifo, const char *bytes, uint32_t size, char byte)
{
    uint32_t length = 0;
    while (length < fifo->count && bytes[(fifo->first + length) & (size - 1)] != byte)
        length++;
    if (length == fifo->count)
        return;
    fifo->first = (fifo->first + length + 1) & (size - 1);
    fifo->count -= length + 1;
}
static inline char fifo_pop(struct fifo *fifo, const char *bytes, uint32_t size)
{
    char byte = bytes[fifo->first];
    fifo->first = (fifo->first + 1) & (size - 1);
    fifo->count--;
    return byte;
}
