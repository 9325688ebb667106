/* SPDX-License-Identifier: Apache-2.0 */
/* The shell's commands about what happened: exits and their cost, traps, interrupts, the log. */
#include "arch/arch.h"
#include "core/irq.h"
#include "core/shell_impl.h"
#include "core/stat.h"
#include "core/trace.h"
#include "core/vm.h"
#include "lib/log.h"
#include "lib/string.h"

/* ---- stat */

void shell_stat_timing(const struct shell_words *arguments)
{
    bool on = strcmp(arguments->word[0], "on") == 0;

    stat_set_timing(on);
    shell_print("the cost of exits is %s measured\r\n", on ? "being" : "no longer");
}

static void print_reason(const struct vm *vm, unsigned reason, uint64_t total)
{
    struct stat_sum sum;

    stat_read(vm, reason, &sum);
    if (sum.count == 0)
        return;
    uint64_t permille = sum.count * 1000 / total;
    shell_print("  %-14s %12llu %3llu.%llu %%", stat_reason_name(reason),
                (unsigned long long)sum.count, (unsigned long long)(permille / 10),
                (unsigned long long)(permille % 10));
    if (sum.timed_count > 0)
        shell_print(" %8llu ns %8llu ns",
                    (unsigned long long)(stat_ns(sum.cost_ticks) / sum.timed_count),
                    (unsigned long long)stat_ns(sum.cost_max_ticks));
    shell_print("\r\n");
}

static void print_stat(const struct vm *vm)
{
    uint64_t total = 0, switches = 0;
    struct stat_sum sum;

    for (unsigned i = 0; i < STAT_REASON_COUNT; i++) {
        stat_read(vm, i, &sum);
        total += sum.count;
    }
    for (uint32_t i = 0; i < vm->vcpu_count; i++)
        switches += vm->vcpus[i]->stats.switches;
    shell_print("%s: %llu exits, %llu switches\r\n", vm->name, (unsigned long long)total,
                (unsigned long long)switches);
    if (total == 0)
        return;
    shell_print("  %-14s %12s %7s %11s %11s\r\n", "REASON", "EXITS", "SHARE", "AVERAGE", "WORST");
    for (unsigned i = 0; i < STAT_REASON_COUNT; i++)
        print_reason(vm, i, total);
}

void shell_stat(const struct shell_words *arguments)
{
    if (arguments->count > 0) {
        struct vm *vm = shell_vm(arguments->word[0]);

        if (vm != NULL)
            print_stat(vm);
        return;
    }
    for (uint32_t i = 0; i < vm_count; i++)
        print_stat(vms[i]);
}

/* ---- trace */

/* Exactly, where that is known. */
static void print_cost(const struct trace_record *record)
{
    if (record->instructions != 0)
        shell_print("%llu instructions\r\n", (unsigned long long)record->instructions);
    else
        shell_print("%llu ns\r\n",
                    (unsigned long long)stat_ns(record->end_ticks - record->start_ticks));
}

static void show_trace(struct vm *vm)
{
    struct trace_record record;
    char text[TRACE_TEXT_MAX];
    uint32_t i;

    for (i = 0; trace_read(vm, i, &record); i++) {
        uint64_t us = stat_ns(record.start_ticks - vm->time_zero_ticks) / 1000;

        trace_text(vm, &record, text, sizeof(text));
        shell_print("%4llu.%06llu %s/%u pc=%llx %s, ", (unsigned long long)(us / 1000000),
                    (unsigned long long)(us % 1000000), vm->name, record.vcpu,
                    (unsigned long long)record.pc, text);
        print_cost(&record);
    }
    if (i == 0)
        shell_print("nothing was traced of %s\r\n", vm->name);
}

void shell_trace(const struct shell_words *arguments)
{
    struct vm *vm = shell_vm(arguments->word[0]);
    bool on = strcmp(arguments->word[1], "on") == 0;

    if (vm == NULL)
        return;
    if (strcmp(arguments->word[1], "show") == 0)
        show_trace(vm);
    else if (trace_set(vm, on) != ERR_NONE)
        shell_print("no memory for a trace\r\n");
    else
        shell_print("%s is %s traced\r\n", vm->name, on ? "being" : "no longer");
}

/* ---- irq, log */

void shell_irq(const struct shell_words *arguments)
{
    shell_print("%4s %12s %s\r\n", "IRQ", "COUNT", "HANDLER");
    for (uint32_t i = 0; i < IRQ_MAX; i++) {
        const struct irq_action *action = irq_action(i);

        if (action->handler != NULL)
            shell_print("%4u %12llu %s%s\r\n", i, (unsigned long long)action->count, action->name,
                        action->guest_ends ? ", ended by the guest" : "");
    }
}

#define LOG_PAGE 40

static_assert(LOG_PAGE * (LOG_LINE_MAX + 16) <= SHELL_TEXT_MAX, "a page of the log is shown whole");

static uint64_t log_count(void)
{
    uint64_t position = 0, count = 0;
    char line[LOG_LINE_MAX];
    enum log_level level;
    size_t length;

    while (log_read(&position, &level, line, &length))
        count++;
    return count;
}

void shell_log(const struct shell_words *arguments)
{
    uint64_t back = arguments->count > 0 ? strtoul(arguments->word[0], NULL, 10) : 0;
    uint64_t count = log_count(), position = 0;
    uint64_t last = count - MIN(count, back), first = last - MIN(last, (uint64_t)LOG_PAGE);
    char line[LOG_LINE_MAX];
    enum log_level level;
    size_t length;

    for (uint64_t i = 0; i < last && log_read(&position, &level, line, &length); i++)
        if (i >= first)
            shell_print("%-7s %.*s\r\n", log_level_name(level), (int)length, line);
    if (first > 0)
        shell_print("%llu lines before these: log %llu\r\n", (unsigned long long)first,
                    (unsigned long long)(back + LOG_PAGE));
}
