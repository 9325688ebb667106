/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Power State Coordination Interface 1.1, as a guest sees it: Arm DEN 0022D.
 */
#pragma once

#include "arch/arm/model/smccc.h"
#include "core/trap.h"
#include "lib/types.h"

#define PSCI_VERSION_1_1 0x10001

enum psci_result {
    PSCI_SUCCESS = 0,
    PSCI_NOT_SUPPORTED = -1,
    PSCI_INVALID_PARAMETERS = -2,
    PSCI_DENIED = -3,
    PSCI_ALREADY_ON = -4,
    PSCI_ON_PENDING = -5,
    PSCI_INTERNAL_FAILURE = -6,
    PSCI_NOT_PRESENT = -7,
    PSCI_DISABLED = -8,
    PSCI_INVALID_ADDRESS = -9,
};

/* Function identifiers; a 64-bit form has SMCCC_ID_Is64 as well. */
enum psci_function {
    PSCI_VERSION = 0x84000000,
    PSCI_CPU_SUSPEND = 0x84000001, /* also 64-bit */
    PSCI_CPU_OFF = 0x84000002,
    PSCI_CPU_ON = 0x84000003,        /* also 64-bit */
    PSCI_AFFINITY_INFO = 0x84000004, /* also 64-bit */
    PSCI_MIGRATE_INFO_TYPE = 0x84000006,
    PSCI_SYSTEM_OFF = 0x84000008,
    PSCI_SYSTEM_RESET = 0x84000009,
    PSCI_FEATURES = 0x8400000a,
    PSCI_SYSTEM_RESET2 = 0x84000012, /* also 64-bit */
};

/* Results of AFFINITY_INFO and MIGRATE_INFO_TYPE. */
enum { PSCI_AFFINITY_ON, PSCI_AFFINITY_OFF, PSCI_AFFINITY_ON_PENDING };
enum { PSCI_MIGRATE_NOT_REQUIRED = 2 };

/* Standard secure services 0x00 to 0x1f, both forms. */
#define PSCI_NUMBER_MAX 0x1f
/* FUNCTION is in PSCI's range, known or not. */
static inline bool arm_psci_owns(uint32_t function)
{
    return (function & ~(uint32_t)(SMCCC_ID_Is64 | PSCI_NUMBER_MAX)) == PSCI_VERSION;
}
/*
 * Do the call in REGS (x0 to x3), result in x0. VCPU is current, no lock held; takes its VM's.
 * TRAP_RETRY when it does not come back: the vCPU or its VM is off.
 */
enum trap_result arm_psci_call(struct vcpu *vcpu, smccc_reg_t *regs);
