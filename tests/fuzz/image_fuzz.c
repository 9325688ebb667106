/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Kernel images: whatever a file says of itself, nothing outside of it is read (it ends at an
 * unmapped page), and what is accepted is what core/image.h promises.
 */
#include "core/image.h"
#include "lib/panic.h"
#include "tests/fuzz/input.h"
#include "tests/unit/fdt_tree.h" /* edge_copy */
#include "tests/unit/gunzip.h"

#define UNPACKED_MAX KIB(64)
#define SEGMENTS_MAX 100000 /* an ELF header can name no more */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_segments(const void *blob, uint64_t size, const struct image_info *info)
{
    uint32_t i = 0;
    struct image_segment s;

    for (; image_elf_segment(blob, size, i, &s) == ERR_NONE; i++) {
        BUG_ON(!range_within(s.offset, s.file_bytes, 0, size) || s.file_bytes > s.memory_bytes);
        BUG_ON(s.memory_bytes != 0 &&
               !range_within(s.gpa, s.memory_bytes, info->gpa_base, info->memory_bytes));
        BUG_ON(i == SEGMENTS_MAX);
    }
    BUG_ON(i == 0);
}

static void unpack(const void *blob, uint64_t size, uint64_t room)
{
    static uint8_t scratch[IMAGE_GUNZIP_SCRATCH] __aligned(64);
    uint64_t written = 0;
    uint8_t *out = malloc(room);
    enum err err = image_gunzip(blob, size, out, room, scratch, &written);

    BUG_ON(written > room);
    BUG_ON(err != ERR_NONE && err != ERR_NO_MEMORY && err != ERR_TRUNCATED && err != ERR_INVALID);
    free(out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct image_info info;
    const char *why = NULL;
    const void *blob;
    uint64_t offset;
    enum err err;

    if (size > EDGE_BYTES)
        return 0;
    blob = edge_copy(data, size);
    BUG_ON(image_looks_like(blob, size) == NULL);
    const char *symbol =
        image_elf_symbol(blob, size, size > 16 ? data[size - 1] * 0x1001u : 0, &offset);
    BUG_ON(symbol != NULL && (*symbol == 0 || strlen(symbol) >= size));
    err = image_probe(blob, size, &info, &why);
    BUG_ON((err == ERR_NONE) != (why == NULL));
    if (err != ERR_NONE)
        return 0;
    BUG_ON(info.memory_bytes + info.gpa_base < info.gpa_base);
    if (info.kind == IMAGE_ELF)
        check_segments(blob, size, &info);
    if (info.kind == IMAGE_GZIP)
        unpack(blob, size, size % 3 == 0 ? size : UNPACKED_MAX);
    return 0;
}
