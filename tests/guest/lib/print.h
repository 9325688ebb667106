/* SPDX-License-Identifier: Apache-2.0 */
/* Text on the console, the machine's PL011, by polling. */
#pragma once

#include "lib/types.h"

/* Bring the UART into the state printing needs: enabled, 8 bits, FIFOs, no interrupt, no loopback.
 */
void console_init(void);
/* %s %c %u %d (32 bits) %lu %lx (64 bits) %x %%; from any CPU, a call's text is not torn once the
 * MMU is on. */
void print(const char *format, ...) __printf(1, 2);
