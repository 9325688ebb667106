/* SPDX-License-Identifier: Apache-2.0 */
/* The virtio block device: registers, requests as drivers make them, and rings as attackers do. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/virtio_guest.h"

static int start(void **state)
{
    virtio_start();
    return 0;
}

static uint16_t given(void)
{
    return ((uint16_t *)ram(DEVICE_RING))[1];
}

static const uint32_t *given_element(uint32_t i)
{
    return (uint32_t *)ram(DEVICE_RING + 4) + 2 * (size_t)(i % QUEUE_SIZE);
}

static uint8_t result(void)
{
    return *(uint8_t *)ram(RESULT);
}

static bool needs_reset(void)
{
    return (reg_get(0x70) & 64) != 0;
}

/* ---- registers */

static void registers(void **state)
{
    uint64_t value;

    assert_int_equal(reg_get(0x00), 0x74726976);
    assert_int_equal(reg_get(0x04), 2);
    assert_int_equal(reg_get(0x08), 2);
    assert_int_equal(reg_get(0x0c), 0x554d4551);
    assert_int_equal(reg_get(0x10), 1u << 28 | 1u << 9 | 1u << 6 | 1u << 2 | 1u << 1);
    reg_put(0x14, 1);
    assert_int_equal(reg_get(0x10), 1); /* VERSION_1 */
    reg_put(0x14, 2);
    assert_int_equal(reg_get(0x10), 0);
    assert_int_equal(reg_get(0x34), 32);
    reg_put(0x30, 1);
    assert_int_equal(reg_get(0x34), 0);
    assert_int_equal(reg_get(0xb0), UINT32_MAX);
    assert_int_equal(reg_get(0xfc), 0);
    /* The configuration space, by every size. */
    assert_int_equal(reg_get(0x100), SECTORS);
    assert_int_equal(reg_get(0x104), 0);
    assert_true(reg_access(0x100, 8, false, &value));
    assert_int_equal(value, SECTORS);
    assert_true(reg_access(0x101, 1, false, &value));
    assert_int_equal(value, SECTORS >> 8);
    assert_int_equal(reg_get(0x114), 512);
    assert_int_equal(reg_get(0x118), 0);
    value = 5;
    assert_true(reg_access(0x100, 4, true, &value));
    assert_int_equal(reg_get(0x100), SECTORS);
}

static void every_offset(void **state)
{
    for (uint32_t offset = 0; offset < VIRTIO_MMIO_SIZE + 16; offset++) {
        for (unsigned i = 0; i < 8; i++) {
            uint8_t size = (uint8_t)(1u << i / 2);
            bool legal =
                offset < VIRTIO_MMIO_SIZE && offset % size == 0 && (size == 4 || offset >= 0x100);
            uint64_t value = 0;

            if (reg_access(offset, size, i % 2, &value) != legal)
                fail_msg("offset 0x%x, %u bytes", offset, size);
        }
    }
}

static void features_and_status(void **state)
{
    reg_put(0x70, 3);
    reg_put(0x20, 1u << 5); /* read-only was not offered */
    reg_put(0x70, 11);
    assert_int_equal(reg_get(0x70), 3);
    reg_put(0x20, 1u << 9);
    reg_put(0x70, 11);
    assert_int_equal(reg_get(0x70), 11);
    reg_put(0x20, 0); /* too late */
    assert_int_equal(blk.mmio.driver_features, 1u << 9);
    reg_put(0x70, 0x70 | 15); /* bits that are not the driver's */
    assert_int_equal(reg_get(0x70), 15);
    reg_put(0x70, 0);
    assert_int_equal(reg_get(0x70), 0);
    assert_int_equal(blk.mmio.driver_features, 0);
}

static void a_queue_that_cannot_be(void **state)
{
    static const struct {
        uint32_t reg, value;
    } wrong[] = {{0x38, 0}, {0x38, 3}, {0x38, 64}, {0x80, 8}, {0x90, 1}, {0xa0, 2}};

    for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
        drive(0);
        reg_put(0x44, 0);
        reg_put(wrong[i].reg, wrong[i].value);
        reg_put(0x44, 1);
        assert_int_equal(reg_get(0x44), 0);
        assert_true(needs_reset());
        assert_int_equal(reg_get(0x60), 2);
        assert_true(irq_level);
        reg_put(0x70, 0);
        assert_false(irq_level);
    }
    drive(0);
    reg_put(0x38, 4); /* while it is ready its place is settled */
    assert_int_equal(blk.mmio.queue.size, QUEUE_SIZE);
}

