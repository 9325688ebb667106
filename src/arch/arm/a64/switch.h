/* SPDX-License-Identifier: Apache-2.0 */
/* The world switch beyond the arch.h contract. */
#pragma once

#include "core/pcpu.h"

/* Whoever's floating-point state is in this CPU goes to memory, and the registers may be used by us
 * (libfdt). */
void a64_fp_release(struct pcpu *pcpu);
