/* SPDX-License-Identifier: Apache-2.0 */
/* An exception of the hypervisor itself: what entry.S saved of it. */
#pragma once

#include "lib/types.h"

struct fatal_frame {
    uint64_t x[31];
    uint64_t sp;
} __aligned(16);

/* Prints the last words and stops the machine. VECTOR is the entry's index in the table. */
void a64_fatal(const struct fatal_frame *frame, uint64_t vector) __noreturn;
