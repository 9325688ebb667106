/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the microbenchmarks of all architectures share: how often, and which. Before it is included
 * TIME_BEGIN() is the function that reads the counter when a loop begins; bench.c has `times` and
 * `loop_overhead`, report_loop and wanted.
 */
#pragma once

#include "guest/lib/text.h"

#define LOOP_ROUNDS  (1000u * times)
#define EVENT_ROUNDS (100u * times)

/* Ticks of LOOP_ROUNDS times BODY. */
#define TIME_LOOP(body)                                  \
    ({                                                   \
        uint64_t start_ = TIME_BEGIN();                  \
        for (uint32_t i_ = LOOP_ROUNDS; i_ != 0; i_--) { \
            __asm__ volatile("" ::: "memory");           \
            body;                                        \
        }                                                \
        counter() - start_;                              \
    })
#define BENCH_LOOP(name, body)                    \
    do {                                          \
        if (wanted(name))                         \
            report_loop((name), TIME_LOOP(body)); \
    } while (0)

/* Is row NAME to be measured: all are, or the one that ARGUMENTS, a command line, name. */
static bool row_is_wanted(const char *arguments, const char *name)
{
    static const char option[] = "row=";

    while (*arguments != 0 && text_after(arguments, option) == NULL)
        arguments++;
    return *arguments == 0 || text_equal(arguments + sizeof(option) - 1, name);
}
