/* SPDX-License-Identifier: Apache-2.0 */
/* The page allocator and the heap over a small arena, against a map of who owns which page. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "arch/arch.h"
#include "arch/host/host_mem.h"
#include "core/frame.h"
#include "lib/types.h"

#define BASE  0x40000000ULL
#define PAGES 2048u

static int start(void **state)
{
    host_mem_init(HPA(BASE), PAGES * PAGE_SIZE);
    frame_reset();
    return 0;
}

static void add_all(void)
{
    assert_int_equal(frame_add(HPA(BASE), PAGES * PAGE_SIZE), ERR_NONE);
}

static uint64_t random_state = 7;
static uint32_t random_below(uint32_t n)
{
    random_state = random_state * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)(random_state >> 33) % n;
}

static void ranges_are_added_and_reserved(void **state)
{
    hpa_t at;
    /* parts of pages are left out */
    assert_int_equal(frame_add(HPA(BASE + 1), 3 * PAGE_SIZE), ERR_NONE);
    assert_int_equal(frame_free_bytes(), 2 * PAGE_SIZE);
    assert_int_equal(frame_add(HPA(BASE + 5), 10), ERR_NONE);
    assert_int_equal(frame_free_bytes(), 2 * PAGE_SIZE);
    assert_int_equal(frame_add(HPA(BASE + 2 * PAGE_SIZE), 8 * PAGE_SIZE), ERR_EXISTS);
    assert_int_equal(frame_add(HPA(UINT64_MAX - 5), 100), ERR_RANGE);
    assert_int_equal(frame_add(HPA(UINT64_MAX - 5), 2), ERR_RANGE);
    /* neighbours become one */
    assert_int_equal(frame_add(HPA(BASE + 5 * PAGE_SIZE), 2 * PAGE_SIZE), ERR_NONE);
    assert_int_equal(frame_add(HPA(BASE + 3 * PAGE_SIZE), 2 * PAGE_SIZE), ERR_NONE);
    assert_int_equal(frame_alloc_run(6 * PAGE_SIZE, PAGE_SIZE, &at), ERR_NONE);
    assert_int_equal(at.raw, BASE + PAGE_SIZE);
    frame_free_run(at, 6 * PAGE_SIZE);
    /* reserving takes whole pages, over holes and past the ends */
    assert_int_equal(frame_reserve(HPA(BASE + 2 * PAGE_SIZE + 5), 1), ERR_NONE);
    assert_int_equal(frame_free_bytes(), 5 * PAGE_SIZE);
    assert_int_equal(frame_reserve(HPA(BASE + 2 * PAGE_SIZE), 3 * PAGE_SIZE), ERR_NONE);
    assert_int_equal(frame_free_bytes(), 3 * PAGE_SIZE);
    assert_int_equal(frame_reserve(HPA(0), 0), ERR_NONE);
    assert_int_equal(frame_reserve(HPA(UINT64_MAX), 2), ERR_RANGE);
    assert_int_equal(frame_reserve(HPA(0), BASE * 2), ERR_NONE);
    assert_int_equal(frame_free_bytes(), 0);
    assert_null(frame_alloc_page());
}

