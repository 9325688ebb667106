/* SPDX-License-Identifier: Apache-2.0 */
/*
 * printf's work for the hypervisor: %d %i %u %x %X %c %s %p %% with flags `-0+ #`, width,
 * precision, `*`, and lengths hh h l ll z. Nothing else; an unknown conversion is printed as it
 * stands.
 */
#pragma once

#include <stdarg.h>

#include "lib/types.h"

/* As the C library's: writes at most SIZE bytes with the final 0 and returns the full length. */
int fmt_vprint(char *buf, size_t size, const char *format, va_list list);
int fmt_print(char *buf, size_t size, const char *format, ...) __printf(3, 4);
