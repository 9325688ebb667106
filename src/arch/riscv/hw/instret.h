/* SPDX-License-Identifier: Apache-2.0 */
/* How many instructions a hart has executed, where it says so exactly. */
#pragma once

#include "core/pcpu.h"

/* PCPU, this hart: find out whether it does. */
void instret_init_cpu(struct pcpu *pcpu);
/* So many on PCPU, this hart, in all its modes below M; always 0 where it does not. */
uint64_t instret_count(const struct pcpu *pcpu);
