/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shadow page tables: which entries of the guest's each table and leaf was made of, and what is
 * left when those have changed. A table of ours stands for the table of the guest's that its source
 * leads to, or for a part of a leaf that did not fit; a leaf whose source is its table's own (such
 * a part) needs no other.
 */
#include "arch/riscv/model/rv_shadow_impl.h"

#define NO_PAGE RV_SHADOW_NO_PAGE

static bool is_same(const struct rv_source *a, const struct rv_source *b)
{
    return a->at == b->at && a->entry == b->entry;
}

/* Other vCPUs may be writing there: what was not there before the fence may be seen or not. */
static bool has_changed(const struct rv_source *source)
{
    return __atomic_load_n(source->at, __ATOMIC_RELAXED) != source->entry;
}

/* ---- leaves */

static struct rv_shadow_leaf *leaves_of(const struct rv_shadow *shadow,
                                        const struct rv_shadow_context *context)
{
    return rv_shadow_page_at(shadow, context->leaves_page);
}

/* The last noted first: it is mostly the one. */
static struct rv_shadow_leaf *find_leaf(const struct rv_shadow *shadow,
                                        const struct rv_shadow_context *context,
                                        const uint64_t *slot)
{
    struct rv_shadow_leaf *leaves = leaves_of(shadow, context);

    for (unsigned i = context->leaf_count; i-- > 0;)
        if (leaves[i].slot == slot)
            return &leaves[i];
    return NULL;
}

void rv_shadow_note_leaf(struct rv_shadow *shadow, struct rv_shadow_context *context,
                         uint64_t *slot, const struct rv_source *source, bool replaced)
{
    struct rv_shadow_leaf *leaf = NULL;

    if (context->overfull)
        return;
    if (replaced)
        leaf = find_leaf(shadow, context, slot);
    if (leaf == NULL && context->leaf_count == RV_SHADOW_LEAVES_MAX) {
        context->overfull = true;
        return;
    }
    if (leaf == NULL)
        leaf = &leaves_of(shadow, context)[context->leaf_count++];
    *leaf = (struct rv_shadow_leaf){*source, slot};
}

void rv_shadow_forget_leaf(struct rv_shadow *shadow, struct rv_shadow_context *context,
                           const uint64_t *slot)
{
    struct rv_shadow_leaf *leaf = context->overfull ? NULL : find_leaf(shadow, context, slot);

    if (leaf != NULL)
        *leaf = leaves_of(shadow, context)[--context->leaf_count];
}

void rv_shadow_forget_leaves(struct rv_shadow *shadow, struct rv_shadow_context *context)
{
    struct rv_shadow_leaf *leaves = leaves_of(shadow, context);
    uint16_t kept = 0;

    if (context->overfull)
        return;
    for (unsigned i = 0; i < context->leaf_count; i++)
        if (shadow->config.pages[rv_shadow_page_of(shadow, leaves[i].slot)].used &&
            pt_read(leaves[i].slot) != 0)
            leaves[kept++] = leaves[i];
    context->leaf_count = kept;
}

static void compare_leaves(struct rv_shadow *shadow, struct rv_shadow_context *context)
{
    struct rv_shadow_leaf *leaves = leaves_of(shadow, context);
    uint16_t kept = 0;

    for (unsigned i = 0; i < context->leaf_count; i++) {
        if (likely(!has_changed(&leaves[i].source))) {
            if (kept != i)
                leaves[kept] = leaves[i];
            kept++;
        } else {
            pt_write(leaves[i].slot, 0);
        }
    }
    if (kept != context->leaf_count)
        rv_shadow_note_asid(shadow, context);
    context->leaf_count = kept;
}

/* ---- tables */

static const struct rv_source *source_of_table(const struct rv_trail *trail, unsigned level)
{
    return &trail->sources[MIN(level, trail->count) - 1];
}

void rv_shadow_match_tables(struct rv_shadow *shadow, struct rv_shadow_context *context,
                            uint64_t va, const struct rv_trail *trail)
{
    const struct pt_format format = rv_shadow_format(context);
    struct pt_cursor c;

    if (trail->count == 0)
        return;
    pt_seek(&format, &context->pt, va, &c);
    for (unsigned level = 1; level <= c.level; level++) {
        const struct rv_source *source = source_of_table(trail, level);
        uint16_t page = rv_shadow_page_of(shadow, c.tables[level]);
        struct rv_source *has = &shadow->config.pages[page].source;

        if (is_same(has, source))
            continue;
        if (page != context->path[level]) {
            rv_shadow_drop_table(shadow, context, page);
            return;
        }
        /* It stays, for the trampoline's sake. */
        if (has->at != NULL) {
            rv_shadow_clear_path(shadow, context, level);
            rv_shadow_note_asid(shadow, context);
            pt_seek(&format, &context->pt, va, &c);
        }
        *has = *source;
    }
}

void rv_shadow_note_tables(struct rv_shadow *shadow, const struct rv_shadow_context *context,
                           uint64_t va, const struct pt_cursor *c, const struct rv_trail *trail)
{
    const struct pt_format format = rv_shadow_format(context);

    for (unsigned level = c->level; level > 0; level--) {
        uint16_t index = rv_shadow_page_of(shadow, c->tables[level]);
        struct rv_shadow_page *page = &shadow->config.pages[index];

        if (page->slot != NULL || index == context->path[level])
            return; /* known, and all above it */
        page->slot = pt_slot(&format, c->tables[level - 1], va, level - 1);
        if (trail->count != 0)
            page->source = *source_of_table(trail, level);
    }
}

static void compare_tables(struct rv_shadow *shadow, struct rv_shadow_context *context)
{
    const struct rv_shadow_page *pages = shadow->config.pages;
    uint16_t changed = NO_PAGE;

    for (unsigned level = 1; level < context->levels; level++) {
        const struct rv_source *source = &pages[context->path[level]].source;

        if (source->at != NULL && has_changed(source)) {
            rv_shadow_clear_path(shadow, context, level);
            rv_shadow_note_asid(shadow, context);
            break;
        }
    }
    for (uint16_t page = context->first; page != NO_PAGE; page = pages[page].next)
        if (unlikely(has_changed(&pages[page].source))) {
            pt_write(pages[page].slot, 0);
            changed = page;
        }
    if (changed != NO_PAGE)
        rv_shadow_drop_table(shadow, context, changed);
}

void rv_shadow_compare(struct rv_shadow *shadow, struct rv_shadow_context *context)
{
    context->fenced = false;
    if (!context->filled)
        return;
    if (context->overfull) {
        rv_shadow_clear_context(shadow, context);
        return;
    }
    compare_tables(shadow, context);
    compare_leaves(shadow, context);
}
