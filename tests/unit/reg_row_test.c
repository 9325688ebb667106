/* SPDX-License-Identifier: Apache-2.0 */
/* The index against a naive scan over every key, the kinds of rows, and tables that must be
 * refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/reg_row.h"

static struct reg_table table;

static const struct reg_row *scan(const struct reg_row *rows, uint32_t count, uint32_t key)
{
    for (uint32_t i = 0; i < count; i++)
        if (rows[i].key == key)
            return &rows[i];
    return NULL;
}

/* Rows at both ends of the key space, at page borders, and scattered. */
static void index_agrees_with_scan(void **state)
{
    static struct reg_row rows[400];
    uint32_t count = 0, key = 0;

    while (count < ARRAY_SIZE(rows) - 3) {
        rows[count++] = (struct reg_row){.key = key, .access = REG_RO, .kind = REG_CONST};
        key += 1 + (count * 7919u) % 5;
    }
    rows[count++] = (struct reg_row){.key = 0x7fc0, .access = REG_RO, .kind = REG_CONST};
    rows[count++] = (struct reg_row){.key = 0x7fff, .access = REG_RO, .kind = REG_CONST};
    rows[count++] = (struct reg_row){.key = 0xffff, .access = REG_RO, .kind = REG_CONST};
    assert_int_equal(reg_table_init(&table, rows, count), ERR_NONE);
    for (uint32_t k = 0; k < 65536; k++)
        assert_ptr_equal(reg_table_find(&table, k), scan(rows, count, k));
    assert_null(reg_table_find(&table, 65536));
    assert_null(reg_table_find(&table, 65536 + 0xffff));
    assert_null(reg_table_find(&table, UINT32_MAX));
}

static void empty_table_finds_nothing(void **state)
{
    assert_int_equal(reg_table_init(&table, NULL, 0), ERR_NONE);
    for (uint32_t k = 0; k < 65536; k++)
        assert_null(reg_table_find(&table, k));
}

static enum trap_result nothing(struct vcpu *vcpu, const struct reg_row *row, bool write,
                                uint64_t *value)
{
    *value = row->key + 1;
    return TRAP_ABORT;
}

static void bad_rows_are_refused(void **state)
{
    struct reg_row rows[2] = {{.key = 4, .access = REG_RO, .kind = REG_CONST},
                              {.key = 5, .access = REG_RO, .kind = REG_CONST}};

    assert_int_equal(reg_table_init(&table, rows, 2), ERR_NONE);
    rows[1].key = 4; /* twice */
    assert_int_equal(reg_table_init(&table, rows, 2), ERR_INVALID);
    rows[1].key = 3; /* in any order */
    assert_int_equal(reg_table_init(&table, rows, 2), ERR_NONE);
    rows[1].key = 65536;
    assert_int_equal(reg_table_init(&table, rows, 2), ERR_INVALID);
    rows[1].key = 5;
    rows[1].kind = REG_FN; /* without function */
    assert_int_equal(reg_table_init(&table, rows, 2), ERR_INVALID);
    rows[1].fn = nothing;
    assert_int_equal(reg_table_init(&table, rows, 2), ERR_NONE);
    rows[1].kind = REG_FN + 1;
    assert_int_equal(reg_table_init(&table, rows, 2), ERR_INVALID);
    rows[1].kind = REG_STATE;
    rows[1].offset = 4; /* not aligned */
    assert_int_equal(reg_table_init(&table, rows, 2), ERR_INVALID);
    rows[1] = (struct reg_row){.key = 5, .access = 0, .kind = REG_RAZ_WI}; /* of no use */
    assert_int_equal(reg_table_init(&table, rows, 2), ERR_INVALID);
    rows[1].kind = REG_HIDDEN;
    assert_int_equal(reg_table_init(&table, rows, 2), ERR_NONE);
    assert_int_equal(reg_table_init(&table, rows, UINT16_MAX), ERR_INVALID);
}

static void too_many_pages_are_refused(void **state)
{
    static struct reg_row rows[REG_INDEX_PAGES];

    for (uint32_t i = 0; i < REG_INDEX_PAGES; i++)
        rows[i] =
            (struct reg_row){.key = i * REG_INDEX_PAGE_KEYS, .access = REG_RO, .kind = REG_CONST};
    assert_int_equal(reg_table_init(&table, rows, REG_INDEX_PAGES - 1), ERR_NONE);
    assert_int_equal(reg_table_init(&table, rows, REG_INDEX_PAGES), ERR_NO_MEMORY);
}

