/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual APLIC: sources of every mode, what is pending, and what is sent to whom. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vdev/vaplic.h"

#define HARTS 2u
enum {
    DOMAINCFG = 0,
    SETIP = 0x1c00,
    SETIPNUM = 0x1cdc,
    IN_CLRIP = 0x1d00,
    CLRIPNUM = 0x1ddc,
    SETIE = 0x1e00,
    SETIENUM = 0x1edc,
    CLRIE = 0x1f00,
    CLRIENUM = 0x1fdc,
    SETIPNUM_LE = 0x2000,
    SETIPNUM_BE = 0x2004,
    GENMSI = 0x3000,
    TARGET = 0x3000,
};
enum { INACTIVE, DETACHED, RISES = 4, FALLS, HIGH, LOW };
#define IE 0x100u

static struct vaplic aplic;
static unsigned sent_count;
static uint32_t sent_hart, sent_eiid;

static void send(void *owner, uint32_t hart, uint32_t eiid)
{
    assert_ptr_equal(owner, &aplic);
    assert_true(hart < HARTS && eiid != 0 && eiid < 2048);
    sent_count++;
    sent_hart = hart;
    sent_eiid = eiid;
}

static uint32_t read(uint64_t offset)
{
    struct mmio_access access = {.offset = offset, .size_bytes = 4};

    assert_true(vaplic_mmio(&aplic, &access));
    return (uint32_t)access.value;
}
static void write(uint64_t offset, uint32_t value)
{
    struct mmio_access access = {.offset = offset, .size_bytes = 4, .write = true, .value = value};

    assert_true(vaplic_mmio(&aplic, &access));
}
static void wire(uint32_t source, bool level)
{
    aplic.controller.ops->set_level(&aplic.controller, 0, source, level);
}

static int start(void **state)
{
    const struct vaplic_config config = {HARTS, send, &aplic};

    vaplic_init(&aplic, &config);
    sent_count = 0;
    return 0;
}

/* SOURCE of MODE, enabled, is message 100 + SOURCE of hart 1. */
static void use(uint32_t source, uint32_t mode)
{
    write(source * 4, mode);
    write(TARGET + source * 4, 1u << 18 | (100 + source));
    write(SETIENUM, source);
    write(DOMAINCFG, IE);
}

static void assert_sent(unsigned count, uint32_t source)
{
    assert_int_equal(sent_count, count);
    assert_int_equal(sent_hart, 1);
    assert_int_equal(sent_eiid, 100 + source);
}

static void after_reset(void **state)
{
    assert_int_equal(read(DOMAINCFG), 0x80000004); /* messages, and nothing else */
    write(DOMAINCFG, UINT32_MAX);
    assert_int_equal(read(DOMAINCFG), 0x80000104);
    for (uint64_t offset = 4; offset < VAPLIC_SIZE; offset += 4)
        assert_int_equal(read(offset), 0);
    /* What is not active keeps nothing, and there is no source 0 and none behind the last. */
    for (uint64_t offset = TARGET + 4; offset < VAPLIC_SIZE; offset += 4)
        write(offset, 0x1234);
    write(SETIE, UINT32_MAX);
    write(SETIP, UINT32_MAX);
    write(SETIP + 8, UINT32_MAX);
    for (uint32_t i = 0; i < 4; i++)
        write(SETIPNUM, (uint32_t[]){0, 64, 1023, UINT32_MAX}[i]);
    wire(0, true);
    wire(64, true);
    wire(UINT32_MAX, true);
    for (uint64_t offset = 4; offset < VAPLIC_SIZE; offset += 4)
        assert_int_equal(read(offset), 0);
    assert_int_equal(sent_count, 0);
}

static void modes_that_do_not_exist(void **state)
{
    static const uint32_t wrong[] = {2, 3, 0x400 | HIGH};

    for (size_t i = 0; i < 3; i++) {
        write(5 * 4, HIGH);
        write(5 * 4, wrong[i]);
        assert_int_equal(read(5 * 4), INACTIVE);
    }
    write(63 * 4, 0xfffffb00 | LOW);
    assert_int_equal(read(63 * 4), LOW);
}

