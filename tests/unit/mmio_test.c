/* SPDX-License-Identifier: Apache-2.0 */
/* The bus of device regions, at their edges; and the errors' texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/mmio.h"
#include "lib/err.h"

static struct mmio_region region(uint64_t base, uint64_t size)
{
    return (struct mmio_region){.base = GPA(base), .size_bytes = size, .name = "test"};
}

static enum err add(struct mmio_bus *bus, uint64_t base, uint64_t size)
{
    struct mmio_region r = region(base, size);
    return mmio_bus_add(bus, &r);
}

static void regions_are_sorted_and_found(void **state)
{
    struct mmio_bus bus = {.count = 0};
    assert_null(mmio_bus_search(&bus, GPA(0), 1));
    assert_int_equal(add(&bus, 0x3000, 0x1000), ERR_NONE);
    assert_int_equal(add(&bus, 0x1000, 0x1000), ERR_NONE);
    assert_int_equal(add(&bus, 0x2000, 0x800), ERR_NONE);
    assert_int_equal(add(&bus, 0x9000, 4), ERR_NONE);
    for (uint32_t i = 1; i < bus.count; i++)
        assert_true(bus.regions[i - 1].base.raw < bus.regions[i].base.raw);
    assert_int_equal(mmio_bus_search(&bus, GPA(0x1000), 8)->base.raw, 0x1000);
    assert_int_equal(mmio_bus_search(&bus, GPA(0x1ff8), 8)->base.raw, 0x1000);
    assert_int_equal(mmio_bus_search(&bus, GPA(0x2000), 1)->base.raw, 0x2000);
    assert_int_equal(mmio_bus_search(&bus, GPA(0x27ff), 1)->base.raw, 0x2000);
    assert_int_equal(mmio_bus_search(&bus, GPA(0x3fff), 1)->base.raw, 0x3000);
    assert_int_equal(mmio_bus_search(&bus, GPA(0x9000), 4)->base.raw, 0x9000);
    assert_null(mmio_bus_search(&bus, GPA(0xfff), 1));
    assert_null(mmio_bus_search(&bus, GPA(0xfff), 2));
    assert_null(mmio_bus_search(&bus, GPA(0x1ffc), 8)); /* across two regions */
    assert_null(mmio_bus_search(&bus, GPA(0x2800), 1));
    assert_null(mmio_bus_search(&bus, GPA(0x4000), 1));
    assert_null(mmio_bus_search(&bus, GPA(0x9001), 4));
    assert_null(mmio_bus_search(&bus, GPA(0x1000), 0));
    assert_null(mmio_bus_search(&bus, GPA(UINT64_MAX), 8));
}

/* Whatever its width, an access that the window takes lies inside the region. */
static void a_window_holds_what_is_inside(void **state)
{
    struct mmio_region r = region(0x1000, 0x100), small = region(0x2000, 4);
    struct mmio_window window = {.inner_bytes = 0};
    assert_false(mmio_window_has(&window, GPA(0)));
    mmio_window_open(&window, &r);
    assert_true(window.handler == r.handler && window.device == r.device);
    assert_true(mmio_window_has(&window, GPA(0x1000)));
    assert_true(mmio_window_has(&window, GPA(0x10f8)));
    assert_false(mmio_window_has(&window, GPA(0x10f9)));
    assert_false(mmio_window_has(&window, GPA(0xfff)));
    mmio_window_open(&window, &small);
    assert_false(mmio_window_has(&window, GPA(0x2000)));
}

static void bad_regions(void **state)
{
    struct mmio_bus bus = {.count = 0};
    assert_int_equal(add(&bus, 0x1000, 0), ERR_RANGE);
    assert_int_equal(add(&bus, UINT64_MAX, 2), ERR_RANGE);
    assert_int_equal(add(&bus, UINT64_MAX, 1), ERR_RANGE);
    assert_int_equal(add(&bus, 0x2000, 0x1000), ERR_NONE);
    assert_int_equal(add(&bus, 0x1000, 0x1001), ERR_EXISTS);
    assert_int_equal(add(&bus, 0x2fff, 1), ERR_EXISTS);
    assert_int_equal(add(&bus, 0, 0x10000), ERR_EXISTS);
    assert_int_equal(add(&bus, 0x2800, 8), ERR_EXISTS);
    assert_int_equal(bus.count, 1);
    for (uint32_t i = 1; i < MMIO_REGION_MAX; i++)
        assert_int_equal(add(&bus, 0x10000 + 0x1000 * i, 0x1000), ERR_NONE);
    assert_int_equal(add(&bus, 0x1000, 0x1000), ERR_NO_MEMORY);
    assert_int_equal(bus.count, MMIO_REGION_MAX);
}

static void errors_have_texts(void **state)
{
    for (int e = 0; e < ERR_COUNT; e++)
        assert_true(err_text((enum err)e)[0] != '\0');
    assert_string_equal(err_text(ERR_EXISTS), "already there");
    assert_string_equal(err_text(ERR_COUNT), "unknown error");
    assert_string_equal(err_text((enum err)12345), "unknown error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_are_sorted_and_found),
        cmocka_unit_test(a_window_holds_what_is_inside),
        cmocka_unit_test(bad_regions),
        cmocka_unit_test(errors_have_texts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