static enum trap_result access_row(const struct reg_row *row, uint64_t *file, bool write,
                                   uint64_t *value)
{
    struct trap trap = {.kind = TRAP_SYSREG, .write = write, .value = *value};
    enum trap_result result = reg_row_access(NULL, file, row, &trap);

    *value = trap.value;
    return result;
}

static void kinds_do_what_they_say(void **state)
{
    uint64_t file[3] = {1, 0xff00, 3}, v;
    struct reg_row row = {.access = REG_RW, .kind = REG_CONST, .reset = 77};

    v = 5;
    assert_int_equal(access_row(&row, file, true, &v), TRAP_DONE);
    assert_int_equal(access_row(&row, file, false, &v), TRAP_DONE);
    assert_int_equal(v, 77);

    row = (struct reg_row){.access = REG_RW, .kind = REG_STATE, .offset = 8, .write_mask = 0xf0f0};
    v = ~0ULL;
    assert_int_equal(access_row(&row, file, true, &v), TRAP_DONE);
    assert_int_equal(file[1], 0xfff0);
    v = 0;
    assert_int_equal(access_row(&row, file, true, &v), TRAP_DONE);
    v = 9;
    assert_int_equal(access_row(&row, file, false, &v), TRAP_DONE);
    assert_int_equal(v, 0x0f00);
    assert_int_equal(file[0], 1);
    assert_int_equal(file[2], 3);

    row = (struct reg_row){.access = REG_RW, .kind = REG_RAZ_WI};
    v = 9;
    assert_int_equal(access_row(&row, file, true, &v), TRAP_DONE);
    assert_int_equal(access_row(&row, file, false, &v), TRAP_DONE);
    assert_int_equal(v, 0);

    row = (struct reg_row){.access = REG_RW, .kind = REG_HIDDEN};
    assert_int_equal(access_row(&row, file, false, &v), TRAP_UNDEF);
    assert_int_equal(access_row(&row, file, true, &v), TRAP_UNDEF);

    row = (struct reg_row){.key = 41, .access = REG_RW, .kind = REG_FN, .fn = nothing};
    assert_int_equal(access_row(&row, file, false, &v), TRAP_ABORT);
    assert_int_equal(v, 42);
}

static void missing_direction_is_undefined(void **state)
{
    uint64_t file[1] = {1}, v = 0;
    struct reg_row ro = {.access = REG_RO, .kind = REG_STATE, .write_mask = ~0ULL};
    struct reg_row wo = {.access = REG_WO, .kind = REG_FN, .fn = nothing};

    assert_int_equal(access_row(&ro, file, true, &v), TRAP_UNDEF);
    assert_int_equal(file[0], 1);
    assert_int_equal(access_row(&wo, file, false, &v), TRAP_UNDEF);
    assert_int_equal(access_row(&wo, file, true, &v), TRAP_ABORT);
}

static void reset_writes_state_rows_only(void **state)
{
    static const struct reg_row rows[] = {
        {.key = 1, .access = REG_RO, .kind = REG_CONST, .offset = 0, .reset = 9},
        {.key = 2, .access = REG_RW, .kind = REG_STATE, .offset = 8, .reset = 8},
        {.key = 3, .access = REG_RO, .kind = REG_STATE, .offset = 16, .reset = 7},
    };
    uint64_t file[4] = {1, 1, 1, 1};

    assert_int_equal(reg_table_init(&table, rows, ARRAY_SIZE(rows)), ERR_NONE);
    reg_table_reset(&table, file);
    assert_int_equal(file[0], 1);
    assert_int_equal(file[1], 8);
    assert_int_equal(file[2], 7);
    assert_int_equal(file[3], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_agrees_with_scan),
        cmocka_unit_test(empty_table_finds_nothing),
        cmocka_unit_test(bad_rows_are_refused),
        cmocka_unit_test(too_many_pages_are_refused),
        cmocka_unit_test(kinds_do_what_they_say),
        cmocka_unit_test(missing_direction_is_undefined),
        cmocka_unit_test(reset_writes_state_rows_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
