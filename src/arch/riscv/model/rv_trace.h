/* SPDX-License-Identifier: Apache-2.0 */
/* RISC-V traps in words, for traces, last words and diagnoses. */
#pragma once

#include "arch/riscv/model/rv_state.h"
#include "core/trace.h"
#include "lib/types.h"

struct exit_record;

/* As arch_trap_text (arch/arch.h). */
int rv_trap_text(const struct trace_record *record, char *text, size_t size);
/* As arch_exit_trap. */
void rv_exit_trap(const struct exit_record *exit, struct trap *trap);
/* The exception or interrupt that scause tells of: "an illegal instruction". */
const char *rv_cause_text(uint64_t scause);
/* As arch_vcpu_view, of a vCPU with these registers at its time NOW. */
void rv_view(const struct rv_gprs *gprs, const struct rv_super *super, uint64_t now,
             struct guest_view *view);
/* As arch_gpa_hint, arch_uart_words. */
const char *rv_gpa_hint(gpa_t gpa);
extern const struct uart_words rv_uart_words;
