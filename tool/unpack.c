/* SPDX-License-Identifier: Apache-2.0 */
/* Owns decompression. Formats: RFC 1952 (gzip), RFC 8878 (zstd), by zlib and libzstd. */
#include "tool/unpack.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define UNPACKED_MAX GIB(4)
#define STEP         MIB(16)

#define TOO_MUCH "unpacks to more than 4 GiB"

/* Make sure that OUT has room for STEP bytes more; false if it would be too much. */
static bool make_room(struct blob *out, size_t *capacity)
{
    if (*capacity - out->size >= STEP)
        return true;
    if (*capacity >= UNPACKED_MAX)
        return false;
    *capacity = *capacity * 2 + STEP;
    out->bytes = realloc(out->bytes, *capacity);
    if (!out->bytes)
        die("out of memory (%zu bytes)", *capacity);
    return true;
}

static const char *unpack_gzip(struct blob in, struct blob *out)
{
    z_stream stream = {.next_in = in.bytes, .avail_in = (uInt)in.size};
    size_t capacity = 0;
    int result = Z_OK;

    /* 16 + MAX_WBITS: gzip only. */
    if (in.size > UINT32_MAX || inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
        return "is a gzip file of more than 4 GiB";
    while (result == Z_OK && make_room(out, &capacity)) {
        stream.next_out = out->bytes + out->size;
        stream.avail_out = STEP;
        result = inflate(&stream, Z_NO_FLUSH);
        out->size += STEP - stream.avail_out;
    }
    inflateEnd(&stream);
    if (result == Z_STREAM_END)
        return NULL;
    return result == Z_OK ? TOO_MUCH
                          : "is a gzip file that is broken or cut off: get or make it anew";
}

static const char *unpack_zstd(struct blob in, struct blob *out)
{
    ZSTD_DStream *stream = ZSTD_createDStream();
    ZSTD_inBuffer from = {in.bytes, in.size, 0};
    size_t capacity = 0, more = 1;
    const char *problem = NULL;

    while (more && !problem) {
        if (!make_room(out, &capacity)) {
            problem = TOO_MUCH;
            break;
        }
        ZSTD_outBuffer to = {out->bytes + out->size, STEP, 0};
        more = ZSTD_decompressStream(stream, &to, &from);
        out->size += to.pos;
        if (ZSTD_isError(more) || (more && from.pos == from.size && to.pos < to.size))
            problem = "is a zstd file that is broken or cut off: get or make it anew";
    }
    ZSTD_freeDStream(stream);
    return problem;
}

static bool starts_with(struct blob blob, const char *magic, size_t length)
{
    return blob.size >= length && memcmp(blob.bytes, magic, length) == 0;
}

const char *unpack(struct blob *blob)
{
    struct blob out = {NULL, 0};
    const char *problem;

    if (starts_with(*blob, "\x1f\x8b\x08", 3))
        problem = unpack_gzip(*blob, &out);
    else if (starts_with(*blob, "\x28\xb5\x2f\xfd", 4))
        problem = unpack_zstd(*blob, &out);
    else
        return NULL;
    free(blob->bytes);
    *blob = out;
    return problem;
}
