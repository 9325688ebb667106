/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns reading what `dtc --annotate` writes: the tree as source again, one node or property a line,
 * each with a comment that says where it came from: FILE:LINE, several with commas between if it
 * was written in several places, the last of which counts.
 */
#include "tool/dts_lines.h"
#include "tool/util.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_MAX_ 1024

/* The annotated tree as text, or NULL. */
static char *annotate(const char *dts)
{
    char out[] = "/tmp/trapeze-XXXXXX";
    int fd = mkstemp(out);
    char *const argv[] = {"dtc", "-qq", "-I", "dts", "-O",        "dts",
                          "-T",  "-f",  "-o", out,   (char *)dts, NULL};
    char *text = NULL;

    if (fd < 0)
        die("no temporary file can be made in /tmp");
    close(fd);
    if (program_run(argv) == 0)
        text = (char *)file_read(out).bytes;
    unlink(out);
    return text;
}

/* Cut the comment off LINE; its last FILE:LINE goes to OUT. False: there is none. */
static bool take_comment(char *line, const char *dts, struct dts_line *out)
{
    char *comment = NULL, *place, *colon, *end;

    for (char *at = line; (at = strstr(at, " /* ")) != NULL; at++)
        comment = at;
    end = comment ? strstr(comment, " */") : NULL;
    if (!end)
        return false;
    *end = 0;
    *comment = 0;
    place = comment + strlen(" /* ");
    while ((end = strstr(place, ", ")) != NULL)
        place = end + strlen(", ");
    colon = strrchr(place, ':');
    if (!colon)
        return false;
    *colon = 0;
    out->line = (uint32_t)strtoul(colon + 1, NULL, 10);
    out->file = path_beside(dts, place);
    return out->line != 0;
}

/* LINE without what stands before a name: indentation and labels. */
static char *skip_labels(char *line)
{
    line += strspn(line, "\t ");
    for (;;) {
        size_t label = strcspn(line, ":=\"<{;[ ");

        if (line[label] != ':' || line[label + 1] != ' ')
            return line;
        line += label + 2;
    }
}

static void add(struct dts_lines *lines, struct dts_line line, const char *path,
                const char *property)
{
    /* Room doubles at each power of two. */
    if ((lines->count & (lines->count - 1)) == 0) {
        size_t room = lines->count ? 2 * (size_t)lines->count : 1;

        lines->entry = realloc(lines->entry, room * sizeof(*lines->entry));
        if (!lines->entry)
            die("out of memory");
    }
    line.path = text_format("%s", path);
    line.property = property ? text_format("%s", property) : NULL;
    lines->entry[lines->count++] = line;
}

struct dts_lines dts_lines_read(const char *dts)
{
    struct dts_lines lines = {0};
    char path[PATH_MAX_] = "";
    char *text = annotate(dts), *next;
    int depth = 0;

    for (char *line = text; line && *line; line = next) {
        struct dts_line at = {0};
        bool known;

        next = strchr(line, '\n');
        if (next)
            *next++ = 0;
        known = take_comment(line, dts, &at);
        line = skip_labels(line);
        if (strncmp(line, "};", 2) == 0) {
            char *slash = strrchr(path, '/');

            if (slash)
                *slash = 0;
            depth--;
        } else if (line[0] && line[strlen(line) - 1] == '{') {
            line[strcspn(line, " ")] = 0;
            if (depth++ > 0)
                snprintf(path + strlen(path), sizeof(path) - strlen(path), "/%s", line);
            if (known)
                add(&lines, at, depth == 1 ? "/" : path, NULL);
        } else if (depth > 0 && known) {
            line[strcspn(line, " =;")] = 0;
            add(&lines, at, depth == 1 ? "/" : path, line);
        }
    }
    free(text);
    return lines;
}

const struct dts_line *dts_lines_find(const struct dts_lines *lines, const char *path,
                                      const char *property)
{
    const struct dts_line *node = NULL;

    for (uint32_t i = 0; i < lines->count; i++) {
        const struct dts_line *line = &lines->entry[i];

        if (strcmp(line->path, path) != 0)
            continue;
        if (!line->property)
            node = line;
        else if (property && strcmp(line->property, property) == 0)
            return line;
    }
    return node;
}
