/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short way of a trap, between entry.S and fast.c. Only the registers that our C may change are
 * saved before a64_trap_sync and a64_trap_irq: x0 to x9, x16, x17, x29, x30. It preserves x19 to
 * x28 (AAPCS64, 6.1.1) and is compiled without x10 to x15 and x18 (Makefile), so these are the
 * guest's when it comes back, and are saved if there is more to do. Until then nobody looks at
 * them: for a trap that names one they are saved and it is handled once more, by the same
 * functions; and no library is called, which would change them.
 */
#pragma once

#include "lib/bits.h"

/*
 * They answer what is left: 0, go on with the guest; requests of the vCPU (VCPU_REQ_*), run_loop
 * must look; or one of these.
 */
#define A64_LEFT_ALL bit32(31) /* the trap: nothing is done yet */
/* The same, for want of a register: a64_trap_again() may do it. */
#define A64_LEFT_REG_SHIFT 30
#define A64_LEFT_REG       bit32(A64_LEFT_REG_SHIFT)
/* Only to load all registers: one that was not among the first has a new value. */
#define A64_LEFT_LOAD_SHIFT 29
#define A64_LEFT_LOAD       bit32(A64_LEFT_LOAD_SHIFT)

/* x0 to this one, the usual ones in an access, are saved. */
#define A64_SAVED_MAX 9
