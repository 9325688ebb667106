/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a flattened device tree that nobody vouches for (Devicetree Specification 0.4). Pure;
 * writes nothing. A node is a number, libfdt's: where its first token is in the structure block;
 * the root is 0, and none is negative. After dtb_size_bytes() gave a size, all functions stay
 * inside the blob; after dtb_check() said yes, the tree is what it seems as well.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

/* Deeper trees are refused; boards have about 10 levels. The root's children are at depth 1. */
#define DTB_DEPTH_MAX 32
#define DTB_NONE      (-1)

/* Of the blob at FDT by its header; 0 if that is no header of a tree we can read. Any 8-byte
 * aligned address that a header can be read at. */
size_t dtb_size_bytes(const void *fdt);

/*
 * Is the blob a whole, well-formed tree of at most SIZE_BYTES bytes, 8-byte aligned, version 17,
 * not too deep? ERR_TRUNCATED if it is cut off, ERR_INVALID otherwise, and *WHY is a sentence.
 */
enum err dtb_check(const void *fdt, size_t size_bytes, const char **why) __must_check;

/* The INDEX-th entry of the reservation block (section 5.3), if there are so many. */
bool dtb_reservation(const void *fdt, uint32_t index, uint64_t *base, uint64_t *size_bytes);

/* ---- nodes ---------------------------------------------------------------------------------- */

/*
 * The node after NODE in the order of the tree: its first child, or its next sibling, or the next
 * one of a node above. *DEPTH, if not NULL, changes with it, and is negative where NODE was the
 * last one below the node at depth 0.
 */
int dtb_next(const void *fdt, int node, int *depth);
int dtb_first_child(const void *fdt, int node);
int dtb_next_sibling(const void *fdt, int node);
#define dtb_for_each_child(child, fdt, node)                     \
    for ((child) = dtb_first_child((fdt), (node)); (child) >= 0; \
         (child) = dtb_next_sibling((fdt), (child)))

/* NODE's name with its unit address; empty for the root. */
const char *dtb_name(const void *fdt, int node);

/* NODE's parent, in one walk; negative for the root and for what is no node. */
int dtb_parent(const void *fdt, int node);

/*
 * The node that the LENGTH letters at PATH name: from the root, or from an alias (section 3.3). A
 * unit address may be left out.
 */
int dtb_find_part(const void *fdt, const char *path, size_t length);
int dtb_find(const void *fdt, const char *path);

/* The first node after AFTER (DTB_NONE: of all) of which `compatible` holds this. */
int dtb_next_compatible(const void *fdt, int after, const char *compatible);

/* The node with this phandle. */
int dtb_by_phandle(const void *fdt, uint32_t phandle);

/* NODE's full path, cut off with "..." if SIZE (at least 8) is too small. */
void dtb_path(const void *fdt, int node, char *path, size_t size);

/* ---- properties ----------------------------------------------------------------------------- */

/* A property's name and value; points into the blob. */
struct dtb_property {
    const char *name;
    const void *value;
    uint32_t length;
    uint32_t next; /* private */
};

/* NODE's properties: start with a zeroed *IT; false where there are no more. */
bool dtb_next_property(const void *fdt, int node, struct dtb_property *it);

/* NODE's property NAME, or NULL; its length goes to *LENGTH, if that is not NULL. */
const void *dtb_property(const void *fdt, int node, const char *name, int *length);

/* The COUNT (1 or 2) cells at P as one number. */
uint64_t dtb_cells(const void *p, uint32_t count);

/* The cell at INDEX of those at P, which the caller has counted. */
uint32_t dtb_cell(const void *p, uint32_t index);

/*
 * NODE's property NAME if it is one 0-terminated string, else NULL. Points into the blob.
 */
const char *dtb_string(const void *fdt, int node, const char *name);

/* The string that begins at *AT in a list of strings of LENGTH bytes, and *AT goes behind it; NULL
 * at the end, and where it does not end in the list. */
const char *dtb_next_string(const char *list, int length, int *at);

/* NODE's `compatible` holds this. */
bool dtb_is_compatible(const void *fdt, int node, const char *compatible);

/* NODE's status is "okay" or not given (section 2.3.4). */
bool dtb_enabled(const void *fdt, int node);

/*
 * The one-cell property NAME (#address-cells, #size-cells) of NODE, or FALLBACK if it is not
 * there or not one cell.
 */
uint32_t dtb_cell_or(const void *fdt, int node, const char *name, uint32_t fallback);

/* NODE's phandle, or 0. */
uint32_t dtb_phandle(const void *fdt, int node);
