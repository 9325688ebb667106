/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the line being edited and the text on its way to the console. A command prints into that
 * text; while some of it waits for room the shell takes no input, so the text needs room for one
 * command's words only. Must not wait.
 */
#include "core/shell.h"

#include "arch/arch.h"
#include "core/console.h"
#include "core/lock.h"
#include "core/vm.h"
#include "lib/fmt.h"
#include "lib/string.h"

#define LINE_MAX      80
#define TEXT_MAX      4096
#define HISTORY_COUNT 8
#define PROMPT        "trapeze> "
#define ERASE_LINE    "\r\033[K"

enum {
    KEY_CTRL_C = 0x03,
    KEY_CTRL_U = 0x15,
    KEY_ESC = 0x1b,
    KEY_DEL = 0x7f,
};

/* Where we are in an escape sequence of the keyboard. */
enum key_state { KEY_PLAIN, KEY_ESCAPE, KEY_CONTROL };

static struct {
    struct spinlock lock; /* of text; the line belongs to the one CPU that delivers input */
    uint32_t owner;
    uint32_t text_first, text_count;
    char text[TEXT_MAX];
    enum key_state key_state;
    bool returned; /* the last byte was a carriage return: a newline after it is the same key */
    uint32_t length;
    char line[LINE_MAX + 1];
    uint32_t history_count;  /* lines ever put into history */
    uint32_t history_looked; /* how far back the line shown is, 0 for the new one */
    char history[HISTORY_COUNT][LINE_MAX + 1];
} shell = {.lock = SPINLOCK_INIT};

/* ARGUMENTS is what follows the command's words, without blanks around it; may be empty. */
struct shell_command {
    const char *name;
    const char *usage;
    const char *help;
    void (*run)(const char *arguments);
};

/* ---- output */

/* Give the console what it takes. True if nothing waits any more. */
static bool text_drain(void)
{
    spin_lock(&shell.lock);
    while (shell.text_first < shell.text_count &&
           console_put(shell.owner, shell.text[shell.text_first]))
        shell.text_first++;
    bool done = shell.text_first == shell.text_count;
    if (done)
        shell.text_first = shell.text_count = 0;
    spin_unlock(&shell.lock);
    return done;
}

static void text_add(const char *text)
{
    spin_lock(&shell.lock);
    for (; *text != 0 && shell.text_count < TEXT_MAX; text++)
        shell.text[shell.text_count++] = *text;
    spin_unlock(&shell.lock);
}

static void shell_print(const char *format, ...) __printf(1, 2);
static void shell_print(const char *format, ...)
{
    char text[160];
    va_list args;
    va_start(args, format);
    fmt_vprint(text, sizeof(text), format, args);
    va_end(args);
    text_add(text);
}

/* The console's ready hook. */
static void shell_output_ready(void *ctx)
{
    if (text_drain())
        console_input_ready(shell.owner);
}

/* ---- commands */

static void command_vm_list(const char *arguments)
{
    shell_print("%-*s %-8s %5s %11s\r\n", VM_NAME_MAX, "NAME", "STATE", "VCPUS", "MEMORY");
    for (uint32_t i = 0; i < vm_count; i++) {
        const struct vm *vm = vms[i];
        enum vm_state state = __atomic_load_n(&vm->state, __ATOMIC_RELAXED);
        shell_print("%-*s %-8s %5u %7llu MiB\r\n", VM_NAME_MAX, vm->name, vm_state_name(state),
                    vm->vcpu_count, (unsigned long long)(vm->config->memory_bytes / MIB(1)));
    }
}

static void command_quit(const char *arguments)
{
    shell_print("powering off\r\n");
    text_drain();
    console_flush_polled();
    arch_machine_off();
}

static void command_help(const char *arguments);

static const struct shell_command commands[] = {
    {"help", "help", "this list", command_help},
    {"vm list", "vm list", "the VMs, their states and sizes", command_vm_list},
    {"quit", "quit", "power the machine off, whatever its VMs do", command_quit},
};

