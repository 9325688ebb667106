/* SPDX-License-Identifier: Apache-2.0 */
/* Owns decompression. Formats: RFC 1952 (gzip), RFC 8878 (zstd), by zlib and libzstd. */
#include "tool/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define UNPACKED_MAX GIB(4)
#define STEP         MIB(16)

/* Make sure that OUT has room for STEP bytes more. */
static void make_room(struct blob *out, size_t *capacity, const char *path)
{
    if (*capacity - out->size >= STEP)
        return;
    if (*capacity >= UNPACKED_MAX)
        die("%s: it unpacks to more than 4 GiB", path);
    *capacity = *capacity * 2 + STEP;
    out->bytes = realloc(out->bytes, *capacity);
    if (!out->bytes)
        die("out of memory (%zu bytes)", *capacity);
}

static struct blob unpack_gzip(struct blob in, const char *path)
{
    struct blob out = {NULL, 0};
    z_stream stream = {.next_in = in.bytes, .avail_in = (uInt)in.size};
    size_t capacity = 0;
    int result;

    /* 16 + MAX_WBITS: gzip only. */
    if (in.size > UINT32_MAX || inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
        die("%s: gzip cannot be unpacked", path);
    do {
        make_room(&out, &capacity, path);
        stream.next_out = out.bytes + out.size;
        stream.avail_out = STEP;
        result = inflate(&stream, Z_NO_FLUSH);
        out.size += STEP - stream.avail_out;
    } while (result == Z_OK);
    if (result != Z_STREAM_END)
        die("%s: its gzip data is broken or cut off: get or make the file anew", path);
    inflateEnd(&stream);
    return out;
}

static struct blob unpack_zstd(struct blob in, const char *path)
{
    struct blob out = {NULL, 0};
    ZSTD_DStream *stream = ZSTD_createDStream();
    ZSTD_inBuffer from = {in.bytes, in.size, 0};
    size_t capacity = 0, more = 1;

    while (more) {
        make_room(&out, &capacity, path);
        ZSTD_outBuffer to = {out.bytes + out.size, STEP, 0};
        more = ZSTD_decompressStream(stream, &to, &from);
        if (ZSTD_isError(more))
            die("%s: its zstd data is broken: %s", path, ZSTD_getErrorName(more));
        out.size += to.pos;
        if (more && from.pos == from.size && to.pos < to.size)
            die("%s: its zstd data is cut off: get or make the file anew", path);
    }
    ZSTD_freeDStream(stream);
    return out;
}

static bool starts_with(struct blob blob, const char *magic, size_t length)
{
    return blob.size >= length && memcmp(blob.bytes, magic, length) == 0;
}

struct blob unpack(struct blob blob, const char *path)
{
    struct blob out;

    if (starts_with(blob, "\x1f\x8b\x08", 3))
        out = unpack_gzip(blob, path);
    else if (starts_with(blob, "\x28\xb5\x2f\xfd", 4))
        out = unpack_zstd(blob, path);
    else
        return blob;
    free(blob.bytes);
    return out;
}
