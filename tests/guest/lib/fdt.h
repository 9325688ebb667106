/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bounded reader of flattened device trees (Devicetree Specification 0.4, chapter 5): nothing
 * outside the blob is read whatever it says. Works with the MMU off: only aligned or byte-wide
 * loads.
 */
#pragma once

#include "lib/types.h"

struct fdt {
    const uint8_t *blob;
    uint32_t total_bytes;
    uint32_t struct_offset, struct_bytes;
    uint32_t strings_offset, strings_bytes;
};

/* No node. Nodes are offsets of their FDT_BEGIN_NODE in the structure block; the root is 0. */
#define FDT_NONE UINT32_MAX
#define FDT_ROOT 0u

/* False if BLOB is no device tree of a version we read, or longer than LIMIT_BYTES. */
bool fdt_open(struct fdt *fdt, const void *blob, uint32_t limit_bytes);
/* The node after NODE in the blob's order; *depth moves with it (start with the root and 0). */
uint32_t fdt_next_node(const struct fdt *fdt, uint32_t node, int *depth);
const char *fdt_node_name(const struct fdt *fdt, uint32_t node);
/* A property's value, 4-byte aligned, and its length; NULL if there is none. */
const uint8_t *fdt_property(const struct fdt *fdt, uint32_t node, const char *name,
                            uint32_t *bytes);
/* The first node, in the blob's order, whose list `compatible` has NAME. */
uint32_t fdt_find_compatible(const struct fdt *fdt, const char *name);
/* The child of the root called NAME, unit address aside. */
uint32_t fdt_find_child(const struct fdt *fdt, const char *name);
bool fdt_is_compatible(const struct fdt *fdt, uint32_t node, const char *name);
/* CELLS (1 or 2) big-endian words at P. */
uint64_t fdt_cells(const uint8_t *p, uint32_t cells);