static void an_edge(void **state)
{
    use(3, RISES);
    wire(3, true);
    assert_sent(1, 3);
    assert_int_equal(read(SETIP), 0); /* sent is not pending */
    wire(3, true);
    wire(3, false);
    assert_int_equal(sent_count, 1);
    wire(3, true);
    assert_sent(2, 3);
    /* It waits while it is not enabled, here or by the domain. */
    write(CLRIENUM, 3);
    wire(3, false);
    wire(3, true);
    wire(3, false);
    assert_int_equal(read(SETIP), 1u << 3);
    write(DOMAINCFG, 0);
    write(SETIENUM, 3);
    assert_int_equal(sent_count, 2);
    write(DOMAINCFG, IE);
    assert_sent(3, 3);
    /* And can be taken back. */
    write(CLRIE, 1u << 3);
    wire(3, true);
    write(CLRIPNUM, 3);
    write(SETIE, 1u << 3);
    assert_int_equal(sent_count, 3);
}

static void the_other_edge(void **state)
{
    use(40, FALLS);
    sent_count = 0; /* the line was low already */
    wire(40, true);
    assert_int_equal(sent_count, 0);
    wire(40, false);
    assert_sent(1, 40);
    assert_int_equal(read(IN_CLRIP + 4), 1u << 8);
    write(SETIPNUM_LE, 40);
    write(SETIPNUM_BE, __builtin_bswap32(40));
    assert_sent(3, 40);
}

/* 4.9.2: sent once; who has served it asks whether it is still there by setipnum. */
static void a_level(void **state)
{
    use(10, HIGH);
    wire(10, true);
    assert_sent(1, 10);
    assert_int_equal(read(IN_CLRIP), 1u << 10);
    write(SETIPNUM, 10);
    assert_sent(2, 10);
    wire(10, false);
    write(SETIPNUM, 10);
    write(SETIP, 1u << 10);
    assert_int_equal(sent_count, 2);
    /* Not sent yet, it goes with its level. */
    write(DOMAINCFG, 0);
    wire(10, true);
    assert_int_equal(read(SETIP), 1u << 10);
    wire(10, false);
    assert_int_equal(read(SETIP), 0);
    write(DOMAINCFG, IE);
    assert_int_equal(sent_count, 2);
    /* A low level is there from the beginning. */
    sent_count = 0;
    use(11, LOW);
    assert_sent(1, 11);
}

static void detached_and_inactive(void **state)
{
    use(7, DETACHED);
    wire(7, true);
    assert_int_equal(sent_count, 0);
    assert_int_equal(read(IN_CLRIP), 0);
    write(SETIPNUM, 7);
    assert_sent(1, 7);
    write(7 * 4, INACTIVE);
    assert_int_equal(read(TARGET + 7 * 4), 0);
    assert_int_equal(read(SETIE), 0);
    write(SETIPNUM, 7);
    assert_int_equal(sent_count, 1);
}

static void to_whom(void **state)
{
    use(1, RISES);
    /* Harts that are not there, guests, and no message. */
    for (uint32_t i = 0; i < 3; i++) {
        write(TARGET + 4, (uint32_t[]){HARTS << 18 | 5, 1u << 12 | 5, 1u << 18}[i]);
        write(SETIPNUM, 1);
    }
    assert_int_equal(sent_count, 0);
    write(TARGET + 4, UINT32_MAX);
    assert_int_equal(read(TARGET + 4), ~(1u << 11));
    write(GENMSI, 1u << 18 | 104);
    assert_sent(1, 4);
    write(GENMSI, HARTS << 18 | 104);
    assert_int_equal(sent_count, 1);
    assert_int_equal(read(GENMSI), 0);
}

static void accesses_of_other_widths(void **state)
{
    for (uint32_t size = 1; size <= 8; size *= 2) {
        struct mmio_access access = {.offset = 0, .size_bytes = size};

        assert_int_equal(vaplic_mmio(&aplic, &access), size == 4);
    }
    struct mmio_access askew = {.offset = 2, .size_bytes = 4};
    assert_false(vaplic_mmio(&aplic, &askew));
    struct mmio_access behind = {.offset = VAPLIC_SIZE, .size_bytes = 4};
    assert_false(vaplic_mmio(&aplic, &behind));
}

static void reset_keeps_the_lines(void **state)
{
    use(9, HIGH);
    wire(9, true);
    vaplic_reset(&aplic);
    sent_count = 0;
    after_reset(state);
    use(9, HIGH);
    assert_sent(1, 9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(after_reset, start),
        cmocka_unit_test_setup(modes_that_do_not_exist, start),
        cmocka_unit_test_setup(an_edge, start),
        cmocka_unit_test_setup(the_other_edge, start),
        cmocka_unit_test_setup(a_level, start),
        cmocka_unit_test_setup(detached_and_inactive, start),
        cmocka_unit_test_setup(to_whom, start),
        cmocka_unit_test_setup(accesses_of_other_widths, start),
        cmocka_unit_test_setup(reset_keeps_the_lines, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
