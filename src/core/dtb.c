/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the check that makes a foreign blob safe to read, and the few readers that libfdt lacks.
 * Must not know any binding. Devicetree Specification 0.4, chapter 5 (flattened format).
 */
#include "core/dtb.h"
#include "lib/string.h"

#include <libfdt.h>

#define DTB_VERSION 17u
#define CELL_BYTES  4u

/* The tree is well-formed: how deep is it? */
static bool too_deep(const void *fdt)
{
    int depth = 0;
    int node = 0;

    while (node >= 0 && depth >= 0) {
        if (depth > DTB_DEPTH_MAX)
            return true;
        node = fdt_next_node(fdt, node, &depth);
    }
    return false;
}

enum err dtb_check(const void *fdt, size_t size_bytes, const char **why)
{
    if ((uintptr_t)fdt % 8 != 0) {
        *why = "The device tree does not lie at an address that is a multiple of 8.";
        return ERR_INVALID;
    }
    if (size_bytes < sizeof(struct fdt_header)) {
        *why = "The blob is too short for a device tree's header.";
        return ERR_TRUNCATED;
    }
    if (fdt_magic(fdt) != FDT_MAGIC) {
        *why = "The blob is no device tree: its first four bytes are not d0 0d fe ed.";
        return ERR_INVALID;
    }
    /* Before version 17 the header does not say how long the structure block is. */
    if (fdt_version(fdt) < DTB_VERSION || fdt_last_comp_version(fdt) > DTB_VERSION) {
        *why = "The device tree is not of version 17. Write it anew with a current dtc.";
        return ERR_INVALID;
    }
    if (fdt_totalsize(fdt) > size_bytes) {
        *why = "The device tree is cut off: its header promises more bytes than there are.";
        return ERR_TRUNCATED;
    }
    if (fdt_check_full(fdt, size_bytes) != 0) {
        *why = "The device tree is damaged: its blocks or its nodes do not fit together.";
        return ERR_INVALID;
    }
    if (too_deep(fdt)) {
        *why = "The device tree is nested more than 32 levels deep.";
        return ERR_INVALID;
    }
    return ERR_NONE;
}

uint64_t dtb_cells(const void *p, uint32_t count)
{
    const uint8_t *bytes = p;
    uint64_t value = 0;

    for (uint32_t i = 0; i < count * CELL_BYTES; i++)
        value = value << 8 | bytes[i];
    return value;
}

const char *dtb_string(const void *fdt, int node, const char *name)
{
    int length;
    const char *s = fdt_getprop(fdt, node, name, &length);

    if (s == NULL || length <= 0 || memchr(s, 0, (size_t)length) != s + length - 1)
        return NULL;
    return s;
}

bool dtb_enabled(const void *fdt, int node)
{
    const char *status = dtb_string(fdt, node, "status");

    if (status == NULL)
        return fdt_getprop(fdt, node, "status", NULL) == NULL;
    return strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

uint32_t dtb_cell_or(const void *fdt, int node, const char *name, uint32_t fallback)
{
    int length;
    const void *p = fdt_getprop(fdt, node, name, &length);

    return p != NULL && length == CELL_BYTES ? (uint32_t)dtb_cells(p, 1) : fallback;
}

int dtb_parent(const void *fdt, int node)
{
    int above[DTB_DEPTH_MAX + 1];
    int depth = 0;

    /* The last node seen at each depth is the one that those below it are in. */
    for (int at = 0; at >= 0 && depth >= 0 && depth <= DTB_DEPTH_MAX;
         at = fdt_next_node(fdt, at, &depth)) {
        if (at == node)
            return depth > 0 ? above[depth - 1] : -FDT_ERR_NOTFOUND;
        above[depth] = at;
    }
    return -FDT_ERR_NOTFOUND;
}

void dtb_path(const void *fdt, int node, char *path, size_t size)
{
    int err = fdt_get_path(fdt, node, path, (int)size);

    if (err == 0)
        return;
    path[0] = 0;
    if (err == -FDT_ERR_NOSPACE) {
        const char *name = fdt_get_name(fdt, node, NULL);
        size_t length = strnlen(name, size - 5);

        memcpy(path, ".../", 4);
        memcpy(path + 4, name, length);
        path[4 + length] = 0;
    }
}
