/* SPDX-License-Identifier: Apache-2.0 */
/* A gzip file unpacked whole, by as large steps as there are. *WRITTEN counts in any case. */
#pragma once

#include "core/image.h"

static inline enum err image_gunzip(const void *blob, uint64_t size_bytes, void *out,
                                    uint64_t out_size, void *scratch, uint64_t *written)
{
    struct image_gunzip *gunzip;
    bool done = false;
    enum err err = image_gunzip_begin(&gunzip, blob, size_bytes, out, out_size, scratch);

    *written = 0;
    while (!err && !done) {
        uint64_t piece;

        err = image_gunzip_step(gunzip, GIB(1), &piece, &done);
        *written += piece;
    }
    return err;
}
