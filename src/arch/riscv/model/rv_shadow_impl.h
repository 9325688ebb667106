/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of rv_shadow.h share with each other. The set's lock is held in all of it. */
#pragma once

#include "arch/riscv/model/rv_shadow.h"
#include "core/pt_walk.h"

#define RV_SHADOW_NO_PAGE UINT16_MAX

static __always_inline struct pt_format rv_shadow_format(const struct rv_shadow_context *context)
{
    struct pt_format format = rv_hyp_format(RV_MODE_SV39);

    format.level_count = context->levels;
    format.block_levels = (uint8_t)low_bits(context->levels);
    format.make_leaf = rv_s2_leaf; /* with U */
    return format;
}

/* ---- rv_shadow_table.c: pages, tables, the trampoline's places */

static inline void *rv_shadow_page_at(const struct rv_shadow *shadow, uint16_t page)
{
    return (char *)shadow->config.memory + (uint64_t)page * PAGE_SIZE;
}
/* The page that TABLE, or an entry of it, lies in. */
static inline uint16_t rv_shadow_page_of(const struct rv_shadow *shadow, const uint64_t *table)
{
    return (uint16_t)((uint64_t)((const char *)table - (const char *)shadow->config.memory) /
                      PAGE_SIZE);
}
static inline uint64_t *rv_shadow_path_table(const struct rv_shadow *shadow,
                                             const struct rv_shadow_context *context,
                                             unsigned level)
{
    return rv_shadow_page_at(shadow, context->path[level]);
}

extern const struct pt_ops rv_shadow_pt_ops;
/* Zeroed, or RV_SHADOW_NO_PAGE. */
uint16_t rv_shadow_page_take(struct rv_shadow *shadow);
void rv_shadow_page_give(struct rv_shadow *shadow, uint16_t page);
/* The tables of CONTEXT below its root that are not of the path, without looking at entries. */
void rv_shadow_give_tables(struct rv_shadow *shadow, struct rv_shadow_context *context);
/* PAGE, a table of CONTEXT's off the path, and those below it; what led to it leads nowhere. */
void rv_shadow_drop_table(struct rv_shadow *shadow, struct rv_shadow_context *context,
                          uint16_t page);
/* Everything of the guest's out of the path's tables from LEVEL on, and below. The hart may use
 * them. */
void rv_shadow_clear_path(struct rv_shadow *shadow, struct rv_shadow_context *context,
                          unsigned level);
/* The trampoline's two leaves, and where it is going to be if the guest needs VA itself. */
void rv_shadow_write_place(const struct rv_shadow *shadow, const struct rv_shadow_context *context);
void rv_shadow_yield_place(struct rv_shadow *shadow, struct rv_shadow_context *context,
                           uint64_t va);
/* Slot INDEX of the path's table of LEVEL is our own. */
bool rv_shadow_is_path_slot(const struct rv_shadow_context *context, unsigned level,
                            unsigned index);

/* ---- rv_shadow_source.c: what leaves and tables were made of */

/* The leaf in SLOT is now made of SOURCE; REPLACED: one stood there. */
void rv_shadow_note_leaf(struct rv_shadow *shadow, struct rv_shadow_context *context,
                         uint64_t *slot, const struct rv_source *source, bool replaced);
/* Nothing stands in SLOT any more. */
void rv_shadow_forget_leaf(struct rv_shadow *shadow, struct rv_shadow_context *context,
                           const uint64_t *slot);
/* Of tables that were given back. */
void rv_shadow_forget_leaves(struct rv_shadow *shadow, struct rv_shadow_context *context);
/* The tables that are passed through on the way to VA that are not made of what TRAIL says. */
void rv_shadow_match_tables(struct rv_shadow *shadow, struct rv_shadow_context *context,
                            uint64_t va, const struct rv_trail *trail);
/* C is behind a way that may have new tables, made for VA and TRAIL. */
void rv_shadow_note_tables(struct rv_shadow *shadow, const struct rv_shadow_context *context,
                           uint64_t va, const struct pt_cursor *c, const struct rv_trail *trail);
/* CONTEXT, after a fence: what the guest's tables do not say any more goes. */
void rv_shadow_compare(struct rv_shadow *shadow, struct rv_shadow_context *context);

/* ---- rv_shadow.c: contexts */

/* Nothing of the guest's is left. The tables of a context that no hart runs can wait. */
void rv_shadow_clear_context(struct rv_shadow *shadow, struct rv_shadow_context *context);

/* ---- rv_shadow_fence.c: what the TLB has to forget */

uint16_t rv_shadow_asid(const struct rv_shadow *shadow, const struct rv_shadow_context *context);
void rv_shadow_note_address(struct rv_shadow *shadow, const struct rv_shadow_context *context,
                            uint64_t va);
void rv_shadow_note_asid(struct rv_shadow *shadow, const struct rv_shadow_context *context);
