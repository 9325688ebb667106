/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short way of a trap, between entry.S and traps.c. Only the registers that C may change are
 * saved before rv_trap_fast; the others are still the guest's when it comes back, and are saved if
 * there is more to do.
 */
#pragma once

/* Bit n is x(n): ra, sp, tp, t0-t6, a1-a7, and s0, the frame pointer, which ends a backtrace. */
#define ENTRY_SAVED 0xf003f9f6
/* a0, which is there as well, but by itself. */
#define ENTRY_A0 0x400
/* gp, s1-s11. */
#define ENTRY_REST 0x0ffc0208

/* What rv_trap_fast says: all is done; run_loop must look; nothing is done yet. */
#define RV_FAST_DONE 0
#define RV_FAST_RUN  1
#define RV_FAST_REST 2
