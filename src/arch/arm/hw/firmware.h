/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The firmware below us: PSCI (Arm DEN0022) by SMC or, where there is no EL3, by HVC to whoever
 * started us (never the case at EL2 on real hardware, but the tree says).
 */
#pragma once

#include "lib/types.h"

/* Reads /psci of FDT, without which only this CPU runs. A sentence for the user on failure, NULL on
 * success. */
const char *firmware_init(const void *fdt);
/* The port's: one SMCCC call (DEN0028), by SMC or by HVC; arguments 1 to 3, and the first result.
 */
int64_t firmware_call(bool by_smc, uint32_t function, uint64_t a1, uint64_t a2, uint64_t a3);
/* Start the CPU of MPIDR at physical ENTRY with CONTEXT in its first register. 0 or a PSCI error
 * code. */
int64_t firmware_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context);
