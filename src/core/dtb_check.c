/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the check that makes a foreign blob a tree. Must not know any binding. Devicetree
 * Specification 0.4, chapter 5 (flattened format).
 */
#include "core/dtb.h"
#include "core/dtb_block.h"
#include "lib/string.h"

#define DTB_VERSION       17u
#define RESERVATION_BYTES 16u

static uint32_t total_bytes(const struct fdt_header *header)
{
    return dtb_word(&header->totalsize);
}

/* [offset, offset + size) lies behind the header and before the end, and begins at an ALIGN. */
static bool lies_within(const struct fdt_header *header, uint32_t offset, uint32_t size,
                        uint32_t align)
{
    uint32_t first = sizeof(*header), total = total_bytes(header);

    return total >= first && is_aligned(offset, align) &&
           range_within(offset, size, first, total - first);
}

/* Before version 17 the header does not say how long the structure block is. */
static bool is_known(const struct fdt_header *header)
{
    return dtb_word(&header->version) >= DTB_VERSION &&
           dtb_word(&header->last_comp_version) <= DTB_VERSION;
}

size_t dtb_size_bytes(const void *fdt)
{
    const struct fdt_header *h = fdt;

    if (dtb_word(&h->magic) != FDT_MAGIC || !is_known(h) || total_bytes(h) > INT32_MAX ||
        !lies_within(h, dtb_word(&h->off_dt_struct), dtb_word(&h->size_dt_struct),
                     DTB_WORD_BYTES) ||
        !lies_within(h, dtb_word(&h->off_dt_strings), dtb_word(&h->size_dt_strings), 1) ||
        !lies_within(h, dtb_word(&h->off_mem_rsvmap), 0, sizeof(uint64_t)))
        return 0;
    return total_bytes(h);
}

bool dtb_reservation(const void *fdt, uint32_t index, uint64_t *base, uint64_t *size_bytes)
{
    const struct fdt_header *header = fdt;
    uint64_t offset = dtb_word(&header->off_mem_rsvmap) + (uint64_t)index * RESERVATION_BYTES;
    const uint8_t *entry = (const uint8_t *)fdt + offset;

    if (offset + RESERVATION_BYTES > total_bytes(header))
        return false;
    *base = dtb_cells(entry, 2);
    *size_bytes = dtb_cells(entry + sizeof(uint64_t), 2);
    return *base != 0 || *size_bytes != 0;
}

/* The list ends within the blob. */
static bool reservations_end(const void *fdt)
{
    const struct fdt_header *header = fdt;
    uint32_t first = dtb_word(&header->off_mem_rsvmap), index = 0;
    uint64_t base, size_bytes;

    while (dtb_reservation(fdt, index, &base, &size_bytes))
        index++;
    return range_within(first + (uint64_t)index * RESERVATION_BYTES, RESERVATION_BYTES, first,
                        total_bytes(header) - first);
}

/* What may be the first letter of a name: behind the last zero of the block nothing ends. */
static uint32_t names_bytes(const struct dtb_block *b)
{
    uint32_t bytes = b->strings_bytes;

    while (bytes != 0 && b->strings[bytes - 1] != 0)
        bytes--;
    return bytes;
}

/* The tokens are one root with what is in it, and the end; its nodes are *LEVELS deep. */
static bool structure_fits(const struct dtb_block *b, uint32_t *levels)
{
    uint32_t at = 0, next, depth = 0, names = names_bytes(b), token = dtb_token(b, at, &next);

    *levels = 0;
    /* The root has no name. */
    if (token != FDT_BEGIN_NODE || b->tokens[DTB_WORD_BYTES] != 0)
        return false;
    do {
        if (token == FDT_BEGIN_NODE)
            depth++;
        else if (token == FDT_END_NODE)
            depth--;
        else if (token == FDT_PROP && dtb_word(b->tokens + at + 2 * DTB_WORD_BYTES) >= names)
            return false;
        *levels = MAX(*levels, depth);
        at = next;
        token = dtb_token(b, at, &next);
    } while (token == FDT_NOP || (depth != 0 && token != FDT_END));
    /* And not a token that was cut off. */
    return depth == 0 && at < b->tokens_bytes && dtb_word(b->tokens + at) == FDT_END;
}

enum err dtb_check(const void *fdt, size_t size_bytes, const char **why)
{
    const struct fdt_header *header = fdt;
    struct dtb_block block;
    uint32_t levels;

    if ((uintptr_t)fdt % 8 != 0) {
        *why = "The device tree does not lie at an address that is a multiple of 8.";
        return ERR_INVALID;
    }
    if (size_bytes < sizeof(*header)) {
        *why = "The blob is too short for a device tree's header.";
        return ERR_TRUNCATED;
    }
    if (dtb_word(&header->magic) != FDT_MAGIC) {
        *why = "The blob is no device tree: its first four bytes are not d0 0d fe ed.";
        return ERR_INVALID;
    }
    if (!is_known(header)) {
        *why = "The device tree is not of version 17. Write it anew with a current dtc.";
        return ERR_INVALID;
    }
    if (total_bytes(header) > size_bytes) {
        *why = "The device tree is cut off: its header promises more bytes than there are.";
        return ERR_TRUNCATED;
    }
    *why = "The device tree is damaged: its blocks or its nodes do not fit together.";
    if (dtb_size_bytes(fdt) == 0 || !reservations_end(fdt))
        return ERR_INVALID;
    block = dtb_block(fdt);
    if (!structure_fits(&block, &levels))
        return ERR_INVALID;
    /* The root is one. */
    if (levels > DTB_DEPTH_MAX + 1) {
        *why = "The device tree is nested more than 32 levels deep.";
        return ERR_INVALID;
    }
    return ERR_NONE;
}
