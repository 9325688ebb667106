/* SPDX-License-Identifier: Apache-2.0 */
/* The few questions guests ask about strings. */
#pragma once

#include "lib/types.h"

bool text_equal(const char *a, const char *b);
/* What follows PREFIX in TEXT; NULL if TEXT does not begin with it. */
const char *text_after(const char *text, const char *prefix);
/* The number after "NAME=" in ARGUMENTS (words between blanks), FALLBACK if it is not there. */
uint64_t text_argument(const char *arguments, const char *name, uint64_t fallback);
