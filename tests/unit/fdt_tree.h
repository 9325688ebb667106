/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trees for the tests of what reads device trees: edits of a base tree, blobs that end at an
 * unmapped page, and a sink that remembers what was reported.
 */
#pragma once

#include <libfdt.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "core/vm_config.h"
#include "lib/types.h"
#include "tests/unit/message_table.h"

#define TREE_MAX 16384

/* ---- edits ---------------------------------------------------------------------------------- */

struct edit {
    const char *path;     /* made if it is not there */
    const char *property; /* NULL: the node itself is deleted */
    const char *value;    /* NULL: the property is deleted */
    int length;
};
/* clang-format off */
#define BYTES(path, property, literal)  {path, property, literal, sizeof(literal) - 1}
#define STRING(path, property, literal) {path, property, literal, sizeof(literal)}
#define GONE(path, property)            {path, property, NULL, 0}
#define NO_NODE(path)                   {path, NULL, NULL, 0}
/* clang-format on */

/* The node of the LENGTH letters at PATH, made with all above it where it is not there. */
static inline int tree_node(void *fdt, const char *path, size_t length)
{
    int node = length == 0 ? 0 : fdt_path_offset_namelen(fdt, path, (int)length);
    size_t name = length;
    int parent;

    if (node >= 0)
        return node;
    while (path[name - 1] != '/')
        name--;
    parent = tree_node(fdt, path, name - 1);
    node = fdt_add_subnode_namelen(fdt, parent, path + name, (int)(length - name));
    assert_true(node >= 0);
    return node;
}

static inline void tree_edit(void *fdt, const struct edit *e)
{
    if (e->property == NULL)
        assert_int_equal(fdt_del_node(fdt, fdt_path_offset(fdt, e->path)), 0);
    else if (e->value == NULL)
        assert_int_equal(fdt_delprop(fdt, fdt_path_offset(fdt, e->path), e->property), 0);
    else
        assert_int_equal(fdt_setprop(fdt, tree_node(fdt, e->path, strlen(e->path)), e->property,
                                     e->value, e->length),
                         0);
}

/* A new tree of TREE_MAX bytes with the edits made one after the other; freed by the caller. */
static inline void *tree_make(const struct edit *edits, size_t count)
{
    void *fdt = calloc(1, TREE_MAX);

    assert_int_equal(fdt_create_empty_tree(fdt, TREE_MAX), 0);
    for (size_t i = 0; i < count && edits[i].path != NULL; i++)
        tree_edit(fdt, &edits[i]);
    return fdt;
}

static inline void tree_apply(void *fdt, const struct edit *edits, size_t count)
{
    for (size_t i = 0; i < count && edits[i].path != NULL; i++)
        tree_edit(fdt, &edits[i]);
}

/* ---- blobs at the edge ---------------------------------------------------------------------- */

#define EDGE_BYTES (1u << 20)
#define EDGE_GUARD 4096u

/*
 * A copy of DATA that ends at a page without access (as near as alignment to 8 allows): what reads
 * beyond it dies, in libraries without the sanitizer too.
 */
static inline void *edge_copy(const void *data, size_t size)
{
    static uint8_t *area;
    uint8_t *copy;

    if (area == NULL) {
        area = mmap(NULL, EDGE_BYTES + EDGE_GUARD, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        assert_true(area != MAP_FAILED);
        assert_int_equal(mprotect(area + EDGE_BYTES, EDGE_GUARD, PROT_NONE), 0);
    }
    assert_true(size <= EDGE_BYTES);
    copy = area + EDGE_BYTES - ((size + 7) & ~(size_t)7);
    memcpy(copy, data, size);
    return copy;
}

/* ---- reports -------------------------------------------------------------------------------- */

#define REPORT_MAX 64

struct reports {
    uint32_t count;
    struct {
        enum config_severity severity;
        char path[192], property[48], text[320];
    } all[REPORT_MAX];
};

static inline void reports_add(void *context, enum config_severity severity, const char *path,
                               const char *property, const char *text)
{
    struct reports *r = context;

    message_add(&messages_seen, text);
    if (r->count == REPORT_MAX)
        return;
    r->all[r->count].severity = severity;
    snprintf(r->all[r->count].path, sizeof(r->all[0].path), "%s", path);
    snprintf(r->all[r->count].property, sizeof(r->all[0].property), "%s", property ? property : "");
    snprintf(r->all[r->count].text, sizeof(r->all[0].text), "%s", text);
    r->count++;
}

static inline void reports_print(const struct reports *r)
{
    for (uint32_t i = 0; i < r->count; i++)
        print_message("  %s %s %s: %s\n", r->all[i].severity == CONFIG_ERROR ? "error" : "warning",
                      r->all[i].path, r->all[i].property, r->all[i].text);
}

/* TEXT is a part of it; PROPERTY "" for none. */
static inline bool reports_have(const struct reports *r, enum config_severity severity,
                                const char *path, const char *property, const char *text)
{
    for (uint32_t i = 0; i < r->count; i++) {
        if (r->all[i].severity == severity && strcmp(r->all[i].path, path) == 0 &&
            strcmp(r->all[i].property, property) == 0 && strstr(r->all[i].text, text) != NULL)
            return true;
    }
    return false;
}

/* ---- chance, the same in each run ----------------------------------------------------------- */

static inline uint32_t chance(uint32_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}
