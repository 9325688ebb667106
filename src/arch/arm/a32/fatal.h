/* SPDX-License-Identifier: Apache-2.0 */
/* An exception of the hypervisor itself: what entry.S saved of it. */
#pragma once

#include "lib/types.h"

struct fatal_frame {
    uint32_t r[13];
    uint32_t sp, lr, unused;
} __aligned(8);

/* Prints the last words and stops the machine. VECTOR is the entry's index in the table. */
void a32_fatal(const struct fatal_frame *frame, uint32_t vector) __noreturn;
