/* SPDX-License-Identifier: Apache-2.0 */
/* What is wrong with a system's description, gathered, and told in the order of its lines. */
#pragma once

#include "core/vm_config.h"
#include "tool/dts_lines.h"

struct problem {
    enum config_severity severity;
    uint32_t order;                     /* in which they were found */
    const char *path, *property, *text; /* as a config_report_fn gets them */
    const char *file;                   /* a user's */
    uint32_t line;                      /* in it; 0: not known */
};

struct problems {
    const char *file; /* the description */
    struct dts_lines lines;
    struct problem *entry;
    uint32_t count, errors, warnings;
};

/* None so far, of FILE, a .dts or .dtb. */
void problems_init(struct problems *problems, const char *file);
/* A config_report_fn whose context is a struct problems. */
void problems_add(void *context, enum config_severity severity, const char *path,
                  const char *property, const char *text);
/* To stderr, each on a line that begins with FILE:LINE: as compilers have it. */
void problems_print(const struct problems *problems);
