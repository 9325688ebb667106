/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page-table walker: map, unmap, protect, look up, free, over a constant struct pt_format.
 *
 * Owns the order in which entries are written. Must not know an entry's encoding, nor take a lock:
 * the caller serialises all calls on one table. Hardware walks the table at the same time, from any
 * CPU; it is never shown an entry half written (single 64-bit stores), a table before its contents
 * (publish, then link), or two translations of one address (break-before-make). See Arm ARM DDI
 * 0487, D8, "Using break-before-make when updating translation table entries", and B2, atomicity;
 * the RISC-V privileged manual asks for no more (section on SFENCE.VMA).
 *
 * Two things hold between calls: no table below the root is empty, and no leaf overlaps another.
 */
#pragma once

#include "core/pt.h"
#include "lib/bits.h"
#include "lib/panic.h"

/* ---- geometry */

static __always_inline unsigned pt_shift(const struct pt_format *fmt, unsigned level)
{
    if (level >= fmt->level_count)
        __builtin_unreachable();
    return PAGE_SHIFT + fmt->level_bits * (fmt->level_count - 1u - level);
}
/* Bytes that one entry of LEVEL covers. */
static __always_inline uint64_t pt_span(const struct pt_format *fmt, unsigned level)
{
    return bit64(pt_shift(fmt, level));
}
static __always_inline unsigned pt_slot_count(const struct pt_format *fmt, unsigned level)
{
    return bit32(level == 0 ? fmt->root_bits : fmt->level_bits);
}
/* Width of the addresses that the table translates. */
static __always_inline unsigned pt_input_bits(const struct pt_format *fmt)
{
    return pt_shift(fmt, 0) + fmt->root_bits;
}
/* Size of the root, which must be aligned to it; a small one still takes a page. */
static __always_inline uint64_t pt_root_bytes(const struct pt_format *fmt)
{
    return MAX((uint64_t)sizeof(uint64_t) << fmt->root_bits, PAGE_SIZE);
}
static __always_inline bool pt_may_be_leaf(const struct pt_format *fmt, unsigned level)
{
    return level + 1u == fmt->level_count || (fmt->block_levels & bit32(level)) != 0;
}
static __always_inline enum err pt_check_range(uint64_t base, uint64_t size_bytes, unsigned bits)
{
    if (size_bytes == 0 || !is_aligned(base | size_bytes, PAGE_SIZE))
        return ERR_INVALID;
    return range_within(base, size_bytes, 0, bit64(bits)) ? ERR_NONE : ERR_RANGE;
}

/* ---- entries */

/* Walkers on other CPUs read at any time: one single-copy atomic access, never torn or repeated. */
static __always_inline void pt_write(uint64_t *slot, uint64_t entry)
{
    __atomic_store_n(slot, entry, __ATOMIC_RELAXED);
}
static __always_inline uint64_t pt_read(const uint64_t *slot)
{
    return __atomic_load_n(slot, __ATOMIC_RELAXED);
}

/* Where a descent for an address ended: at the first entry that is no table. */
struct pt_cursor {
    uint64_t *tables[PT_LEVEL_MAX]; /* passed through, the root first; up to and with `level` */
    unsigned level;
    uint64_t *slot;
    uint64_t entry;      /* what stood there */
    uint64_t base, span; /* input range of the slot */
    bool valid;
};

static __always_inline uint64_t *pt_slot(const struct pt_format *fmt, uint64_t *table, uint64_t ia,
                                         unsigned level)
{
    return &table[(ia >> pt_shift(fmt, level)) & (pt_slot_count(fmt, level) - 1)];
}

static __always_inline void pt_cursor_set(const struct pt_format *fmt, struct pt_cursor *c,
                                          uint64_t ia, unsigned level)
{
    c->level = level;
    c->slot = pt_slot(fmt, c->tables[level], ia, level);
    c->entry = pt_read(c->slot);
    c->span = pt_span(fmt, level);
    c->base = align_down(ia, c->span);
    c->valid = fmt->is_valid(c->entry);
}

