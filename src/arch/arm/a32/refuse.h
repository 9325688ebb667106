/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entered without Hyp mode: just enough of an address space at PL1, with short descriptors, which
 * every ARMv7-A has, for the console to work.
 */
#pragma once

#include "lib/types.h"

/* Use these tables from here on; they were made by boot.S. */
void refuse_init(void);
/* As arch_map_device, at PL1. */
void *refuse_map_device(hpa_t base);
