/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The walker against an oracle of single pages, with a CPU beside it that walks the table at every
 * step, caches what it finds, and objects when the table is changed under it in a way that the
 * architecture forbids. Tiny tables (a few entries each) make every shape come up often.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "arch/arm/model/lpae.h"
#include "core/pt_walk.h"

/* Four entries a table, eight in the root: 21, 19 and 17 bits of address. */
#define TINY(levels, root, blocks)                                                               \
    {                                                                                            \
        .level_count = (levels), .level_bits = 2, .root_bits = (root), .block_levels = (blocks), \
        .output_bits = 40, .make_leaf = lpae_s2_make_leaf, .make_table = lpae_make_table,        \
        .is_valid = lpae_is_valid, .is_leaf = lpae_is_leaf, .address = lpae_address,             \
        .attr = lpae_s2_attr,                                                                    \
    }
static const struct pt_format formats[] = {
    TINY(4, 3, 0x6), TINY(4, 3, 0x7), TINY(3, 4, 0x3), TINY(3, 2, 0x0), TINY(5, 2, 0xf),
};
#define UNIVERSE_PAGES 1024

/* ---- the fake machine */

#define POOL_PAGES 512
#define POOL_BASE  0x80000000ULL
static uint64_t pool[POOL_PAGES][512] __aligned(4096);
static bool used[POOL_PAGES];
static uint32_t used_count, fail_countdown;

/* What the watching CPU has cached for each page: the leaf, and the tables on the way. */
static struct {
    bool valid;
    unsigned level;
    uint64_t entry;
    const uint64_t *tables[PT_LEVEL_MAX];
} tlb[UNIVERSE_PAGES];

static const struct pt_format *fmt;
static struct pt pt;
static uint32_t publish_count, forget_count;
static uint64_t forgotten_base, forgotten_bytes;

static uint32_t page_count(void)
{
    return (uint32_t)MIN(bit64(pt_input_bits(fmt) - PAGE_SHIFT), UNIVERSE_PAGES);
}

/* Walk for PAGE as hardware does, and cache. A second, different translation beside a cached one is
 * the bug. */
static void watch(uint32_t page)
{
    uint64_t *table = pt.root;
    const uint64_t *tables[PT_LEVEL_MAX] = {NULL};
    for (unsigned level = 0;; level++) {
        tables[level] = table;
        uint64_t entry = *pt_slot(fmt, table, (uint64_t)page << PAGE_SHIFT, level);
        if (!fmt->is_valid(entry))
            return;
        if (fmt->is_leaf(entry, level, fmt->level_count)) {
            uint64_t rights = LPAE_S2_S2AP_R | LPAE_S2_S2AP_W | LPAE_S2_XN1 | LPAE_S2_SOFTWARE;
            if (tlb[page].valid) {
                assert_int_equal(tlb[page].level, level);
                assert_int_equal(tlb[page].entry & ~rights, entry & ~rights);
            }
            tlb[page].valid = true;
            tlb[page].level = level;
            tlb[page].entry = entry;
            memcpy(tlb[page].tables, tables, sizeof(tables));
            return;
        }
        table = pt.ops->to_table(fmt->address(entry));
    }
}
static void watch_all(void)
{
    for (uint32_t page = 0; page < page_count(); page++)
        watch(page);
}

