/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns reading and writing device trees in the host tool. Must not know what a VM is; merging is
 * in tree_merge.c. Follows the Devicetree Specification 0.4, sections 2.3 and 5.
 */
#include "tool/tree.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOM KIB(64) /* what a tree is given to grow, at a time */

static void tree_grow(struct tree *tree)
{
    size_t size = fdt_totalsize(tree->fdt) + ROOM;
    void *bigger = xalloc(size);
    int err = fdt_open_into(tree->fdt, bigger, (int)size);

    if (err)
        die("device tree: %s", fdt_strerror(err));
    free(tree->fdt);
    tree->fdt = bigger;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), end_length = strlen(end);

    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* dtc says what is wrong and where. */
static struct blob tree_compile(const char *path)
{
    char out[] = "/tmp/trapeze-XXXXXX";
    int fd = mkstemp(out);
    struct blob blob;

    if (fd < 0)
        die("no temporary file can be made in /tmp");
    close(fd);
    if (access(path, R_OK) != 0)
        die("%s: there is no such file, or it cannot be read", path);
    /* Modules have no address yet, so what dtc says about `reg` is no news. */
    char *const argv[] = {"dtc",
                          "-I",
                          "dts",
                          "-O",
                          "dtb",
                          "-@",
                          "-o",
                          out,
                          "-Wno-unit_address_vs_reg",
                          "-Wno-avoid_unnecessary_addr_size",
                          (char *)path,
                          NULL};
    int status = program_run(argv);
    if (status != 0) {
        unlink(out);
        die("%s: dtc does not accept it (see above)", path);
    }
    blob = file_read(out);
    unlink(out);
    return blob;
}

struct tree tree_load(const char *path)
{
    struct blob blob = ends_with(path, ".dtb") ? file_read(path) : tree_compile(path);
    struct tree tree = {.fdt = blob.bytes};

    if (blob.size < sizeof(struct fdt_header) || fdt_check_header(blob.bytes) != 0 ||
        fdt_totalsize(blob.bytes) > blob.size || fdt_check_full(blob.bytes, blob.size) != 0)
        die("%s: not a device tree blob, or a broken one: make it with dtc, or give the .dts",
            path);
    tree_grow(&tree);
    return tree;
}

static int node_at(const struct tree *tree, const char *path)
{
    int node = fdt_path_offset(tree->fdt, path);

    if (node < 0)
        die("device tree: %s: %s", path, fdt_strerror(node));
    return node;
}

const char *tree_string(const struct tree *tree, const char *path, const char *property,
                        const char *fallback)
{
    int node = fdt_path_offset(tree->fdt, path), length;
    const char *value = node < 0 ? NULL : fdt_getprop(tree->fdt, node, property, &length);

    if (!value)
        return fallback;
    if (length < 1 || value[length - 1] != 0)
        die("device tree: %s: %s is not a string", path, property);
    return value;
}

void tree_add_node(struct tree *tree, const char *path, const char *name)
{
    int err = fdt_add_subnode(tree->fdt, node_at(tree, path), name);

    while (err == -FDT_ERR_NOSPACE) {
        tree_grow(tree);
        err = fdt_add_subnode(tree->fdt, node_at(tree, path), name);
    }
    if (err < 0)
        die("device tree: %s/%s: %s", path, name, fdt_strerror(err));
}

void tree_set(struct tree *tree, const char *path, const char *property, const void *value,
              size_t size)
{
    int err = fdt_setprop(tree->fdt, node_at(tree, path), property, value, (int)size);

    while (err == -FDT_ERR_NOSPACE) {
        tree_grow(tree);
        err = fdt_setprop(tree->fdt, node_at(tree, path), property, value, (int)size);
    }
    if (err)
        die("device tree: %s: %s: %s", path, property, fdt_strerror(err));
}

void tree_set_string(struct tree *tree, const char *path, const char *property, const char *value)
{
    tree_set(tree, path, property, value, strlen(value) + 1);
}

static uint32_t put_cells(fdt32_t *cells, int count, uint64_t value, const char *path,
                          const char *which)
{
    if (count < 1 || count > 2)
        die("%s: %s of its parent is %d: write %s = <2>", path, which, count, which);
    if (count == 1 && value > UINT32_MAX)
        die("%s: %#llx needs two cells: write %s = <2> in its parent", path,
            (unsigned long long)value, which);
    if (count == 2)
        *cells++ = cpu_to_fdt32((uint32_t)(value >> 32));
    *cells = cpu_to_fdt32((uint32_t)value);
    return (uint32_t)count;
}

void tree_set_reg(struct tree *tree, const char *path, uint64_t address, uint64_t size)
{
    int parent = fdt_parent_offset(tree->fdt, node_at(tree, path));
    fdt32_t cells[4];
    uint32_t used;

    used = put_cells(cells, fdt_address_cells(tree->fdt, parent), address, path, "#address-cells");
    used += put_cells(cells + used, fdt_size_cells(tree->fdt, parent), size, path, "#size-cells");
    tree_set(tree, path, "reg", cells, used * sizeof(cells[0]));
}

struct blob tree_finish(struct tree *tree, size_t slack)
{
    size_t size;
    int err = fdt_pack(tree->fdt);

    if (err)
        die("device tree: %s", fdt_strerror(err));
    size = fdt_totalsize(tree->fdt) + slack;
    struct blob blob = {.bytes = xalloc(size), .size = size};
    err = fdt_open_into(tree->fdt, blob.bytes, (int)size);
    if (err)
        die("device tree: %s", fdt_strerror(err));
    return blob;
}
