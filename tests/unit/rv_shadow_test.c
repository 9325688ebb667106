/* SPDX-License-Identifier: Apache-2.0 */
/* Shadow page tables against a plain MMU, by chance and by example. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/fuzz/shadow_model.h"

#define LEAF(gpa, flags) ((gpa) >> 12 << 10 | (flags))
#define TABLE(page)      LEAF(RAM_BASE + (page)*PAGE_SIZE, 1)
#define RW_USER          0xd7 /* D A U W R V */
#define RW_USER_CLEAN    0x17
#define RWX_KERNEL       0xcf

static uint64_t sv39(uint16_t asid)
{
    return REG_PUT(SATP, MODE, RV_MODE_SV39) | REG_PUT(SATP, ASID, asid) | RAM_BASE >> 12;
}

/* Tables 0, 1 and 2 lead to address 0; pages by table 2. */
static int start(void **state)
{
    struct input in = {0};

    model_start(&in);
    model.tables[0][0] = TABLE(1);
    model.tables[1][0] = TABLE(2);
    return 0;
}

static void see(uint64_t satp, uint8_t view)
{
    model.satp = satp;
    model.view = view;
    rv_shadow_select(&model.shadow, satp, view);
}

static uint64_t hpa_seen(uint64_t va, uint8_t right)
{
    uint64_t hpa;

    hart_flush();
    return hart_translate(va, right, &hpa) ? hpa : 0;
}

static void by_chance(void **state)
{
    static uint8_t bytes[4000];
    uint64_t random = 88172645463325252;

    for (unsigned run = 0; run < 600; run++) {
        struct input in = {bytes, sizeof(bytes)};

        for (unsigned i = 0; i < sizeof(bytes); i++) {
            random ^= random << 13, random ^= random >> 7, random ^= random << 17;
            bytes[i] = (uint8_t)(random >> 32);
        }
        model_start(&in);
        model_prepare(&in);
        while (in.left != 0)
            model_step(&in);
    }
}

/* What was filled under one satp is there when the guest comes back to it. */
static void contexts_stay(void **state)
{
    model.tables[2][1] = LEAF(RAM_BASE + MIB(1), RW_USER);
    see(sv39(1), RV_VIEW_USER);
    guest_access(0x1000, TRAP_READ);
    see(sv39(2), RV_VIEW_USER);
    assert_int_equal(hpa_seen(0x1000, PT_READ), 0);
    guest_access(0x1000, TRAP_READ);
    see(sv39(1), RV_VIEW_USER);
    assert_int_equal(hpa_seen(0x1000, PT_READ), hpa_of(RAM_BASE + MIB(1)));
    assert_int_equal(model.shadow.fill_count, 2);
    model.tables[2][1] = LEAF(RAM_BASE + MIB(3), RW_USER);
    rv_shadow_fence_asid(&model.shadow, 2);
    rv_shadow_settle(&model.shadow);
    assert_int_not_equal(hpa_seen(0x1000, PT_READ), 0);
    rv_shadow_fence_asid(&model.shadow, 1);
    rv_shadow_settle(&model.shadow);
    assert_int_equal(hpa_seen(0x1000, PT_READ), 0);
}

static void fence(void)
{
    rv_shadow_fence_all(&model.shadow);
    rv_shadow_settle(&model.shadow);
}

