/* SPDX-License-Identifier: Apache-2.0 */
/* What guests that were built for other boards look for, and where: for diagnoses only. */
#pragma once

#include "lib/types.h"

/* As arch_gpa_hint (arch/arch.h). */
const char *arm_gpa_hint(gpa_t gpa);
/* As arch_is_console_name. */
bool arm_is_console_name(const char *name, size_t length);
