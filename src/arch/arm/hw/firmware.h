/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The firmware below us: PSCI (Arm DEN0022) by SMC or, where there is no EL3, by HVC to whoever
 * started us (never the case at EL2 on real hardware, but the tree says).
 */
#pragma once

#include "lib/types.h"

/* Reads /psci of FDT. A sentence for the user on failure, NULL on success. */
const char *firmware_init(const void *fdt);
/* One SMCCC call (DEN0028): x0 to x3; the result's x0. */
int64_t firmware_call(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);
/* Start the CPU of MPIDR at physical ENTRY with CONTEXT in x0. 0 or a PSCI error code. */
int64_t firmware_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context);
