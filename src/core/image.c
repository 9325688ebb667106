/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns what a kernel is by its header, and whether the blob holds all that the header promises.
 * Must not place or copy it. ELF is read in image_elf.c; formats: image_headers.h.
 */
#include "core/image.h"
#include "core/image_headers.h"
#include "core/image_impl.h"
#include "lib/bits.h"
#include "lib/string.h"

/* Load address and size together; no machine has more physical address bits (DDI 0487, FEAT_LPA).
 */
#define ADDRESS_BITS 52u

static bool starts_with(const void *blob, uint64_t size, const void *magic, size_t length)
{
    return size >= length && memcmp(blob, magic, length) == 0;
}

/* ---- arm64 and RISC-V Image ------------------------------------------------------------------ */

/*
 * An Image with an EFI stub is a PE file too, whose section table says where the file ends (the
 * Image header does not: its size counts bss). True if the file is shorter than that.
 */
static bool pe_is_cut(const uint8_t *blob, uint64_t size, uint32_t pe_offset)
{
    struct pe_header pe;
    struct pe_section section;
    uint64_t table;

    if (!starts_with(blob, size, DOS_MAGIC, 2) || !range_within(pe_offset, sizeof(pe), 0, size))
        return false;
    memcpy(&pe, blob + pe_offset, sizeof(pe));
    if (pe.magic != PE_MAGIC)
        return false;
    table = (uint64_t)pe_offset + sizeof(pe) + pe.optional_bytes;
    for (uint32_t i = 0; i < pe.section_count; i++, table += sizeof(section)) {
        if (!range_within(table, sizeof(section), 0, size))
            return true;
        memcpy(&section, blob + table, sizeof(section));
        if ((uint64_t)section.offset + section.file_bytes > size)
            return true;
    }
    return false;
}

/* What the two kinds of Image have in common. */
static enum err probe_image(const void *blob, uint64_t size, const struct arm64_header *h,
                            struct image_info *out, const char **why)
{
    if (REG_GET(IMAGE_FLAGS, BIG_ENDIAN, h->flags) != 0) {
        *why = "The kernel is big-endian. Build it little-endian.";
        return ERR_UNSUPPORTED;
    }
    if (h->text_offset >= bit64(ADDRESS_BITS) || h->image_size >= bit64(ADDRESS_BITS)) {
        *why = "The Image header is broken: its sizes are beyond all memory.";
        return ERR_INVALID;
    }
    if (pe_is_cut(blob, size, h->pe_offset)) {
        *why = "The Image is cut off: its sections end beyond the file. Give its exact size.";
        return ERR_TRUNCATED;
    }
    out->text_offset = h->text_offset;
    out->memory_bytes = MAX(h->image_size, size);
    out->align_bytes = MIB(2);
    return ERR_NONE;
}

static enum err probe_arm64(const void *blob, uint64_t size, struct image_info *out,
                            const char **why)
{
    struct arm64_header h;

    memcpy(&h, blob, sizeof(h));
    if (h.image_size == 0)
        h.text_offset = ARM64_OLD_TEXT_OFFSET;
    out->kind = IMAGE_ARM64;
    return probe_image(blob, size, &h, out, why);
}

static enum err probe_riscv(const void *blob, uint64_t size, struct image_info *out,
                            const char **why)
{
    struct riscv_header h;

    memcpy(&h, blob, sizeof(h));
    out->kind = IMAGE_RISCV;
    return probe_image(blob, size,
                       &(struct arm64_header){.text_offset = h.text_offset,
                                              .image_size = h.image_size,
                                              .flags = h.flags,
                                              .pe_offset = h.pe_offset},
                       out, why);
}

/* ---- zImage, gzip, raw ----------------------------------------------------------------------- */

static enum err probe_zimage(const void *blob, uint64_t size, struct image_info *out,
                             const char **why)
{
    struct zimage_header h;

    memcpy(&h, blob, sizeof(h));
    if (h.end <= h.start) {
        *why = "The zImage header is broken: its end is not behind its start.";
        return ERR_INVALID;
    }
    if (h.end - h.start > size) {
        *why = "The zImage is cut off: its header promises more bytes. Give its exact size.";
        return ERR_TRUNCATED;
    }
    out->kind = IMAGE_ZIMAGE;
    out->gpa_base = h.start;
    out->text_offset = h.start == 0 ? ZIMAGE_OFFSET : 0;
    out->memory_bytes = h.end - h.start;
    out->align_bytes = PAGE_SIZE;
    return ERR_NONE;
}

static enum err probe_gzip(const uint8_t *blob, uint64_t size, struct image_info *out,
                           const char **why)
{
    if (size < GZIP_HEADER_BYTES + GZIP_TRAILER_BYTES) {
        *why = "The gzip file is cut off. Give its exact size.";
        return ERR_TRUNCATED;
    }
    out->kind = IMAGE_GZIP;
    out->align_bytes = PAGE_SIZE;
    for (uint32_t i = 4; i > 0; i--)
        out->unpacked_bytes = out->unpacked_bytes << 8 | blob[size - 5 + i];
    out->memory_bytes = out->unpacked_bytes;
    return ERR_NONE;
}

/* The four bytes at OFFSET, 0 if there are none. */
static uint32_t word_at(const uint8_t *blob, uint64_t size, uint64_t offset)
{
    uint32_t word = 0;

    if (range_within(offset, sizeof(word), 0, size))
        memcpy(&word, blob + offset, sizeof(word));
    return word;
}

enum err image_probe(const void *blob, uint64_t size_bytes, struct image_info *out,
                     const char **why)
{
    *out = (struct image_info){.kind = IMAGE_RAW, .align_bytes = PAGE_SIZE};
    *why = NULL;
    if (size_bytes == 0) {
        *why = "The file is empty.";
        return ERR_TRUNCATED;
    }
    if (size_bytes >= sizeof(struct arm64_header)) {
        uint32_t magic = word_at(blob, size_bytes, offsetof(struct arm64_header, magic));

        if (magic == ARM64_MAGIC)
            return probe_arm64(blob, size_bytes, out, why);
        if (magic == RISCV_MAGIC)
            return probe_riscv(blob, size_bytes, out, why);
    }
    if (starts_with(blob, size_bytes, ELF_MAGIC, 4))
        return image_probe_elf(blob, size_bytes, out, why);
    if (size_bytes >= sizeof(struct zimage_header)) {
        uint32_t magic = word_at(blob, size_bytes, offsetof(struct zimage_header, magic));

        if (magic == ZIMAGE_MAGIC)
            return probe_zimage(blob, size_bytes, out, why);
        if (magic == ZIMAGE_MAGIC_BIG_ENDIAN) {
            *why = "The kernel is big-endian. Build it little-endian.";
            return ERR_UNSUPPORTED;
        }
    }
    if (starts_with(blob, size_bytes, GZIP_MAGIC, 3))
        return probe_gzip(blob, size_bytes, out, why);
    *why = image_no_kernel(blob, size_bytes);
    if (*why != NULL)
        return ERR_UNSUPPORTED;
    out->memory_bytes = size_bytes;
    return ERR_NONE;
}
