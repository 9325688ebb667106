/* SPDX-License-Identifier: Apache-2.0 */
/* The shell's commands and what they print with. For src/core/shell*.c only. */
#pragma once

#include "core/shell_words.h"
#include "lib/types.h"

struct vm;

/* Called with the words of the command's usage that are not fixed. */
typedef void shell_command_fn(const struct shell_words *arguments);

/*
 * A piece of a command's answer; lines end with "\r\n". What a command says in all must fit in
 * SHELL_TEXT_MAX; the rest is lost, and "..." says so.
 */
#define SHELL_TEXT_MAX KIB(12)
void shell_print(const char *format, ...) __printf(1, 2);
/* The VM of that NAME, or NULL, which has been said. */
struct vm *shell_vm(const char *name);
/* Everything said so far goes out, by polling: before the machine goes off. */
void shell_flush(void);

/* shell_vm.c */
shell_command_fn shell_vm_list, shell_vm_info, shell_vm_life, shell_vcpu, shell_s2, shell_mem;
/* shell_trace.c */
shell_command_fn shell_stat, shell_stat_timing, shell_trace, shell_irq, shell_log;
