/* SPDX-License-Identifier: Apache-2.0 */
/* Names of code addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "core/symbols.h"

static const uint32_t offsets[] = {0, 0x10, 0x11, 0x400};
static const char names[] = "start\0"
                            "b\0"
                            "third\0"
                            "last\0";
static const struct symbol_table table = {0x40080000, 4, offsets, names};

static void expect(uintptr_t addr, const char *name, uint32_t offset)
{
    uint32_t found = 77;
    const char *text = symbol_table_find(&table, addr, &found);
    if (name == NULL)
        assert_null(text);
    else
        assert_string_equal(text, name);
    assert_int_equal(found, offset);
}

static void finds_the_function(void **state)
{
    expect(0x40080000, "start", 0);
    expect(0x4008000f, "start", 15);
    expect(0x40080010, "b", 0);
    expect(0x40080011, "third", 0);
    expect(0x400803ff, "third", 0x3ee);
    expect(0x40080400, "last", 0);
    expect(0x40081400, "last", 0x1000);
}

static void knows_what_it_does_not_know(void **state)
{
    uint32_t offset = 77;
    expect(0, NULL, 0);
    expect(0x4007ffff, NULL, 0);
    expect(UINTPTR_MAX, NULL, 0);
    /* No table is linked into a test. */
    assert_null(symbol_find((uintptr_t)finds_the_function, &offset));
    assert_int_equal(offset, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_function),
        cmocka_unit_test(knows_what_it_does_not_know),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
