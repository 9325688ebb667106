/* SPDX-License-Identifier: Apache-2.0 */
/* The console: lines and owners, switching, backlog, flow control both ways; and random use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* Its state is static: each test begins with a new one. */
#include "core/console.c"

#define SCREEN (1 << 22)

static char screen[SCREEN + 1];
static size_t screen_length;
static size_t uart_room; /* bytes the UART takes until more is given */
static const char *typed;
static size_t typed_length;
static bool tx_on, rx_on;
static char got[CONSOLE_OWNER_MAX][SCREEN];
static size_t got_length[CONSOLE_OWNER_MAX];
static size_t got_room[CONSOLE_OWNER_MAX];
static unsigned ready_calls[CONSOLE_OWNER_MAX];

static size_t fake_write(struct console_uart *uart, const char *bytes, size_t length)
{
    size_t taken = MIN(length, uart_room);
    assert_true(screen_length + taken <= SCREEN);
    memcpy(screen + screen_length, bytes, taken);
    screen_length += taken;
    screen[screen_length] = 0;
    uart_room -= taken;
    return taken;
}
static void fake_tx(struct console_uart *uart, bool on)
{
    tx_on = on;
}
static void fake_rx(struct console_uart *uart, bool on)
{
    rx_on = on;
}
static int fake_read(struct console_uart *uart)
{
    if (typed_length == 0)
        return -1;
    typed_length--;
    return (unsigned char)*typed++;
}
static struct console_uart fake = {fake_write, fake_tx, fake_rx, fake_read};

static bool fake_input(void *ctx, char byte)
{
    size_t owner = (size_t)(uintptr_t)ctx;
    assert_int_equal(console.lock.next, console.lock.owner);
    if (got_room[owner] == 0)
        return false;
    got_room[owner]--;
    got[owner][got_length[owner]++] = byte;
    return true;
}
static void fake_ready(void *ctx)
{
    assert_int_equal(console.lock.next, console.lock.owner);
    ready_calls[(size_t)(uintptr_t)ctx]++;
}

static void add_owner(const char *name)
{
    uint32_t expected = console.owner_count;
    assert_int_equal(console_add_owner(name, fake_input, (void *)(uintptr_t)expected), expected);
    console_set_ready_hook(expected, fake_ready);
}

static void start(enum console_mode mode)
{
    log_set_sink(NULL);
    memset(&console, 0, sizeof(console));
    memset(owners, 0, sizeof(owners));
    console.front = console.shown = CONSOLE_NONE;
    screen_length = typed_length = 0;
    screen[0] = 0;
    uart_room = SIZE_MAX;
    for (int i = 0; i < CONSOLE_OWNER_MAX; i++) {
        got_length[i] = 0;
        got_room[i] = SIZE_MAX;
        ready_calls[i] = 0;
    }
    tx_on = rx_on = false;
    console_init(&fake, mode);
    add_owner("a");
    add_owner("b");
    add_owner("sh");
}
static void clear(void)
{
    screen_length = 0;
    screen[0] = 0;
}
static void say(uint32_t owner, const char *text)
{
    for (; *text != 0; text++)
        assert_true(console_put(owner, *text));
}
static void type_text(const char *text)
{
    typed = text;
    typed_length = strlen(text);
    console_service();
}
#define FRONT(name) "trapeze: " name " is in front; Ctrl-a three times for the next\r\n"
#define SWITCH      "\001\001\001"

static void the_front_is_raw(void **state)
{
    start(CONSOLE_FRONT);
    say(0, "hello\r\n\033[2J# ");
    assert_string_equal(screen, FRONT("a") "hello\r\n\033[2J# ");
    clear();
    log_info("news");
    log_debug("not for the screen");
    /* Printed above; of the begun line the clearing of the screen is not repeated. */
    assert_string_equal(screen, "\r\033[Ktrapeze: news\r\n# ");
    clear();
    say(0, "ls\r\n");
    log_warn("w");
    log_error("e");
    assert_string_equal(screen, "ls\r\ntrapeze: warning: w\r\ntrapeze: error: e\r\n");
}

static void switching_shows_what_was_missed(void **state)
{
    start(CONSOLE_FRONT);
    say(0, "a# ");
    say(1, "b boots\r\nb# ");
    assert_null(strstr(screen, "boots"));
    clear();
    type_text(SWITCH);
    assert_string_equal(screen, "\r\n" FRONT("b") "b boots\r\nb# ");
    clear();
    say(0, "late\r\na# ");
    type_text(SWITCH);
    type_text(SWITCH);
    assert_string_equal(screen, "\r\n" FRONT("sh") FRONT("a") "a# late\r\na# ");
    clear();
    type_text(SWITCH SWITCH);
    assert_string_equal(screen, "\r\n" FRONT("b") "b# \r\n" FRONT("sh"));
}