static __always_inline void pt_seek(const struct pt_format *fmt, const struct pt *pt, uint64_t ia,
                                    struct pt_cursor *c)
{
    c->tables[0] = pt->root;
    pt_cursor_set(fmt, c, ia, 0);
    for (unsigned level = 0; c->valid && !fmt->is_leaf(c->entry, level, fmt->level_count);) {
        c->tables[level + 1] = pt->ops->to_table(fmt->address(c->entry));
        pt_cursor_set(fmt, c, ia, ++level);
    }
}

static __always_inline uint64_t *pt_alloc_table(struct pt *pt)
{
    uint64_t *table = pt->ops->alloc_page(pt);
    pt->page_count += table != NULL;
    return table;
}
static __always_inline void pt_free_table(struct pt *pt, uint64_t *table)
{
    pt->page_count--;
    pt->ops->free_page(pt, table);
}

/* ---- removing tables that became empty */

/* Tables that no entry points to any more, and the input range whose walks may have cached them. */
struct pt_unlinked {
    uint64_t *first;
    uint64_t base, end;
};

/*
 * Unlinked tables are chained through their first entry: a CPU may still walk them from a cached
 * upper entry until the TLBs were told, but a page-aligned pointer reads as an invalid entry.
 */
static __always_inline void pt_chain(const struct pt_format *fmt, struct pt_unlinked *list,
                                     uint64_t *table)
{
    uint64_t next = (uint64_t)(uintptr_t)list->first;
    BUG_ON(fmt->is_valid(next));
    pt_write(table, next);
    list->first = table;
}

static __always_inline bool pt_table_is_empty(const struct pt_format *fmt, const uint64_t *table)
{
    for (unsigned i = 0; i < pt_slot_count(fmt, 1); i++)
        if (fmt->is_valid(pt_read(&table[i])))
            return false;
    return true;
}

/* Unlink the empty tables on the way to IA; returns where the search for more goes on. */
static __always_inline uint64_t pt_unlink_empty(const struct pt_format *fmt, const struct pt *pt,
                                                uint64_t ia, struct pt_unlinked *list)
{
    struct pt_cursor c;
    pt_seek(fmt, pt, ia, &c);
    unsigned level = c.level;
    for (; level > 0 && pt_table_is_empty(fmt, c.tables[level]); level--) {
        pt_write(pt_slot(fmt, c.tables[level - 1], ia, level - 1), 0);
        pt_chain(fmt, list, c.tables[level]);
        uint64_t base = align_down(ia, pt_span(fmt, level - 1));
        list->base = MIN(list->base, base);
        list->end = MAX(list->end, base + pt_span(fmt, level - 1));
    }
    /* Past what was unlinked; past a last-level table, which has no tables in it; past one slot. */
    uint64_t span = c.span;
    if (level < c.level)
        span = pt_span(fmt, level);
    else if (c.level + 1 == fmt->level_count)
        span = pt_span(fmt, c.level - 1);
    return align_down(ia, span) + span;
}

/*
 * [ia, end) was unmapped by invalid entries: take empty tables out, make all CPUs forget the range
 * and the tables, and only then give the tables back, since until then hardware may read them.
 */
static __always_inline void pt_retire(const struct pt_format *fmt, struct pt *pt, uint64_t ia,
                                      uint64_t end)
{
    struct pt_unlinked list = {.first = NULL, .base = ia, .end = end};
    for (uint64_t at = ia; at < end;)
        at = pt_unlink_empty(fmt, pt, at, &list);

    pt->ops->publish(pt);
    pt->ops->forget(pt, list.base, list.end - list.base);
    while (list.first != NULL) {
        uint64_t *table = list.first;
        list.first = (uint64_t *)(uintptr_t)pt_read(table);
        pt_write(table, 0);
        pt_free_table(pt, table);
    }
}

/* ---- splitting */

