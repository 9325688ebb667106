/* SPDX-License-Identifier: Apache-2.0 */
/* Owns how problems look. Must not know what is one. */
#include "tool/problems.h"
#include "tool/util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *copy(const char *text)
{
    return text ? text_format("%s", text) : NULL;
}

void problems_init(struct problems *problems, const char *file)
{
    size_t length = strlen(file);

    *problems = (struct problems){.file = file};
    if (length < 4 || strcmp(file + length - 4, ".dtb") != 0)
        problems->lines = dts_lines_read(file);
}

void problems_add(void *context, enum config_severity severity, const char *path,
                  const char *property, const char *text)
{
    struct problems *problems = context;
    const struct dts_line *at = dts_lines_find(&problems->lines, path, property);
    struct problem *grown =
        realloc(problems->entry, (problems->count + 1) * sizeof(*problems->entry));

    if (!grown)
        die("out of memory");
    problems->entry = grown;
    problems->entry[problems->count] = (struct problem){
        .severity = severity,
        .order = problems->count,
        .path = copy(path),
        .property = copy(property),
        .text = copy(text),
        .file = at ? at->file : problems->file,
        .line = at ? at->line : 0,
    };
    problems->count++;
    problems->errors += severity == CONFIG_ERROR;
    problems->warnings += severity == CONFIG_WARNING;
}

/* By file, the description itself first, and line; what has no line comes first. */
static int compare(const void *a, const void *b, void *context)
{
    const struct problem *p = a, *q = b;
    const struct problems *problems = context;
    int by_file = strcmp(p->file, q->file);

    if (by_file != 0 && strcmp(p->file, problems->file) == 0)
        return -1;
    if (by_file != 0 && strcmp(q->file, problems->file) == 0)
        return 1;
    if (by_file != 0)
        return by_file;
    if (p->line != q->line)
        return p->line < q->line ? -1 : 1;
    return p->order < q->order ? -1 : 1;
}

void problems_print(const struct problems *problems)
{
    size_t size = problems->count * sizeof(*problems->entry);
    struct problem *sorted;

    if (problems->count == 0)
        return;
    sorted = xalloc(size);
    memcpy(sorted, problems->entry, size);
    qsort_r(sorted, problems->count, sizeof(*sorted), compare, (void *)problems);
    fflush(stdout);
    for (uint32_t i = 0; i < problems->count; i++) {
        const struct problem *p = &sorted[i];

        fprintf(stderr, "%s:", p->file);
        if (p->line)
            fprintf(stderr, "%u:", p->line);
        fprintf(stderr, " %s: %s: %s%s%s\n", p->severity == CONFIG_ERROR ? "error" : "warning",
                p->path, p->property ? p->property : "", p->property ? ": " : "", p->text);
    }
    free(sorted);
}
