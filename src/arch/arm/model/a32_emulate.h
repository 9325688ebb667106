/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An access to a device by an instruction that the syndrome does not describe: it is read from the
 * guest's memory, decoded (a32_access.h) and done, a register after the other. Must not touch the
 * hardware: the instruction comes by a hook (a32_hooks.h).
 */
#pragma once

#include "arch/arm/model/a32_access.h"
#include "arch/arm/model/a32_decode.h"
#include "core/trap.h"

struct vcpu;

/* The instruction at SYNDROME's pc. False: it cannot be read, or is not one of those. */
bool a32_access_fetch(struct vcpu *vcpu, const struct a32_syndrome *syndrome,
                      struct a32_access *access);
/*
 * Do ACCESS, of which SYNDROME has the address that failed, and finish it: registers, base, PC.
 * TRAP becomes the whole of it, with the first register's value, for whoever traces it. TRAP_ABORT:
 * no device takes it, or it is not within one page of one; what was stored before stays stored, no
 * register has changed.
 */
enum trap_result a32_access_do(struct vcpu *vcpu, const struct a32_syndrome *syndrome,
                               const struct a32_access *access, struct trap *trap);
