/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual CLINT: every offset by every size, and what reaches the harts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vdev/vclint.h"

#define HARTS 3u

static struct {
    bool software[HARTS];
    uint64_t deadline[HARTS];
    unsigned software_calls, deadline_calls;
    uint64_t now;
} seen;
static struct vclint clint;

static void software(void *owner, uint32_t hart, bool level)
{
    assert_ptr_equal(owner, &seen);
    assert_true(hart < HARTS);
    seen.software[hart] = level;
    seen.software_calls++;
}

static void deadline(void *owner, uint32_t hart, uint64_t ticks)
{
    assert_true(hart < HARTS);
    seen.deadline[hart] = ticks;
    seen.deadline_calls++;
}

static uint64_t time_now(void *owner)
{
    return seen.now;
}

static int start(void **state)
{
    const struct vclint_config config = {HARTS, software, deadline, time_now, &seen};

    memset(&seen, 0, sizeof(seen));
    vclint_init(&clint, &config);
    return 0;
}

static bool access(uint64_t offset, uint8_t size, bool write, uint64_t *value)
{
    struct mmio_access access = {
        .offset = offset, .size_bytes = size, .write = write, .value = *value};
    bool done = vclint_mmio(&clint, &access);

    *value = access.value;
    return done;
}

static uint64_t get(uint64_t offset, uint8_t size)
{
    uint64_t value = 0x5555;

    assert_true(access(offset, size, false, &value));
    return value;
}

static void put(uint64_t offset, uint8_t size, uint64_t value)
{
    assert_true(access(offset, size, true, &value));
}

static void software_interrupts(void **state)
{
    put(4, 4, UINT32_MAX); /* only bit 0 counts */
    assert_true(seen.software[1] && !seen.software[0] && !seen.software[2]);
    assert_int_equal(get(4, 4), 1);
    put(4, 4, 1);
    assert_int_equal(seen.software_calls, 1);
    put(0, 8, 1); /* two harts at once: the first on, the second off */
    assert_true(seen.software[0] && !seen.software[1]);
    assert_int_equal(get(0, 8), 1);
    put(8, 8, (uint64_t)1 << 32 | 1); /* the second of these is no hart */
    assert_int_equal(get(8, 8), 1);
}

static void deadlines(void **state)
{
    assert_int_equal(get(0x4008, 8), UINT64_MAX);
    put(0x4008, 8, 0x123456789a);
    assert_int_equal(seen.deadline[1], 0x123456789a);
    assert_int_equal(seen.deadline_calls, 1);
    assert_int_equal(get(0x4008, 4), 0x3456789a);
    assert_int_equal(get(0x400c, 4), 0x12);
    put(0x400c, 4, 0x77);
    assert_int_equal(seen.deadline[1], 0x773456789a);
    put(0x4008, 4, 0x11111111);
    assert_int_equal(get(0x4008, 8), 0x7711111111);
    put(0x4000 + 8 * HARTS, 8, 5); /* no hart */
    assert_int_equal(get(0x4000 + 8 * HARTS, 8), 0);
    assert_int_equal(seen.deadline_calls, 3);
}

static void the_time(void **state)
{
    seen.now = 0xabcdef0123456789;
    assert_int_equal(get(0xbff8, 8), 0xabcdef0123456789);
    assert_int_equal(get(0xbff8, 4), 0x23456789);
    assert_int_equal(get(0xbffc, 4), 0xabcdef01);
    put(0xbff8, 8, 0);
    assert_int_equal(get(0xbff8, 8), 0xabcdef0123456789);
    assert_int_equal(seen.deadline_calls, 0);
}

static void every_offset(void **state)
{
    for (uint64_t offset = 0; offset < VCLINT_SIZE + 16; offset++) {
        for (unsigned size = 0; size <= 16; size++) {
            bool legal = (size == 4 || size == 8) && offset % size == 0 && offset < VCLINT_SIZE;
            uint64_t value = UINT64_MAX;

            for (unsigned write = 0; write < 2; write++)
                if (access(offset, (uint8_t)size, write, &value) != legal)
                    fail_msg("offset 0x%llx, %u bytes", (unsigned long long)offset, size);
        }
    }
}

static void reset(void **state)
{
    put(0, 4, 1);
    put(0x4010, 8, 99);
    vclint_reset(&clint);
    assert_false(seen.software[0]);
    assert_int_equal(seen.deadline[2], UINT64_MAX);
    assert_int_equal(get(0, 4), 0);
    assert_int_equal(get(0x4010, 8), UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(software_interrupts, start),
        cmocka_unit_test_setup(deadlines, start),
        cmocka_unit_test_setup(the_time, start),
        cmocka_unit_test_setup(every_offset, start),
        cmocka_unit_test_setup(reset, start),
    };

    return cmocka_run_group_tests_name("vclint", tests, NULL, NULL);
}
