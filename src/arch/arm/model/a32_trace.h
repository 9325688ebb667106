/* SPDX-License-Identifier: Apache-2.0 */
/* ARMv7's traps in words, for traces, last words and diagnoses. */
#pragma once

#include "arch/arm/model/a32_state.h"
#include "core/trace.h"
#include "lib/types.h"

struct exit_record;

/* As arch_trap_text (arch/arch.h). a32_sysreg_init and a32_id_init were called. */
int a32_trap_text(const struct trace_record *record, char *text, size_t size);
/* As arch_exit_trap. */
void a32_exit_trap(const struct exit_record *exit, struct trap *trap);
/*
 * As arch_vcpu_view, of a vCPU with these registers at host count NOW; CNTVOFF is its virtual
 * timer's.
 */
void a32_view(const struct a32_gprs *gprs, const struct a32_pl1 *pl1,
              const struct a32_emulated *emulated, uint64_t cntvoff, uint64_t now,
              struct guest_view *view);