/*
 * Replace the leaf at C by a table of leaves one level down that say the same. Break-before-make:
 * between the two, an access by another CPU faults, and whoever handles it finds the page mapped
 * once it gets the lock, and lets the instruction run again. So never for what the caller itself
 * runs from or stands on. ERR_NO_MEMORY: nothing was changed.
 */
static __always_inline enum err pt_split(const struct pt_format *fmt, struct pt *pt,
                                         const struct pt_cursor *c)
{
    uint64_t *table = pt_alloc_table(pt);
    if (table == NULL)
        return ERR_NO_MEMORY;
    hpa_t hpa = fmt->address(c->entry);
    struct pt_attr attr = fmt->attr(c->entry);
    for (unsigned i = 0; i < pt_slot_count(fmt, c->level + 1); i++) {
        hpa_t part = hpa_add(hpa, i * pt_span(fmt, c->level + 1));
        pt_write(&table[i], fmt->make_leaf(part, attr, c->level + 1, fmt->level_count));
    }

    pt_write(c->slot, 0);
    pt->ops->publish(pt); /* both the hole and the new table's contents */
    pt->ops->forget(pt, c->base, c->span);
    pt_write(c->slot, fmt->make_table(pt->ops->to_hpa(table)));
    pt->ops->publish(pt);
    return ERR_NONE;
}

/* Make IA a border between leaves. */
static __always_inline enum err pt_split_at(const struct pt_format *fmt, struct pt *pt, uint64_t ia)
{
    struct pt_cursor c;
    if (ia >= bit64(pt_input_bits(fmt)))
        return ERR_NONE;
    for (pt_seek(fmt, pt, ia, &c); c.valid && c.base != ia; pt_seek(fmt, pt, ia, &c)) {
        enum err err = pt_split(fmt, pt, &c);
        if (err)
            return err;
    }
    return ERR_NONE;
}

/* ---- mapping */

/* The highest level whose leaf fits IA, HPA and SIZE. */
static __always_inline unsigned pt_leaf_level(const struct pt_format *fmt, uint64_t ia,
                                              uint64_t hpa, uint64_t size_bytes)
{
    unsigned level = 0;
    while (!pt_may_be_leaf(fmt, level) || !is_aligned(ia | hpa, pt_span(fmt, level)) ||
           size_bytes < pt_span(fmt, level))
        level++;
    return level;
}

/* Go down to LEVEL on the way to IA, adding tables. ERR_NO_MEMORY may leave an empty table behind.
 */
static __always_inline enum err pt_grow(const struct pt_format *fmt, struct pt *pt, uint64_t ia,
                                        unsigned level, struct pt_cursor *c)
{
    pt_seek(fmt, pt, ia, c);
    while (c->level < level) {
        uint64_t *table = pt_alloc_table(pt);
        if (table == NULL)
            return ERR_NO_MEMORY;
        pt->ops->publish(pt); /* its zeroes are seen before the entry that leads to them */
        pt_write(c->slot, fmt->make_table(pt->ops->to_hpa(table)));
        c->tables[c->level + 1] = table;
        pt_cursor_set(fmt, c, ia, c->level + 1);
    }
    /* The range is free and empty tables do not exist, so no table stands where the leaf goes. */
    BUG_ON(c->valid || c->level != level);
    return ERR_NONE;
}

/* PT is over an empty ROOT of pt_root_bytes(), zeroed, which stays the caller's. */
static __always_inline void pt_init(const struct pt_format *fmt, struct pt *pt,
                                    const struct pt_ops *ops, uint64_t *root)
{
    pt->ops = ops;
    pt->root = root;
    pt->page_count = pt_root_bytes(fmt) / PAGE_SIZE;
}

/* Take leaves that begin in [ia, end) out; none crosses an end. The caller calls pt_retire(). */
static __always_inline void pt_clear(const struct pt_format *fmt, struct pt *pt, uint64_t ia,
                                     uint64_t end)
{
    struct pt_cursor c;
    for (uint64_t at = ia; at < end; at = c.base + c.span) {
        pt_seek(fmt, pt, at, &c);
        if (c.valid)
            pt_write(c.slot, 0);
    }
}

