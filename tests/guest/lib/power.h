/* SPDX-License-Identifier: Apache-2.0 */
/* PSCI (Arm DEN 0022F) and the SMC calling convention (DEN 0028F) as a guest uses them. */
#pragma once

#include "lib/types.h"

enum psci_function {
    PSCI_VERSION = 0x84000000,
    PSCI_CPU_SUSPEND32 = 0x84000001,
    PSCI_CPU_OFF = 0x84000002,
    PSCI_CPU_ON32 = 0x84000003,
    PSCI_AFFINITY_INFO32 = 0x84000004,
    PSCI_MIGRATE_INFO_TYPE = 0x84000006,
    PSCI_SYSTEM_OFF = 0x84000008,
    PSCI_SYSTEM_RESET = 0x84000009,
    PSCI_FEATURES = 0x8400000a,
    PSCI_SYSTEM_RESET2 = 0x84000012,
    PSCI_CPU_SUSPEND = 0xc4000001,
    PSCI_CPU_ON = 0xc4000003,
    PSCI_AFFINITY_INFO = 0xc4000004,
    PSCI_SYSTEM_RESET2_64 = 0xc4000012,
    SMCCC_VERSION = 0x80000000,
    SMCCC_ARCH_FEATURES = 0x80000001,
};

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

enum psci_affinity_state { PSCI_ON = 0, PSCI_OFF = 1, PSCI_TURNING_ON = 2 };

/* By the conduit the device tree names; x0 as it comes back. */
uint64_t firmware_call(uint32_t function, uint64_t a, uint64_t b, uint64_t c);
/* The same, forced to a conduit. */
uint64_t hvc_call(uint32_t function, uint64_t a, uint64_t b, uint64_t c);
uint64_t smc_call(uint32_t function, uint64_t a, uint64_t b, uint64_t c);
/* The result of a PSCI function, which is 32 bits wide and signed. */
static inline int32_t psci_call(uint32_t function, uint64_t a, uint64_t b, uint64_t c)
{
    return (int32_t)firmware_call(function, a, b, c);
}

void power_off(void) __noreturn;
