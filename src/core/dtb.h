/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a flattened device tree that nobody vouches for (Devicetree Specification 0.4): what
 * libfdt leaves to its caller. After dtb_check() said yes, libfdt's read functions and the ones
 * here stay inside the blob. Pure; writes nothing, follows no phandle (so no cycle).
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

/* Deeper trees are refused; boards have about 10 levels. The root's children are at depth 1. */
#define DTB_DEPTH_MAX 32

/*
 * Is the blob a whole, well-formed tree of at most SIZE_BYTES bytes, 8-byte aligned, version 17,
 * not too deep? ERR_TRUNCATED if it is cut off, ERR_INVALID otherwise, and *WHY is a sentence.
 */
enum err dtb_check(const void *fdt, size_t size_bytes, const char **why) __must_check;

/* The COUNT (1 or 2) cells at P as one number. */
uint64_t dtb_cells(const void *p, uint32_t count);

/*
 * NODE's property NAME if it is one 0-terminated string, else NULL. Points into the blob.
 */
const char *dtb_string(const void *fdt, int node, const char *name);

/* NODE's status is "okay" or not given (section 2.3.4). */
bool dtb_enabled(const void *fdt, int node);

/*
 * The one-cell property NAME (#address-cells, #size-cells) of NODE, or FALLBACK if it is not
 * there or not one cell.
 */
uint32_t dtb_cell_or(const void *fdt, int node, const char *name, uint32_t fallback);

/* NODE's parent, in one walk; negative for the root and for what is no node. */
int dtb_parent(const void *fdt, int node);

/* NODE's full path, cut off with "..." if SIZE (at least 8) is too small. */
void dtb_path(const void *fdt, int node, char *path, size_t size);
