/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the reading of device trees: docs/adr/0016-own-reader-of-trees.md says why it is ours. Must
 * not know any binding but that of names. Devicetree Specification 0.4, sections 2.2, 2.3, 3.3, 5.
 */
#include "core/dtb.h"
#include "core/dtb_block.h"
#include "lib/string.h"

/* ---- tokens --------------------------------------------------------------------------------- */

static bool is_node(const struct dtb_block *b, int node, uint32_t *next)
{
    return node >= 0 && node % (int)DTB_WORD_BYTES == 0 &&
           dtb_token(b, (uint32_t)node, next) == FDT_BEGIN_NODE;
}

/* The first token from *AT that is a property, if none but NOP is before it; *AT goes behind it. */
static const uint8_t *take_property(const struct dtb_block *b, uint32_t *at)
{
    uint32_t token, from;

    do {
        from = *at;
        token = dtb_token(b, from, at);
    } while (token == FDT_NOP);
    return token == FDT_PROP ? b->tokens + from : NULL;
}

static int next_node(const struct dtb_block *b, int node, int *depth)
{
    uint32_t at = (uint32_t)node, next, token;
    int level = *depth;

    (void)dtb_token(b, at, &next);
    do {
        at = next;
        token = dtb_token(b, at, &next);
        level += token == FDT_BEGIN_NODE;
        level -= token == FDT_END_NODE;
    } while (token != FDT_BEGIN_NODE && token != FDT_END && level >= 0);
    *depth = level;
    return token == FDT_BEGIN_NODE ? (int)at : DTB_NONE;
}

/* ---- properties ----------------------------------------------------------------------------- */

/* The name at OFFSET is this one. */
static bool is_name(const struct dtb_block *b, uint32_t offset, const char *name)
{
    for (; offset < b->strings_bytes; offset++, name++) {
        if (b->strings[offset] != *name)
            return false;
        if (*name == 0)
            return true;
    }
    return false;
}

static const void *find_property(const struct dtb_block *b, int node, const char *name, int *length)
{
    uint32_t at, length_of;
    const uint8_t *property;

    if (!is_node(b, node, &at))
        return NULL;
    while ((property = take_property(b, &at)) != NULL) {
        if (!is_name(b, dtb_word(property + 2 * DTB_WORD_BYTES), name))
            continue;
        length_of = dtb_word(property + DTB_WORD_BYTES);
        if (length != NULL)
            *length = (int)length_of;
        return property + 3 * DTB_WORD_BYTES;
    }
    return NULL;
}

const void *dtb_property(const void *fdt, int node, const char *name, int *length)
{
    struct dtb_block b = dtb_block(fdt);

    return find_property(&b, node, name, length);
}

bool dtb_next_property(const void *fdt, int node, struct dtb_property *it)
{
    struct dtb_block b = dtb_block(fdt);
    const uint8_t *property;
    uint32_t name;

    if (it->next == 0 && !is_node(&b, node, &it->next))
        return false;
    property = take_property(&b, &it->next);
    if (property == NULL)
        return false;
    name = dtb_word(property + 2 * DTB_WORD_BYTES);
    if (name >= b.strings_bytes || memchr(b.strings + name, 0, b.strings_bytes - name) == NULL)
        return false;
    it->name = b.strings + name;
    it->length = dtb_word(property + DTB_WORD_BYTES);
    it->value = property + 3 * DTB_WORD_BYTES;
    return true;
}

uint64_t dtb_cells(const void *p, uint32_t count)
{
    const uint8_t *bytes = p;
    uint64_t value = 0;

    for (uint32_t i = 0; i < count * DTB_WORD_BYTES; i++)
        value = value << 8 | bytes[i];
    return value;
}

uint32_t dtb_cell(const void *p, uint32_t index)
{
    return dtb_word((const uint8_t *)p + (size_t)index * DTB_WORD_BYTES);
}

const char *dtb_string(const void *fdt, int node, const char *name)
{
    int length;
    const char *s = dtb_property(fdt, node, name, &length);

    if (s == NULL || length <= 0 || memchr(s, 0, (size_t)length) != s + length - 1)
        return NULL;
    return s;
}

