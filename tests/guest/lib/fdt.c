/* SPDX-License-Identifier: Apache-2.0 */
/* The reader of flattened device trees; see fdt.h. */
#include "guest/lib/fdt.h"

#include "guest/lib/text.h"

enum {
    FDT_MAGIC = 0xd00dfeed,
    FDT_HEADER_BYTES = 40,
    FDT_VERSION_READ = 17,
    FDT_BEGIN_NODE = 1,
    FDT_END_NODE = 2,
    FDT_PROP = 3,
    FDT_NOP = 4,
    FDT_END = 9,
};
/* Byte offsets of the header's words. */
enum {
    HEADER_TOTAL = 4,
    HEADER_STRUCT = 8,
    HEADER_STRINGS = 12,
    HEADER_COMPATIBLE = 24,
    HEADER_STRINGS_BYTES = 32,
    HEADER_STRUCT_BYTES = 36,
};

static uint32_t word(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

uint64_t fdt_cells(const uint8_t *p, uint32_t cells)
{
    return cells == 2 ? (uint64_t)word(p) << 32 | word(p + 4) : word(p);
}

bool fdt_open(struct fdt *fdt, const void *blob, uint32_t limit_bytes)
{
    const uint8_t *b = blob;

    if (b == NULL || word(b) != FDT_MAGIC || word(b + HEADER_COMPATIBLE) > FDT_VERSION_READ)
        return false;
    *fdt = (struct fdt){
        .blob = b,
        .total_bytes = word(b + HEADER_TOTAL),
        .struct_offset = word(b + HEADER_STRUCT),
        .struct_bytes = word(b + HEADER_STRUCT_BYTES),
        .strings_offset = word(b + HEADER_STRINGS),
        .strings_bytes = word(b + HEADER_STRINGS_BYTES),
    };
    return fdt->total_bytes >= FDT_HEADER_BYTES && fdt->total_bytes <= limit_bytes &&
           range_within(fdt->struct_offset, fdt->struct_bytes, 0, fdt->total_bytes) &&
           range_within(fdt->strings_offset, fdt->strings_bytes, 0, fdt->total_bytes);
}

/* A token of the structure block, with what belongs to it. */
struct token {
    uint32_t kind;
    uint32_t next;    /* offset of the token after it */
    const char *name; /* of a node or a property */
    const uint8_t *value;
    uint32_t value_bytes;
};

/* True if a string that starts at offset AT of a block of BYTES ends inside it. */
static bool string_ends(const uint8_t *block, uint32_t at, uint32_t bytes, uint32_t *length)
{
    for (uint32_t i = at; i < bytes; i++) {
        if (block[i] == 0) {
            *length = i - at;
            return true;
        }
    }
    return false;
}

static bool token_read(const struct fdt *fdt, uint32_t at, struct token *token)
{
    const uint8_t *block = fdt->blob + fdt->struct_offset;
    const uint8_t *strings = fdt->blob + fdt->strings_offset;
    uint32_t length;

    if (!range_within(at, 4, 0, fdt->struct_bytes))
        return false;
    *token = (struct token){.kind = word(block + at), .next = at + 4};
    switch (token->kind) {
    case FDT_BEGIN_NODE:
        if (!string_ends(block, token->next, fdt->struct_bytes, &length))
            return false;
        token->name = (const char *)block + token->next;
        token->next = (uint32_t)align_up((uint64_t)token->next + length + 1, 4);
        return true;
    case FDT_PROP:
        if (!range_within(at, 12, 0, fdt->struct_bytes))
            return false;
        token->value_bytes = word(block + at + 4);
        token->value = block + at + 12;
        if (!range_within((uint64_t)at + 12, token->value_bytes, 0, fdt->struct_bytes) ||
            !string_ends(strings, word(block + at + 8), fdt->strings_bytes, &length))
            return false;
        token->name = (const char *)strings + word(block + at + 8);
        token->next = (uint32_t)align_up((uint64_t)at + 12 + token->value_bytes, 4);
        return true;
    case FDT_END_NODE:
    case FDT_NOP:
        return true;
    default: /* FDT_END as well */
        return false;
    }
}

uint32_t fdt_next_node(const struct fdt *fdt, uint32_t node, int *depth)
{
    struct token token;
    uint32_t at = node;

    if (!token_read(fdt, at, &token) || token.kind != FDT_BEGIN_NODE)
        return FDT_NONE;
    for (at = token.next; token_read(fdt, at, &token); at = token.next) {
        if (token.kind == FDT_BEGIN_NODE) {
            ++*depth;
            return at;
        }
        if (token.kind == FDT_END_NODE && --*depth < 0)
            return FDT_NONE;
    }
    return FDT_NONE;
}

const char *fdt_node_name(const struct fdt *fdt, uint32_t node)
{
    struct token token;
    return token_read(fdt, node, &token) && token.kind == FDT_BEGIN_NODE ? token.name : "";
}

const uint8_t *fdt_property(const struct fdt *fdt, uint32_t node, const char *name, uint32_t *bytes)
{
    struct token token;

    if (node == FDT_NONE || !token_read(fdt, node, &token) || token.kind != FDT_BEGIN_NODE)
        return NULL;
    while (token_read(fdt, token.next, &token)) {
        if (token.kind == FDT_PROP && text_equal(token.name, name)) {
            *bytes = token.value_bytes;
            return token.value;
        }
        if (token.kind != FDT_PROP && token.kind != FDT_NOP)
            break; /* properties come before children */
    }
    return NULL;
}

bool fdt_is_compatible(const struct fdt *fdt, uint32_t node, const char *name)
{
    uint32_t bytes, length;
    const uint8_t *list = fdt_property(fdt, node, "compatible", &bytes);

    for (uint32_t at = 0; list != NULL && string_ends(list, at, bytes, &length); at += length + 1) {
        if (text_equal((const char *)list + at, name))
            return true;
    }
    return false;
}

uint32_t fdt_find_compatible(const struct fdt *fdt, const char *name)
{
    int depth = 0;
    uint32_t node = FDT_ROOT;

    while (node != FDT_NONE && !fdt_is_compatible(fdt, node, name))
        node = fdt_next_node(fdt, node, &depth);
    return node;
}

uint32_t fdt_find_child(const struct fdt *fdt, const char *name)
{
    int depth = 0;
    uint32_t node = FDT_ROOT;

    while ((node = fdt_next_node(fdt, node, &depth)) != FDT_NONE) {
        const char *unit = text_after(fdt_node_name(fdt, node), name);
        if (depth == 1 && unit != NULL && (*unit == 0 || *unit == '@'))
            return node;
    }
    return FDT_NONE;
}
