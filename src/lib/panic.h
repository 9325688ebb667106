/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For our own bugs only: nothing a guest or a configuration does may reach these. The machine
 * prints its last words (core/panic.h) and stops.
 */
#pragma once

#include "lib/types.h"

/* Defined by core/panic.c on the target and by the test harness on the host. */
void panic(const char *format, ...) __printf(1, 2) __noreturn __cold;

#define BUG_ON(condition)                                              \
    do {                                                               \
        if (unlikely(condition))                                       \
            panic("BUG at %s:%d: %s", __FILE__, __LINE__, #condition); \
    } while (0)
