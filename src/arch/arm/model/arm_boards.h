/* SPDX-License-Identifier: Apache-2.0 */
/* What guests that were built for other boards look for, and where: for diagnoses only. */
#pragma once

#include "core/trace.h"
#include "lib/types.h"

/* As arch_gpa_hint (arch/arch.h). */
const char *arm_gpa_hint(gpa_t gpa);
/* As arch_uart_words. */
extern const struct uart_words arm_uart_words;