static void input_goes_to_the_front(void **state)
{
    start(CONSOLE_FRONT);
    type_text("one\001two\001\001three");
    assert_int_equal(got_length[0], 14);
    assert_memory_equal(got[0], "one\001two\001\001three", 14);
    type_text("\001");
    type_text("\001");
    assert_int_equal(got_length[0], 14);
    type_text("\001x");
    assert_int_equal(got_length[0], 14);
    assert_int_equal(got_length[1], 1);
    assert_int_equal(got[1][0], 'x');
}

static void input_waits_for_its_owner(void **state)
{
    static char paste[5000];
    for (size_t i = 0; i < sizeof(paste); i++)
        paste[i] = (char)('a' + i % 26);
    start(CONSOLE_FRONT);
    got_room[0] = 10;
    typed = paste;
    typed_length = sizeof(paste);
    console_service();
    assert_int_equal(got_length[0], 10);
    assert_false(rx_on); /* the UART must keep what we have no room for */
    assert_true(typed_length > 0 && typed_length <= sizeof(paste) - CONSOLE_INPUT);
    while (got_length[0] < sizeof(paste)) {
        got_room[0] = 32;
        console_input_ready(0);
    }
    assert_memory_equal(got[0], paste, sizeof(paste));
    assert_true(rx_on);
    assert_int_equal(typed_length, 0);
    got_room[0] = 0;
    type_text("k");
    got_room[0] = 1;
    console_service(); /* offers again too */
    assert_int_equal(got[0][sizeof(paste)], 'k');
    console_input_ready(99);
}

static void batch_prefixes_every_line(void **state)
{
    start(CONSOLE_BATCH);
    say(0, "one\r\ntw");
    say(1, "b\r\r\n");
    say(0, "o\n\r\n\033[1;32mgreen\033[0m\033]0;title\a!\t\001\r\n10\b\b9\b \b8\n50%\r100%\r\n");
    type_text(SWITCH "x");
    log_info("news");
    assert_string_equal(screen, "a: one\r\nb: b\r\na: two\r\na: \r\na: green!\t\r\na: 8\r\n"
                                "a: 50%\r\na: 100%\r\ntrapeze: news\r\n");
    assert_int_equal(got_length[0], 0);
    clear();
    say(1, "last");
    say(0, "words");
    console_close_owner(1);
    console_flush_polled();
    assert_string_equal(screen, "b: last\r\na: words\r\n");
}

static void long_lines_are_cut(void **state)
{
    char text[2 * CONSOLE_LINE_MAX + 11];
    memset(text, 'x', sizeof(text));
    text[sizeof(text) - 1] = 0;
    start(CONSOLE_BATCH);
    say(0, text);
    say(0, "\r\n");
    assert_int_equal(screen_length, 2 * CONSOLE_LINE_MAX + 10 + 3 * 5);
    assert_memory_equal(screen + 3 + CONSOLE_LINE_MAX, "\r\na: x", 6);
    /* Raw, but too long to be printed again: the log's line ends it. */
    start(CONSOLE_FRONT);
    say(0, text);
    clear();
    log_info("news");
    say(0, "y");
    assert_string_equal(screen, "\r\ntrapeze: news\r\ny");
}

static void all_prints_others_above(void **state)
{
    start(CONSOLE_ALL);
    say(0, "a# \033[1mx");
    say(1, "be");
    clear();
    say(1, "gun\r\nb# ");
    assert_string_equal(screen, "\r\033[Kb: begun\r\na# \033[1mx");
    clear();
    type_text(SWITCH);
    assert_string_equal(screen, "\r\n" FRONT("b") "b# ");
    clear();
    say(0, " done\r\n");
    assert_string_equal(screen, "\r\033[Ka: a# x done\r\nb# ");
}

static void backlog_loses_the_oldest(void **state)
{
    char text[32];
    start(CONSOLE_FRONT);
    say(1, "b# ");
    for (int i = 0; i < 1000; i++) {
        sprintf(text, "line %d\r\n", i);
        say(1, text);
    }
    clear();
    type_text(SWITCH);
    const char *head = FRONT("b") "[earlier output is lost]\r\nline ";
    assert_memory_equal(screen, head, strlen(head));
    assert_non_null(strstr(screen, "line 999\r\n"));
    assert_true(screen_length > CONSOLE_BACKLOG - 16);
    /* Without a newline in it everything kept is shown. */
    start(CONSOLE_FRONT);
    for (int i = 0; i < 5000; i++)
        say(1, "y");
    clear();
    type_text(SWITCH);
    assert_int_equal(strlen(strchr(strchr(screen, '\n') + 1, '\n') + 1), CONSOLE_BACKLOG);
}