static void command_help(const char *arguments)
{
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        shell_print("%-20s %s\r\n", commands[i].usage, commands[i].help);
    shell_print("%-20s %s\r\n", "Ctrl-a Ctrl-a Ctrl-a", "go to the next console");
}

/* One blank between words, none around them. */
static void squeeze_blanks(char *line)
{
    char *to = line;
    for (const char *from = line; *from != 0; from++) {
        if (*from != ' ')
            *to++ = *from;
        else if (to != line && to[-1] != ' ')
            *to++ = ' ';
    }
    if (to != line && to[-1] == ' ')
        to--;
    *to = 0;
}

static void run_line(char *line)
{
    squeeze_blanks(line);
    if (*line == 0)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++) {
        size_t length = strlen(commands[i].name);
        if (strncmp(line, commands[i].name, length) != 0)
            continue;
        if (line[length] == 0 || line[length] == ' ') {
            commands[i].run(line[length] == 0 ? "" : &line[length + 1]);
            return;
        }
    }
    shell_print("no command '%s'; 'help' lists them\r\n", line);
}

/* ---- the line */

static void show_line(void)
{
    shell.line[shell.length] = 0;
    shell_print("%s%s%s", ERASE_LINE, PROMPT, shell.line);
}

static char *history_at(uint32_t back)
{
    return shell.history[(shell.history_count - back) % HISTORY_COUNT];
}

static void history_add(void)
{
    shell.history_looked = 0;
    if (shell.length == 0 || (shell.history_count > 0 && strcmp(history_at(1), shell.line) == 0))
        return;
    memcpy(history_at(0), shell.line, sizeof(shell.line));
    shell.history_count++;
}

/* Show the line that is BACK lines ago; 0 is an empty one. */
static void history_show(uint32_t back)
{
    if (back > MIN(shell.history_count, (uint32_t)HISTORY_COUNT))
        return;
    shell.history_looked = back;
    shell.length = 0;
    if (back > 0) {
        memcpy(shell.line, history_at(back), sizeof(shell.line));
        shell.length = (uint32_t)strlen(shell.line);
    }
    show_line();
}

static void end_line(void)
{
    shell.line[shell.length] = 0;
    history_add();
    text_add("\r\n");
    run_line(shell.line);
    shell.length = 0;
    text_add(PROMPT);
}

/* A byte of an escape sequence: of them only the arrows up and down mean something. */
static void edit_escape(char byte)
{
    if (shell.key_state == KEY_ESCAPE) {
        shell.key_state = byte == '[' || byte == 'O' ? KEY_CONTROL : KEY_PLAIN;
        return;
    }
    if (byte < '@')
        return; /* a parameter */
    shell.key_state = KEY_PLAIN;
    if (byte == 'A')
        history_show(shell.history_looked + 1);
    else if (byte == 'B' && shell.history_looked > 0)
        history_show(shell.history_looked - 1);
}

static void edit(char byte)
{
    bool returned = shell.returned;
    shell.returned = byte == '\r';
    if ((unsigned char)byte < ' ')
        shell.key_state = KEY_PLAIN; /* no sequence holds one: Enter always works */
    if (shell.key_state != KEY_PLAIN) {
        edit_escape(byte);
    } else if (byte == KEY_ESC) {
        shell.key_state = KEY_ESCAPE;
    } else if (byte == '\r' || (byte == '\n' && !returned)) {
        end_line();
    } else if (byte == KEY_CTRL_C || byte == KEY_CTRL_U) {
        shell.length = 0;
        show_line();
    } else if (byte == '\b' || byte == KEY_DEL) {
        if (shell.length > 0) {
            shell.length--;
            text_add("\b \b");
        }
    } else if (byte >= ' ' && byte < KEY_DEL && shell.length < LINE_MAX) {
        char echo[] = {byte, 0};
        shell.line[shell.length++] = byte;
        text_add(echo);
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
    text_add("Trapeze shell; 'help' lists the commands\r\n" PROMPT);
    text_drain();
}