/* ---- requests */

static void reads_and_writes(void **state)
{
    drive(0); /* without VERSION_1, as drivers that look at 32 bits do */
    describe_request(0, 0, 3, 1024);
    offer(0);
    reg_put(0x50, 0);
    assert_int_equal(result(), 0);
    assert_memory_equal(ram(DATA), &disk[3 * 512], 1024);
    assert_int_equal(given(), 1);
    assert_int_equal(given_element(0)[0], 0);
    assert_int_equal(given_element(0)[1], 1025);
    assert_true(irq_level);
    assert_int_equal(reg_get(0x60), 1);
    reg_put(0x64, 1);
    assert_false(irq_level);

    memset(ram(DATA), 0x5a, 512);
    describe_request(2, 1, SECTORS - 1, 512);
    offer(2);
    reg_put(0x50, 0);
    assert_int_equal(result(), 0);
    assert_int_equal(disk[(SECTORS - 1) * 512], 0x5a);
    assert_int_equal(disk[SECTORS * 512 - 1], 0x5a);
    assert_int_not_equal(disk[(SECTORS - 1) * 512 - 1], 0x5a);
    assert_int_equal(given(), 2);
    assert_int_equal(given_element(1)[0], 2);
    assert_int_equal(given_element(1)[1], 1);
}

static void other_requests(void **state)
{
    static const struct {
        uint32_t type, size;
        uint8_t result;
        uint32_t written;
    } cases[] = {{4, 0, 0, 1}, {8, 20, 0, 21}, {8, 19, 1, 1}, {11, 512, 2, 1}, {~0u, 0, 2, 1}};

    for (uint32_t i = 0; i < ARRAY_SIZE(cases); i++) {
        drive(0);
        driver_ring()[1] = 0;
        describe_request(0, cases[i].type, 0, cases[i].size);
        offer(0);
        reg_put(0x50, 0);
        assert_int_equal(result(), cases[i].result);
        assert_int_equal(given_element(0)[1], cases[i].written);
        assert_false(needs_reset());
    }
    assert_int_equal(cases[1].type, 8);
}

static void beyond_the_disk(void **state)
{
    static const struct {
        uint64_t sector;
        uint32_t size;
        uint8_t result;
    } cases[] = {
        {SECTORS, 0, 0},      {SECTORS, 512, 1},    {SECTORS - 1, 1024, 1}, {0, 511, 1},
        {UINT64_MAX, 512, 1}, {1ull << 55, 512, 1}, {0, KIB(128) + 512, 1}, {SECTORS + 1, 0, 1},
        {0, 0xfffffe00u, 1},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        for (uint32_t type = 0; type < 2; type++) {
            drive(0);
            driver_ring()[1] = 0;
            describe_request(0, type, cases[i].sector, cases[i].size);
            offer(0);
            reg_put(0x50, 0);
            if (result() != cases[i].result)
                fail_msg("case %zu type %u: %u", i, type, result());
            assert_false(needs_reset());
        }
    }
}

/* The parts may be cut anywhere (2.7.4.1). */
static void in_pieces(void **state)
{
    uint16_t next = 0;

    drive(0);
    head_of_request(0, 1);
    describe(0, HEADER, 1, NEXT, 5);
    describe(5, HEADER + 1, 15, NEXT, 1);
    describe(1, DATA, 0, NEXT | WRITE, 2);
    describe(2, DATA, 100, NEXT | WRITE, 3);
    describe(3, DATA + 0x1000, 412 + 512, NEXT | WRITE, 4);
    describe(4, RESULT, 1, WRITE, next);
    offer(0);
    reg_put(0x50, 0);
    assert_int_equal(result(), 0);
    assert_memory_equal(ram(DATA), &disk[512], 100);
    assert_memory_equal(ram(DATA + 0x1000), &disk[612], 412 + 512);
    /* The result may stand behind data in one buffer. */
    describe(0, HEADER, 16, NEXT, 1);
    describe(1, DATA, 513, WRITE, 0);
    *(uint8_t *)ram(DATA + 512) = NOTHING;
    offer(0);
    reg_put(0x50, 0);
    assert_int_equal(*(uint8_t *)ram(DATA + 512), 0);
}

