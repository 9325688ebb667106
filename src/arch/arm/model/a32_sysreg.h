/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emulated coprocessor registers: every one that our traps let through to us. Arm ARM DDI 0406C,
 * B4.
 */
#pragma once

#include "core/trap.h"
#include "lib/types.h"

struct vcpu;

/* After a32_id_init, once, at boot. */
void a32_sysreg_init(void);
/* Reset VCPU's emulated registers. */
void a32_sysreg_reset(struct vcpu *vcpu);
/* The handler for TRAP_SYSREG. */
enum trap_result a32_sysreg_access(struct vcpu *vcpu, struct trap *trap);
/* The manual's name of KEY; NULL if there is no row. */
const char *a32_sysreg_name(uint32_t key);
