/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shadow page tables: the pages they are of, which context has which, and the path to the
 * trampoline, which stands in every one of them.
 */
#include "arch/riscv/model/rv_shadow_impl.h"
#include "lib/string.h"

#define NO_PAGE RV_SHADOW_NO_PAGE

/* ---- pages */

uint16_t rv_shadow_page_take(struct rv_shadow *shadow)
{
    uint16_t page = shadow->free;

    if (page == NO_PAGE)
        return NO_PAGE;
    shadow->free = shadow->config.pages[page].next;
    shadow->config.pages[page] = (struct rv_shadow_page){.used = true};
    memset(rv_shadow_page_at(shadow, page), 0, PAGE_SIZE);
    return page;
}

void rv_shadow_page_give(struct rv_shadow *shadow, uint16_t page)
{
    shadow->config.pages[page].used = false;
    shadow->config.pages[page].next = shadow->free;
    shadow->free = page;
}

/* The context's set is found from its place in it. */
struct owned_pt {
    struct rv_shadow_context *context;
    struct rv_shadow *shadow;
};
static struct owned_pt owner_of(struct pt *pt)
{
    struct rv_shadow_context *context = container_of(pt, struct rv_shadow_context, pt);

    return (struct owned_pt){context,
                             container_of(context - context->index, struct rv_shadow, contexts[0])};
}

/* At the end of the chain: a table stands behind what leads to it. */
static void *table_alloc(struct pt *pt)
{
    struct owned_pt owner = owner_of(pt);
    struct rv_shadow_context *context = owner.context;
    struct rv_shadow_page *pages = owner.shadow->config.pages;
    uint16_t page = rv_shadow_page_take(owner.shadow);

    if (page == NO_PAGE)
        return NULL;
    pages[page].next = NO_PAGE;
    pages[page].previous = context->last;
    if (context->last == NO_PAGE)
        context->first = page;
    else
        pages[context->last].next = page;
    context->last = page;
    return rv_shadow_page_at(owner.shadow, page);
}

/* Nothing is taken out by the walker. */
static void table_free(struct pt *pt, void *page) {}

/* The fence before the guest runs on orders what was written (10.2.1). */
static void table_publish(struct pt *pt) {}
static void table_forget(struct pt *pt, uint64_t ia, uint64_t size_bytes) {}

const struct pt_ops rv_shadow_pt_ops = {
    .alloc_page = table_alloc,
    .free_page = table_free,
    .publish = table_publish,
    .forget = table_forget,
};

void rv_shadow_give_tables(struct rv_shadow *shadow, struct rv_shadow_context *context)
{
    if (context->first != NO_PAGE) {
        shadow->config.pages[context->last].next = shadow->free;
        shadow->free = context->first;
    }
    context->first = context->last = NO_PAGE;
    context->broken_bytes = 0;
    context->leaf_count = 0;
    context->overfull = context->fenced = false;
}

static void unchain(struct rv_shadow *shadow, struct rv_shadow_context *context, uint16_t page)
{
    struct rv_shadow_page *pages = shadow->config.pages;
    uint16_t next = pages[page].next, previous = pages[page].previous;

    if (previous == NO_PAGE)
        context->first = next;
    else
        pages[previous].next = next;
    if (next == NO_PAGE)
        context->last = previous;
    else
        pages[next].previous = previous;
}

static bool is_orphan(const struct rv_shadow *shadow, uint16_t page)
{
    const uint64_t *slot = shadow->config.pages[page].slot;

    return !shadow->config.pages[rv_shadow_page_of(shadow, slot)].used ||
           pt_read(slot) != rv_pte_table(shadow->config.to_hpa(rv_shadow_page_at(shadow, page)));
}

/* Tables that nothing leads to any more. Each stands behind what led to it. */
static void drop_orphans(struct rv_shadow *shadow, struct rv_shadow_context *context)
{
    for (uint16_t page = context->first, next; page != NO_PAGE; page = next) {
        next = shadow->config.pages[page].next;
        if (is_orphan(shadow, page)) {
            unchain(shadow, context, page);
            rv_shadow_page_give(shadow, page);
        }
    }
    rv_shadow_forget_leaves(shadow, context);
    rv_shadow_note_asid(shadow, context);
}

void rv_shadow_drop_table(struct rv_shadow *shadow, struct rv_shadow_context *context,
                          uint16_t page)
{
    pt_write(shadow->config.pages[page].slot, 0);
    drop_orphans(shadow, context);
}

/* ---- the path */

static uint64_t *place_slots(const struct rv_shadow *shadow,
                             const struct rv_shadow_context *context, unsigned place)
{
    const struct pt_format format = rv_shadow_format(context);
    unsigned last = context->levels - 1u;

    return pt_slot(&format, rv_shadow_path_table(shadow, context, last), rv_shadow_place_va(place),
                   last);
}

/* Without U: the guest reaches neither. */
void rv_shadow_write_place(const struct rv_shadow *shadow, const struct rv_shadow_context *context)
{
    uint64_t *slots = place_slots(shadow, context, context->place);

    pt_write(&slots[0],
             rv_pte_leaf(shadow->config.code, (struct pt_attr){.rights = PT_READ | PT_EXEC}));
    pt_write(&slots[1], rv_pte_leaf(shadow->data, (struct pt_attr){.rights = PT_READ | PT_WRITE}));
}

/* The guest's instruction needs what stands behind it; one touches four pages at most, so that a
 * place is left for us whichever they are. */
void rv_shadow_yield_place(struct rv_shadow *shadow, struct rv_shadow_context *context, uint64_t va)
{
    uint64_t *old = place_slots(shadow, context, context->place);

    static_assert(RV_SHADOW_PLACE_COUNT > 4, "one place more than an instruction has pages");
    if (va - rv_shadow_place_va(context->place) >= 2 * PAGE_SIZE)
        return;
    context->place = (uint8_t)((context->place + 1) % RV_SHADOW_PLACE_COUNT);
    /* What the guest had there. */
    rv_shadow_forget_leaf(shadow, context, &place_slots(shadow, context, context->place)[0]);
    rv_shadow_forget_leaf(shadow, context, &place_slots(shadow, context, context->place)[1]);
    rv_shadow_write_place(shadow, context);
    pt_write(&old[0], 0);
    pt_write(&old[1], 0);
    rv_shadow_note_asid(shadow, context);
}

bool rv_shadow_is_path_slot(const struct rv_shadow_context *context, unsigned level, unsigned index)
{
    const struct pt_format format = rv_shadow_format(context);
    unsigned first = (unsigned)(rv_shadow_place_va(context->place) >> pt_shift(&format, level)) %
                     (unsigned)bit32(RV_INDEX_BITS);

    return index - first < (level + 1u == context->levels ? 2u : 1u);
}

void rv_shadow_clear_path(struct rv_shadow *shadow, struct rv_shadow_context *context,
                          unsigned level)
{
    if (level == context->levels)
        return;
    for (; level < context->levels; level++) {
        uint64_t *table = rv_shadow_path_table(shadow, context, level);

        for (unsigned i = 0; i < bit32(RV_INDEX_BITS); i++)
            if (!rv_shadow_is_path_slot(context, level, i))
                pt_write(&table[i], 0);
        shadow->config.pages[context->path[level]].source.at = NULL;
    }
    if (context->first != NO_PAGE)
        drop_orphans(shadow, context);
    else
        rv_shadow_forget_leaves(shadow, context);
}