static void the_front_waits_for_the_uart(void **state)
{
    start(CONSOLE_FRONT);
    uart_room = 0;
    size_t put_count = 0;
    while (console_put(0, (char)('a' + put_count % 26)))
        put_count++;
    assert_true(put_count > CONSOLE_OUT / 2);
    assert_true(tx_on);
    assert_int_equal(ready_calls[0], 0);
    log_info("there is still room for me");
    for (int i = 0; i < 100; i++)
        say(1, "others do not wait"); /* it is only kept */
    while (ready_calls[0] == 0) {
        uart_room = 16;
        console_service();
    }
    uart_room = SIZE_MAX;
    console_service();
    assert_false(tx_on);
    assert_int_equal(ready_calls[0], 1);
    assert_int_equal(ready_calls[1], 0);
    assert_non_null(strstr(screen, "there is still room for me"));
}

static void switching_while_full(void **state)
{
    start(CONSOLE_FRONT);
    say(1, "b# ");
    uart_room = 0;
    while (console_put(0, 'x'))
        ;
    type_text(SWITCH);
    assert_true(console_put(0, '!'));  /* no longer in front: kept */
    assert_false(console_put(1, '?')); /* must come behind what is not said yet */
    clear();
    while (tx_on) {
        uart_room = 16;
        console_service();
    }
    assert_int_equal(ready_calls[0], 1);
    assert_int_equal(ready_calls[1], 1);
    say(1, "?");
    const char *tail = "x\r\n" FRONT("b") "b# ?";
    assert_string_equal(screen + screen_length - strlen(tail), tail);
}

static void lost_lines_of_the_log_are_told(void **state)
{
    start(CONSOLE_FRONT);
    uart_room = 0;
    for (int i = 0; i < 1000; i++)
        log_info("line %d of the log", i);
    uart_room = SIZE_MAX;
    console_service();
    assert_non_null(strstr(screen, "line 100 of the log\r\n"));
    assert_null(strstr(screen, "line 900 of the log\r\n"));
    assert_non_null(strstr(screen, " lines of the log found no room here\r\n"));
    clear();
    log_info("after");
    assert_string_equal(screen, "trapeze: after\r\n");
}

static void closed_owners_leave_the_turn(void **state)
{
    start(CONSOLE_FRONT);
    say(0, "bye");
    clear();
    console_close_owner(0);
    assert_string_equal(screen, "\r\n" FRONT("b"));
    clear();
    type_text(SWITCH SWITCH);
    assert_string_equal(screen, FRONT("sh") FRONT("b"));
    /* Its last words can still be read, once. */
    clear();
    type_text(SWITCH);
    say(1, "crash");
    console_close_owner(1);
    type_text(SWITCH "no input");
    assert_string_equal(screen,
                        FRONT("sh") "trapeze: b is in front, and off; Ctrl-a three times for "
                                    "the next\r\ncrash\r\n");
    assert_int_equal(got_length[1], 0);
    clear();
    type_text(SWITCH SWITCH);
    assert_string_equal(screen, FRONT("sh") FRONT("sh"));
    clear();
    console_open_owner(0);
    type_text(SWITCH);
    assert_string_equal(screen, FRONT("a") "bye");
}

static void seventeen_owners(void **state)
{
    start(CONSOLE_FRONT);
    for (int i = 3; i < CONSOLE_OWNER_MAX; i++)
        add_owner("more");
    assert_int_equal(console_add_owner("too many", fake_input, NULL), CONSOLE_NONE);
    assert_true(console_put(CONSOLE_NONE, 'x'));
}

static void silent_without_a_uart(void **state)
{
    start(CONSOLE_FRONT);
    console.uart = NULL;
    for (size_t i = 0; i < 2 * CONSOLE_OUT; i++)
        assert_true(console_put(0, 'x'));
    console_service();
    console_flush_polled();
    console_write_polled("x", 1);
    assert_int_equal(screen_length, 0);
}

static void boot_is_told_whole(void **state)
{
    log_set_sink(NULL);
    memset(&console, 0, sizeof(console));
    memset(owners, 0, sizeof(owners));
    console.front = console.shown = CONSOLE_NONE;
    clear();
    for (int i = 0; i < 400; i++)
        log_info("%-30d", i);
    uart_room = SIZE_MAX;
    console_init(&fake, CONSOLE_FRONT);
    for (int i = 0; i < 400; i++)
        log_info("%-30d", i);
    assert_null(strstr(screen, "found no room"));
    console_flush_polled();
    assert_int_equal(screen_length, 800 * 41);
}

