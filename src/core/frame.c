/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the free memory of the host. Free ranges stand in a sorted array, without neighbours that
 * touch; runs are taken from the lowest that fits, pages from the top of the highest. A page that
 * is given back goes on a list, linked through itself, and is handed out again first, so that
 * tables come and go cheaply and never need a slot in the array. The list is folded back into the
 * array when a run is asked for; what finds no slot there stays on the list, so nothing is ever
 * lost.
 */
#include "core/frame.h"

#include "arch/arch.h"
#include "core/ghost.h"
#include "core/lock.h"
#include "lib/panic.h"
#include "lib/string.h"

#define FRAME_RANGE_MAX 256

struct frame_range {
    uint64_t base, end;
};

/* What a page on the list holds. */
struct free_page {
    struct free_page *next;
};

static struct {
    struct spinlock lock;
    struct frame_range ranges[FRAME_RANGE_MAX]; /* ascending, disjoint, not touching */
    uint32_t count;
    struct free_page *pages;
    uint64_t free_bytes, used_bytes;
    uint64_t page_end; /* pages and structures lie below; 0: anywhere */
    uint32_t fail_countdown;
} pool;

/* ---- the array; all with the lock held */

/* Index of the first range that ends after ADDR: it holds ADDR or is the next one above. */
static uint32_t range_search(uint64_t addr)
{
    uint32_t lo = 0, hi = pool.count;
    while (lo < hi) {
        uint32_t mid = lo + (hi - lo) / 2;
        if (pool.ranges[mid].end > addr)
            hi = mid;
        else
            lo = mid + 1;
    }
    return lo;
}

static void range_delete(uint32_t i)
{
    pool.count--;
    memmove(&pool.ranges[i], &pool.ranges[i + 1], (pool.count - i) * sizeof(pool.ranges[0]));
}

static bool range_insert(uint32_t i, uint64_t base, uint64_t end)
{
    if (pool.count == FRAME_RANGE_MAX)
        return false;
    memmove(&pool.ranges[i + 1], &pool.ranges[i], (pool.count - i) * sizeof(pool.ranges[0]));
    pool.ranges[i] = (struct frame_range){base, end};
    pool.count++;
    return true;
}

static bool range_is_free(uint64_t base, uint64_t end)
{
    uint32_t i = range_search(base);
    return i < pool.count && pool.ranges[i].base <= base && end <= pool.ranges[i].end;
}

static bool range_touches_free(uint64_t base, uint64_t end)
{
    uint32_t i = range_search(base);
    return i < pool.count && pool.ranges[i].base < end;
}

/* Add [base, end), of which nothing is in the array. False: it needs a slot and there is none. */
static bool range_add(uint64_t base, uint64_t end)
{
    uint32_t i = range_search(base);
    bool joins_low = i > 0 && pool.ranges[i - 1].end == base;
    bool joins_high = i < pool.count && pool.ranges[i].base == end;
    if (joins_low && joins_high) {
        pool.ranges[i - 1].end = pool.ranges[i].end;
        range_delete(i);
    } else if (joins_low) {
        pool.ranges[i - 1].end = end;
    } else if (joins_high) {
        pool.ranges[i].base = base;
    } else {
        return range_insert(i, base, end);
    }
    return true;
}

/* Cut [base, end) out of range I, which holds it. False: the rest needs a slot and there is none.
 */
static bool range_cut(uint32_t i, uint64_t base, uint64_t end)
{
    struct frame_range *r = &pool.ranges[i];
    if (r->base == base && r->end == end) {
        range_delete(i);
    } else if (r->base == base) {
        r->base = end;
    } else if (r->end == end) {
        r->end = base;
    } else {
        if (!range_insert(i + 1, end, r->end))
            return false;
        r->end = base;
    }
    return true;
}

/* ---- the list of single pages; all with the lock held */

static void page_push(uint64_t hpa)
{
    struct free_page *page = arch_to_ptr(HPA(hpa));
    page->next = pool.pages;
    pool.pages = page;
}

/* Fold the list into the array as far as there are slots. */
static void pages_fold(void)
{
    struct free_page *page = pool.pages;
    pool.pages = NULL;
    while (page != NULL) {
        struct free_page *next = page->next;
        uint64_t hpa = arch_to_hpa(page).raw;
        if (!range_add(hpa, hpa + PAGE_SIZE))
            page_push(hpa);
        page = next;
    }
}

/* Give a range back; without a slot for it, page by page onto the list. */
static void give(uint64_t base, uint64_t end)
{
    BUG_ON(range_touches_free(base, end)); /* freed twice */
    pool.free_bytes += end - base;
    if (range_add(base, end))
        return;
    for (uint64_t page = base; page < end; page += PAGE_SIZE)
        page_push(page);
}

/* One allocation, of which a test may have asked that it fail. */
static bool should_fail(void)
{
    return pool.fail_countdown != 0 && --pool.fail_countdown == 0;
}