/*
 * Map [ia, ia + size) to [hpa, ...) with the largest leaves that fit. ERR_INVALID: not
 * page-aligned, or empty; ERR_RANGE: wider than the format; ERR_EXISTS: a page of it is mapped,
 * nothing changed; ERR_NO_MEMORY: what was mapped is unmapped again.
 */
static __always_inline enum err pt_map(const struct pt_format *fmt, struct pt *pt, uint64_t ia,
                                       hpa_t hpa, uint64_t size_bytes, struct pt_attr attr)
{
    enum err err = pt_check_range(ia, size_bytes, pt_input_bits(fmt));
    if (!err)
        err = pt_check_range(hpa.raw, size_bytes, fmt->output_bits);
    if (err)
        return err;

    struct pt_cursor c;
    uint64_t end = ia + size_bytes;
    for (uint64_t at = ia; at < end; at = c.base + c.span) {
        pt_seek(fmt, pt, at, &c);
        if (c.valid)
            return ERR_EXISTS;
    }

    uint64_t at = ia;
    while (at < end) {
        hpa_t to = hpa_add(hpa, at - ia);
        unsigned level = pt_leaf_level(fmt, at, to.raw, end - at);
        err = pt_grow(fmt, pt, at, level, &c);
        if (err) {
            /* Up to and with AT, where tables without a leaf may stand. */
            pt_clear(fmt, pt, ia, at);
            pt_retire(fmt, pt, ia, at + PAGE_SIZE);
            return err;
        }
        /* Those that follow in the same table are of the same size. */
        uint64_t table_end =
            align_down(at, c.span * pt_slot_count(fmt, level)) + c.span * pt_slot_count(fmt, level);
        uint64_t stop = MIN(table_end, align_down(end, c.span));
        for (; at < stop; at += c.span, to = hpa_add(to, c.span))
            pt_write(c.slot++, fmt->make_leaf(to, attr, level, fmt->level_count));
    }
    /* Invalid before, and invalid entries are not cached: no TLB has anything to forget. */
    pt->ops->publish(pt);
    return ERR_NONE;
}

/*
 * Unmap [ia, ia + size); holes are no error. Leaves that cross an end are split; ERR_NO_MEMORY for
 * that: every page is mapped as before. On return no CPU uses the old translations.
 */
static __always_inline enum err pt_unmap(const struct pt_format *fmt, struct pt *pt, uint64_t ia,
                                         uint64_t size_bytes)
{
    enum err err = pt_check_range(ia, size_bytes, pt_input_bits(fmt));
    if (!err)
        err = pt_split_at(fmt, pt, ia);
    if (!err)
        err = pt_split_at(fmt, pt, ia + size_bytes);
    if (err)
        return err;
    pt_clear(fmt, pt, ia, ia + size_bytes);
    pt_retire(fmt, pt, ia, ia + size_bytes);
    return ERR_NONE;
}

static __always_inline bool pt_attr_same(struct pt_attr a, struct pt_attr b)
{
    return a.rights == b.rights && a.memory == b.memory && a.software == b.software;
}

/* True if all of [ia, end) is mapped; *same: and with ATTR already. */
static __always_inline bool pt_is_mapped(const struct pt_format *fmt, const struct pt *pt,
                                         uint64_t ia, uint64_t end, struct pt_attr attr, bool *same)
{
    struct pt_cursor c;
    *same = true;
    for (uint64_t at = ia; at < end; at = c.base + c.span) {
        pt_seek(fmt, pt, at, &c);
        if (!c.valid)
            return false;
        *same = *same && pt_attr_same(fmt->attr(c.entry), attr);
    }
    return true;
}

/*
 * Give what is mapped in [ia, ia + size) ATTR. ERR_NOT_FOUND: a page of it is not mapped, nothing
 * changed; ERR_NO_MEMORY for a split: every page is mapped as before. On return no CPU uses the old
 * rights.
 */