static void pages_from_the_top_runs_from_the_bottom(void **state)
{
    hpa_t run;
    uint64_t got;
    add_all();
    memset(arch_to_ptr(HPA(BASE)), 0xaa, PAGES * PAGE_SIZE);
    uint64_t *page = frame_alloc_page();
    assert_int_equal(arch_to_hpa(page).raw, BASE + (PAGES - 1) * PAGE_SIZE);
    for (uint32_t i = 0; i < 512; i++)
        assert_int_equal(page[i], 0);
    assert_int_equal(frame_used_bytes(), PAGE_SIZE);
    assert_int_equal(frame_alloc_run(PAGE_SIZE, PAGE_SIZE, &run), ERR_NONE);
    assert_int_equal(run.raw, BASE);
    assert_int_equal(*(uint64_t *)arch_to_ptr(run), 0xaaaaaaaaaaaaaaaaULL);
    assert_int_equal(frame_used_bytes(), PAGE_SIZE);
    assert_int_equal(frame_alloc_run(MIB(2), MIB(2), &run), ERR_NONE);
    assert_int_equal(run.raw, BASE + MIB(2));
    assert_int_equal(frame_alloc_largest(MIB(64), MIB(2), &run, &got), ERR_NONE);
    assert_int_equal(run.raw, BASE + MIB(4));
    assert_int_equal(got, MIB(2));
    assert_int_equal(frame_alloc_largest(MIB(3), MIB(2), &run, &got), ERR_NO_MEMORY);
    assert_int_equal(frame_alloc_largest(MIB(3), PAGE_SIZE, &run, &got), ERR_NONE);
    assert_int_equal(got, MIB(2) - PAGE_SIZE);
    /* a page that comes back is handed out first, and clean */
    memset(page, 0x55, PAGE_SIZE);
    frame_free_page(page);
    assert_int_equal(frame_used_bytes(), 0);
    assert_ptr_equal(frame_alloc_page(), page);
    for (uint32_t i = 0; i < 512; i++)
        assert_int_equal(page[i], 0);
    /* several in a row, aligned */
    char *root = frame_alloc_pages(2, 2 * PAGE_SIZE);
    assert_non_null(root);
    assert_true(is_aligned(arch_to_hpa(root).raw, 2 * PAGE_SIZE));
    frame_free_pages(root, 2);
}

static void claims(void **state)
{
    hpa_t run;
    add_all();
    assert_int_equal(frame_claim(HPA(BASE + PAGE_SIZE), 2 * PAGE_SIZE), ERR_NONE);
    assert_int_equal(frame_claim(HPA(BASE + PAGE_SIZE), PAGE_SIZE), ERR_BUSY);
    assert_int_equal(frame_claim(HPA(BASE), 2 * PAGE_SIZE), ERR_BUSY);
    assert_int_equal(frame_claim(HPA(BASE), PAGES * PAGE_SIZE), ERR_BUSY);
    assert_int_equal(frame_claim(HPA(BASE - PAGE_SIZE), PAGE_SIZE), ERR_BUSY);
    assert_int_equal(frame_claim(HPA(BASE), 0), ERR_INVALID);
    assert_int_equal(frame_claim(HPA(BASE + 1), PAGE_SIZE), ERR_INVALID);
    assert_int_equal(frame_claim(HPA(0ULL - PAGE_SIZE), 2 * PAGE_SIZE), ERR_INVALID);
    assert_int_equal(frame_claim(HPA(BASE), PAGE_SIZE), ERR_NONE);
    frame_free_run(HPA(BASE), 3 * PAGE_SIZE);
    assert_int_equal(frame_free_bytes(), PAGES * PAGE_SIZE);
    assert_int_equal(frame_alloc_run(PAGES * PAGE_SIZE, PAGE_SIZE, &run), ERR_NONE);
    /* a page on the list of free ones can be claimed as well */
    frame_free_run(run, PAGES * PAGE_SIZE);
    void *page = frame_alloc_page();
    frame_free_page(page);
    assert_int_equal(frame_claim(arch_to_hpa(page), PAGE_SIZE), ERR_NONE);
}

static void bad_sizes(void **state)
{
    hpa_t run;
    uint64_t got;
    add_all();
    assert_int_equal(frame_alloc_run(0, PAGE_SIZE, &run), ERR_INVALID);
    assert_int_equal(frame_alloc_run(5, PAGE_SIZE, &run), ERR_INVALID);
    assert_int_equal(frame_alloc_run(PAGE_SIZE, 3 * PAGE_SIZE, &run), ERR_INVALID);
    assert_int_equal(frame_alloc_run(PAGE_SIZE, 8, &run), ERR_INVALID);
    assert_int_equal(frame_alloc_largest(PAGE_SIZE, MIB(2), &run, &got), ERR_INVALID);
    assert_int_equal(frame_alloc_run((PAGES + 1) * PAGE_SIZE, PAGE_SIZE, &run), ERR_NO_MEMORY);
    assert_int_equal(frame_alloc_run(0ULL - PAGE_SIZE, PAGE_SIZE, &run), ERR_NO_MEMORY);
    assert_int_equal(frame_alloc_run(PAGE_SIZE, 1ULL << 63, &run), ERR_NO_MEMORY);
    assert_null(frame_alloc_pages(PAGES + 1, PAGE_SIZE));
    assert_int_equal(frame_free_bytes(), PAGES * PAGE_SIZE);
}

