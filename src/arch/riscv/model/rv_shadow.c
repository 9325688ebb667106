/* SPDX-License-Identifier: Apache-2.0 */
/* Shadow page tables: contexts, and how they are filled. */
#include "arch/riscv/model/rv_shadow.h"

#include "arch/riscv/model/rv_shadow_impl.h"
#include "lib/string.h"

#define NO_PAGE RV_SHADOW_NO_PAGE

/* ---- contexts */

void rv_shadow_clear_context(struct rv_shadow *shadow, struct rv_shadow_context *context)
{
    if (!context->used || !context->filled)
        return;
    rv_shadow_note_asid(shadow, context);
    rv_shadow_give_tables(shadow, context);
    if (context == shadow->current)
        rv_shadow_clear_path(shadow, context, 0);
    else
        context->stale = true;
    context->filled = false;
}

static void context_release(struct rv_shadow *shadow, struct rv_shadow_context *context)
{
    rv_shadow_give_tables(shadow, context);
    for (unsigned level = 0; level < context->levels; level++)
        rv_shadow_page_give(shadow, context->path[level]);
    rv_shadow_page_give(shadow, context->leaves_page);
    context->used = false;
    rv_shadow_note_asid(shadow, context);
}

/* Memory is used up: begin anew. There is enough for what every context has at least. */
static void reclaim(struct rv_shadow *shadow)
{
    shadow->reclaim_count++;
    for (unsigned i = 0; i < RV_SHADOW_CONTEXT_COUNT; i++)
        rv_shadow_clear_context(shadow, &shadow->contexts[i]);
}

static uint16_t take_page(struct rv_shadow *shadow)
{
    uint16_t page;

    if (shadow->free == NO_PAGE)
        reclaim(shadow);
    page = rv_shadow_page_take(shadow);
    BUG_ON(page == NO_PAGE);
    return page;
}

static void context_build(struct rv_shadow *shadow, struct rv_shadow_context *context,
                          unsigned levels)
{
    static_assert(RV_SHADOW_PAGES_MIN >= RV_SHADOW_CONTEXT_COUNT * (PT_LEVEL_MAX + 1) + 32,
                  "every context has its path and its leaves' sources, and one the pages that an "
                  "instruction needs");
    context->levels = (uint8_t)levels;
    const struct pt_format format = rv_shadow_format(context);

    context->leaves_page = take_page(shadow);
    for (unsigned level = 0; level < levels; level++) {
        context->path[level] = take_page(shadow);
        if (level != 0)
            pt_write(
                pt_slot(&format, rv_shadow_path_table(shadow, context, level - 1),
                        RV_SHADOW_PLACES_VA, level - 1),
                rv_pte_table(shadow->config.to_hpa(rv_shadow_path_table(shadow, context, level))));
    }
    pt_init(&format, &context->pt, &shadow->ops, rv_shadow_path_table(shadow, context, 0));
    context->place = 0;
    context->used = true;
    context->filled = context->stale = false;
    rv_shadow_write_place(shadow, context);
    rv_shadow_note_asid(shadow, context);
}

static struct rv_shadow_context *find(struct rv_shadow *shadow, uint64_t satp, uint8_t view)
{
    for (unsigned i = 0; i < RV_SHADOW_CONTEXT_COUNT; i++) {
        struct rv_shadow_context *context = &shadow->contexts[i];

        if (context->used && context->satp == satp && context->view == view)
            return context;
    }
    return NULL;
}

/* An unused one, or that left longest ago. */
static struct rv_shadow_context *oldest(struct rv_shadow *shadow)
{
    struct rv_shadow_context *best = &shadow->contexts[0];

    for (unsigned i = 1; i < RV_SHADOW_CONTEXT_COUNT; i++) {
        struct rv_shadow_context *context = &shadow->contexts[i];

        if (best->used && (!context->used || context->turn < best->turn))
            best = context;
    }
    return best;
}

