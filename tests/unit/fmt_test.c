/* SPDX-License-Identifier: Apache-2.0 */
/* fmt against the C library's own: fixed edges, and random specifications. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/fmt.h"

#pragma GCC diagnostic ignored "-Wformat"
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
#ifndef __clang__
#pragma GCC diagnostic ignored "-Wformat-truncation"
#pragma GCC diagnostic ignored "-Wformat-overflow"
#endif

#define SAME(...)                                              \
    do {                                                       \
        char ours[256], theirs[256];                           \
        int n = fmt_print(ours, sizeof(ours), __VA_ARGS__);    \
        int m = snprintf(theirs, sizeof(theirs), __VA_ARGS__); \
        assert_string_equal(ours, theirs);                     \
        assert_int_equal(n, m);                                \
    } while (0)

static void as_the_c_library(void **state)
{
    SAME("plain %% text");
    SAME("%d %d %d", 0, -1, INT32_MIN);
    SAME("%lld %llu", (long long)INT64_MIN, (unsigned long long)UINT64_MAX);
    SAME("%hhd %hhu %hd %hu", 0x1ff, 0x1ff, 0x18000, 0x18000);
    SAME("%zu %zd %ld %lu", (size_t)-1, (size_t)-1, -1L, -1L);
    SAME("%8x|%-8x|%08x|%#x|%#X|%#x", 0xbeef, 0xbeef, 0xbeef, 0xbeef, 0xbeef, 0);
    SAME("%.0d|%.0x|%5.0d|%.3d|%+.3d|%08.3d", 0, 0, 0, 7, 7, 7);
    SAME("%+d|% d|%+ d|%-+6d|%06d", 5, 5, 5, 5, -5);
    SAME("%s|%10s|%-10s|%.2s|%10.2s|%.0s", "abc", "abc", "abc", "abc", "abc", "abc");
    SAME("%c|%3c|%-3c|", 'a', 'b', 'c');
    SAME("%*d|%-*d|%*d|%.*d|%.*d", 5, 1, 5, 1, -5, 1, 3, 1, -3, 1);
    SAME("%p", (void *)0x1234abcd);
    SAME("%#018llx", 0x1234ULL);
    SAME("%i", 42);
}

static void what_is_not_known_stands(void **state)
{
    char buf[64];
    assert_int_equal(fmt_print(buf, sizeof(buf), "a%qb %5"), 7);
    assert_string_equal(buf, "a%qb %5");
    fmt_print(buf, sizeof(buf), "%");
    assert_string_equal(buf, "%");
    fmt_print(buf, sizeof(buf), "%s %p", (char *)NULL, (void *)NULL);
    assert_string_equal(buf, "(null) 0x0");
}

static void no_byte_beyond_the_buffer(void **state)
{
    char buf[8];
    memset(buf, '#', sizeof(buf));
    assert_int_equal(fmt_print(buf, 0, "hello"), 5);
    assert_int_equal(buf[0], '#');
    assert_int_equal(fmt_print(NULL, 0, "%d", 1234), 4);
    assert_int_equal(fmt_print(buf, 1, "hello"), 5);
    assert_int_equal(buf[0], 0);
    assert_int_equal(fmt_print(buf, 4, "hello"), 5);
    assert_string_equal(buf, "hel");
    assert_int_equal(buf[4], '#');
    /* A mistaken width is bounded. */
    assert_int_equal(fmt_print(buf, sizeof(buf), "%99999999999999d", 1), 4096);
}

/* %s with a precision must not read behind it: the text has no end. */
static void a_precision_bounds_the_reading(void **state)
{
    char *text = malloc(3);
    char buf[8];
    memcpy(text, "abc", 3);
    fmt_print(buf, sizeof(buf), "%.3s", text);
    assert_string_equal(buf, "abc");
    free(text);
}

static void random_specifications(void **state)
{
    static const char *const lengths[] = {"hh", "h", "", "l", "ll", "z"};
    srand(1);
    for (int i = 0; i < 200000; i++) {
        char format[64] = "<%", ours[300], theirs[300];
        for (const char *flag = "-0+ #"; *flag != 0; flag++) {
            if (rand() % 3 == 0)
                strncat(format, flag, 1);
        }
        if (rand() % 2)
            sprintf(format + strlen(format), "%d", 1 + rand() % 40);
        if (rand() % 3 == 0)
            sprintf(format + strlen(format), ".%d", rand() % 30);
        int length = rand() % 6;
        strcat(format, lengths[length]);
        strncat(format, &"diuxX"[rand() % 5], 1);
        strcat(format, ">");
        uint64_t value =
            ((uint64_t)rand() << 33 ^ (uint64_t)rand() << 11 ^ (uint64_t)rand()) >> (rand() % 64);
        if (length < 3) {
            fmt_print(ours, sizeof(ours), format, (int)value);
            snprintf(theirs, sizeof(theirs), format, (int)value);
        } else {
            fmt_print(ours, sizeof(ours), format, value);
            snprintf(theirs, sizeof(theirs), format, value);
        }
        if (strcmp(ours, theirs) != 0)
            fail_msg("%s: ours %s, theirs %s", format, ours, theirs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_the_c_library),
        cmocka_unit_test(what_is_not_known_stands),
        cmocka_unit_test(no_byte_beyond_the_buffer),
        cmocka_unit_test(a_precision_bounds_the_reading),
        cmocka_unit_test(random_specifications),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