static void *op_alloc(struct pt *p)
{
    if (fail_countdown != 0 && --fail_countdown == 0)
        return NULL;
    watch_all();
    for (uint32_t i = 0; i < POOL_PAGES; i++) {
        if (!used[i]) {
            used[i] = true;
            used_count++;
            return memset(pool[i], 0, sizeof(pool[i]));
        }
    }
    return NULL;
}
static void op_free(struct pt *p, void *page)
{
    watch_all();
    for (uint32_t i = 0; i < UNIVERSE_PAGES; i++)
        for (unsigned level = 0; tlb[i].valid && level < PT_LEVEL_MAX; level++)
            assert_ptr_not_equal(tlb[i].tables[level], page);
    size_t index = (size_t)((uint64_t(*)[512])page - pool);
    assert_true(used[index]);
    memset(page, 0xff, PAGE_SIZE); /* a walk that still comes here is seen */
    used[index] = false;
    used_count--;
}
static hpa_t op_to_hpa(const void *table)
{
    return HPA(POOL_BASE + (uint64_t)((const char *)table - (const char *)pool));
}
static void *op_to_table(hpa_t hpa)
{
    assert_in_range(hpa.raw, POOL_BASE, POOL_BASE + sizeof(pool) - 1);
    return (char *)pool + (hpa.raw - POOL_BASE);
}
static void op_publish(struct pt *p)
{
    publish_count++;
    watch_all();
}
static void op_forget(struct pt *p, uint64_t ia, uint64_t size_bytes)
{
    forget_count++;
    forgotten_base = ia;
    forgotten_bytes = size_bytes;
    watch_all();
    for (uint64_t page = ia >> PAGE_SHIFT;
         page < (ia + size_bytes) >> PAGE_SHIFT && page < UNIVERSE_PAGES; page++)
        tlb[page].valid = false;
    watch_all(); /* an entry that is still there would be cached again */
}
static const struct pt_ops ops = {op_alloc, op_free, op_to_hpa, op_to_table, op_publish, op_forget};

static void start(const struct pt_format *format)
{
    memset(used, 0, sizeof(used));
    memset(tlb, 0, sizeof(tlb));
    used_count = fail_countdown = publish_count = forget_count = 0;
    fmt = format;
    uint64_t root_pages = pt_root_bytes(fmt) / PAGE_SIZE;
    for (uint64_t i = 0; i < root_pages; i++) {
        used[i] = true;
        used_count++;
    }
    memset(pool, 0, root_pages * PAGE_SIZE);
    pt_init(fmt, &pt, &ops, pool[0]);
    assert_int_equal(pt.page_count, root_pages);
}

/* ---- the oracle */

struct page {
    bool mapped;
    uint64_t hpa;
    struct pt_attr attr;
};
static struct page oracle[UNIVERSE_PAGES];

static void check_page(uint32_t page)
{
    hpa_t hpa;
    uint64_t size;
    struct pt_attr attr;
    uint64_t ia = ((uint64_t)page << PAGE_SHIFT) + 0x123;
    enum err err = pt_lookup(fmt, &pt, ia, &hpa, &size, &attr);
    assert_int_equal(err, oracle[page].mapped ? ERR_NONE : ERR_NOT_FOUND);
    if (err == ERR_NONE) {
        assert_int_equal(hpa.raw, oracle[page].hpa + 0x123);
        assert_true(pt_attr_same(attr, oracle[page].attr));
    }
}

/* Tables reachable from TABLE, itself included; none but the root is empty. */
static uint32_t count_tables(const uint64_t *table, unsigned level)
{
    uint32_t count = 1, valid = 0;
    for (unsigned i = 0; i < pt_slot_count(fmt, level); i++) {
        if (!fmt->is_valid(table[i]))
            continue;
        valid++;
        if (!fmt->is_leaf(table[i], level, fmt->level_count))
            count += count_tables(op_to_table(fmt->address(table[i])), level + 1);
    }
    assert_true(level == 0 || valid > 0);
    return count;
}

static void check_all(void)
{
    for (uint32_t page = 0; page < page_count(); page++) {
        check_page(page);
        /* No CPU uses a translation that is gone, or rights that are. */
        if (tlb[page].valid) {
            assert_true(oracle[page].mapped);
            assert_true(pt_attr_same(fmt->attr(tlb[page].entry), oracle[page].attr));
        }
    }
    assert_int_equal(count_tables(pt.root, 0), used_count);
    assert_int_equal(pt.page_count, used_count);
}

static uint64_t random_state;
#ifdef RANDOM_BELOW /* tests/fuzz/s2_fuzz.c chooses */
#define random_below RANDOM_BELOW
#else
static uint32_t random_below(uint32_t n)
{
    random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(random_state >> 33) % n;
}
#endif

static struct pt_attr random_attr(void)
{
    bool device = random_below(4) == 0;
    return (struct pt_attr){
        .rights = (uint8_t)(random_below(8) & (device ? (uint32_t)~PT_EXEC : 7u)),
        .memory = device ? PT_DEVICE : PT_NORMAL,
        .software = (uint8_t)random_below(16),
    };
}

