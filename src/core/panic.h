/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last words of a hypervisor with a bug: one line that starts with "Trapeze panic: ", then the
 * registers (the architecture's arch_panic_print), the stack, and what this CPU's guests did last.
 * Everything goes to the UART by polling; no lock is waited for. panic() itself is in lib/panic.h.
 */
#pragma once

#include "lib/types.h"

/* A piece of last words; a newline becomes a carriage return and one. */
void panic_print(const char *format, ...) __printf(1, 2);
/*
 * The calls that led to frame pointer FP, of a stack that lies in [STACK_LO, STACK_HI): a chain of
 * pairs, previous frame pointer and return address. FP NULL: the calls that led to panic(). Reads
 * nothing outside the bounds.
 */
void panic_backtrace(const void *fp, uintptr_t stack_lo, uintptr_t stack_hi);
/* "symbol+0x1c", or "?", of ADDR. */
void panic_print_symbol(uintptr_t addr);
