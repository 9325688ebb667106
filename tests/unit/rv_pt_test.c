/* SPDX-License-Identifier: Apache-2.0 */
/* Page-table entries by the manual's bits, and G-stage tables of the three widths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/riscv/model/rv_pt.h"
#include "arch/riscv/model/rv_s2.h"

/* Bits of figure 61, written out once by hand. */
enum { V = 1, R = 2, W = 4, X = 8, U = 16, G = 32, A = 64, D = 128 };

#define RWX (PT_READ | PT_WRITE | PT_EXEC)

static void *pt_page(struct pt *pt)
{
    void *page = aligned_alloc(PAGE_SIZE, PAGE_SIZE);

    memset(page, 0, PAGE_SIZE);
    return page;
}
static void pt_page_free(struct pt *pt, void *page)
{
    free(page);
}
static hpa_t pt_hpa(const void *table)
{
    return HPA((uint64_t)(uintptr_t)table);
}
static void *pt_pointer(hpa_t hpa)
{
    return (void *)(uintptr_t)hpa.raw;
}
static void pt_nothing(struct pt *pt) {}
static void pt_forget_nothing(struct pt *pt, uint64_t ia, uint64_t size_bytes) {}
static const struct pt_ops ops = {
    .alloc_page = pt_page,
    .free_page = pt_page_free,
    .to_hpa = pt_hpa,
    .to_table = pt_pointer,
    .publish = pt_nothing,
    .forget = pt_forget_nothing,
};

static void entries(void **state)
{
    struct pt_attr all = {.rights = RWX}, code = {.rights = PT_READ | PT_EXEC, .software = 1};

    assert_int_equal(rv_pte_table(HPA(0x80001000)), 0x80001ULL << 10 | V);
    assert_int_equal(rv_s2_leaf(HPA(0x80200000), all, 2, 3),
                     0x80200ULL << 10 | V | R | W | X | U | A | D);
    assert_int_equal(rv_hyp_leaf(HPA(0x80200000), code, 2, 3),
                     0x80200ULL << 10 | V | R | X | A | D | RV_PTE_RSW);
    assert_int_equal(rv_pte_attr(rv_hyp_leaf(HPA(0), code, 0, 3)).rights, PT_READ | PT_EXEC);
    assert_int_equal(rv_pte_attr(rv_hyp_leaf(HPA(0), code, 0, 3)).software, 1);
    /* What is no memory is known by a bit that the hardware ignores. */
    assert_int_equal(rv_pte_attr(rv_hyp_leaf(HPA(0), code, 0, 3)).memory, PT_NORMAL);
    code.memory = PT_DEVICE;
    assert_int_equal(rv_pte_attr(rv_s2_leaf(HPA(0), code, 0, 3)).memory, PT_DEVICE);
    assert_int_equal(rv_s2_leaf(HPA(0), code, 0, 3) ^ rv_s2_leaf(HPA(0), all, 0, 3),
                     RV_PTE_DEVICE | RV_PTE_RSW | RV_PTE_W);
    assert_int_equal(rv_pte_address(rv_s2_leaf(HPA(0xfffffffffff000), all, 2, 3)).raw,
                     0xfffffffffff000);
    assert_false(rv_pte_is_leaf(rv_pte_table(HPA(0x1000)), 0, 3));
    assert_true(rv_pte_is_leaf(rv_s2_leaf(HPA(0), code, 0, 3), 0, 3));
    assert_false(rv_pte_is_valid(0));
}

static const struct {
    enum rv_mode mode;
    unsigned bits, levels;
} widths[] = {{RV_MODE_SV39, 41, 3}, {RV_MODE_SV48, 50, 4}, {RV_MODE_SV57, 59, 5}};

static struct pt new_table(enum rv_mode mode)
{
    uint64_t *root = aligned_alloc(rv_s2_root_bytes(mode), rv_s2_root_bytes(mode));

    memset(root, 0, rv_s2_root_bytes(mode));
    return (struct pt){.ops = &ops, .root = root, .page_count = 4};
}

static void all_widths(void **state)
{
    struct pt_attr attr = {.rights = RWX};

    for (size_t i = 0; i < ARRAY_SIZE(widths); i++) {
        enum rv_mode mode = widths[i].mode;
        uint64_t last = (1ULL << widths[i].bits) - PAGE_SIZE;
        struct pt pt = new_table(mode);
        uint64_t size;
        hpa_t hpa;

        assert_int_equal(rv_mode_levels(mode), widths[i].levels);
        assert_int_equal(rv_s2_root_bytes(mode), KIB(16));
        assert_int_equal(rv_s2_map(mode, &pt, GPA(last), HPA(0x1000), PAGE_SIZE, attr), ERR_NONE);
        assert_int_equal(rv_s2_map(mode, &pt, GPA(last), HPA(0x1000), 2 * PAGE_SIZE, attr),
                         ERR_RANGE);
        assert_int_equal(rv_s2_map(mode, &pt, GPA(0x80000000), HPA(0x40000000), GIB(1), attr),
                         ERR_NONE);
        assert_int_equal(rv_s2_lookup(mode, &pt, GPA(0x80000000 + 0x12345), &hpa, &size, &attr),
                         ERR_NONE);
        assert_int_equal(hpa.raw, 0x40000000 + 0x12345);
        assert_int_equal(size, GIB(1)); /* the largest page that fits */
        assert_int_equal(rv_s2_unmap(mode, &pt, GPA(0x80001000), PAGE_SIZE), ERR_NONE);
        assert_int_equal(rv_s2_lookup(mode, &pt, GPA(0x80001000), &hpa, &size, &attr),
                         ERR_NOT_FOUND);
        assert_int_equal(rv_s2_lookup(mode, &pt, GPA(0x80002000), &hpa, &size, &attr), ERR_NONE);
        assert_int_equal(size, PAGE_SIZE);
        assert_int_equal(rv_s2_lookup(mode, &pt, GPA(0x80200000), &hpa, &size, &attr), ERR_NONE);
        assert_int_equal(size, MIB(2));
        rv_s2_free_tables(mode, &pt);
        assert_int_equal(pt.page_count, 4);
        free(pt.root);
    }
}

static void rights_change(void **state)
{
    struct pt pt = new_table(RV_MODE_SV39);
    struct pt_attr all = {.rights = RWX}, read = {.rights = PT_READ, .software = 1}, got;
    uint64_t size;
    hpa_t hpa;

    assert_int_equal(rv_s2_map(RV_MODE_SV39, &pt, GPA(0), HPA(MIB(4)), MIB(4), all), ERR_NONE);
    assert_int_equal(rv_s2_protect(RV_MODE_SV39, &pt, GPA(MIB(2)), MIB(2), read), ERR_NONE);
    assert_int_equal(rv_s2_lookup(RV_MODE_SV39, &pt, GPA(MIB(2)), &hpa, &size, &got), ERR_NONE);
    assert_int_equal(got.rights, PT_READ);
    assert_int_equal(got.software, 1);
    assert_int_equal(rv_s2_lookup(RV_MODE_SV39, &pt, GPA(0), &hpa, &size, &got), ERR_NONE);
    assert_int_equal(got.rights, RWX);
    rv_s2_free_tables(RV_MODE_SV39, &pt);
    free(pt.root);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries),
        cmocka_unit_test(all_widths),
        cmocka_unit_test(rights_change),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