/* More holes than the array has slots: nothing is lost, and all of it becomes one run again. */
static void more_pieces_than_slots(void **state)
{
    static void *pages[PAGES];
    hpa_t run;
    add_all();
    for (uint32_t i = 0; i < PAGES; i++)
        assert_non_null(pages[i] = frame_alloc_page());
    assert_null(frame_alloc_page());
    for (uint32_t i = 0; i < PAGES; i += 2)
        frame_free_page(pages[i]);
    assert_int_equal(frame_free_bytes(), PAGES / 2 * PAGE_SIZE);
    assert_int_equal(frame_alloc_run(2 * PAGE_SIZE, PAGE_SIZE, &run), ERR_NO_MEMORY);
    /* the array is full, and runs that come back go on the list as well */
    for (uint32_t i = 1; i + 1 < PAGES; i += 4)
        frame_free_run(arch_to_hpa(pages[i]), PAGE_SIZE);
    for (uint32_t i = 3; i < PAGES; i += 4)
        frame_free_run(arch_to_hpa(pages[i]), PAGE_SIZE);
    assert_int_equal(frame_free_bytes(), PAGES * PAGE_SIZE);
    assert_int_equal(frame_used_bytes(), PAGES / 2 * PAGE_SIZE); /* freed as runs, for this test */
    for (uint32_t i = 0; i < 8; i++) /* each fold finds more neighbours */
        assert_int_equal(frame_claim(HPA(BASE - PAGE_SIZE), PAGE_SIZE), ERR_BUSY);
    assert_int_equal(frame_alloc_run(PAGES * PAGE_SIZE, PAGE_SIZE, &run), ERR_NONE);
}

static void listed_pages_are_reserved(void **state)
{
    static void *pages[PAGES];
    add_all();
    for (uint32_t i = 0; i < PAGES; i++)
        pages[i] = frame_alloc_page();
    for (uint32_t i = 0; i < PAGES; i += 2)
        frame_free_page(pages[i]);
    assert_int_equal(frame_reserve(HPA(BASE), PAGES / 2 * PAGE_SIZE), ERR_NONE);
    assert_int_equal(frame_free_bytes(), PAGES / 4 * PAGE_SIZE);
    uint32_t left = 0;
    for (void *page; (page = frame_alloc_page()) != NULL; left++)
        assert_true(arch_to_hpa(page).raw >= BASE + PAGES / 2 * PAGE_SIZE);
    assert_int_equal(left, PAGES / 4);
}

/* ---- random use against an oracle */

struct holding {
    uint64_t base;
    uint32_t pages;
    bool as_pages;
};
static struct holding held[512];
static uint32_t held_count;
static uint8_t owner[PAGES];

static void take(uint64_t base, uint64_t size_bytes, bool as_pages)
{
    assert_in_range(base, BASE, BASE + PAGES * PAGE_SIZE - size_bytes);
    for (uint64_t p = (base - BASE) / PAGE_SIZE; p < (base - BASE + size_bytes) / PAGE_SIZE; p++) {
        assert_int_equal(owner[p], 0);
        owner[p] = 1;
    }
    held[held_count++] = (struct holding){base, (uint32_t)(size_bytes / PAGE_SIZE), as_pages};
}

static void give_back(uint32_t i)
{
    struct holding h = held[i];
    held[i] = held[--held_count];
    memset(&owner[(h.base - BASE) / PAGE_SIZE], 0, h.pages);
    if (h.as_pages)
        frame_free_pages(arch_to_ptr(HPA(h.base)), h.pages);
    else
        frame_free_run(HPA(h.base), h.pages * PAGE_SIZE);
}

