/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A synchronous exception of a guest, from its syndrome to the registers the guest goes on with:
 * decode, dispatch, finish. The only place that writes a trapped instruction's destination
 * register, moves the PC, or injects an exception. Must not read a register of the hardware: PL1's
 * are behind a32_hooks.h, so that tests on the host run this very code. Arm ARM DDI 0406C, B3.13.
 */
#pragma once

#include "arch/arm/model/a32_decode.h"
#include "core/trap.h"
#include "core/vcpu.h"

/* What a load leaves in its register: as narrow as the access, extended as the instruction says. */
uint32_t a32_loaded_value(const struct trap *trap);
/*
 * Handle the exception SYNDROME of VCPU, which is current here; HPFAR is valid (a32_hpfar_missing).
 * No lock is held. On return VCPU's registers are what it goes on with, but it may have been asked
 * to stop or wait: run_resume. TRAP is left as the handler left it, for whoever traces it.
 */
enum trap_result a32_trap_handle(struct vcpu *vcpu, const struct a32_syndrome *syndrome,
                                 struct trap *trap);
/* a32_trap_handle, and whoever looks at this vCPU's traps is shown it (a32/observed.c). */
void a32_trap_handle_observed(struct vcpu *vcpu, const struct a32_syndrome *syndrome);