static bool all_mapped(uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++)
        if (!oracle[i].mapped)
            return false;
    return true;
}
static bool any_mapped(uint32_t first, uint32_t count)
{
    for (uint32_t i = first; i < first + count; i++)
        if (oracle[i].mapped)
            return true;
    return false;
}

static enum err random_op(uint32_t *first, uint32_t *count, struct page *set, uint32_t *kind)
{
    uint32_t n = page_count();
    *first = random_below(n);
    *count = 1 + random_below(random_below(3) == 0 ? n - *first : MIN(20u, n - *first));
    /* Often at round addresses, so that blocks come up. */
    if (random_below(2) == 0) {
        *first &= ~15u;
        *count = MIN((*count + 15u) & ~15u, n - *first);
    }
    *kind = random_below(4);
    set->attr = random_attr();
    set->hpa = ((uint64_t)random_below(4096) << 20) + ((uint64_t)*first << PAGE_SHIFT);
    uint64_t ia = (uint64_t)*first << PAGE_SHIFT, size = (uint64_t)*count << PAGE_SHIFT;
    if (*kind <= 1)
        return pt_map(fmt, &pt, ia, HPA(set->hpa), size, set->attr);
    if (*kind == 2)
        return pt_unmap(fmt, &pt, ia, size);
    return pt_protect(fmt, &pt, ia, size, set->attr);
}

static void apply(uint32_t first, uint32_t count, const struct page *set, uint32_t kind)
{
    for (uint32_t i = 0; i < count; i++) {
        struct page *page = &oracle[first + i];
        if (kind <= 1)
            *page = (struct page){true, set->hpa + ((uint64_t)i << PAGE_SHIFT), set->attr};
        else if (kind == 2)
            page->mapped = false;
        else
            page->attr = set->attr;
    }
}

/* One operation, in one of FAIL_ONE_IN with an allocation that fails; counted in DONE, 4 for no
 * memory. */
static void random_round(uint32_t fail_one_in, uint32_t done[5])
{
    uint32_t first, count, kind;
    struct page set;
    if (fail_one_in != 0 && random_below(fail_one_in) == 0)
        fail_countdown = 1 + random_below(3);
    enum err err = random_op(&first, &count, &set, &kind);
    fail_countdown = 0;
    if (err == ERR_NO_MEMORY) {
        assert_true(fail_one_in != 0);
        done[4]++;
    } else if (kind <= 1) {
        assert_int_equal(err, any_mapped(first, count) ? ERR_EXISTS : ERR_NONE);
    } else if (kind == 3) {
        assert_int_equal(err, all_mapped(first, count) ? ERR_NONE : ERR_NOT_FOUND);
    } else {
        assert_int_equal(err, ERR_NONE);
    }
    if (err == ERR_NONE) {
        apply(first, count, &set, kind);
        done[kind]++;
    }
    check_all();
}

static void random_begin(const struct pt_format *format)
{
    start(format);
    memset(oracle, 0, sizeof(oracle));
}

/* Nothing is left in the end. */
static void random_end(void)
{
    pt_free_tables(fmt, &pt);
    memset(oracle, 0, sizeof(oracle));
    check_all();
    assert_int_equal(pt.page_count, pt_root_bytes(fmt) / PAGE_SIZE);
}

static void run_random(const struct pt_format *format, uint32_t rounds, uint32_t fail_one_in)
{
    uint32_t done[5] = {0};
    random_begin(format);
    random_state = 42;
    for (uint32_t round = 0; round < rounds; round++)
        random_round(fail_one_in, done);
    assert_true(done[0] + done[1] > rounds / 20 && done[2] > rounds / 20 && done[3] > rounds / 50);
    assert_true(fail_one_in == 0 || done[4] > 0 || format->level_count < 4);
    random_end();
}

static void random_operations(void **state)
{
    for (uint32_t i = 0; i < ARRAY_SIZE(formats); i++)
        run_random(&formats[i], 1500, 0);
}

static void random_operations_without_memory(void **state)
{
    for (uint32_t i = 0; i < ARRAY_SIZE(formats); i++)
        run_random(&formats[i], 1500, 3);
}

static const struct pt_attr rwx = {PT_READ | PT_WRITE | PT_EXEC, PT_NORMAL, 0};

