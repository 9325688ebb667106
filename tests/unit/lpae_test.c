/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LPAE descriptors, bit for bit as the manual has them (DDI 0487, D8.3), written out here by hand,
 * and the shapes of stage-2 roots.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "arch/arm/model/lpae.h"
#include "arch/arm/model/lpae_s2.h"
#include "core/pt_walk.h"

#define RW ((struct pt_attr){PT_READ | PT_WRITE, PT_NORMAL, 0})

static void stage_1(void **state)
{
    const hpa_t page = HPA(0x123456789000), block = HPA(0x40000000);
    /* valid page, AttrIndx 0, AP[1], inner shareable, AF; XN is bit 54, AP[2] bit 7 */
    assert_int_equal(lpae_s1_make_leaf(page, RW, 3, 4), 0x0040123456789743);
    assert_int_equal(lpae_s1_make_leaf(block, RW, 2, 4), 0x0040000040000741);
    assert_int_equal(
        lpae_s1_make_leaf(block, (struct pt_attr){PT_READ | PT_EXEC, PT_NORMAL, 0}, 1, 4),
        0x00000000400007c1);
    assert_int_equal(lpae_s1_make_leaf(block, (struct pt_attr){PT_READ, PT_NORMAL, 9}, 2, 4),
                     0x04c00000400007c1);
    /* a device: AttrIndx 1, never executable */
    assert_int_equal(
        lpae_s1_make_leaf(page, (struct pt_attr){PT_READ | PT_WRITE | PT_EXEC, PT_DEVICE, 0}, 3, 4),
        0x0040123456789447);
    assert_int_equal(lpae_make_table(HPA(0x8000001000)), 0x8000001003);
}

static void stage_2(void **state)
{
    const hpa_t page = HPA(0x123456789000), block = HPA(0x40000000);
    /* MemAttr 0b1111, S2AP 0b11, inner shareable, AF */
    assert_int_equal(
        lpae_s2_make_leaf(page, (struct pt_attr){PT_READ | PT_WRITE | PT_EXEC, PT_NORMAL, 0}, 2, 3),
        0x00001234567897ff);
    assert_int_equal(lpae_s2_make_leaf(block, RW, 1, 3), 0x00400000400007fd);
    assert_int_equal(
        lpae_s2_make_leaf(block, (struct pt_attr){PT_READ | PT_EXEC, PT_NORMAL, 1}, 1, 3),
        0x008000004000077d);
    assert_int_equal(lpae_s2_make_leaf(block, (struct pt_attr){PT_WRITE, PT_NORMAL, 0}, 1, 3),
                     0x00400000400007bd);
    /* Device-nGnRE is 0b0001 */
    assert_int_equal(
        lpae_s2_make_leaf(page, (struct pt_attr){PT_READ | PT_WRITE | PT_EXEC, PT_DEVICE, 0}, 3, 4),
        0x00401234567894c7);
}

static void attributes_read_back(void **state)
{
    for (unsigned rights = 0; rights < 8; rights++)
        for (unsigned memory = 0; memory < 2; memory++)
            for (unsigned software = 0; software < 16; software++) {
                struct pt_attr attr = {(uint8_t)rights, (uint8_t)memory, (uint8_t)software};
                struct pt_attr want = attr, got;
                if (memory == PT_DEVICE)
                    want.rights &= (uint8_t)~PT_EXEC;
                got = lpae_s2_attr(lpae_s2_make_leaf(HPA(0), attr, 2, 3));
                assert_true(pt_attr_same(got, want));
                want.rights |= PT_READ;
                got = lpae_s1_attr(lpae_s1_make_leaf(HPA(0), attr, 2, 3));
                assert_true(pt_attr_same(got, want));
            }
}

static void leaf_table_invalid(void **state)
{
    assert_false(lpae_is_valid(0));
    assert_false(lpae_is_valid(~1ULL));
    assert_true(lpae_is_valid(1));
    assert_true(lpae_is_leaf(1, 1, 4));
    assert_false(lpae_is_leaf(3, 2, 4));
    assert_true(lpae_is_leaf(3, 3, 4));
    assert_int_equal(lpae_address(~0ULL).raw, 0x0000fffffffff000);
}

