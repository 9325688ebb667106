/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/model/rv_shadow.h"

#include "arch/riscv/model/rv_pt.h"
#include "core/pt_walk.h"
#include "lib/string.h"

#define NO_PAGE UINT16_MAX

static __always_inline struct pt_format format_of(const struct rv_shadow_context *context)
{
    struct pt_format format = rv_hyp_format(RV_MODE_SV39);

    format.level_count = context->levels;
    format.block_levels = (uint8_t)low_bits(context->levels);
    format.make_leaf = rv_s2_leaf; /* with U */
    return format;
}

/* ---- pages */

static void *page_at(const struct rv_shadow *shadow, uint16_t page)
{
    return (char *)shadow->config.memory + (uint64_t)page * PAGE_SIZE;
}

static uint16_t page_take(struct rv_shadow *shadow)
{
    uint16_t page = shadow->free;

    if (page == NO_PAGE)
        return NO_PAGE;
    shadow->free = shadow->next[page];
    memset(page_at(shadow, page), 0, PAGE_SIZE);
    return page;
}

static void page_give(struct rv_shadow *shadow, uint16_t page)
{
    shadow->next[page] = shadow->free;
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

static void *table_alloc(struct pt *pt)
{
    struct owned_pt owner = owner_of(pt);
    uint16_t page = page_take(owner.shadow);

    if (page == NO_PAGE)
        return NULL;
    owner.shadow->next[page] = owner.context->first;
    owner.context->first = page;
    if (owner.context->last == NO_PAGE)
        owner.context->last = page;
    return page_at(owner.shadow, page);
}

/* Pages go back when all of their context do. */
static void table_free(struct pt *pt, void *page) {}

/* The fence before the guest runs on orders what was written (10.2.1). */
static void table_publish(struct pt *pt) {}
static void table_forget(struct pt *pt, uint64_t ia, uint64_t size_bytes) {}

/* ---- what the TLB has to forget */

static uint16_t asid_of(const struct rv_shadow *shadow, const struct rv_shadow_context *context)
{
    return (uint16_t)(shadow->config.asid_base + (shadow->config.asids ? context->index : 0));
}

static void note_flush(struct rv_shadow *shadow, struct rv_shadow_flush flush)
{
    struct rv_shadow_flush *noted = &shadow->flush;

    if (noted->what == RV_FLUSH_NONE || flush.what == RV_FLUSH_ALL)
        *noted = flush;
    else if (noted->asid != flush.asid)
        noted->what = RV_FLUSH_ALL;
    else if (noted->what == RV_FLUSH_ADDRESS &&
             (flush.what == RV_FLUSH_ASID || noted->va != flush.va))
        noted->what = RV_FLUSH_ASID;
}

static void note_address(struct rv_shadow *shadow, const struct rv_shadow_context *context,
                         uint64_t va)
{
    note_flush(shadow, (struct rv_shadow_flush){RV_FLUSH_ADDRESS, va, asid_of(shadow, context)});
}

static void note_asid(struct rv_shadow *shadow, const struct rv_shadow_context *context)
{
    note_flush(shadow, (struct rv_shadow_flush){RV_FLUSH_ASID, 0, asid_of(shadow, context)});
}

struct rv_shadow_flush rv_shadow_take_flush(struct rv_shadow *shadow)
{
    struct rv_shadow_flush flush;

    spin_lock(&shadow->lock);
    flush = shadow->flush;
    shadow->flush.what = RV_FLUSH_NONE;
    spin_unlock(&shadow->lock);
    return flush;
}

/* ---- the path to the trampoline, which stands in every table */

static uint64_t *path_table(const struct rv_shadow *shadow, const struct rv_shadow_context *context,
                            unsigned level)
{
    return page_at(shadow, context->path[level]);
}

static uint64_t *place_slots(const struct rv_shadow *shadow,
                             const struct rv_shadow_context *context, unsigned place)
{
    const struct pt_format format = format_of(context);
    unsigned last = context->levels - 1u;

    return pt_slot(&format, path_table(shadow, context, last), rv_shadow_place_va(place), last);
}

/* Without U: the guest reaches neither. */
static void place_write(const struct rv_shadow *shadow, const struct rv_shadow_context *context)
{
    uint64_t *slots = place_slots(shadow, context, context->place);

    pt_write(&slots[0],
             rv_pte_leaf(shadow->config.code, (struct pt_attr){.rights = PT_READ | PT_EXEC}));
    pt_write(&slots[1], rv_pte_leaf(shadow->data, (struct pt_attr){.rights = PT_READ | PT_WRITE}));
}

/* The guest's instruction needs what stands behind it; one touches four pages at most, so that a
 * place is left for us whichever they are. */
static void place_move(struct rv_shadow *shadow, struct rv_shadow_context *context)
{
    uint64_t *old = place_slots(shadow, context, context->place);

    static_assert(RV_SHADOW_PLACE_COUNT > 4, "one place more than an instruction has pages");
    context->place = (uint8_t)((context->place + 1) % RV_SHADOW_PLACE_COUNT);
    place_write(shadow, context);
    pt_write(&old[0], 0);
    pt_write(&old[1], 0);
    note_asid(shadow, context);
}

static bool in_place(const struct rv_shadow_context *context, uint64_t va)
{
    return va - rv_shadow_place_va(context->place) < 2 * PAGE_SIZE;
}

/* Slot INDEX of the path's table of LEVEL is our own. */
static bool is_path_slot(const struct rv_shadow_context *context, unsigned level, unsigned index)
{
    const struct pt_format format = format_of(context);
    unsigned first = (unsigned)(rv_shadow_place_va(context->place) >> pt_shift(&format, level)) %
                     (unsigned)bit32(RV_INDEX_BITS);

    return index - first < (level + 1u == context->levels ? 2u : 1u);
}

/* Everything of the guest's out of the path's tables from LEVEL on. The hart may use them. */
static void path_clear(const struct rv_shadow *shadow, const struct rv_shadow_context *context,
                       unsigned level)
{
    for (; level < context->levels; level++) {
        uint64_t *table = path_table(shadow, context, level);

        for (unsigned i = 0; i < bit32(RV_INDEX_BITS); i++)
            if (!is_path_slot(context, level, i))
                pt_write(&table[i], 0);
    }
}

/* ---- contexts */

/* The guest's tables of CONTEXT go back. */
static void give_tables(struct rv_shadow *shadow, struct rv_shadow_context *context)
{
    if (context->first != NO_PAGE) {
        shadow->next[context->last] = shadow->free;
        shadow->free = context->first;
    }
    context->first = context->last = NO_PAGE;
    context->broken_bytes = 0;
}

/* Nothing of the guest's is left. The tables of a context that no hart runs can wait. */
static void context_clear(struct rv_shadow *shadow, struct rv_shadow_context *context)
{
    if (!context->used || !context->filled)
        return;
    note_asid(shadow, context);
    if (context == shadow->current)
        path_clear(shadow, context, 0);
    else
        context->stale = true;
    give_tables(shadow, context);
    context->filled = false;
}

static void context_release(struct rv_shadow *shadow, struct rv_shadow_context *context)
{
    give_tables(shadow, context);
    for (unsigned level = 0; level < context->levels; level++)
        page_give(shadow, context->path[level]);
    context->used = false;
    note_asid(shadow, context);
}

static void clear_all(struct rv_shadow *shadow)
{
    for (unsigned i = 0; i < RV_SHADOW_CONTEXT_COUNT; i++)
        context_clear(shadow, &shadow->contexts[i]);
}

/* Memory is used up: begin anew. There is enough for every context's path. */
static void reclaim(struct rv_shadow *shadow)
{
    shadow->reclaim_count++;
    clear_all(shadow);
}

static void context_build(struct rv_shadow *shadow, struct rv_shadow_context *context,
                          unsigned levels)
{
    static_assert(RV_SHADOW_PAGES_MIN >= RV_SHADOW_CONTEXT_COUNT * PT_LEVEL_MAX + 32,
                  "every context has its path, and one the pages that an instruction needs");
    context->levels = (uint8_t)levels;
    const struct pt_format format = format_of(context);

    for (unsigned level = 0; level < levels; level++) {
        if (shadow->free == NO_PAGE)
            reclaim(shadow);
        context->path[level] = page_take(shadow);
        BUG_ON(context->path[level] == NO_PAGE);
        if (level != 0)
            pt_write(pt_slot(&format, path_table(shadow, context, level - 1), RV_SHADOW_PLACES_VA,
                             level - 1),
                     rv_pte_table(shadow->config.to_hpa(path_table(shadow, context, level))));
    }
    pt_init(&format, &context->pt, &shadow->ops, path_table(shadow, context, 0));
    context->place = 0;
    context->used = true;
    context->filled = context->stale = false;
    place_write(shadow, context);
    note_asid(shadow, context);
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

    context_clear(shadow, context);
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

    if (likely(context != NULL && context->satp == satp && context->view == view))
        return;
    spin_lock(&shadow->lock);
    shadow->current = NULL;
    context = find(shadow, satp, view);
    if (context == NULL)
        context = make(shadow, satp, view);
    if (context->stale)
        path_clear(shadow, context, 0);
    context->stale = false;
    context->turn = ++shadow->turn;
    shadow->current = context;
    if (!shadow->config.asids)
        note_asid(shadow, context);
    spin_unlock(&shadow->lock);
}

void rv_shadow_init(struct rv_shadow *shadow, const struct rv_shadow_config *config)
{
    BUG_ON(config->page_count < RV_SHADOW_PAGES_MIN || config->page_count > RV_SHADOW_PAGES_MAX);
    shadow->config = *config;
    shadow->ops = (struct pt_ops){
        .alloc_page = table_alloc,
        .free_page = table_free,
        .to_hpa = config->to_hpa,
        .to_table = config->to_table,
        .publish = table_publish,
        .forget = table_forget,
    };
    shadow->free = NO_PAGE;
    for (uint32_t i = config->page_count; i-- > 0;)
        page_give(shadow, (uint16_t)i);
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
            place_write(shadow, &shadow->contexts[i]);
    shadow->flush.what = RV_FLUSH_ALL;
    spin_unlock(&shadow->lock);
}

uint64_t rv_shadow_satp(const struct rv_shadow *shadow)
{
    static const uint8_t modes[] = {[3] = RV_MODE_SV39, [4] = RV_MODE_SV48, [5] = RV_MODE_SV57};
    const struct rv_shadow_context *context = shadow->current;

    return REG_PUT(SATP, MODE, modes[context->levels]) |
           REG_PUT(SATP, ASID, asid_of(shadow, context)) |
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
                     uint64_t size_bytes, struct pt_cursor *c)
{
    const struct pt_format format = format_of(context);
    unsigned level = 0;

    while (pt_span(&format, level) > size_bytes)
        level++;
    pt_seek(&format, &context->pt, va, c);
    if (c->valid && c->level < level) {
        /* Other addresses of the old leaf may be cached as well. */
        pt_write(c->slot, 0);
        note_asid(shadow, context);
    }
    return c->level < level ? pt_grow(&format, &context->pt, va, level, c) : ERR_NONE;
}

enum err rv_shadow_map(struct rv_shadow *shadow, uint64_t generation, uint64_t va, hpa_t hpa,
                       uint64_t leaf_bytes, uint64_t block_bytes, uint8_t rights)
{
    struct rv_shadow_context *context = shadow->current;
    const struct pt_format format = format_of(context);
    struct pt_attr attr = {.rights = rights, .memory = PT_NORMAL};
    struct pt_cursor c;
    hpa_t to;

    spin_lock(&shadow->lock);
    if (generation != shadow->generation) {
        spin_unlock(&shadow->lock);
        return ERR_BUSY;
    }
    if (in_place(context, va))
        place_move(shadow, context);
    if (grow(shadow, context, va, MIN(leaf_bytes, block_bytes), &c) != ERR_NONE) {
        reclaim(shadow);
        BUG_ON(grow(shadow, context, va, PAGE_SIZE, &c) != ERR_NONE);
    }
    to = HPA(align_down(hpa.raw, c.span));
    pt_write(c.slot, format.make_leaf(to, attr, c.level, context->levels));
    if (c.span < leaf_bytes && REG_GET(SATP, MODE, context->satp) != RV_MODE_BARE)
        context->broken_bytes = MAX(context->broken_bytes, leaf_bytes);
    context->filled = true;
    shadow->fill_count++;
    /* The hart may remember that there was nothing, or less. */
    note_address(shadow, context, va);
    spin_unlock(&shadow->lock);
    return ERR_NONE;
}

enum err rv_shadow_lookup(struct rv_shadow *shadow, uint64_t va, enum pt_right right, hpa_t *hpa,
                          uint64_t *run_bytes)
{
    struct rv_shadow_context *context = shadow->current;
    const struct pt_format format = format_of(context);
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

/* ---- emptying */

/* The leaves in the SIZE bytes around VA, a power of two, and all larger ones that hold VA. */
static void clear_block(struct rv_shadow *shadow, struct rv_shadow_context *context, uint64_t va,
                        uint64_t size_bytes)
{
    const struct pt_format format = format_of(context);
    struct pt_cursor c;
    unsigned level = 0;

    while (pt_span(&format, level) > size_bytes)
        level++;
    pt_seek(&format, &context->pt, va, &c);
    if (c.level < level) {
        if (c.valid)
            pt_write(c.slot, 0);
        return;
    }
    for (uint64_t at = align_down(va, size_bytes), n = size_bytes / pt_span(&format, level);
         n-- > 0; at += pt_span(&format, level)) {
        uint64_t *slot = pt_slot(&format, c.tables[level], at, level);

        /* A table that is taken out here is the context's until all of it is cleared. */
        if (c.tables[level] != path_table(shadow, context, level) ||
            !is_path_slot(context, level, (unsigned)(slot - c.tables[level])))
            pt_write(slot, 0);
        else
            path_clear(shadow, context, level + 1);
    }
}

static bool has_asid(const struct rv_shadow_context *context, uint16_t asid)
{
    return REG_GET(SATP, ASID, context->satp) == asid;
}

/* Without translation there is nothing that the guest's fences are for. */
static bool is_translated(const struct rv_shadow_context *context)
{
    return REG_GET(SATP, MODE, context->satp) != RV_MODE_BARE;
}

static void begin_forget(struct rv_shadow *shadow) ACQUIRES(&shadow->lock)
{
    spin_lock(&shadow->lock);
    __atomic_store_n(&shadow->generation, shadow->generation + 1, __ATOMIC_RELEASE);
}

void rv_shadow_forget_address(struct rv_shadow *shadow, uint64_t va, const uint16_t *asid)
{
    begin_forget(shadow);
    for (unsigned i = 0; i < RV_SHADOW_CONTEXT_COUNT; i++) {
        struct rv_shadow_context *context = &shadow->contexts[i];

        if (!context->used || !context->filled || !is_translated(context) ||
            (asid != NULL && !has_asid(context, *asid)))
            continue;
        clear_block(shadow, context, va, MAX(context->broken_bytes, PAGE_SIZE));
        if (context->broken_bytes != 0)
            note_asid(shadow, context);
        else
            note_address(shadow, context, va);
    }
    spin_unlock(&shadow->lock);
}

void rv_shadow_forget_asid(struct rv_shadow *shadow, uint16_t asid)
{
    begin_forget(shadow);
    for (unsigned i = 0; i < RV_SHADOW_CONTEXT_COUNT; i++) {
        struct rv_shadow_context *context = &shadow->contexts[i];

        if (is_translated(context) && has_asid(context, asid))
            context_clear(shadow, context);
    }
    spin_unlock(&shadow->lock);
}

void rv_shadow_forget_all(struct rv_shadow *shadow)
{
    begin_forget(shadow);
    clear_all(shadow);
    spin_unlock(&shadow->lock);
}