/* ---- a map that fails at its N-th table leaves nothing; a split that fails changes no page */
static void each_allocation_fails(void **state)
{
    start(&lpae_hyp_format);
    for (uint32_t n = 1;; n++) {
        fail_countdown = n;
        enum err err = pt_map(fmt, &pt, GIB(513) - MIB(3) - PAGE_SIZE,
                              HPA(GIB(513) - MIB(3) - PAGE_SIZE), GIB(1) + MIB(5), rwx);
        if (err == ERR_NONE) {
            assert_in_range(n, 5, 10);
            break;
        }
        assert_int_equal(err, ERR_NO_MEMORY);
        assert_int_equal(used_count, 1);
        assert_int_equal(pt.page_count, 1);
    }
    fail_countdown = 0;
    pt_free_tables(fmt, &pt);

    assert_int_equal(pt_map(fmt, &pt, 0, HPA(0), GIB(1), rwx), ERR_NONE);
    for (uint32_t n = 1;; n++) {
        fail_countdown = n;
        enum err err = pt_unmap(fmt, &pt, MIB(2) + PAGE_SIZE, MIB(4));
        if (err == ERR_NONE)
            break;
        assert_int_equal(err, ERR_NO_MEMORY);
        for (uint64_t ia = 0; ia < MIB(10); ia += PAGE_SIZE) {
            hpa_t hpa;
            uint64_t size;
            struct pt_attr attr;
            assert_int_equal(pt_lookup(fmt, &pt, ia, &hpa, &size, &attr), ERR_NONE);
            assert_int_equal(hpa.raw, ia);
            assert_int_equal(attr.rights, rwx.rights);
        }
    }
    fail_countdown = 0;
    pt_free_tables(fmt, &pt);
    assert_int_equal(used_count, 1);
}

static uint64_t leaf_size(uint64_t ia)
{
    hpa_t hpa;
    uint64_t size = 0;
    struct pt_attr attr;
    return pt_lookup(fmt, &pt, ia, &hpa, &size, &attr) == ERR_NONE ? size : 0;
}

static void largest_blocks(void **state)
{
    start(&lpae_hyp_format);
    /* 4 KiB up to a 2 MiB boundary, 2 MiB up to a 1 GiB boundary, 1 GiB, and down again */
    assert_int_equal(pt_map(fmt, &pt, GIB(1) - MIB(2) - PAGE_SIZE, HPA(GIB(4) - MIB(2) - PAGE_SIZE),
                            GIB(1) + MIB(4) + 2 * PAGE_SIZE, rwx),
                     ERR_NONE);
    assert_int_equal(leaf_size(GIB(1) - MIB(2) - 2 * PAGE_SIZE), 0);
    assert_int_equal(leaf_size(GIB(1) - MIB(2) - PAGE_SIZE), PAGE_SIZE);
    assert_int_equal(leaf_size(GIB(1) - MIB(2)), MIB(2));
    assert_int_equal(leaf_size(GIB(1)), GIB(1));
    assert_int_equal(leaf_size(GIB(2)), MIB(2));
    assert_int_equal(leaf_size(GIB(2) + MIB(2)), PAGE_SIZE);
    assert_int_equal(leaf_size(GIB(2) + MIB(2) + PAGE_SIZE), 0);
    pt_free_tables(fmt, &pt);
    /* the output's alignment counts as well */
    assert_int_equal(pt_map(fmt, &pt, 0, HPA(MIB(1)), MIB(4), rwx), ERR_NONE);
    assert_int_equal(leaf_size(0), PAGE_SIZE);
    assert_int_equal(pt_map(fmt, &pt, GIB(3), HPA(MIB(2)), GIB(1), rwx), ERR_NONE);
    assert_int_equal(leaf_size(GIB(3)), MIB(2));
    pt_free_tables(fmt, &pt);
    assert_int_equal(pt.page_count, 1);
}

