/* SPDX-License-Identifier: Apache-2.0 */
/* CSRs that are emulated: rows by number (core/reg_row.h). */
#pragma once

#include "core/trap.h"
#include "lib/types.h"

/* Once, before the first VM. */
void rv_csr_init(void);
/* The handler for TRAP_SYSREG: TRAP->syndrome is the instruction. Leaves the old value in
 * TRAP->value. */
enum trap_result rv_csr_access(struct vcpu *vcpu, struct trap *trap);
/* Its name, NULL if it has none. */
const char *rv_csr_name(uint32_t number);
