/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the unpacking of gzip files (RFC 1952) by zlib, in memory that the caller gives. Must not
 * decide where the result goes. zlib's inflate needs memcpy and two allocations, nothing else.
 */
#include "core/image.h"
#include "core/image_headers.h"
#include "lib/string.h"

#define ZLIB_CONST
#include <zlib.h>

/* zlib counts in 32 bits; larger pieces are handed over one after the other. */
#define PIECE_BYTES GIB(1)
/* A window of 2^15 bytes, the largest; 16 more asks for the gzip wrapper and its checksum. */
#define WINDOW_BITS   (15 + 16)
#define SCRATCH_ALIGN 16u

struct scratch {
    uint8_t *next;
    uint64_t left;
};

/*
 * The names are those of zlib's own defaults, which inflate refers to even when it is given others:
 * defined here, they keep zlib's, and with them malloc and free, out of the target's link.
 */
void *zcalloc(void *opaque, unsigned items, unsigned size);
void zcfree(void *opaque, void *p);

void *zcalloc(void *opaque, unsigned items, unsigned size)
{
    struct scratch *scratch = opaque;
    uint64_t bytes = align_up((uint64_t)items * size, SCRATCH_ALIGN);
    void *p = scratch->next;

    if (bytes > scratch->left)
        return NULL;
    scratch->next += bytes;
    scratch->left -= bytes;
    return p;
}

void zcfree(void *opaque, void *p)
{
    /* All of it is the caller's again when image_gunzip returns. */
}

static enum err unpack(z_stream *z, const uint8_t *in, uint64_t in_size, uint8_t *out,
                       uint64_t out_size, uint64_t *in_left, uint64_t *written)
{
    uint64_t out_left = out_size;
    int result = Z_OK;

    *in_left = in_size;
    z->next_in = in;
    z->next_out = out;
    while (result == Z_OK) {
        uint32_t in_piece = (uint32_t)MIN(*in_left, PIECE_BYTES);
        uint32_t out_piece = (uint32_t)MIN(out_left, PIECE_BYTES);

        z->avail_in = in_piece;
        z->avail_out = out_piece;
        result = inflate(z, Z_NO_FLUSH);
        *in_left -= in_piece - z->avail_in;
        out_left -= out_piece - z->avail_out;
    }
    *written = out_size - out_left;
    if (result == Z_STREAM_END)
        return ERR_NONE;
    /* No progress: nothing to read, or else no room to write. */
    if (result == Z_BUF_ERROR)
        return *in_left == 0 ? ERR_TRUNCATED : ERR_NO_MEMORY;
    return ERR_INVALID;
}

/* A loader may have rounded the size up; a second gzip member would be lost in silence. */
static bool only_zeros(const uint8_t *p, uint64_t size)
{
    for (uint64_t i = 0; i < size; i++) {
        if (p[i] != 0)
            return false;
    }
    return true;
}

enum err image_gunzip(const void *blob, uint64_t size_bytes, void *out, uint64_t out_size,
                      void *scratch, uint64_t *written)
{
    uint64_t skip = align_up((uintptr_t)scratch, SCRATCH_ALIGN) - (uintptr_t)scratch;
    struct scratch memory = {(uint8_t *)scratch + skip, IMAGE_GUNZIP_SCRATCH - skip};
    z_stream z = {.zalloc = zcalloc, .zfree = zcfree, .opaque = &memory};
    const uint8_t *in = blob;
    uint64_t in_left;
    enum err err;

    *written = 0;
    if (inflateInit2(&z, WINDOW_BITS) != Z_OK)
        return ERR_UNSUPPORTED; /* a zlib of another version, or one that needs more scratch */
    err = unpack(&z, in, size_bytes, out, out_size, &in_left, written);
    (void)inflateEnd(&z);
    if (!err && !only_zeros(in + (size_bytes - in_left), in_left))
        err = ERR_INVALID;
    return err;
}