static void bad_ranges(void **state)
{
    hpa_t hpa;
    uint64_t size;
    struct pt_attr attr;
    start(&lpae_hyp_format);
    const uint64_t end = 1ULL << 48;
    assert_int_equal(pt_map(fmt, &pt, 0, HPA(0), 0, rwx), ERR_INVALID);
    assert_int_equal(pt_map(fmt, &pt, 1, HPA(0), PAGE_SIZE, rwx), ERR_INVALID);
    assert_int_equal(pt_map(fmt, &pt, 0, HPA(8), PAGE_SIZE, rwx), ERR_INVALID);
    assert_int_equal(pt_map(fmt, &pt, 0, HPA(0), PAGE_SIZE + 1, rwx), ERR_INVALID);
    assert_int_equal(pt_map(fmt, &pt, end, HPA(0), PAGE_SIZE, rwx), ERR_RANGE);
    assert_int_equal(pt_map(fmt, &pt, end - PAGE_SIZE, HPA(0), 2 * PAGE_SIZE, rwx), ERR_RANGE);
    assert_int_equal(pt_map(fmt, &pt, 0ULL - PAGE_SIZE, HPA(0), 2 * PAGE_SIZE, rwx), ERR_RANGE);
    assert_int_equal(pt_map(fmt, &pt, 0, HPA(end - PAGE_SIZE), 2 * PAGE_SIZE, rwx), ERR_RANGE);
    assert_int_equal(pt_map(fmt, &pt, 0, HPA(0ULL - PAGE_SIZE), 2 * PAGE_SIZE, rwx), ERR_RANGE);
    assert_int_equal(pt_unmap(fmt, &pt, end, PAGE_SIZE), ERR_RANGE);
    assert_int_equal(pt_unmap(fmt, &pt, 0, 0), ERR_INVALID);
    assert_int_equal(pt_protect(fmt, &pt, end - PAGE_SIZE, 2 * PAGE_SIZE, rwx), ERR_RANGE);
    assert_int_equal(pt_lookup(fmt, &pt, end, &hpa, &size, &attr), ERR_RANGE);
    assert_int_equal(pt_lookup(fmt, &pt, UINT64_MAX, &hpa, &size, &attr), ERR_RANGE);
    assert_int_equal(pt.page_count, 1);
    assert_int_equal(publish_count, 0);
    /* the last page is good */
    assert_int_equal(pt_map(fmt, &pt, end - PAGE_SIZE, HPA(end - PAGE_SIZE), PAGE_SIZE, rwx),
                     ERR_NONE);
    assert_int_equal(pt_lookup(fmt, &pt, end - 1, &hpa, &size, &attr), ERR_NONE);
    assert_int_equal(hpa.raw, end - 1);
    assert_int_equal(pt_unmap(fmt, &pt, end - PAGE_SIZE, PAGE_SIZE), ERR_NONE);
    assert_int_equal(pt.page_count, 1);
}

static void what_is_forgotten(void **state)
{
    start(&lpae_hyp_format);
    assert_int_equal(pt_map(fmt, &pt, MIB(2), HPA(MIB(2)), MIB(4), rwx), ERR_NONE);
    assert_int_equal(forget_count, 0); /* nothing was there: no TLB holds anything */
    assert_true(publish_count > 0);
    /* rights of a whole block: one entry, no table, one range forgotten */
    uint64_t pages = pt.page_count;
    assert_int_equal(pt_protect(fmt, &pt, MIB(2), MIB(2), (struct pt_attr){PT_READ, PT_NORMAL, 1}),
                     ERR_NONE);
    assert_int_equal(pt.page_count, pages);
    assert_int_equal(forget_count, 1);
    assert_int_equal(forgotten_base, MIB(2));
    assert_int_equal(forgotten_bytes, MIB(2));
    /* the same once more: nothing to do */
    assert_int_equal(pt_protect(fmt, &pt, MIB(2), MIB(2), (struct pt_attr){PT_READ, PT_NORMAL, 1}),
                     ERR_NONE);
    assert_int_equal(forget_count, 1);
    /* the last page of a table: with the table all that it covered is forgotten */
    assert_int_equal(pt_unmap(fmt, &pt, MIB(2), MIB(4)), ERR_NONE);
    assert_int_equal(pt.page_count, 1);
    assert_int_equal(forgotten_base, 0);
    assert_int_equal(forgotten_bytes, GIB(512));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_operations),
        cmocka_unit_test(random_operations_without_memory),
        cmocka_unit_test(each_allocation_fails),
        cmocka_unit_test(largest_blocks),
        cmocka_unit_test(bad_ranges),
        cmocka_unit_test(what_is_forgotten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