static bool take_from(uint32_t i, uint64_t base, uint64_t end)
{
    if (!range_cut(i, base, end))
        return false;
    pool.free_bytes -= end - base;
    return true;
}

/* The lowest place for SIZE. */
static bool take_low(uint64_t size_bytes, uint64_t align, uint64_t *base)
{
    for (uint32_t i = 0; i < pool.count; i++) {
        *base = align_up(pool.ranges[i].base, align);
        if (range_within(*base, size_bytes, pool.ranges[i].base,
                         pool.ranges[i].end - pool.ranges[i].base) &&
            take_from(i, *base, *base + size_bytes))
            return true;
    }
    return false;
}

/* The highest place for SIZE that pages may have. */
static bool take_high(uint64_t size_bytes, uint64_t align, uint64_t *base)
{
    for (uint32_t i = pool.count; i-- > 0;) {
        uint64_t end = MIN(pool.ranges[i].end, pool.page_end != 0 ? pool.page_end : UINT64_MAX);
        if (end < size_bytes)
            continue;
        *base = align_down(end - size_bytes, align);
        if (*base >= pool.ranges[i].base && take_from(i, *base, *base + size_bytes))
            return true;
    }
    return false;
}

/* ---- what others call */

static bool is_page_range(uint64_t base, uint64_t size_bytes)
{
    return size_bytes != 0 && is_aligned(base | size_bytes, PAGE_SIZE) && base + size_bytes >= base;
}

enum err frame_add(hpa_t base, uint64_t size_bytes)
{
    if (base.raw + size_bytes < base.raw || base.raw > UINT64_MAX - PAGE_SIZE)
        return ERR_RANGE;
    uint64_t low = align_up(base.raw, PAGE_SIZE);
    uint64_t end = align_down(base.raw + size_bytes, PAGE_SIZE);
    if (low >= end)
        return ERR_NONE;

    enum err err = ERR_EXISTS;
    spin_lock(&pool.lock);
    pages_fold();
    if (!range_touches_free(low, end)) {
        give(low, end);
        err = ERR_NONE;
    }
    spin_unlock(&pool.lock);
    return err;
}

/* Pages on the list that the array had no slot for, and that lie in [base, end), are dropped too.
 */
static void reserve_listed(uint64_t base, uint64_t end) REQUIRES(pool.lock)
{
    for (struct free_page **link = &pool.pages; *link != NULL;) {
        uint64_t hpa = arch_to_hpa(*link).raw;
        if (hpa >= base && hpa < end) {
            *link = (*link)->next;
            pool.free_bytes -= PAGE_SIZE;
        } else {
            link = &(*link)->next;
        }
    }
}

enum err frame_reserve(hpa_t base, uint64_t size_bytes)
{
    if (size_bytes == 0)
        return ERR_NONE;
    if (base.raw + size_bytes < base.raw || base.raw + size_bytes > UINT64_MAX - PAGE_SIZE)
        return ERR_RANGE;
    uint64_t low = align_down(base.raw, PAGE_SIZE);
    uint64_t end = align_up(base.raw + size_bytes, PAGE_SIZE);

    enum err err = ERR_NONE;
    spin_lock(&pool.lock);
    pages_fold();
    reserve_listed(low, end);
    for (uint32_t i = range_search(low); i < pool.count && pool.ranges[i].base < end;
         i = range_search(low)) {
        struct frame_range r = pool.ranges[i];
        if (!take_from(i, MAX(r.base, low), MIN(r.end, end))) {
            err = ERR_NO_MEMORY;
            break;
        }
    }
    spin_unlock(&pool.lock);
    return err;
}

enum err frame_claim(hpa_t base, uint64_t size_bytes)
{
    if (!is_page_range(base.raw, size_bytes))
        return ERR_INVALID;
    enum err err = ERR_BUSY;
    spin_lock(&pool.lock);
    pages_fold();
    if (should_fail())
        err = ERR_NO_MEMORY;
    else if (range_is_free(base.raw, base.raw + size_bytes))
        err = take_from(range_search(base.raw), base.raw, base.raw + size_bytes) ? ERR_NONE
                                                                                 : ERR_NO_MEMORY;
    spin_unlock(&pool.lock);
    return err;
}

enum err frame_alloc_run(uint64_t size_bytes, uint64_t align_bytes, hpa_t *out)
{
    if (size_bytes == 0 || !is_aligned(size_bytes, PAGE_SIZE) || !is_pow2(align_bytes) ||
        align_bytes < PAGE_SIZE)
        return ERR_INVALID;
    uint64_t base = 0;
    spin_lock(&pool.lock);
    bool ok = !should_fail();
    if (ok && !take_low(size_bytes, align_bytes, &base)) {
        pages_fold();
        ok = take_low(size_bytes, align_bytes, &base);
    }
    spin_unlock(&pool.lock);
    *out = HPA(base);
    return ok ? ERR_NONE : ERR_NO_MEMORY;
}

