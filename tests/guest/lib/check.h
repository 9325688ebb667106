/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Assertions and the list of tests of a guest. A test passes if none of its checks failed; a line
 * is printed for each test, and file, line and values of each check that failed (the first few).
 * Checks may be made on any CPU.
 */
#pragma once

#include "lib/types.h"

struct test {
    const char *name;
    void (*run)(void);
};
#define TEST(function)                     \
    {                                      \
        .name = #function, .run = function \
    }

/* Switch the MMU on, run COUNT TESTS, print the summary. */
void check_run(const struct test *tests, unsigned count);
/* Run them with the MMU already on and print what failed only; the number of tests that did. */
unsigned check_quietly(const struct test *tests, unsigned count);

#define CHECK(condition) check_true(!!(condition), __FILE__, __LINE__, #condition)
#define CHECK_EQ(a, b)   check_equal((uint64_t)(a), (uint64_t)(b), __FILE__, __LINE__, #a " == " #b)

/* Leave the calling test, counted as skipped, and say why; does not undo failures. */
#define SKIP(reason)        \
    do {                    \
        check_skip(reason); \
        return;             \
    } while (0)
/* CHECK, and leave the calling test if it failed. */
#define REQUIRE(condition)     \
    do {                       \
        if (!CHECK(condition)) \
            return;            \
    } while (0)

bool check_true(bool ok, const char *file, int line, const char *what);
bool check_equal(uint64_t a, uint64_t b, const char *file, int line, const char *what);
void check_skip(const char *reason);
