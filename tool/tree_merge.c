/* SPDX-License-Identifier: Apache-2.0 */
/* Owns putting a system's description into a board's tree. Must not know what a VM is. */
#include "tool/tree.h"

#include <libfdt.h>
#include <string.h>

#define CHILD_MAX 256

static bool is_dtc_node(const char *name)
{
    return strcmp(name, "__symbols__") == 0 || strcmp(name, "__local_fixups__") == 0 ||
           strcmp(name, "__fixups__") == 0;
}

/*
 * What refers to a phandle cannot be told from a number, so neither tree is renumbered. QEMU's
 * boards count from 0x8000 and dtc from 1: they meet only on other boards.
 */
static void check_phandles(const struct tree *board, const struct tree *system, const char *path)
{
    const void *fdt = system->fdt;
    uint32_t highest = 0;
    char other[256];

    if (fdt_find_max_phandle(board->fdt, &highest) != 0)
        die("the board's tree has bad phandles");
    for (int node = 0, depth = 0; node >= 0; node = fdt_next_node(fdt, node, &depth)) {
        uint32_t phandle = fdt_get_phandle(fdt, node);
        int same = phandle ? fdt_node_offset_by_phandle(board->fdt, phandle) : -1;

        if (same < 0)
            continue;
        if (fdt_get_path(board->fdt, same, other, sizeof(other)) != 0)
            other[0] = 0;
        die("%s: node %s has phandle %u, and so has the board's %s: write phandle = <%u>; in it",
            path, fdt_get_name(fdt, node, NULL), phandle, other, highest + 1);
    }
}

static void merge_properties(struct tree *board, const char *path, const void *from, int node)
{
    bool root = strcmp(path, "/") == 0;
    int property;

    fdt_for_each_property_offset(property, from, node)
    {
        const char *name;
        int length;
        const void *value = fdt_getprop_by_offset(from, property, &name, &length);

        if (!root || strncmp(name, "trapeze,", strlen("trapeze,")) == 0)
            tree_set(board, path, name, value, (size_t)length);
    }
}

static void merge_node(struct tree *board, const char *path, const void *from, int node)
{
    int children[CHILD_MAX], count = 0, child;

    merge_properties(board, path, from, node);
    fdt_for_each_subnode(child, from, node)
    {
        if (count == CHILD_MAX)
            die("device tree: %s has more than %d children", path, CHILD_MAX);
        children[count++] = child;
    }
    /* A new node becomes the first child, so go from the last to keep the order. */
    while (count-- > 0) {
        const char *name = fdt_get_name(from, children[count], NULL);

        if (is_dtc_node(name))
            continue;
        int into = fdt_path_offset(board->fdt, path);
        if (fdt_subnode_offset(board->fdt, into, name) < 0)
            tree_add_node(board, path, name);
        char *below = text_format("%s/%s", strcmp(path, "/") == 0 ? "" : path, name);
        merge_node(board, below, from, children[count]);
    }
}

void tree_merge(struct tree *board, struct tree *system, const char *system_path)
{
    check_phandles(board, system, system_path);
    merge_node(board, "/", system->fdt, 0);
}
