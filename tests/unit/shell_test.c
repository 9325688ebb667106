/* SPDX-License-Identifier: Apache-2.0 */
/* The shell over a fake console: commands, line editing, output that must wait, any bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/arch.h"
#include "core/console.h"
#include "core/shell.h"
#include "core/vm.h"

struct vm *vms[VM_COUNT_MAX];
uint32_t vm_count;

const char *vm_state_name(enum vm_state state)
{
    return state == VM_RUNNING ? "running" : "?";
}

static char screen[1 << 16];
static size_t screen_length, screen_room;
static console_input_fn *input;
static void (*ready)(void *owner);
static unsigned input_ready_calls, flushes;
static bool no_owner;
static jmp_buf off;

uint32_t console_add_owner(const char *name, console_input_fn *fn, void *owner)
{
    if (no_owner)
        return CONSOLE_NONE;
    assert_string_equal(name, "trapeze");
    input = fn;
    return 5;
}
void console_set_ready_hook(uint32_t owner, void (*hook)(void *owner))
{
    ready = hook;
}
bool console_put(uint32_t owner, char byte)
{
    assert_int_equal(owner, 5);
    if (screen_room == 0)
        return false;
    screen_room--;
    screen[screen_length++ % (sizeof(screen) - 1)] = byte;
    screen[screen_length % (sizeof(screen) - 1)] = 0;
    return true;
}
void console_input_ready(uint32_t owner)
{
    assert_int_equal(owner, 5);
    input_ready_calls++;
}
void console_flush_polled(void)
{
    flushes++;
}
void arch_machine_off(void)
{
    longjmp(off, 1);
}

static void clear(void)
{
    screen_length = 0;
    screen[0] = 0;
}
static void type_text(const char *text)
{
    for (; *text != 0; text++)
        assert_true(input(NULL, *text));
}
static void expect(const char *text)
{
    if (strstr(screen, text) == NULL)
        fail_msg("'%s' is not in '%s'", text, screen);
}

static int start(void **state)
{
    static bool started;
    screen_room = SIZE_MAX;
    if (!started) {
        no_owner = true;
        shell_init();
        no_owner = false;
        assert_int_equal(screen_length, 0);
        shell_init();
        expect("'help' lists the commands\r\ntrapeze> ");
        started = true;
    }
    clear();
    return 0;
}

static void help_names_every_command(void **state)
{
    type_text("help\r");
    expect("help\r\n");
    expect("vm list");
    expect("quit");
    expect("Ctrl-a");
    assert_string_equal(screen + screen_length - 10, "\ntrapeze> ");
}

static void lists_vms(void **state)
{
    static struct vm_config config = {.memory_bytes = MIB(512)};
    static struct vm zero = {
        .name = "linux0", .state = VM_RUNNING, .vcpu_count = 2, .config = &config};
    static struct vm one = {.name = "linux1", .state = (enum vm_state)99, .config = &config};
    type_text("vm list\r");
    assert_null(strstr(screen, "linux"));
    vms[0] = &zero;
    vms[1] = &one;
    vm_count = 2;
    type_text("  vm    list  \r");
    expect("linux0                           running      2     512 MiB\r\n");
    expect("linux1                           ? ");
}

static void what_it_does_not_know(void **state)
{
    type_text("\r\n   \r\nvm\r\nhelpme\rvm  start  x\n");
    expect("no command 'vm'; ");
    expect("no command 'helpme'; ");
    expect("no command 'vm start x'; ");
    /* Of carriage return and newline the second is no empty line. */
    unsigned prompts = 0;
    for (const char *s = screen; (s = strstr(s, "trapeze> ")) != NULL; s++)
        prompts++;
    assert_int_equal(prompts, 5);
}

static void edits_the_line(void **state)
{
    type_text("hx\b\x7f\x7f\x7fhelp\r");
    expect("Ctrl-a");
    clear();
    type_text("garbage\025hel\003help\r");
    expect("Ctrl-a");
    assert_null(strstr(screen, "no command"));
    /* A line is bounded. */
    clear();
    for (int i = 0; i < 200; i++)
        type_text("y");
    assert_int_equal(screen_length, 80);
    type_text("\025");
}

static void remembers_lines(void **state)
{
    type_text("first\rsecond\rsecond\r");
    clear();
    type_text("\033[A");
    expect("trapeze> second");
    clear();
    type_text("\033OA\r"); /* as sent in the keypad's application mode */
    expect("no command 'first'");
    clear();
    type_text("\033[A\033[A\033[B\033[B\033[B\033[1;5C\033x\r");
    assert_null(strstr(screen, "no command"));
    for (int i = 0; i < 20; i++) {
        char line[] = {'l', (char)('a' + i), '\r', 0};
        type_text(line);
    }
    for (int i = 0; i < 20; i++)
        type_text("\033[A"); /* stops at the oldest kept */
    clear();
    type_text("\r");
    expect("no command 'lm'");
}

static void waits_for_room(void **state)
{
    screen_room = 1;
    assert_true(input(NULL, 'h'));
    assert_true(input(NULL, 'e')); /* its echo waits */
    assert_false(input(NULL, 'l'));
    assert_int_equal(input_ready_calls, 0);
    screen_room = SIZE_MAX;
    ready(NULL);
    assert_int_equal(input_ready_calls, 1);
    assert_string_equal(screen, "he");
    type_text("lp");
    screen_room = 10;
    assert_true(input(NULL, '\r'));
    while (!input(NULL, '\r')) {
        screen_room = 3;
        ready(NULL);
    }
    screen_room = SIZE_MAX;
    ready(NULL);
    expect("go to the next console\r\ntrapeze> \r\ntrapeze> ");
}

static void quits(void **state)
{
    if (setjmp(off) == 0) {
        type_text("quit\r");
        fail();
    }
    expect("powering off\r\n");
    assert_int_equal(flushes, 1);
}

static void takes_any_bytes(void **state)
{
    srand(4);
    for (volatile int i = 0; i < 300000; i++) {
        screen_room = rand() % 8 == 0 ? 0 : SIZE_MAX;
        if (setjmp(off) != 0)
            continue;
        input(NULL, (char)(rand() % 3 == 0 ? "\r\n\033[AB \b"[rand() % 8] : rand()));
    }
    screen_room = SIZE_MAX;
    ready(NULL);
    type_text("\r");
    clear();
    type_text("help\r");
    expect("Ctrl-a");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(help_names_every_command, start),
        cmocka_unit_test_setup(lists_vms, start),
        cmocka_unit_test_setup(what_it_does_not_know, start),
        cmocka_unit_test_setup(edits_the_line, start),
        cmocka_unit_test_setup(remembers_lines, start),
        cmocka_unit_test_setup(waits_for_room, start),
        cmocka_unit_test_setup(takes_any_bytes, start),
        cmocka_unit_test_setup(quits, start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