/* A fence takes out what the tables do not say any more, at whatever level, and nothing else. */
static void fences_compare(void **state)
{
    for (unsigned i = 1; i < 4; i++)
        model.tables[2][i] = LEAF(RAM_BASE + MIB(1) + i * PAGE_SIZE, RW_USER);
    see(sv39(1), RV_VIEW_USER);
    for (unsigned i = 1; i < 4; i++)
        guest_access(i * PAGE_SIZE, TRAP_READ);
    fence();
    assert_int_equal(model.shadow.flush.what, RV_FLUSH_NONE);
    model.tables[2][2] = 0;
    assert_int_not_equal(hpa_seen(0x2000, PT_READ), 0);
    fence();
    assert_int_not_equal(hpa_seen(0x1000, PT_READ), 0);
    assert_int_equal(hpa_seen(0x2000, PT_READ), 0);
    assert_int_not_equal(hpa_seen(0x3000, PT_READ), 0);
    assert_int_equal(model.shadow.fill_count, 3);
    /* A table in place of another, which says the same but once. */
    memcpy(model.tables[5], model.tables[2], PAGE_SIZE);
    model.tables[5][3] = 0;
    model.tables[1][0] = TABLE(5);
    fence();
    assert_int_equal(hpa_seen(0x1000, PT_READ), 0);
    guest_access(0x1000, TRAP_READ);
    assert_int_equal(hpa_seen(0x3000, PT_READ), 0);
    /* And a level higher. */
    model.tables[0][0] = 0;
    fence();
    assert_int_equal(hpa_seen(0x1000, PT_READ), 0);
}

/* Two tables in turn, without a fence between: what one said is not taken for the other's. */
static void tables_change_back(void **state)
{
    model.tables[2][1] = LEAF(RAM_BASE + MIB(1), RW_USER);
    model.tables[5][2] = LEAF(RAM_BASE + MIB(3), RW_USER);
    see(sv39(1), RV_VIEW_USER);
    guest_access(0x1000, TRAP_READ);
    model.tables[1][0] = TABLE(5);
    guest_access(0x2000, TRAP_READ);
    model.tables[1][0] = TABLE(2);
    fence();
    assert_int_equal(hpa_seen(0x2000, PT_READ), 0);
}

/* More leaves than sources are kept of: all of them go. Tables that go are free at once. */
static void sources_are_bounded(void **state)
{
    uint32_t fills = RV_SHADOW_LEAVES_MAX + 1;

    for (unsigned i = 0; i < fills; i++)
        model.tables[2][i] = LEAF(RAM_BASE + MIB(1) + i * PAGE_SIZE, RW_USER);
    see(sv39(1), RV_VIEW_USER);
    for (unsigned i = 0; i < fills; i++)
        guest_access(i * PAGE_SIZE, TRAP_READ);
    assert_int_not_equal(hpa_seen(0x3000, PT_READ), 0);
    fence();
    assert_int_equal(hpa_seen(0x3000, PT_READ), 0);
    for (unsigned i = 0; i < 2000; i++) {
        model.tables[1][0] = TABLE(i % 2 == 0 ? 5 : 2);
        model.tables[5][i % 512] = LEAF(RAM_BASE + MIB(1), RW_USER);
        fence();
        guest_access(i % 2 == 0 ? i % 512 * PAGE_SIZE : 0x1000, TRAP_READ);
    }
    assert_int_equal(model.shadow.reclaim_count, 0);
}

/* Rights to write come with the first write, which sets D. */
static void dirty_is_tracked(void **state)
{
    model.tables[2][1] = LEAF(RAM_BASE + MIB(1), RW_USER_CLEAN);
    see(sv39(1), RV_VIEW_USER);
    guest_access(0x1000, TRAP_READ);
    assert_int_equal(model.tables[2][1], LEAF(RAM_BASE + MIB(1), RW_USER_CLEAN | RV_PTE_A));
    assert_int_equal(hpa_seen(0x1000, PT_WRITE), 0);
    guest_access(0x1000, TRAP_WRITE);
    assert_int_equal(model.tables[2][1], LEAF(RAM_BASE + MIB(1), RW_USER));
    assert_int_not_equal(hpa_seen(0x1000, PT_WRITE), 0);
}

/* A page of 2 MiB is one leaf where the host's block is as large, and goes by any of its addresses
 * where it is not. */
