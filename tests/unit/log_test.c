/* SPDX-License-Identifier: Apache-2.0 */
/* The log: replay, the ring's loss of the oldest, harmless lines, the guests' budget. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "lib/log.h"

static char seen[1 << 18];
static size_t seen_length;
static unsigned seen_lines;
static enum log_level seen_level;

static void sink(enum log_level level, const char *line, size_t length)
{
    assert_true(length <= LOG_LINE_MAX);
    memcpy(seen + seen_length, line, length);
    seen_length += length;
    seen[seen_length++] = '\n';
    seen[seen_length] = 0;
    seen_lines++;
    seen_level = level;
}

/* A sink may log; it must not be called under the log's lock. */
static void talking_sink(enum log_level level, const char *line, size_t length)
{
    static bool inside;
    if (!inside) {
        inside = true;
        log_info("from the sink");
        inside = false;
    }
    sink(level, line, length);
}

static int forget(void **state)
{
    log_set_sink(sink);
    seen_length = seen_lines = 0;
    seen[0] = 0;
    return 0;
}

static void replays_what_no_sink_saw(void **state)
{
    log_info("seen at once %d", 1);
    log_set_sink(NULL);
    log_warn("early %s", "one");
    log_error("early two\n");
    assert_string_equal(seen, "seen at once 1\n");
    log_set_sink(sink);
    assert_string_equal(seen, "seen at once 1\nearly one\nearly two\n");
    assert_int_equal(seen_level, LOG_ERROR);
    log_set_sink(sink);
    assert_int_equal(seen_lines, 3);
    log_set_sink(talking_sink);
    log_debug("x");
    assert_string_equal(seen, "seen at once 1\nearly one\nearly two\nfrom the sink\nx\n");
}

static void oldest_lines_are_lost_first(void **state)
{
    log_set_sink(NULL);
    for (int i = 0; i < 3000; i++)
        log_info("line %d %.*s", i, i % 40, "........................................");
    log_set_sink(sink);
    assert_non_null(strstr(seen, "line 2999 "));
    assert_null(strstr(seen, "line 100 "));
    /* Nothing but whole, consecutive lines, and the ring is well used. */
    int first, n = 0;
    assert_int_equal(sscanf(seen, "line %d", &first), 1);
    for (char *s = seen; *s != 0; s = strchr(s, '\n') + 1, n++) {
        int i;
        assert_int_equal(sscanf(s, "line %d", &i), 1);
        assert_int_equal(i, first + n);
    }
    assert_int_equal(first + n, 3000);
    assert_true(seen_length + 2 * n > LOG_RING_BYTES - 64);
}

static void read_again(void **state)
{
    char line[LOG_LINE_MAX];
    enum log_level level;
    size_t length;
    uint64_t position = 0;
    log_debug("the last one");
    unsigned lines = 0;
    while (log_read(&position, &level, line, &length))
        lines++;
    assert_true(lines > 1);
    assert_int_equal(level, LOG_DEBUG);
    assert_int_equal(length, strlen("the last one"));
    assert_memory_equal(line, "the last one", length);
    /* A reader that was overtaken goes on with the oldest kept. */
    uint64_t old = position;
    for (int i = 0; i < 5000; i++)
        log_debug("overtake %d", i);
    assert_true(log_read(&old, &level, line, &length));
    assert_true(old > position + LOG_RING_BYTES);
    assert_int_equal(length, strlen("overtake 4000"));
}

static void lines_are_harmless(void **state)
{
    log_info("a\nb\rc\033[2Jd\177\n");
    assert_string_equal(seen, "a?b?c?[2Jd?\n");
    forget(state);
    log_info("%s", "");
    assert_string_equal(seen, "\n");
    forget(state);
    char big[1000];
    memset(big, 'x', sizeof(big));
    log_info("%.*s", (int)sizeof(big), big);
    assert_int_equal(seen_length, LOG_LINE_MAX + 1);
}

static void a_guest_has_a_budget(void **state)
{
    struct log_budget budget = {0};
    uint64_t now = 5;
    for (int i = 0; i < 100; i++)
        log_guest(&budget, now, "linux0", "did %d", i);
    assert_int_equal(seen_lines, LOG_GUEST_BURST);
    assert_int_equal(seen_level, LOG_WARN);
    assert_non_null(strstr(seen, "linux0: did 19\n"));
    forget(state);
    log_guest(&budget, now + LOG_GUEST_REFILL_NS - 1, "linux0", "too early");
    assert_int_equal(seen_lines, 0);
    log_guest(&budget, now + LOG_GUEST_REFILL_NS, "linux0", "again");
    assert_string_equal(seen, "linux0: 81 lines about it were dropped\nlinux0: again\n");
    /* Time that went backwards, or very far, does no harm; the burst is the most there can be. */
    log_guest(&budget, 0, "linux0", "no");
    assert_int_equal(seen_lines, 2);
    forget(state);
    for (int i = 0; i < 100; i++)
        log_guest(&budget, UINT64_MAX, "linux0", "did %d", i);
    assert_int_equal(seen_lines, LOG_GUEST_BURST + 1);
}

static void levels_have_names(void **state)
{
    assert_string_equal(log_level_name(LOG_ERROR), "error");
    assert_string_equal(log_level_name(LOG_DEBUG), "debug");
    assert_string_equal(log_level_name((enum log_level)77), "?");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(replays_what_no_sink_saw, forget),
        cmocka_unit_test_setup(oldest_lines_are_lost_first, forget),
        cmocka_unit_test_setup(read_again, forget),
        cmocka_unit_test_setup(lines_are_harmless, forget),
        cmocka_unit_test_setup(a_guest_has_a_budget, forget),
        cmocka_unit_test(levels_have_names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
