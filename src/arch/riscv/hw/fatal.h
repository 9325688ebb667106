/* SPDX-License-Identifier: Apache-2.0 */
/* An exception of the hypervisor itself: what entry.S saved of it. */
#pragma once

#include "lib/types.h"

struct fatal_frame {
    uint64_t x[32]; /* x[0] is not written */
} __aligned(16);

/* Prints the last words and stops the machine. */
void rv_fatal(const struct fatal_frame *frame) __noreturn;
