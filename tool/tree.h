/* SPDX-License-Identifier: Apache-2.0 */
/* Device trees of the host tool: compile, merge, change. Trees are blobs that may grow and move. */
#pragma once

#include "tool/util.h"

struct tree {
    void *fdt; /* with room to write; may move at every tree_ call */
};

/* Read PATH: a .dtb as it is, anything else through dtc. The tool ends on an error. */
struct tree tree_load(const char *path);
/*
 * Put what SYSTEM says into BOARD: its nodes into the board's of the same path, properties of
 * SYSTEM winning. From SYSTEM's root only `trapeze,` properties are taken: the rest describes the
 * board. New nodes keep their order. A phandle that both use is an error.
 */
void tree_merge(struct tree *board, struct tree *system, const char *system_path);

/* The string PROPERTY of the node at PATH, or FALLBACK; lives as long as the tree is unchanged. */
const char *tree_string(const struct tree *tree, const char *path, const char *property,
                        const char *fallback);
/* Add an empty node NAME, which is not there yet, as the first child of the node at PATH. */
void tree_add_node(struct tree *tree, const char *path, const char *name);
/* Set PROPERTY of the node at PATH, which exists. */
void tree_set(struct tree *tree, const char *path, const char *property, const void *value,
              size_t size);
void tree_set_string(struct tree *tree, const char *path, const char *property, const char *value);
/* Set `reg` of the node at PATH to one entry, in its parent's cells. */
void tree_set_reg(struct tree *tree, const char *path, uint64_t address, uint64_t size);
/* The tree with SLACK bytes of room, as it goes to a file. */
struct blob tree_finish(struct tree *tree, size_t slack);