/* ---- roots of stage 2 */

static uint64_t pool[64][512] __aligned(65536);
static unsigned pool_used;

static void *op_alloc(struct pt *pt)
{
    return pool_used < 64 ? pool[pool_used++] : NULL;
}
static void op_free(struct pt *pt, void *page) {}
static hpa_t op_to_hpa(const void *table)
{
    return HPA(0x1000000 + (uint64_t)((const char *)table - (const char *)pool));
}
static void *op_to_table(hpa_t hpa)
{
    return (char *)pool + (hpa.raw - 0x1000000);
}
static void op_publish(struct pt *pt) {}
static void op_forget(struct pt *pt, uint64_t ia, uint64_t size_bytes) {}
static const struct pt_ops ops = {op_alloc, op_free, op_to_hpa, op_to_table, op_publish, op_forget};

static void roots(void **state)
{
    static const struct {
        unsigned ipa_bits, start_level;
        uint64_t root_bytes;
    } shapes[] = {
        {32, 1, 4096},  {36, 1, 4096},  {39, 1, 4096}, {40, 1, 8192},
        {42, 1, 32768}, {43, 1, 65536}, {44, 0, 4096}, {48, 0, 4096},
    };
    for (unsigned i = 0; i < ARRAY_SIZE(shapes); i++) {
        unsigned bits = shapes[i].ipa_bits;
        const struct pt_format format = lpae_s2_format(bits);
        assert_int_equal(lpae_s2_root_bytes(bits), shapes[i].root_bytes);
        assert_int_equal(lpae_s2_start_level(bits), shapes[i].start_level);
        assert_int_equal(pt_input_bits(&format), bits);
        assert_int_equal(format.level_count, 4 - shapes[i].start_level);

        struct pt pt;
        memset(pool, 0, sizeof(pool));
        pool_used = (unsigned)(shapes[i].root_bytes / PAGE_SIZE);
        pt_init(&format, &pt, &ops, pool[0]);
        uint64_t end = bit64(bits), size;
        hpa_t hpa;
        struct pt_attr attr;
        /* the last block of the space stands in the root's last entry */
        assert_int_equal(lpae_s2_map(bits, &pt, GPA(end - GIB(1)), HPA(GIB(5)), GIB(1), RW), 0);
        unsigned last = (1u << format.root_bits) - 1;
        assert_int_equal(((uint64_t *)pool)[last] & 3, shapes[i].start_level == 1 ? 1 : 3);
        assert_int_equal(lpae_s2_lookup(bits, &pt, GPA(end - 1), &hpa, &size, &attr), ERR_NONE);
        assert_int_equal(hpa.raw, GIB(6) - 1);
        assert_int_equal(size, GIB(1));
        assert_int_equal(lpae_s2_map(bits, &pt, GPA(end), HPA(0), PAGE_SIZE, RW), ERR_RANGE);
        assert_int_equal(lpae_s2_lookup(bits, &pt, GPA(end), &hpa, &size, &attr), ERR_RANGE);
        assert_int_equal(lpae_s2_protect(bits, &pt, GPA(end - MIB(2)), MIB(2), RW), ERR_NONE);
        assert_int_equal(lpae_s2_unmap(bits, &pt, GPA(end - PAGE_SIZE), PAGE_SIZE), ERR_NONE);
        assert_int_equal(lpae_s2_lookup(bits, &pt, GPA(end - 1), &hpa, &size, &attr),
                         ERR_NOT_FOUND);
        lpae_s2_free_tables(bits, &pt);
        assert_int_equal(pt.page_count, shapes[i].root_bytes / PAGE_SIZE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stage_1),
        cmocka_unit_test(stage_2),
        cmocka_unit_test(attributes_read_back),
        cmocka_unit_test(leaf_table_invalid),
        cmocka_unit_test(roots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
