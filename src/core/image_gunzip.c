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

struct image_gunzip {
    z_stream z; /* zlib's own state points to it */
    struct scratch memory;
    uint64_t in_left, out_left;
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
    /* All of it is the caller's again afterwards. */
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

enum err image_gunzip_begin(struct image_gunzip **out, const void *blob, uint64_t size_bytes,
                            void *to, uint64_t room_bytes, void *scratch)
{
    uint64_t skip = align_up((uintptr_t)scratch, SCRATCH_ALIGN) - (uintptr_t)scratch;
    struct image_gunzip *gunzip = (struct image_gunzip *)((uint8_t *)scratch + skip);

    memset(gunzip, 0, sizeof(*gunzip));
    skip += align_up(sizeof(*gunzip), SCRATCH_ALIGN);
    gunzip->memory = (struct scratch){(uint8_t *)scratch + skip, IMAGE_GUNZIP_SCRATCH - skip};
    gunzip->z = (z_stream){.zalloc = zcalloc,
                           .zfree = zcfree,
                           .opaque = &gunzip->memory,
                           .next_in = blob,
                           .next_out = to};
    gunzip->in_left = size_bytes;
    gunzip->out_left = room_bytes;
    if (inflateInit2(&gunzip->z, WINDOW_BITS) != Z_OK)
        return ERR_UNSUPPORTED; /* a zlib of another version, or one that needs more scratch */
    *out = gunzip;
    return ERR_NONE;
}

enum err image_gunzip_step(struct image_gunzip *gunzip, uint64_t max_bytes, uint64_t *written,
                           bool *done)
{
    z_stream *z = &gunzip->z;
    uint32_t in_piece = (uint32_t)MIN(gunzip->in_left, PIECE_BYTES);
    uint32_t out_piece = (uint32_t)MIN(MIN(gunzip->out_left, max_bytes), PIECE_BYTES);
    int result;

    z->avail_in = in_piece;
    z->avail_out = out_piece;
    result = inflate(z, Z_NO_FLUSH);
    gunzip->in_left -= in_piece - z->avail_in;
    gunzip->out_left -= out_piece - z->avail_out;
    *written = out_piece - z->avail_out;
    *done = result != Z_OK;
    if (result == Z_OK)
        return ERR_NONE;
    if (result == Z_STREAM_END)
        return only_zeros(z->next_in, gunzip->in_left) ? ERR_NONE : ERR_INVALID;
    /* No progress: nothing to read, or else no room to write. */
    if (result == Z_BUF_ERROR)
        return gunzip->in_left == 0 ? ERR_TRUNCATED : ERR_NO_MEMORY;
    return ERR_INVALID;
}
