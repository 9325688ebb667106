/* SPDX-License-Identifier: Apache-2.0 */
/* lib/string.c, under names of its own, against the C library: all small sizes, alignments,
 * overlaps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#define memcpy  our_memcpy
#define memmove our_memmove
#define memset  our_memset
#define memcmp  our_memcmp
#define memchr  our_memchr
#define strlen  our_strlen
#define strnlen our_strnlen
#define strcmp  our_strcmp
#define strncmp our_strncmp
#define strchr  our_strchr
#define strrchr our_strrchr
#define strtoul our_strtoul
#include "lib/string.c" /* NOLINT: the file under test, renamed */
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef memchr
#undef strlen
#undef strnlen
#undef strcmp
#undef strncmp
#undef strchr
#undef strrchr
#undef strtoul

#define ROOM 200
static unsigned char original[ROOM], ours[ROOM], theirs[ROOM];

static void fill(void)
{
    for (unsigned i = 0; i < ROOM; i++)
        original[i] = (unsigned char)(i * 37 + 11);
    memcpy(ours, original, ROOM);
    memcpy(theirs, original, ROOM);
}

static void copies(void **state)
{
    fill();
    for (unsigned from = 0; from < 16; from++)
        for (unsigned to = 0; to < 16; to++)
            for (unsigned n = 0; n < 90; n++) {
                unsigned char out[ROOM] = {0}, want[ROOM] = {0};
                assert_ptr_equal(our_memcpy(out + to, original + from, n), out + to);
                memcpy(want + to, original + from, n);
                assert_memory_equal(out, want, ROOM);
            }
}

static void moves_overlap(void **state)
{
    for (unsigned from = 0; from < 80; from += 3)
        for (unsigned to = 0; to < 80; to++)
            for (unsigned n = 0; n < 100; n += 1 + n / 8) {
                fill();
                assert_ptr_equal(our_memmove(ours + to, ours + from, n), ours + to);
                memmove(theirs + to, theirs + from, n);
                assert_memory_equal(ours, theirs, ROOM);
            }
}

static void sets(void **state)
{
    for (unsigned to = 0; to < 16; to++)
        for (unsigned n = 0; n < 90; n++) {
            fill();
            assert_ptr_equal(our_memset(ours + to, (int)(0x100 + n), n), ours + to);
            memset(theirs + to, (int)(0x100 + n), n);
            assert_memory_equal(ours, theirs, ROOM);
        }
}

static int sign(int x)
{
    return (x > 0) - (x < 0);
}

static void compares(void **state)
{
    for (unsigned at = 0; at < 9; at++)
        for (unsigned n = 0; n < 40; n++)
            for (unsigned differs = 0; differs < 40; differs++)
                for (int step = -1; step <= 1; step += 2) {
                    fill();
                    ours[at + differs] = (unsigned char)(ours[at + differs] + step * 128);
                    assert_int_equal(sign(our_memcmp(ours + at, original + at, n)),
                                     sign(memcmp(ours + at, original + at, n)));
                }
    assert_int_equal(our_memcmp("", "", 0), 0);
    assert_ptr_equal(our_memchr(original, original[50], ROOM), &original[50]);
    assert_null(our_memchr(original, original[50], 50));
    assert_non_null(our_memchr("\xff", -1, 1));
}

static void strings(void **state)
{
    static const char *const texts[] = {"",    "a",     "b",        "ab",    "abc",
                                        "abd", "a\xff", "kernel@0", "kernel"};
    for (unsigned i = 0; i < ARRAY_SIZE(texts); i++) {
        assert_int_equal(our_strlen(texts[i]), strlen(texts[i]));
        for (unsigned j = 0; j < ARRAY_SIZE(texts); j++) {
            assert_int_equal(sign(our_strcmp(texts[i], texts[j])),
                             sign(strcmp(texts[i], texts[j])));
            for (size_t n = 0; n < 10; n++)
                assert_int_equal(sign(our_strncmp(texts[i], texts[j], n)),
                                 sign(strncmp(texts[i], texts[j], n)));
        }
        for (size_t n = 0; n < 10; n++)
            assert_int_equal(our_strnlen(texts[i], n), strnlen(texts[i], n));
        for (int c = 0; c < 256; c++) {
            assert_ptr_equal(our_strchr(texts[i], c), strchr(texts[i], c));
            assert_ptr_equal(our_strrchr(texts[i], c), strrchr(texts[i], c));
        }
    }
    assert_string_equal(our_strrchr("/a/b/c", '/'), "/c");
    /* strnlen and strncmp do not look past their bound */
    char open[4] = {'a', 'b', 'c', 'd'};
    assert_int_equal(our_strnlen(open, sizeof(open)), 4);
    assert_int_equal(our_strncmp(open, "abcd", sizeof(open)), 0);
}

static void numbers(void **state)
{
    static const char *const texts[] = {
        "0",
        "1",
        "42",
        "-1",
        "+7",
        "  12x",
        "0x",
        "0x1f",
        "0XFfg",
        "017",
        "08",
        "zz",
        "Z9",
        "",
        "-",
        "0x-1",
        "\t\n 5",
        "18446744073709551615",
        "18446744073709551616",
        "-18446744073709551616",
        "99999999999999999999999",
        "0xffffffffffffffff",
        "0x10000000000000000",
        "1 2",
        "9a",
    };
    static const int bases[] = {0, 2, 8, 10, 16, 36};
    for (unsigned i = 0; i < ARRAY_SIZE(texts); i++)
        for (unsigned b = 0; b < ARRAY_SIZE(bases); b++) {
            char *our_end, *end;
            unsigned long value = our_strtoul(texts[i], &our_end, bases[b]);
            assert_int_equal(value, strtoul(texts[i], &end, bases[b]));
            assert_ptr_equal(our_end, end);
            assert_int_equal(our_strtoul(texts[i], NULL, bases[b]), value);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(copies),   cmocka_unit_test(moves_overlap), cmocka_unit_test(sets),
        cmocka_unit_test(compares), cmocka_unit_test(strings),       cmocka_unit_test(numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
