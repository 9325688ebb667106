/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shadow page tables: what the guest's fences mean for them, and what the hart's TLB has to forget
 * for what was taken out (10.2.1).
 */
#include "arch/riscv/model/rv_shadow_impl.h"

/* ---- what the TLB has to forget */

uint16_t rv_shadow_asid(const struct rv_shadow *shadow, const struct rv_shadow_context *context)
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

void rv_shadow_note_address(struct rv_shadow *shadow, const struct rv_shadow_context *context,
                            uint64_t va)
{
    note_flush(shadow,
               (struct rv_shadow_flush){RV_FLUSH_ADDRESS, va, rv_shadow_asid(shadow, context)});
}

void rv_shadow_note_asid(struct rv_shadow *shadow, const struct rv_shadow_context *context)
{
    note_flush(shadow, (struct rv_shadow_flush){RV_FLUSH_ASID, 0, rv_shadow_asid(shadow, context)});
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

/* ---- fences */

/* What stands in SLOT, ENTRY of LEVEL, goes. A table goes with all below it. */
static void clear_slot(struct rv_shadow *shadow, struct rv_shadow_context *context, uint64_t *slot,
                       uint64_t entry, unsigned level)
{
    if (!rv_pte_is_valid(entry))
        return;
    if (!rv_pte_is_leaf(entry, level, context->levels)) {
        rv_shadow_drop_table(
            shadow, context,
            rv_shadow_page_of(shadow, shadow->config.to_table(rv_pte_address(entry))));
        return;
    }
    pt_write(slot, 0);
    rv_shadow_forget_leaf(shadow, context, slot);
}

/* The leaves in the SIZE bytes around VA, a power of two, and all larger ones that hold VA. */
static void clear_block(struct rv_shadow *shadow, struct rv_shadow_context *context, uint64_t va,
                        uint64_t size_bytes)
{
    const struct pt_format format = rv_shadow_format(context);
    struct pt_cursor c;
    unsigned level = 0;

    while (pt_span(&format, level) > size_bytes)
        level++;
    pt_seek(&format, &context->pt, va, &c);
    if (c.level < level) {
        clear_slot(shadow, context, c.slot, c.entry, c.level);
        return;
    }
    for (uint64_t at = align_down(va, size_bytes), n = size_bytes / pt_span(&format, level);
         n-- > 0; at += pt_span(&format, level)) {
        uint64_t *slot = pt_slot(&format, c.tables[level], at, level);

        if (c.tables[level] != rv_shadow_path_table(shadow, context, level) ||
            !rv_shadow_is_path_slot(context, level, (unsigned)(slot - c.tables[level])))
            clear_slot(shadow, context, slot, pt_read(slot), level);
        else
            rv_shadow_clear_path(shadow, context, level + 1);
    }
}

static bool has_asid(const struct rv_shadow_context *context, uint16_t asid)
{
    return REG_GET(SATP, ASID, context->satp) == asid;
}

/* Without translation there is nothing that the guest's fences are for. */
static bool is_filled_by_guest(const struct rv_shadow_context *context)
{
    return context->used && context->filled && REG_GET(SATP, MODE, context->satp) != RV_MODE_BARE;
}

static void begin(struct rv_shadow *shadow) ACQUIRES(&shadow->lock)
{
    spin_lock(&shadow->lock);
    __atomic_store_n(&shadow->generation, shadow->generation + 1, __ATOMIC_RELEASE);
}

void rv_shadow_fence_address(struct rv_shadow *shadow, uint64_t va, const uint16_t *asid)
{
    begin(shadow);
    for (unsigned i = 0; i < RV_SHADOW_CONTEXT_COUNT; i++) {
        struct rv_shadow_context *context = &shadow->contexts[i];

        if (!is_filled_by_guest(context) || (asid != NULL && !has_asid(context, *asid)))
            continue;
        clear_block(shadow, context, va, MAX(context->broken_bytes, PAGE_SIZE));
        if (context->broken_bytes != 0)
            rv_shadow_note_asid(shadow, context);
        else
            rv_shadow_note_address(shadow, context, va);
    }
    spin_unlock(&shadow->lock);
}

void rv_shadow_fence_asid(struct rv_shadow *shadow, uint16_t asid)
{
    begin(shadow);
    for (unsigned i = 0; i < RV_SHADOW_CONTEXT_COUNT; i++) {
        struct rv_shadow_context *context = &shadow->contexts[i];

        if (is_filled_by_guest(context) && has_asid(context, asid))
            context->fenced = true;
    }
    spin_unlock(&shadow->lock);
}

void rv_shadow_fence_all(struct rv_shadow *shadow)
{
    begin(shadow);
    for (unsigned i = 0; i < RV_SHADOW_CONTEXT_COUNT; i++)
        if (is_filled_by_guest(&shadow->contexts[i]))
            shadow->contexts[i].fenced = true;
    spin_unlock(&shadow->lock);
}

void rv_shadow_settle(struct rv_shadow *shadow)
{
    spin_lock(&shadow->lock);
    if (shadow->current != NULL && shadow->current->fenced)
        rv_shadow_compare(shadow, shadow->current);
    spin_unlock(&shadow->lock);
}

void rv_shadow_forget_all(struct rv_shadow *shadow)
{
    begin(shadow);
    for (unsigned i = 0; i < RV_SHADOW_CONTEXT_COUNT; i++)
        rv_shadow_clear_context(shadow, &shadow->contexts[i]);
    spin_unlock(&shadow->lock);
}
