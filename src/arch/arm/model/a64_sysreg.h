/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trapped AArch64 system registers: what a guest reads and writes. The hardware traps what our
 * HCR_EL2, MDCR_EL2, CPTR_EL2 and CNTHCTL_EL2 ask for (TID3, TACR, TIDCP, TSW, TVM, IMO and FMO;
 * TDRA, TDOSA, TDA, TPM and TPMCR; TTA; EL1PCEN clear); what has no row here is undefined for the
 * guest.
 */
#pragma once

#include "arch/arm/model/a64_sysreg_keys.h"
#include "core/reg_row.h"
#include "core/trap.h"
#include "lib/types.h"

/* Make the table. Once, at boot, after a64_id_init with the same GIC_VERSION, before any other
 * function here. */
void a64_sysreg_init(unsigned gic_version);
/* The emulated registers of VCPU to their reset values; el1 and gprs are not touched. */
void a64_sysreg_reset(struct vcpu *vcpu);
/*
 * The handler for TRAP_SYSREG. VCPU is current; a write's TRAP->value was filled by the caller.
 * Answers TRAP_DONE, or TRAP_UNDEF for a register or a direction that the guest does not have.
 */
enum trap_result a64_sysreg_access(struct vcpu *vcpu, struct trap *trap);
/* The row of the register that the syndrome ISS names, NULL if the guest has no such register. */
const struct reg_row *a64_sysreg_row(uint64_t iss);
/* The register's name, for logs and traces; NULL if KEY has no row. */
const char *a64_sysreg_name(uint32_t key);
