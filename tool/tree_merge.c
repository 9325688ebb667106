/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns putting a system's description into a board's tree. Must not know what a VM is.
 * Phandle uses are found by dtc's /__local_fixups__ (as device tree overlays do it).
 */
#include "tool/tree.h"

#include <libfdt.h>
#include <string.h>

#define CHILD_MAX 256

static bool is_dtc_node(const char *name)
{
    return strcmp(name, "__symbols__") == 0 || strcmp(name, "__local_fixups__") == 0 ||
           strcmp(name, "__fixups__") == 0;
}

/* Add DELTA to the cell at BYTE of property NAME of NODE. */
static void shift_cell(void *fdt, int node, const char *name, uint32_t byte, uint32_t delta)
{
    int length;
    char *value = fdt_getprop_w(fdt, node, name, &length);
    fdt32_t cell;

    if (!value || byte > (uint32_t)length || (uint32_t)length - byte < sizeof(cell))
        die("device tree: /__local_fixups__ does not fit the tree: compile the .dts anew");
    memcpy(&cell, value + byte, sizeof(cell));
    cell = cpu_to_fdt32(fdt32_to_cpu(cell) + delta);
    memcpy(value + byte, &cell, sizeof(cell));
}

/* FIXUPS mirrors NODE; each of its properties lists the bytes at which NODE's holds a phandle. */
static void shift_uses(void *fdt, int node, int fixups, uint32_t delta)
{
    int property, child;

    fdt_for_each_property_offset(property, fdt, fixups)
    {
        const char *name;
        int length;
        const fdt32_t *at = fdt_getprop_by_offset(fdt, property, &name, &length);

        for (int i = 0; i < length / (int)sizeof(*at); i++)
            shift_cell(fdt, node, name, fdt32_to_cpu(at[i]), delta);
    }
    fdt_for_each_subnode(child, fdt, fixups)
    {
        int same = fdt_subnode_offset(fdt, node, fdt_get_name(fdt, child, NULL));

        if (same < 0)
            die("device tree: /__local_fixups__ does not fit the tree: compile the .dts anew");
        shift_uses(fdt, same, child, delta);
    }
}

static void shift_phandles(void *fdt, uint32_t delta, const char *path)
{
    int fixups = fdt_path_offset(fdt, "/__local_fixups__"), depth = 0;
    uint32_t highest = 0;

    if (fdt_find_max_phandle(fdt, &highest) != 0 || highest == 0)
        return;
    if (highest > UINT32_MAX - 2 - delta)
        die("%s: phandle %u is too large", path, highest);
    if (fixups < 0 && fdt_path_offset(fdt, "/__symbols__") < 0)
        die("%s: it uses phandles and was compiled without -@: give the .dts instead", path);
    if (fixups >= 0)
        shift_uses(fdt, 0, fixups, delta);
    for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, &depth)) {
        if (fdt_getprop(fdt, node, "phandle", NULL))
            shift_cell(fdt, node, "phandle", 0, delta);
        if (fdt_getprop(fdt, node, "linux,phandle", NULL))
            shift_cell(fdt, node, "linux,phandle", 0, delta);
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
    uint32_t highest = 0;

    if (fdt_find_max_phandle(board->fdt, &highest) != 0)
        die("the board's tree has bad phandles");
    shift_phandles(system->fdt, highest, system_path);
    merge_node(board, "/", system->fdt, 0);
}