static void last_words(void **state)
{
    start(CONSOLE_FRONT);
    say(0, "prompt# ");
    spin_lock(&console.lock); /* by a CPU that is gone */
    clear();
    console_flush_polled();
    console_write_polled("Trapeze panic", 13);
    assert_string_equal(screen, "\r\nTrapeze panic");
    spin_unlock(&console.lock);
    console_flush_polled();
    uart_room = 0;
    console_write_polled("lost", 4); /* a dead UART does not hold us */
    say(0, "y");
    console_flush_polled();
}

/* All of what the front owner says, and all that is typed, comes through once and in order. */
static void nothing_is_lost(void **state)
{
    static char said[SCREEN], input[SCREEN];
    size_t said_length = 0, input_length = 0;
    srand(3);
    start(CONSOLE_FRONT);
    say(0, "");
    console_service();
    clear();
    uart_room = 0;
    typed = input;
    for (int i = 0; i < 300000; i++) {
        switch (rand() % 8) {
        case 0:
        case 1:
        case 2: {
            char byte = (char)(rand() % 4 == 0 ? "\r\n\033[m;\b\t"[rand() % 8] : rand());
            if (console_put(0, byte))
                said[said_length++] = byte;
            break;
        }
        case 3:
            console_put(1, (char)rand());
            break;
        case 4:
            uart_room = (size_t)(rand() % 64);
            console_service();
            break;
        case 5:
            for (int n = rand() % 64; n > 0; n--) {
                char byte = (char)rand();
                input[input_length++] = byte == SWITCH_BYTE ? 0 : byte;
                typed_length++;
            }
            break;
        case 6:
            got_room[0] = (size_t)(rand() % 64);
            console_input_ready(0);
            break;
        default:
            console_service();
            break;
        }
    }
    uart_room = got_room[0] = SIZE_MAX;
    console_service();
    assert_true(said_length > 10000 && input_length > 10000);
    assert_int_equal(screen_length, said_length);
    assert_memory_equal(screen, said, said_length);
    assert_int_equal(got_length[0], input_length);
    assert_memory_equal(got[0], input, input_length);
}

/* Anything at all, in any mode: the sanitizers watch. */
static void random_use(void **state)
{
    for (int round = 0; round < 30; round++) {
        char any[100];
        srand((unsigned)round);
        start((enum console_mode)(round % 3));
        for (int i = 0; i < 20000; i++) {
            uint32_t owner = (uint32_t)rand() % 3;
            char byte = (char)(rand() % 3 == 0 ? "\r\n\033[\\]mH2;\b\a"[rand() % 12] : rand());
            switch (rand() % 16) {
            case 0:
                for (size_t n = 0; n < sizeof(any); n++)
                    any[n] = (char)(rand() % 2 ? SWITCH_BYTE : rand());
                typed = any;
                typed_length = sizeof(any);
                break;
            case 1:
                console_service();
                break;
            case 2:
                log_info("something %d", i);
                break;
            case 3:
                if (rand() % 20 == 0)
                    console_close_owner(owner);
                break;
            case 4:
                console_open_owner(owner);
                break;
            case 5:
                got_room[owner] = (size_t)(rand() % 10);
                console_input_ready(owner);
                break;
            default:
                uart_room = (size_t)(rand() % 12);
                for (int n = rand() % 300; n > 0; n--)
                    console_put(owner, byte);
                break;
            }
            assert_true(console.out.count <= CONSOLE_OUT);
        }
        uart_room = SIZE_MAX;
        console_service();
        assert_int_equal(console.out.count, 0);
        assert_false(tx_on);
        for (uint32_t i = 0; i < 3; i++)
            assert_false(owners[i].blocked);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_front_is_raw),
        cmocka_unit_test(switching_shows_what_was_missed),
        cmocka_unit_test(input_goes_to_the_front),
        cmocka_unit_test(input_waits_for_its_owner),
        cmocka_unit_test(batch_prefixes_every_line),
        cmocka_unit_test(long_lines_are_cut),
        cmocka_unit_test(all_prints_others_above),
        cmocka_unit_test(backlog_loses_the_oldest),
        cmocka_unit_test(the_front_waits_for_the_uart),
        cmocka_unit_test(switching_while_full),
        cmocka_unit_test(lost_lines_of_the_log_are_told),
        cmocka_unit_test(closed_owners_leave_the_turn),
        cmocka_unit_test(seventeen_owners),
        cmocka_unit_test(silent_without_a_uart),
        cmocka_unit_test(boot_is_told_whole),
        cmocka_unit_test(last_words),
        cmocka_unit_test(nothing_is_lost),
        cmocka_unit_test(random_use),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