static void random_take(void)
{
    uint64_t align = PAGE_SIZE << random_below(6);
    uint64_t size = PAGE_SIZE * (1 + random_below(40)), got;
    hpa_t at;
    void *p;
    switch (random_below(4)) {
    case 0:
        if (frame_alloc_run(size, align, &at) == ERR_NONE)
            take(at.raw, size, false);
        break;
    case 1:
        if (size >= align && frame_alloc_largest(size, align, &at, &got) == ERR_NONE) {
            assert_true(got != 0 && got <= size && is_aligned(got | at.raw, align));
            take(at.raw, got, false);
        }
        break;
    case 2:
        p = frame_alloc_pages(1 + (uint32_t)(size / PAGE_SIZE) % 4, align);
        if (p != NULL) {
            assert_true(is_aligned(arch_to_hpa(p).raw, align));
            take(arch_to_hpa(p).raw, PAGE_SIZE * (1 + (size / PAGE_SIZE) % 4), true);
        }
        break;
    default:
        p = frame_alloc_page();
        if (p != NULL)
            take(arch_to_hpa(p).raw, PAGE_SIZE, true);
    }
}

static void random_use(void **state)
{
    add_all();
    held_count = 0;
    memset(owner, 0, sizeof(owner));
    for (uint32_t round = 0; round < 60000; round++) {
        if (held_count < ARRAY_SIZE(held) && (held_count == 0 || random_below(100) < 52))
            random_take();
        else
            give_back(random_below(held_count));
        if (round % 64 == 0) {
            uint64_t pages = 0;
            for (uint32_t i = 0; i < PAGES; i++)
                pages += owner[i];
            assert_int_equal(frame_free_bytes(), (PAGES - pages) * PAGE_SIZE);
        }
    }
    while (held_count != 0)
        give_back(0);
    hpa_t all;
    assert_int_equal(frame_alloc_run(PAGES * PAGE_SIZE, PAGE_SIZE, &all), ERR_NONE);
    assert_int_equal(frame_used_bytes(), 0);
}

static void failures_on_demand(void **state)
{
    hpa_t run;
    uint64_t got;
    add_all();
    frame_fail_nth(2);
    assert_non_null(frame_alloc_page());
    assert_null(frame_alloc_page());
    assert_non_null(frame_alloc_page());
    frame_fail_nth(1);
    assert_int_equal(frame_alloc_run(PAGE_SIZE, PAGE_SIZE, &run), ERR_NO_MEMORY);
    frame_fail_nth(1);
    assert_int_equal(frame_alloc_largest(PAGE_SIZE, PAGE_SIZE, &run, &got), ERR_NO_MEMORY);
    frame_fail_nth(1);
    assert_int_equal(frame_claim(HPA(BASE), PAGE_SIZE), ERR_NO_MEMORY);
    frame_fail_nth(1);
    frame_fail_nth(0);
    assert_non_null(frame_alloc_page());
}

static void the_heap(void **state)
{
    add_all();
    assert_null(heap_alloc(0));
    assert_null(heap_alloc((size_t)UINT32_MAX + 1));
    char *last_end = NULL;
    for (size_t size = 1; size < 9000; size += 97) {
        char *p = heap_alloc(size);
        assert_non_null(p);
        assert_true(is_aligned((uintptr_t)p, 64));
        assert_true(p >= last_end || p + size <= last_end);
        for (size_t i = 0; i < size; i++)
            assert_int_equal(p[i], 0);
        memset(p, 0xee, size);
        last_end = p + size;
    }
    uint64_t used = frame_used_bytes();
    assert_true(used >= 9000 / 97 * 4500 && used < MIB(1));
    assert_null(heap_alloc(PAGES * PAGE_SIZE + 1));
    /* small ones fit where the last block ended, without a new page */
    assert_non_null(heap_alloc(1));
    assert_int_equal(frame_used_bytes(), used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(ranges_are_added_and_reserved, start),
        cmocka_unit_test_setup(pages_from_the_top_runs_from_the_bottom, start),
        cmocka_unit_test_setup(claims, start),
        cmocka_unit_test_setup(bad_sizes, start),
        cmocka_unit_test_setup(more_pieces_than_slots, start),
        cmocka_unit_test_setup(listed_pages_are_reserved, start),
        cmocka_unit_test_setup(random_use, start),
        cmocka_unit_test_setup(failures_on_demand, start),
        cmocka_unit_test_setup(the_heap, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
