/* SPDX-License-Identifier: Apache-2.0 */
/* AArch64's traps in words, for traces, last words and diagnoses. */
#pragma once

#include "arch/arm/model/a64_state.h"
#include "core/trace.h"
#include "lib/types.h"

struct exit_record;
struct guest_view;

/* As arch_trap_text (arch/arch.h). a64_sysreg_init and a64_id_init were called. */
int a64_trap_text(const struct trace_record *record, char *text, size_t size);
/* As arch_exit_trap. */
void a64_exit_trap(const struct exit_record *exit, struct trap *trap);
/* The exception that a syndrome of EL1 (ESR_EL1) tells of: "an undefined instruction". */
const char *a64_exception_name(uint64_t esr);
/*
 * As arch_vcpu_view, of a vCPU with these registers at host count NOW; CNTVOFF is its virtual
 * timer's.
 */
void a64_view(const struct a64_gprs *gprs, const struct a64_el1 *el1,
              const struct a64_emulated *emulated, uint64_t cntvoff, uint64_t now,
              struct guest_view *view);