static unsigned levels_of(uint64_t satp)
{
    enum rv_mode mode = (enum rv_mode)REG_GET(SATP, MODE, satp);

    /* All memory there is lies below what three levels reach. */
    return mode == RV_MODE_BARE ? 3 : rv_mode_levels(mode);
}

static struct rv_shadow_context *make(struct rv_shadow *shadow, uint64_t satp, uint8_t view)
{
    struct rv_shadow_context *context = oldest(shadow);
    unsigned levels = levels_of(satp);

    rv_shadow_clear_context(shadow, context);
    if (context->used && context->levels != levels)
        context_release(shadow, context);
    if (!context->used)
        context_build(shadow, context, levels);
    context->satp = satp;
    context->view = view;
    return context;
}

void rv_shadow_select(struct rv_shadow *shadow, uint64_t satp, uint8_t view)
{
    struct rv_shadow_context *context = shadow->current;

    if (likely(context != NULL && context->satp == satp && context->view == view &&
               !read_once(context->fenced)))
        return;
    spin_lock(&shadow->lock);
    shadow->current = NULL;
    context = find(shadow, satp, view);
    if (context == NULL)
        context = make(shadow, satp, view);
    if (context->stale)
        rv_shadow_clear_path(shadow, context, 0);
    context->stale = false;
    context->turn = ++shadow->turn;
    shadow->current = context;
    if (context->fenced)
        rv_shadow_compare(shadow, context);
    if (!shadow->config.asids)
        rv_shadow_note_asid(shadow, context);
    spin_unlock(&shadow->lock);
}

void rv_shadow_init(struct rv_shadow *shadow, const struct rv_shadow_config *config)
{
    BUG_ON(config->page_count < RV_SHADOW_PAGES_MIN || config->page_count > RV_SHADOW_PAGES_MAX);
    shadow->config = *config;
    shadow->ops = rv_shadow_pt_ops;
    shadow->ops.to_hpa = config->to_hpa;
    shadow->ops.to_table = config->to_table;
    shadow->free = NO_PAGE;
    for (uint32_t i = config->page_count; i-- > 0;)
        rv_shadow_page_give(shadow, (uint16_t)i);
    for (unsigned i = 0; i < RV_SHADOW_CONTEXT_COUNT; i++) {
        shadow->contexts[i].index = (uint8_t)i;
        shadow->contexts[i].first = shadow->contexts[i].last = NO_PAGE;
    }
}

void rv_shadow_set_data(struct rv_shadow *shadow, hpa_t data)
{
    spin_lock(&shadow->lock);
    shadow->data = data;
    for (unsigned i = 0; i < RV_SHADOW_CONTEXT_COUNT; i++)
        if (shadow->contexts[i].used)
            rv_shadow_write_place(shadow, &shadow->contexts[i]);
    shadow->flush.what = RV_FLUSH_ALL;
    spin_unlock(&shadow->lock);
}

uint64_t rv_shadow_satp(const struct rv_shadow *shadow)
{
    static const uint8_t modes[] = {[3] = RV_MODE_SV39, [4] = RV_MODE_SV48, [5] = RV_MODE_SV57};
    const struct rv_shadow_context *context = shadow->current;

    return REG_PUT(SATP, MODE, modes[context->levels]) |
           REG_PUT(SATP, ASID, rv_shadow_asid(shadow, context)) |
           REG_PUT(SATP, PPN, shadow->config.to_hpa(context->pt.root).raw >> PAGE_SHIFT);
}

uint64_t rv_shadow_trampoline(const struct rv_shadow *shadow)
{
    return rv_shadow_place_va(shadow->current->place);
}

/* ---- filling */

uint64_t rv_shadow_generation(const struct rv_shadow *shadow)
{
    return __atomic_load_n(&shadow->generation, __ATOMIC_ACQUIRE);
}

