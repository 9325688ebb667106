/* SPDX-License-Identifier: Apache-2.0 */
/* Where in a .dts a node or a property stands, by dtc's own account. */
#pragma once

#include "lib/types.h"

struct dts_line {
    char *path;     /* of the node */
    char *property; /* NULL: the node itself */
    char *file;     /* as a user sees it */
    uint32_t line;
};

struct dts_lines {
    struct dts_line *entry;
    uint32_t count;
};

/* Of DTS, which dtc accepts. None at all if this dtc cannot tell (before 1.5.0). */
struct dts_lines dts_lines_read(const char *dts);
/* PROPERTY of the node at PATH, else the node, else NULL. PROPERTY may be NULL. */
const struct dts_line *dts_lines_find(const struct dts_lines *lines, const char *path,
                                      const char *property);