static void indirect_tables(void **state)
{
    drive(1ull << 28);
    describe_request(0, 0, 2, 512);
    memcpy(ram(INDIRECT), ram(DESCRIPTORS), 48);
    describe(7, INDIRECT, 48, IS_INDIRECT, 0);
    offer(7);
    reg_put(0x50, 0);
    assert_int_equal(result(), 0);
    assert_int_equal(given_element(0)[0], 7);
    assert_memory_equal(ram(DATA), &disk[1024], 512);
}

static void no_interrupt_if_not_wanted(void **state)
{
    drive(0);
    describe_request(0, 0, 0, 512);
    driver_ring()[0] = 1;
    offer(0);
    reg_put(0x50, 0);
    assert_int_equal(given(), 1);
    assert_false(irq_level);
}

static void a_full_ring_and_its_end(void **state)
{
    drive(0);
    driver_ring()[1] = blk.mmio.queue.taken = UINT16_MAX - 3;
    blk.mmio.queue.given = UINT16_MAX - 3;
    describe_request(0, 0, 0, 512);
    for (unsigned i = 0; i < QUEUE_SIZE; i++)
        offer(0);
    reg_put(0x50, 0);
    assert_int_equal(given(), 4);
    assert_false(needs_reset());
}

static void when_the_disk_fails(void **state)
{
    drive(0);
    disk_fails = true;
    describe_request(0, 0, 0, 512);
    offer(0);
    reg_put(0x50, 0);
    assert_int_equal(result(), 1);
    assert_int_equal(given_element(0)[1], 1);
}

/* ---- attackers */

static void wrong_head(void)
{
    offer(QUEUE_SIZE);
}
static void too_many_offered(void)
{
    driver_ring()[1] = QUEUE_SIZE + 1;
}
static void a_loop(void)
{
    describe_request(0, 0, 0, 512);
    describe(2, DATA, 512, WRITE | NEXT, 1);
    offer(0);
}
static void loop_of_one(void)
{
    describe(0, HEADER, 0, NEXT, 0);
    offer(0);
}
static void next_out_of_range(void)
{
    describe_request(0, 0, 0, 512);
    describe(1, DATA, 512, WRITE | NEXT, UINT16_MAX);
    offer(0);
}
static void readable_behind_writable(void)
{
    describe_request(0, 0, 0, 512);
    describe(2, RESULT, 1, 0, 0);
    offer(0);
}
static void short_head(void)
{
    describe_request(0, 0, 0, 512);
    describe(0, HEADER, 15, NEXT, 1);
    offer(0);
}
static void no_result(void)
{
    describe(0, HEADER, 16, 0, 0);
    offer(0);
}
static void head_not_in_memory(void)
{
    describe_request(0, 0, 0, 512);
    describe(0, 0, 16, NEXT, 1);
    offer(0);
}
static void result_not_in_memory(void)
{
    describe_request(0, 0, 0, 512);
    describe(2, UINT64_MAX, 1, WRITE, 0);
    offer(0);
}
static void rings_not_in_memory(void)
{
    reg_put(0x44, 0);
    reg_put(0x90, 0);
    reg_put(0x44, 1);
}
static void device_ring_not_in_memory(void)
{
    reg_put(0x44, 0);
    reg_put(0xa4, UINT32_MAX);
    reg_put(0x44, 1);
    describe_request(0, 0, 0, 512);
    offer(0);
}
static void descriptors_not_in_memory(void)
{
    reg_put(0x44, 0);
    reg_put(0x84, UINT32_MAX);
    reg_put(0x80, 0xfffffff0);
    reg_put(0x44, 1);
    offer(1);
}
static void indirect_not_agreed(void)
{
    reg_put(0x70, 0);
    drive(0);
    describe_request(0, 0, 0, 512);
    memcpy(ram(INDIRECT), ram(DESCRIPTORS), 48);
    describe(7, INDIRECT, 48, IS_INDIRECT, 0);
    offer(7);
}
static void indirect(uint32_t size, uint16_t flags)
{
    describe_request(0, 0, 0, 512);
    memcpy(ram(INDIRECT), ram(DESCRIPTORS), 48);
    describe(7, INDIRECT, size, flags, 0);
    offer(7);
}
static void indirect_and_next(void)
{
    indirect(48, IS_INDIRECT | NEXT);
}
static void indirect_odd_size(void)
{
    indirect(47, IS_INDIRECT);
}
static void indirect_empty(void)
{
    indirect(0, IS_INDIRECT);
}
static void indirect_too_long(void)
{
    indirect(16 * (QUEUE_SIZE + 1), IS_INDIRECT);
}
static void indirect_in_indirect(void)
{
    indirect(48, IS_INDIRECT);
    describe_at(INDIRECT, 1, INDIRECT, 48, IS_INDIRECT, 0);
}
static void indirect_loop(void)
{
    indirect(48, IS_INDIRECT);
    describe_at(INDIRECT, 2, RESULT, 1, WRITE | NEXT, 1);
}
static void indirect_beyond_its_end(void)
{
    indirect(32, IS_INDIRECT);
}
static void indirect_not_in_memory(void)
{
    describe(7, RAM + RAM_BYTES - 16, 48, IS_INDIRECT, 0);
    describe_at(RAM + RAM_BYTES - 16, 0, HEADER, 16, NEXT, 1);
    offer(7);
}