/*
 * C is where the leaf of VA goes, at most SIZE bytes large: a larger one in its place is taken out,
 * and where a table stands already it goes into that.
 */
static enum err grow(struct rv_shadow *shadow, struct rv_shadow_context *context, uint64_t va,
                     uint64_t size_bytes, const struct rv_trail *trail, struct pt_cursor *c)
{
    const struct pt_format format = rv_shadow_format(context);
    unsigned level = 0;
    enum err err;

    while (pt_span(&format, level) > size_bytes)
        level++;
    pt_seek(&format, &context->pt, va, c);
    if (c->level >= level)
        return ERR_NONE;
    if (c->valid) {
        /* Other addresses of the old leaf may be cached as well. */
        pt_write(c->slot, 0);
        rv_shadow_forget_leaf(shadow, context, c->slot);
        rv_shadow_note_asid(shadow, context);
    }
    err = pt_grow(&format, &context->pt, va, level, c);
    if (err == ERR_NONE)
        rv_shadow_note_tables(shadow, context, va, c, trail);
    return err;
}

/* A leaf of RIGHTS for VA, no larger than SIZE bytes. */
static void fill(struct rv_shadow *shadow, struct rv_shadow_context *context, uint64_t va,
                 hpa_t hpa, uint64_t size_bytes, uint8_t rights, const struct rv_trail *trail)
{
    const struct pt_format format = rv_shadow_format(context);
    struct pt_attr attr = {.rights = rights, .memory = PT_NORMAL};
    struct pt_cursor c;

    rv_shadow_yield_place(shadow, context, va);
    rv_shadow_match_tables(shadow, context, va, trail);
    if (grow(shadow, context, va, size_bytes, trail, &c) != ERR_NONE) {
        reclaim(shadow);
        rv_shadow_match_tables(shadow, context, va, trail);
        BUG_ON(grow(shadow, context, va, PAGE_SIZE, trail, &c) != ERR_NONE);
    }
    pt_write(c.slot,
             format.make_leaf(HPA(align_down(hpa.raw, c.span)), attr, c.level, context->levels));
    if (c.level < trail->count)
        rv_shadow_note_leaf(shadow, context, c.slot, &trail->sources[c.level], c.valid);
    if (trail->count != 0 && c.span < trail->leaf_bytes)
        context->broken_bytes = MAX(context->broken_bytes, trail->leaf_bytes);
    context->filled = true;
    shadow->fill_count++;
    /* The hart may remember that there was nothing, or less. */
    rv_shadow_note_address(shadow, context, va);
}

enum err rv_shadow_map(struct rv_shadow *shadow, uint64_t generation, uint64_t va, hpa_t hpa,
                       uint64_t leaf_bytes, uint64_t block_bytes, uint8_t rights,
                       const struct rv_trail *trail)
{
    enum err err = ERR_BUSY;

    spin_lock(&shadow->lock);
    if (generation == shadow->generation) {
        fill(shadow, shadow->current, va, hpa, MIN(leaf_bytes, block_bytes), rights, trail);
        err = ERR_NONE;
    }
    spin_unlock(&shadow->lock);
    return err;
}

enum err rv_shadow_lookup(struct rv_shadow *shadow, uint64_t va, enum pt_right right, hpa_t *hpa,
                          uint64_t *run_bytes)
{
    struct rv_shadow_context *context = shadow->current;
    const struct pt_format format = rv_shadow_format(context);
    struct pt_cursor c;
    bool found;

    spin_lock(&shadow->lock);
    pt_seek(&format, &context->pt, va, &c);
    found = c.valid && (c.entry & RV_PTE_U) != 0 && (format.attr(c.entry).rights & right) != 0;
    spin_unlock(&shadow->lock);
    if (!found)
        return ERR_NOT_FOUND;
    *hpa = hpa_add(format.address(c.entry), va - c.base);
    *run_bytes = c.span - (va - c.base);
    return ERR_NONE;
}