static void large_pages(void **state)
{
    model.tables[1][1] = LEAF(RAM_BASE + MIB(2), RWX_KERNEL);
    model.tables[1][2] = LEAF(RAM_BASE + MIB(4), RWX_KERNEL);
    see(sv39(1), 0);
    guest_access(MIB(2), TRAP_READ);
    assert_int_not_equal(hpa_seen(MIB(2) + 0x5000, PT_READ), 0);
    guest_access(MIB(4), TRAP_READ);
    assert_int_equal(hpa_seen(MIB(4) + 0x5000, PT_READ), 0);
    rv_shadow_fence_address(&model.shadow, MIB(4) + 0x7000, NULL);
    assert_int_equal(hpa_seen(MIB(4), PT_READ), 0);
    assert_int_not_equal(hpa_seen(MIB(2), PT_READ), 0);
}

/* The supervisor's views: its own, and with its users' data, never their code. */
static void views(void **state)
{
    model.tables[2][1] = LEAF(RAM_BASE + MIB(1), 0xdf);
    model.tables[2][2] = LEAF(RAM_BASE + MIB(1), 0xd9);
    see(sv39(1), 0);
    guest_access(0x1000, TRAP_READ);
    assert_int_equal(hpa_seen(0x1000, PT_READ), 0);
    see(sv39(1), RV_VIEW_SUM);
    guest_access(0x1000, TRAP_READ);
    assert_int_not_equal(hpa_seen(0x1000, PT_READ), 0);
    assert_int_equal(hpa_seen(0x1000, PT_EXEC), 0);
    see(sv39(1), RV_VIEW_USER);
    guest_access(0x2000, TRAP_FETCH);
    assert_int_not_equal(hpa_seen(0x2000, PT_EXEC), 0);
    assert_int_equal(hpa_seen(0x2000, PT_READ), 0);
    see(sv39(1), RV_VIEW_USER | RV_VIEW_MXR);
    guest_access(0x2000, TRAP_READ);
    assert_int_not_equal(hpa_seen(0x2000, PT_READ), 0);
}

/* The guest has memory where the trampoline stands, at every place it could go to. */
static void trampoline_moves(void **state)
{
    model.tables[0][511] = TABLE(3);
    model.tables[3][511] = TABLE(4);
    for (unsigned i = 496; i < 512; i++)
        model.tables[4][i] = LEAF(RAM_BASE + i * PAGE_SIZE, RWX_KERNEL);
    see(sv39(1), 0);
    for (unsigned round = 0; round < 3; round++)
        for (unsigned i = 0; i < 16; i++)
            guest_access(RV_SHADOW_PLACES_VA + i * PAGE_SIZE, TRAP_READ);
    assert_int_equal(rv_shadow_lookup(&model.shadow, rv_shadow_trampoline(&model.shadow), PT_READ,
                                      &(hpa_t){0}, &(uint64_t){0}),
                     ERR_NOT_FOUND);
}

/* More contexts and more memory than there are: begun anew, never refused. */
static void memory_is_bounded(void **state)
{
    for (unsigned i = 0; i < 512; i++)
        model.tables[1][i] = TABLE(2);
    model.tables[2][0] = LEAF(RAM_BASE + MIB(1), RW_USER);
    for (unsigned i = 0; i < 3000; i++) {
        see(sv39((uint16_t)(i / 50 % 40)), RV_VIEW_USER);
        guest_access(i % 512 * MIB(2), TRAP_READ);
    }
    assert_true(model.shadow.reclaim_count > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(by_chance, start),
        cmocka_unit_test_setup(contexts_stay, start),
        cmocka_unit_test_setup(fences_compare, start),
        cmocka_unit_test_setup(tables_change_back, start),
        cmocka_unit_test_setup(sources_are_bounded, start),
        cmocka_unit_test_setup(dirty_is_tracked, start),
        cmocka_unit_test_setup(large_pages, start),
        cmocka_unit_test_setup(views, start),
        cmocka_unit_test_setup(trampoline_moves, start),
        cmocka_unit_test_setup(memory_is_bounded, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