static void against_the_rules(void **state)
{
    static void (*const attacks[])(void) = {
        wrong_head,
        too_many_offered,
        a_loop,
        loop_of_one,
        next_out_of_range,
        readable_behind_writable,
        short_head,
        no_result,
        head_not_in_memory,
        result_not_in_memory,
        rings_not_in_memory,
        device_ring_not_in_memory,
        descriptors_not_in_memory,
        indirect_not_agreed,
        indirect_and_next,
        indirect_odd_size,
        indirect_empty,
        indirect_too_long,
        indirect_in_indirect,
        indirect_loop,
        indirect_beyond_its_end,
        indirect_not_in_memory,
    };

    for (size_t i = 0; i < ARRAY_SIZE(attacks); i++) {
        virtio_start();
        drive(1ull << 28);
        attacks[i]();
        reg_put(0x50, 0);
        if (!needs_reset())
            fail_msg("attack %zu was not seen", i);
        assert_int_equal(reg_get(0x60) & 2, 2);
        /* Nothing more until the device is reset; then all is well. */
        reg_put(0x50, 0);
        drive(0);
        assert_false(needs_reset());
        memset(ram(DRIVER_RING), 0, 64);
        describe_request(0, 0, 0, 512);
        offer(0);
        reg_put(0x50, 0);
        assert_int_equal(result(), 0);
    }
}

/* Data that is not in memory is the request's failure, not the queue's. */
static void data_not_in_memory(void **state)
{
    for (uint32_t type = 0; type < 2; type++) {
        drive(0);
        driver_ring()[1] = 0;
        describe_request(0, type, 0, 512);
        describe(1, RAM + RAM_BYTES - 256, 512, NEXT | (type ? 0 : WRITE), 2);
        offer(0);
        reg_put(0x50, 0);
        assert_int_equal(result(), 1);
        assert_false(needs_reset());
    }
}

static void not_before_all_is_agreed(void **state)
{
    drive(0);
    describe_request(0, 0, 0, 512);
    offer(0);
    reg_put(0x70, 11); /* no DRIVER_OK */
    reg_put(0x50, 0);
    reg_put(0x70, 15);
    reg_put(0x50, 1); /* no such queue */
    reg_put(0x44, 0);
    reg_put(0x50, 0);
    assert_int_equal(result(), NOTHING);
    assert_int_equal(given(), 0);
}

static void reset(void **state)
{
    drive(0);
    describe_request(0, 0, 0, 512);
    offer(0);
    reg_put(0x50, 0);
    assert_true(irq_level);
    virtio_blk_reset(&blk);
    assert_false(irq_level);
    assert_int_equal(reg_get(0x70), 0);
    assert_int_equal(reg_get(0x44), 0);
    assert_int_equal(reg_get(0x100), SECTORS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(registers, start),
        cmocka_unit_test_setup(every_offset, start),
        cmocka_unit_test_setup(features_and_status, start),
        cmocka_unit_test_setup(a_queue_that_cannot_be, start),
        cmocka_unit_test_setup(reads_and_writes, start),
        cmocka_unit_test_setup(other_requests, start),
        cmocka_unit_test_setup(beyond_the_disk, start),
        cmocka_unit_test_setup(in_pieces, start),
        cmocka_unit_test_setup(indirect_tables, start),
        cmocka_unit_test_setup(no_interrupt_if_not_wanted, start),
        cmocka_unit_test_setup(a_full_ring_and_its_end, start),
        cmocka_unit_test_setup(when_the_disk_fails, start),
        cmocka_unit_test_setup(against_the_rules, start),
        cmocka_unit_test_setup(data_not_in_memory, start),
        cmocka_unit_test_setup(not_before_all_is_agreed, start),
        cmocka_unit_test_setup(reset, start),
    };

    return cmocka_run_group_tests_name("virtio_blk", tests, NULL, NULL);
}