const char *dtb_next_string(const char *list, int length, int *at)
{
    const char *s = list + *at;
    const char *end = *at < length ? memchr(s, 0, (size_t)(length - *at)) : NULL;

    if (end == NULL)
        return NULL;
    *at += (int)(end - s) + 1;
    return s;
}

static bool holds(const struct dtb_block *b, int node, const char *compatible)
{
    int length, at = 0;
    const char *list = find_property(b, node, "compatible", &length), *s;

    while (list != NULL && (s = dtb_next_string(list, length, &at)) != NULL)
        if (strcmp(s, compatible) == 0)
            return true;
    return false;
}

bool dtb_is_compatible(const void *fdt, int node, const char *compatible)
{
    struct dtb_block b = dtb_block(fdt);

    return holds(&b, node, compatible);
}

bool dtb_enabled(const void *fdt, int node)
{
    const char *status = dtb_string(fdt, node, "status");

    if (status == NULL)
        return dtb_property(fdt, node, "status", NULL) == NULL;
    return strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

static uint32_t cell_or(const struct dtb_block *b, int node, const char *name, uint32_t fallback)
{
    int length;
    const void *p = find_property(b, node, name, &length);

    return p != NULL && length == (int)DTB_WORD_BYTES ? dtb_word(p) : fallback;
}

uint32_t dtb_cell_or(const void *fdt, int node, const char *name, uint32_t fallback)
{
    struct dtb_block b = dtb_block(fdt);

    return cell_or(&b, node, name, fallback);
}

static uint32_t phandle_of(const struct dtb_block *b, int node)
{
    uint32_t phandle = cell_or(b, node, "phandle", 0);

    /* The second is how it was called before the specification. */
    return phandle != 0 ? phandle : cell_or(b, node, "linux,phandle", 0);
}

uint32_t dtb_phandle(const void *fdt, int node)
{
    struct dtb_block b = dtb_block(fdt);

    return phandle_of(&b, node);
}

/* ---- nodes ---------------------------------------------------------------------------------- */

int dtb_next(const void *fdt, int node, int *depth)
{
    struct dtb_block b = dtb_block(fdt);
    int ignored = DTB_DEPTH_MAX;

    return next_node(&b, node, depth != NULL ? depth : &ignored);
}

static int first_child(const struct dtb_block *b, int node)
{
    int depth = 0;
    int child = next_node(b, node, &depth);

    return depth == 1 ? child : DTB_NONE;
}

static int next_sibling(const struct dtb_block *b, int node)
{
    int depth = 1;

    do
        node = next_node(b, node, &depth);
    while (node >= 0 && depth > 1);
    return depth == 1 ? node : DTB_NONE;
}

int dtb_first_child(const void *fdt, int node)
{
    struct dtb_block b = dtb_block(fdt);

    return first_child(&b, node);
}

int dtb_next_sibling(const void *fdt, int node)
{
    struct dtb_block b = dtb_block(fdt);

    return next_sibling(&b, node);
}

/* Of what is a node: it ends in the block. */
static const char *name_of(const struct dtb_block *b, int node)
{
    return (const char *)b->tokens + node + DTB_WORD_BYTES;
}

const char *dtb_name(const void *fdt, int node)
{
    struct dtb_block b = dtb_block(fdt);
    uint32_t next;

    return is_node(&b, node, &next) ? name_of(&b, node) : "";
}

/* NODE and all above it, the root first: how many; 0 if it is no node. */
static uint32_t line_of(const struct dtb_block *b, int node, int line[DTB_DEPTH_MAX + 1])
{
    int depth = 0;

    /* The last node seen at each depth is the one that those below it are in. */
    for (int at = 0; at >= 0 && depth >= 0 && depth <= DTB_DEPTH_MAX;
         at = next_node(b, at, &depth)) {
        line[depth] = at;
        if (at == node)
            return (uint32_t)depth + 1;
    }
    return 0;
}

int dtb_parent(const void *fdt, int node)
{
    struct dtb_block b = dtb_block(fdt);
    int line[DTB_DEPTH_MAX + 1];
    uint32_t count = line_of(&b, node, line);

    return count > 1 ? line[count - 2] : DTB_NONE;
}

int dtb_next_compatible(const void *fdt, int after, const char *compatible)
{
    struct dtb_block b = dtb_block(fdt);
    int depth = DTB_DEPTH_MAX, node = after < 0 ? 0 : next_node(&b, after, &depth);

    while (node >= 0 && !holds(&b, node, compatible))
        node = next_node(&b, node, &depth);
    return node;
}

int dtb_by_phandle(const void *fdt, uint32_t phandle)
{
    struct dtb_block b = dtb_block(fdt);
    int depth = 0, node = 0;

    if (phandle == 0 || phandle == UINT32_MAX)
        return DTB_NONE;
    while (node >= 0 && phandle_of(&b, node) != phandle)
        node = next_node(&b, node, &depth);
    return node;
}

/* ---- paths ---------------------------------------------------------------------------------- */

/* NODE is called so, or so with a unit address that the LENGTH letters at NAME leave out. */
static bool is_called(const struct dtb_block *b, int node, const char *name, size_t length)
{
    const char *own = name_of(b, node);

    if (strnlen(own, length) != length || memcmp(own, name, length) != 0)
        return false;
    return own[length] == 0 || (own[length] == '@' && memchr(name, '@', length) == NULL);
}

/* Down from NODE, name after name. */
static int descend(const struct dtb_block *b, int node, const char *path, const char *end)
{
    while (node >= 0) {
        const char *slash;
        size_t length;

        while (path < end && *path == '/')
            path++;
        if (path == end)
            return node;
        slash = memchr(path, '/', (size_t)(end - path));
        length = (size_t)((slash != NULL ? slash : end) - path);
        node = first_child(b, node);
        while (node >= 0 && !is_called(b, node, path, length))
            node = next_sibling(b, node);
        path += length;
    }
    return node;
}

/* The value of the alias that the LENGTH letters at NAME are, if it is a path. */
static const char *alias(const void *fdt, const struct dtb_block *b, const char *name,
                         size_t length)
{
    int aliases = dtb_find(fdt, "/aliases");
    struct dtb_property it = {0};

    while (aliases >= 0 && dtb_next_property(fdt, aliases, &it)) {
        const char *path = it.value;

        if (strlen(it.name) == length && memcmp(it.name, name, length) == 0)
            return it.length > 1 && path[0] == '/' && path[it.length - 1] == 0 ? path : NULL;
    }
    return NULL;
}

int dtb_find_part(const void *fdt, const char *path, size_t length)
{
    struct dtb_block b = dtb_block(fdt);
    const char *end = path + length, *slash, *whole;
    int node = 0;

    if (length == 0)
        return DTB_NONE;
    if (*path != '/') {
        slash = memchr(path, '/', length);
        slash = slash != NULL ? slash : end;
        whole = alias(fdt, &b, path, (size_t)(slash - path));
        if (whole == NULL)
            return DTB_NONE;
        node = descend(&b, 0, whole, whole + strlen(whole));
        path = slash;
    }
    return descend(&b, node, path, end);
}

int dtb_find(const void *fdt, const char *path)
{
    return dtb_find_part(fdt, path, strlen(path));
}

void dtb_path(const void *fdt, int node, char *path, size_t size)
{
    struct dtb_block b = dtb_block(fdt);
    int line[DTB_DEPTH_MAX + 1];
    uint32_t count = line_of(&b, node, line), first = 1;
    size_t used = 0, needed = 1, length;

    for (uint32_t i = 1; i < count; i++)
        needed += 1 + strlen(name_of(&b, line[i]));
    if (needed > size) {
        memcpy(path, "...", 3);
        used = 3;
        first = count - 1;
    }
    for (uint32_t i = first; i < count; i++) {
        const char *name = name_of(&b, line[i]);

        path[used++] = '/';
        length = strnlen(name, size - used - 1);
        memcpy(path + used, name, length);
        used += length;
    }
    if (count == 1)
        path[used++] = '/';
    path[used] = 0;
}