static __always_inline enum err pt_protect(const struct pt_format *fmt, struct pt *pt, uint64_t ia,
                                           uint64_t size_bytes, struct pt_attr attr)
{
    bool same;
    uint64_t end = ia + size_bytes;
    enum err err = pt_check_range(ia, size_bytes, pt_input_bits(fmt));
    if (err)
        return err;
    if (!pt_is_mapped(fmt, pt, ia, end, attr, &same))
        return ERR_NOT_FOUND;
    if (same)
        return ERR_NONE;
    err = pt_split_at(fmt, pt, ia);
    if (!err)
        err = pt_split_at(fmt, pt, end);
    if (err)
        return err;

    struct pt_cursor c;
    for (uint64_t at = ia; at < end; at = c.base + c.span) {
        pt_seek(fmt, pt, at, &c);
        uint64_t entry = fmt->make_leaf(fmt->address(c.entry), attr, c.level, fmt->level_count);
        if (fmt->attr(c.entry).memory != attr.memory) {
            /* Two memory types for one address at a time are not allowed; two sets of rights are.
             */
            pt_write(c.slot, 0);
            pt->ops->publish(pt);
            pt->ops->forget(pt, c.base, c.span);
        }
        pt_write(c.slot, entry);
    }
    pt->ops->publish(pt);
    pt->ops->forget(pt, ia, size_bytes);
    return ERR_NONE;
}

/*
 * What IA maps to: the byte's address, the size of its leaf, its attributes. ERR_NOT_FOUND,
 * ERR_RANGE.
 */
static __always_inline enum err pt_lookup(const struct pt_format *fmt, const struct pt *pt,
                                          uint64_t ia, hpa_t *hpa, uint64_t *size_bytes,
                                          struct pt_attr *attr)
{
    struct pt_cursor c;
    if (ia >= bit64(pt_input_bits(fmt)))
        return ERR_RANGE;
    pt_seek(fmt, pt, ia, &c);
    if (!c.valid)
        return ERR_NOT_FOUND;
    *hpa = hpa_add(fmt->address(c.entry), ia - c.base);
    *size_bytes = c.span;
    *attr = fmt->attr(c.entry);
    return ERR_NONE;
}

/* Unmap everything: only the empty root is left. Cannot fail, as nothing is split. */
static __always_inline void pt_free_tables(const struct pt_format *fmt, struct pt *pt)
{
    uint64_t end = bit64(pt_input_bits(fmt));
    pt_clear(fmt, pt, 0, end);
    pt_retire(fmt, pt, 0, end);
}

/* Where the next valid entry may be: behind C and the holes that follow it in the same table. */
static __always_inline uint64_t pt_skip_holes(const struct pt_format *fmt,
                                              const struct pt_cursor *c)
{
    uint64_t next = c->base + c->span;
    uint64_t table_end = align_up(next, c->span * pt_slot_count(fmt, c->level));
    const uint64_t *slot = c->slot + 1;

    while (next < table_end && !fmt->is_valid(pt_read(slot))) {
        slot++;
        next += c->span;
    }
    return next;
}

/* Show every leaf and every table, in the order of input addresses. */
static __always_inline void pt_visit(const struct pt_format *fmt, const struct pt *pt,
                                     const struct pt_visitor *visitor)
{
    struct pt_cursor c;
    for (uint64_t at = 0; at < bit64(pt_input_bits(fmt)); at = pt_skip_holes(fmt, &c)) {
        pt_seek(fmt, pt, at, &c);
        for (unsigned level = 1; level <= c.level; level++)
            if (is_aligned(at, pt_span(fmt, level - 1)))
                visitor->table(visitor->context, c.tables[level]);
        if (c.valid)
            visitor->leaf(visitor->context, c.base, fmt->address(c.entry), c.span,
                          fmt->attr(c.entry));
    }
}
