/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Positions of a ring of bytes; the bytes are the owner's array of SIZE, a power of two. Whether
 * there is room, or a byte, is the caller's to know.
 */
#pragma once

#include "lib/types.h"

struct fifo {
    uint32_t first, count;
};

static inline void fifo_push(struct fifo *fifo, char *bytes, uint32_t size, char byte)
{
    bytes[(fifo->first + fifo->count++) & (size - 1)] = byte;
}
static inline char fifo_pop(struct fifo *fifo, const char *bytes, uint32_t size)
{
    char byte = bytes[fifo->first];
    fifo->first = (fifo->first + 1) & (size - 1);
    fifo->count--;
    return byte;
}
