/* SPDX-License-Identifier: Apache-2.0 */
/* A VM's address space over real frames: what is mapped, what TLBs are told, and that no page is
 * lost. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "arch/host/host_mem.h"
#include "core/frame.h"
#include "core/s2.h"
#include "lib/types.h"

static const struct pt_attr ram = {PT_READ | PT_WRITE | PT_EXEC, PT_NORMAL, 0};
static struct s2 s2;

static int start(void **state)
{
    host_mem_init(HPA(0x80000000), MIB(1));
    frame_reset();
    assert_int_equal(frame_add(HPA(0x80000000), MIB(1)), ERR_NONE);
    host_s2_log = (struct host_s2_log){0};
    return 0;
}

static void a_life(void **state)
{
    struct s2_mapping map;
    assert_int_equal(s2_init(&s2, 7), ERR_NONE);
    assert_int_equal(s2.pt.page_count, 2); /* 40 bits: two concatenated tables */
    assert_true(is_aligned((uintptr_t)s2.pt.root, 4096));
    assert_int_equal(s2_lookup(&s2, GPA(0), &map), ERR_NOT_FOUND);
    assert_int_equal(s2_map(&s2, GPA(GIB(1)), HPA(GIB(3)), GIB(1) + MIB(2), ram), ERR_NONE);
    assert_int_equal(s2_map(&s2, GPA(GIB(2)), HPA(0), PAGE_SIZE, ram), ERR_EXISTS);
    assert_int_equal(s2_map(&s2, GPA(1ULL << 40), HPA(0), PAGE_SIZE, ram), ERR_RANGE);
    assert_int_equal(host_s2_log.forget_count, 0);
    assert_int_equal(s2_lookup(&s2, GPA(GIB(1) + 5), &map), ERR_NONE);
    assert_int_equal(map.hpa.raw, GIB(3) + 5);
    assert_int_equal(map.size_bytes, GIB(1));
    assert_int_equal(s2_protect(&s2, GPA(GIB(2)), MIB(2), (struct pt_attr){PT_READ, PT_NORMAL, 1}),
                     ERR_NONE);
    assert_int_equal(host_s2_log.vmid, 7);
    assert_int_equal(host_s2_log.gpa.raw, GIB(2));
    assert_int_equal(host_s2_log.size_bytes, MIB(2));
    assert_int_equal(s2_lookup(&s2, GPA(GIB(2)), &map), ERR_NONE);
    assert_int_equal(map.attr.rights, PT_READ);
    assert_int_equal(map.attr.software, S2_MARK_PRISTINE);
    assert_int_equal(s2_protect(&s2, GPA(GIB(3)), PAGE_SIZE, ram), ERR_NOT_FOUND);
    assert_int_equal(s2_unmap(&s2, GPA(GIB(1) + MIB(4) + PAGE_SIZE), PAGE_SIZE), ERR_NONE);
    assert_int_equal(s2_lookup(&s2, GPA(GIB(1) + MIB(4) + PAGE_SIZE), &map), ERR_NOT_FOUND);
    assert_int_equal(s2_lookup(&s2, GPA(GIB(1) + MIB(4)), &map), ERR_NONE);
    assert_int_equal(map.size_bytes, PAGE_SIZE);
    s2_destroy(&s2);
    assert_int_equal(frame_free_bytes(), MIB(1));
    assert_int_equal(frame_used_bytes(), 0);
    /* everything was forgotten before the tables were given back */
    assert_int_equal(host_s2_log.gpa.raw, 0);
    assert_int_equal(host_s2_log.size_bytes, 1ULL << 40);
}

static void without_memory(void **state)
{
    frame_fail_nth(1);
    assert_int_equal(s2_init(&s2, 1), ERR_NO_MEMORY);
    assert_int_equal(s2_init(&s2, 1), ERR_NONE);
    uint64_t free_bytes = frame_free_bytes();
    for (uint32_t n = 1;; n++) {
        frame_fail_nth(n);
        enum err err = s2_map(&s2, GPA(GIB(5) - MIB(3)), HPA(GIB(7) - MIB(3)), MIB(6), ram);
        if (err == ERR_NONE) {
            assert_int_equal(n, 5); /* a table of 2 MiB blocks and one of pages on either side */
            break;
        }
        assert_int_equal(err, ERR_NO_MEMORY);
        assert_int_equal(frame_free_bytes(), free_bytes);
    }
    frame_fail_nth(0);
    s2_destroy(&s2);
    assert_int_equal(frame_free_bytes(), MIB(1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(a_life, start),
        cmocka_unit_test_setup(without_memory, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
