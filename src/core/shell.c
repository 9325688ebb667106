/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the table of commands and the text on its way to the console. A command prints into that
 * text; while some of it waits for room the shell takes no input, so the text needs room for one
 * command's words only. Must not wait.
 */
#include "core/shell.h"

#include "arch/arch.h"
#include "core/console.h"
#include "core/lock.h"
#include "core/shell_impl.h"
#include "core/shell_line.h"
#include "core/vm.h"
#include "lib/fmt.h"
#include "lib/string.h"

#define PROMPT       "trapeze> "
#define ERASE_LINE   "\r\033[K"
#define CLEAR_SCREEN "\033[H\033[2J"
#define CUT          "...\r\n"

/* The text's; apart from `shell`, so that the image need not hold its zeroes. */
static char shell_text[SHELL_TEXT_MAX + sizeof(CUT) + sizeof(PROMPT)];

static struct {
    struct spinlock lock; /* of text; the line belongs to the one CPU that delivers input */
    uint32_t owner;
    uint32_t text_first, text_count;
    struct shell_line line;
} shell = {.lock = SPINLOCK_INIT};

/* ---- output */

/* Give the console what it takes. True if nothing waits any more. */
static bool text_drain(void)
{
    spin_lock(&shell.lock);
    while (shell.text_first < shell.text_count &&
           console_put(shell.owner, shell_text[shell.text_first]))
        shell.text_first++;
    bool done = shell.text_first == shell.text_count;
    if (done)
        shell.text_first = shell.text_count = 0;
    spin_unlock(&shell.lock);
    return done;
}

static void text_add(const char *text, uint32_t room)
{
    spin_lock(&shell.lock);
    for (; *text != 0 && shell.text_count < room; text++)
        shell_text[shell.text_count++] = *text;
    spin_unlock(&shell.lock);
}

void shell_print(const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    fmt_vprint(text, sizeof(text), format, args);
    va_end(args);
    text_add(text, SHELL_TEXT_MAX);
}

void shell_flush(void)
{
    text_drain();
    console_flush_polled();
}

/* The console's ready hook. */
static void shell_output_ready(void *ctx)
{
    if (text_drain())
        console_input_ready(shell.owner);
}

/* ---- commands */

struct shell_command {
    const char *usage;
    const char *help;
    shell_command_fn *run;
};

static shell_command_fn command_help, command_quit;

static const struct shell_command commands[] = {
    {"help", "this list", command_help},
    {"vm list", "the VMs, their states and sizes", shell_vm_list},
    {"vm info NAME", "all about one VM", shell_vm_info},
    {"vm start|stop|pause|resume|restart NAME", "its life; a restart takes its images as they were",
     shell_vm_life},
    {"vcpu", "each vCPU: its CPU, state, time it ran, program counter", shell_vcpu},
    {"stat on|off", "measure what exits cost, which makes them a little dearer", shell_stat_timing},
    {"stat [NAME]", "exits by reason: count, share, average and worst cost", shell_stat},
    {"trace NAME on|off|show", "each trap of a VM in words", shell_trace},
    {"s2 NAME GPA", "what is at a guest-physical address", shell_s2},
    {"irq", "physical interrupts: who handles them, how many came", shell_irq},
    {"mem", "host memory: free, used, each VM's", shell_mem},
    {"log [BACK]", "the log: its last lines, or those before the last BACK", shell_log},
    {"quit", "power the machine off, whatever its VMs do", command_quit},
};

static void command_help(const struct shell_words *arguments)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        shell_print("%-40s %s\r\n", commands[i].usage, commands[i].help);
    shell_print("%-40s %s\r\n", "Ctrl-a Ctrl-a Ctrl-a", "go to the next console");
}

static void command_quit(const struct shell_words *arguments)
{
    shell_print("powering off\r\n");
    shell_flush();
    arch_machine_off();
}

struct vm *shell_vm(const char *name)
{
    for (uint32_t i = 0; i < vm_count; i++)
        if (strcmp(vms[i]->name, name) == 0)
            return vms[i];
    shell_print("no VM '%s'; 'vm list' lists them\r\n", name);
    return NULL;
}

/* No command is as WORDS are: say what comes nearest. */
static void explain(const struct shell_words *words, const char *line)
{
    bool found = false;
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        if (shell_match_first(commands[i].usage, words)) {
            shell_print("usage: %s\r\n", commands[i].usage);
            found = true;
        }
    }
    if (!found)
        shell_print("no command '%s'; 'help' lists them\r\n", line);
}

static void run_line(const char *line)
{
    char copy[SHELL_LINE_MAX + 1];
    struct shell_words words, arguments;
    memcpy(copy, line, sizeof(copy));
    shell_split(copy, &words);
    if (words.count == 0)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        if (shell_match(commands[i].usage, &words, &arguments)) {
            commands[i].run(&arguments);
            return;
        }
    }
    explain(&words, line);
}

/* ---- the line */

static void show_line(void)
{
    const struct shell_line *line = &shell.line;
    shell_print("%s%s%s", ERASE_LINE, PROMPT, line->text);
    if (line->cursor < line->length)
        shell_print("\033[%uD", line->length - line->cursor);
}

static const char *vm_name(uint32_t index)
{
    return index < vm_count ? vms[index]->name : NULL;
}

static void complete_line(void)
{
    struct shell_line *line = &shell.line;
    struct shell_completion c = {0};
    char before[SHELL_LINE_MAX + 1];
    memcpy(before, line->text, line->cursor);
    before[line->cursor] = 0;
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        shell_complete(commands[i].usage, before, vm_name, &c);
    if (c.count == 0)
        return;
    const char *text = c.candidate[0].text;
    if (c.count == 1 || c.common > c.typed) {
        shell_line_insert(line, text + c.typed, c.common - c.typed);
        if (c.count == 1)
            shell_line_insert(line, " ", 1);
    } else {
        shell_print("\r\n");
        for (uint32_t i = 0; i < c.count; i++)
            shell_print("%.*s  ", (int)c.candidate[i].length, c.candidate[i].text);
        shell_print("\r\n");
    }
    show_line();
}

static void end_line(void)
{
    shell_print("\r\n");
    run_line(shell.line.text);
    shell_line_reset(&shell.line);
    if (shell.text_count == SHELL_TEXT_MAX)
        text_add(CUT, sizeof(shell_text));
    text_add(PROMPT, sizeof(shell_text));
}

static void edit(char byte)
{
    switch (shell_line_key(&shell.line, byte)) {
    case SHELL_LINE_NOTHING:
        break;
    case SHELL_LINE_APPENDED:
        shell_print("%c", byte);
        break;
    case SHELL_LINE_CLEAR:
        shell_print(CLEAR_SCREEN);
        show_line();
        break;
    case SHELL_LINE_CHANGED:
        show_line();
        break;
    case SHELL_LINE_COMPLETE:
        complete_line();
        break;
    case SHELL_LINE_DONE:
        end_line();
        break;
    }
}

/* The console's input function. */
static bool shell_input(void *ctx, char byte)
{
    if (!text_drain())
        return false;
    edit(byte);
    text_drain();
    return true;
}

void shell_init(void)
{
    shell.owner = console_add_owner("trapeze", shell_input, NULL);
    if (shell.owner == CONSOLE_NONE)
        return;
    console_set_ready_hook(shell.owner, shell_output_ready);
    shell_print("Trapeze shell; 'help' lists the commands\r\n" PROMPT);
    text_drain();
}
