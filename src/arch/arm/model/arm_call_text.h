/* SPDX-License-Identifier: Apache-2.0 */
/* Calls by HVC and SMC in words, for traces. */
#pragma once

#include "core/trace.h"
#include "lib/types.h"

/* As arch_trap_text (arch/arch.h), of a record whose trap is TRAP_HYPERCALL. */
int arm_call_text(const struct trace_record *record, char *text, size_t size);
