/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short way of a trap, between entry.S and fast.c. Only the registers that our C may change are
 * saved before rv_trap_fast: ra, sp, tp, t0, t1, a0 to a7. It preserves s0 to s11 and is compiled
 * without t2 to t6 (Makefile), so these are the guest's when it comes back, and are saved if there
 * is more to do. Until then nobody looks at them: a trap that names one is finished the long way;
 * and no library is called, which would change them. A backtrace from there ends at the guest's s0,
 * whatever that is: it goes up within our stack, or ends.
 */
#pragma once

/* Bit n is x(n). */
#define ENTRY_SAVED 0x0003f876
/* a0, which is there as well, but by itself. */
#define ENTRY_A0 0x400
/* gp, t2, s0 to s11, t3 to t6. */
#define ENTRY_REST 0xfffc0388

/*
 * rv_trap_fast answers what is left: 0, go on with the guest; requests of the vCPU (VCPU_REQ_*),
 * run_loop must look; or this, the trap: nothing is done yet.
 */
#define RV_LEFT_ALL_BIT 31