enum err frame_alloc_largest(uint64_t want_bytes, uint64_t align_bytes, hpa_t *out, uint64_t *got)
{
    if (!is_pow2(align_bytes) || align_bytes < PAGE_SIZE || want_bytes < align_bytes)
        return ERR_INVALID;
    uint64_t best_base = 0, best = 0;
    uint32_t best_index = 0;
    uint64_t want = align_down(want_bytes, align_bytes);
    spin_lock(&pool.lock);
    pages_fold();
    for (uint32_t i = 0; i < pool.count; i++) {
        uint64_t base = align_up(pool.ranges[i].base, align_bytes);
        if (base < pool.ranges[i].base || base >= pool.ranges[i].end)
            continue;
        uint64_t size = MIN(want, align_down(pool.ranges[i].end - base, align_bytes));
        if (size > best) {
            best = size;
            best_base = base;
            best_index = i;
        }
    }
    bool ok = !should_fail() && best != 0 && take_from(best_index, best_base, best_base + best);
    spin_unlock(&pool.lock);
    *out = HPA(best_base);
    *got = ok ? best : 0;
    return ok ? ERR_NONE : ERR_NO_MEMORY;
}

void frame_free_run(hpa_t base, uint64_t size_bytes)
{
    BUG_ON(!is_page_range(base.raw, size_bytes));
    spin_lock(&pool.lock);
    give(base.raw, base.raw + size_bytes);
    spin_unlock(&pool.lock);
}

void *frame_alloc_pages(uint32_t count, uint64_t align_bytes)
{
    uint64_t base = 0;
    uint64_t size_bytes = (uint64_t)count * PAGE_SIZE;
    BUG_ON(count == 0 || !is_pow2(align_bytes) || align_bytes < PAGE_SIZE);
    spin_lock(&pool.lock);
    bool ok = !should_fail();
    if (ok && count == 1 && align_bytes == PAGE_SIZE && pool.pages != NULL) {
        base = arch_to_hpa(pool.pages).raw;
        pool.pages = pool.pages->next;
        pool.free_bytes -= PAGE_SIZE;
    } else if (ok && !take_high(size_bytes, align_bytes, &base)) {
        pages_fold();
        ok = take_high(size_bytes, align_bytes, &base);
    }
    if (ok)
        pool.used_bytes += size_bytes;
    spin_unlock(&pool.lock);
    if (!ok)
        return NULL;
    ghost_pages_taken(HPA(base), size_bytes);
    void *pages = arch_to_ptr(HPA(base));
    arch_zero_pages(pages, size_bytes);
    return pages;
}

void frame_free_pages(void *pages, uint32_t count)
{
    uint64_t base = arch_to_hpa(pages).raw;
    uint64_t size_bytes = (uint64_t)count * PAGE_SIZE;
    BUG_ON(!is_page_range(base, size_bytes));
    ghost_pages_given(HPA(base), size_bytes);
    spin_lock(&pool.lock);
    pool.used_bytes -= size_bytes;
    if (count == 1) {
        BUG_ON(range_touches_free(base, base + PAGE_SIZE));
        page_push(base);
        pool.free_bytes += PAGE_SIZE;
    } else {
        give(base, base + size_bytes);
    }
    spin_unlock(&pool.lock);
}

void *frame_alloc_page(void)
{
    return frame_alloc_pages(1, PAGE_SIZE);
}

void frame_free_page(void *page)
{
    frame_free_pages(page, 1);
}

uint64_t frame_free_bytes(void)
{
    spin_lock(&pool.lock);
    uint64_t bytes = pool.free_bytes;
    spin_unlock(&pool.lock);
    return bytes;
}

uint64_t frame_used_bytes(void)
{
    spin_lock(&pool.lock);
    uint64_t bytes = pool.used_bytes;
    spin_unlock(&pool.lock);
    return bytes;
}

void frame_visit_free(void (*range)(void *context, uint64_t base, uint64_t end), void *context)
{
    spin_lock(&pool.lock);
    for (uint32_t i = 0; i < pool.count; i++)
        range(context, pool.ranges[i].base, pool.ranges[i].end);
    for (const struct free_page *page = pool.pages; page != NULL; page = page->next) {
        uint64_t base = arch_to_hpa(page).raw;
        range(context, base, base + PAGE_SIZE);
    }
    spin_unlock(&pool.lock);
}

void frame_set_page_end(hpa_t end)
{
    spin_lock(&pool.lock);
    pool.page_end = end.raw;
    spin_unlock(&pool.lock);
}

void frame_fail_nth(uint32_t n)
{
    spin_lock(&pool.lock);
    pool.fail_countdown = n;
    spin_unlock(&pool.lock);
}

void frame_reset(void)
{
    spin_lock(&pool.lock);
    pool.count = 0;
    pool.pages = NULL;
    pool.free_bytes = 0;
    pool.used_bytes = 0;
    pool.fail_countdown = 0;
    pool.page_end = 0;
    spin_unlock(&pool.lock);
    ghost_forget();
}
