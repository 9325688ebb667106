/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's words about traps: of AArch64. */
#include "arch/arm/model/a64_trace.h"

#include "arch/arch.h"

int arch_trap_text(const struct trace_record *record, char *text, size_t size)
{
    return a64_trap_text(record, text, size);
}

void arch_exit_trap(const struct exit_record *exit, struct trap *trap)
{
    a64_exit_trap(exit, trap);
}
