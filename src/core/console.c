/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the UART's two directions: a ring of bytes on their way out, and each owner's backlog, begun
 * line and input. Must not wait (but for last words and at boot), and must not log.
 */
#include "core/console.h"

#include "core/console_line.h"
#include "core/lock.h"
#include "lib/bits.h"
#include "lib/fifo.h"
#include "lib/fmt.h"
#include "lib/string.h"

#define SWITCH_BYTE  0x01 /* Ctrl-a */
#define SWITCH_COUNT 3
#define LOG_NAME     "trapeze"
#define ERASE_LINE   "\r\033[K"

/* Room for one line with everything around it: erasing, prefix, its end, the begun line again. */
#define LINE_ROOM (2 * CONSOLE_LINE_MAX + 64)
/* What guests leave free, so that a flood of theirs does not drown the log. */
#define GUEST_RESERVE KIB(1)
/* Looks at a UART that takes nothing before it is given up. */
#define POLL_LOOKS 10000000

struct owner {
    const char *name;
    console_input_fn *input;
    void (*ready)(void *ctx);
    void *ctx;
    bool open;
    bool blocked;             /* console_put has refused: ready() is owed */
    bool backlog_lost;        /* the oldest of it */
    bool delivering;          /* a CPU is in input() */
    bool offer_again;         /* input became ready meanwhile */
    struct spinlock text;     /* of line with CONSOLE_BATCH, below console.lock */
    struct console_line line; /* begun: tracked while in front, else text to be prefixed */
    struct fifo backlog, typed;
    char backlog_bytes[CONSOLE_BACKLOG];
    char typed_bytes[CONSOLE_INPUT];
};

static struct {
    struct spinlock lock;
    struct console_uart *uart;
    enum console_mode mode;
    uint32_t owner_count;
    uint32_t front;
    uint32_t shown; /* whose begun line stands on the screen: front, once that is announced */
    uint32_t switch_bytes; /* how many came in a row */
    uint32_t lost_lines;   /* of the log, not told yet */
    bool announce;         /* who is in front has not been said yet */
    bool tx_interrupt, rx_interrupt;
    struct fifo out;
} console = {.lock = SPINLOCK_INIT, .front = CONSOLE_NONE, .shown = CONSOLE_NONE};

/* Under console.lock. Apart from it, so that the image need not hold their zeroes. */
static char out_ring[CONSOLE_OUT];
static struct owner owners[CONSOLE_OWNER_MAX];

/* ---- the way out */

static uint32_t out_room(void)
{
    return (uint32_t)CONSOLE_OUT - console.out.count;
}

static void out_bytes(const char *bytes, size_t length)
{
    fifo_write(&console.out, out_ring, CONSOLE_OUT, bytes, (uint32_t)MIN(length, out_room()));
}

static void out_text(const char *text)
{
    out_bytes(text, strlen(text));
}

/* Give the UART what it takes. The interrupt is turned off in console_service only, which then
 * calls ready hooks: so none is forgotten when the ring empties from here. */
static void out_drain(void)
{
    struct fifo *out = &console.out;
    while (out->count > 0 && console.uart != NULL) {
        uint32_t run = MIN(out->count, (uint32_t)CONSOLE_OUT - out->first);
        uint32_t taken = (uint32_t)console.uart->write(console.uart, &out_ring[out->first], run);
        out->first = (out->first + taken) % CONSOLE_OUT;
        out->count -= taken;
        if (taken == run)
            continue;
        if (!console.tx_interrupt) {
            console.tx_interrupt = true;
            console.uart->set_tx_interrupt(console.uart, true);
        }
        return;
    }
}

/* Wait until there is ROOM, or the UART takes nothing any more. */
static void out_poll(uint32_t room)
{
    uint32_t looks = 0;
    while (console.uart != NULL && out_room() < room && looks++ < POLL_LOOKS) {
        uint32_t before = console.out.count;
        out_drain();
        if (console.out.count != before)
            looks = 0;
    }
}

/* ---- lines */

static struct owner *front_owner(void)
{
    return console.front == CONSOLE_NONE ? NULL : &owners[console.front];
}

/* The line that was begun on the screen, with the cursor behind it; NULL if the cursor is at its
 * start. */
static struct console_line *line_shown(void)
{
    if (console.mode == CONSOLE_BATCH || console.shown == CONSOLE_NONE)
        return NULL;
    struct console_line *line = &owners[console.shown].line;
    return line->length > 0 || line->cut ? line : NULL;
}

/*
 * Print "NAME: KIND TEXT" above the begun line. One that is too long to be printed again is left as
 * it stands.
 */
static void print_line(const char *name, const char *kind, const char *text, size_t length)
{
    struct console_line *begun = line_shown();
    if (begun != NULL)
        out_text(begun->cut ? "\r\n" : ERASE_LINE);
    out_text(name);
    out_text(": ");
    out_text(kind);
    out_bytes(text, length);
    out_text("\r\n");
    if (begun != NULL && begun->cut)
        console_line_clear(begun);
    else if (begun != NULL)
        out_bytes(begun->text, begun->length);
}

static void tell_lost_lines(void)
{
    char text[80];
    if (console.lost_lines == 0 || out_room() < LINE_ROOM)
        return;
    fmt_print(text, sizeof(text), "%u lines of the log found no room here", console.lost_lines);
    console.lost_lines = 0;
    print_line(LOG_NAME, "", text, strlen(text));
}

/* The log's sink. Before there are owners nobody depends on our speed, so the boot's story is
 * whole. */
static void console_log(enum log_level level, const char *line, size_t length)
{
    if (level >= LOG_DEBUG)
        return;
    spin_lock(&console.lock);
    if (console.owner_count == 0)
        out_poll(LINE_ROOM);
    tell_lost_lines();
    if (out_room() < LINE_ROOM)
        console.lost_lines++;
    else
        print_line(LOG_NAME,
                   level == LOG_ERROR  ? "error: "
                   : level == LOG_WARN ? "warning: "
                                       : "",
                   line, length);
    out_drain();
    spin_unlock(&console.lock);
}

/* ---- output of owners */

static bool has_guest_room(void)
{
    return out_room() >= LINE_ROOM + GUEST_RESERVE;
}

/* A byte of an owner whose lines get a prefix; there is room for a line. True if it ended one. */
static bool put_prefixed(struct owner *owner, char byte)
{
    enum line_event event;
    bool printed = false;
    spin_lock(&owner->text);
    do {
        event = console_line_add(&owner->line, byte);
        if (event != LINE_MORE) {
            print_line(owner->name, "", owner->line.text, owner->line.length);
            console_line_clear(&owner->line);
            printed = true;
        }
    } while (event == LINE_AGAIN);
    spin_unlock(&owner->text);
    return printed;
}

static void put_front(struct owner *owner, char byte)
{
    fifo_push(&console.out, out_ring, CONSOLE_OUT, byte);
    console_line_track(&owner->line, byte);
}

static void put_backlog(struct owner *owner, char byte)
{
    owner->backlog_lost |=
        fifo_push_over(&owner->backlog, owner->backlog_bytes, CONSOLE_BACKLOG, byte);
}

/* Say who is in front; its begun line, then what it said meanwhile, follow. */
static void announce_front(struct owner *front)
{
    char text[128];
    if (line_shown() != NULL)
        out_text("\r\n");
    if (console.mode == CONSOLE_ALL && console.shown != CONSOLE_NONE)
        console_line_make_text(&owners[console.shown].line);
    console.shown = CONSOLE_NONE;
    fmt_print(text, sizeof(text), "%s is in front%s; Ctrl-a three times for the next", front->name,
              front->open ? "" : ", and off");
    print_line(LOG_NAME, "", text, strlen(text));
    if (front->backlog_lost) {
        front->backlog_lost = false;
        out_text("[earlier output is lost]\r\n");
        /* The oldest line kept has lost its begin, where there is a newline to tell. */
        fifo_drop_through(&front->backlog, front->backlog_bytes, CONSOLE_BACKLOG, '\n');
        console_line_clear(&front->line);
    }
    out_bytes(front->line.text, front->line.length);
    console.shown = console.front;
    console.announce = false;
}

/* Print what waits for room: who is in front, then its backlog. True if nothing waits any more. */
static bool pump(void)
{
    struct owner *front = front_owner();
    tell_lost_lines();
    if (front == NULL || console.mode == CONSOLE_BATCH)
        return true;
    if (console.announce && has_guest_room())
        announce_front(front);
    if (console.announce)
        return false;
    while (front->backlog.count > 0 && has_guest_room())
        put_front(front, fifo_pop(&front->backlog, front->backlog_bytes, CONSOLE_BACKLOG));
    return front->backlog.count == 0;
}

/* Move on what can be. After it, either nothing waits or the transmit interrupt is on. */
static void out_move(void)
{
    bool done;
    do {
        out_drain();
        done = pump();
        out_drain();
    } while (!done && console.out.count == 0);
}

static __always_inline bool is_prefixed(uint32_t number)
{
    return console.mode == CONSOLE_BATCH ||
           (console.mode == CONSOLE_ALL && number != console.front);
}

/* Whether console_put would take a byte of owner NUMBER. */
static bool can_put(uint32_t number)
{
    if (is_prefixed(number))
        return !console.announce && has_guest_room();
    return number != console.front || (pump() && has_guest_room());
}

/* A byte of owner NUMBER, for which there is room. True if there is something to print now. */
static bool put(uint32_t number, char byte)
{
    struct owner *owner = &owners[number];
    if (is_prefixed(number))
        return put_prefixed(owner, byte);
    if (number == console.front)
        put_front(owner, byte);
    else
        put_backlog(owner, byte);
    return number == console.front;
}

/* A byte that may need room, under the lock. */
static __noinline bool put_if_room(uint32_t number, char byte)
{
    if (console.uart == NULL) /* the board is silent, and its guests must not wait for it */
        return true;
    bool taken = can_put(number);
    if (!taken) {
        out_move();
        taken = can_put(number);
    }
    owners[number].blocked |= !taken;
    if (taken && put(number, byte))
        out_move();
    return taken;
}

/*
 * Text within a line needs no room, and where nothing but whole lines is shown nobody else looks at
 * it: guests that print at the same time meet at the ends of their lines only.
 */
static __always_inline bool put_text(struct owner *owner, char byte)
{
    if (byte < ' ') /* a line's end, mostly */
        return false;
    spin_lock(&owner->text);
    bool taken = console_line_text(&owner->line, byte);
    spin_unlock(&owner->text);
    return taken;
}

static __noinline bool put_locked(uint32_t number, char byte)
{
    spin_lock(&console.lock);
    bool taken = (console.mode == CONSOLE_ALL && is_prefixed(number) &&
                  console_line_text(&owners[number].line, byte)) ||
                 put_if_room(number, byte);
    spin_unlock(&console.lock);
    return taken;
}

bool console_put(uint32_t number, char byte)
{
    if (number >= console.owner_count)
        return true;
    if (console.mode == CONSOLE_BATCH && put_text(&owners[number], byte))
        return true;
    return put_locked(number, byte);
}

/* ---- who is in front */

/* A VM that is off stays in the turn until its last words have been read. */
static bool in_turn(const struct owner *owner)
{
    return owner->open || owner->backlog.count > 0;
}

static void switch_front(void)
{
    uint32_t next = console.front;
    do {
        next = (next + 1) % console.owner_count;
    } while (next != console.front && !in_turn(&owners[next]));
    console.front = next;
    console.announce = true;
    pump();
}

uint32_t console_add_owner(const char *name, console_input_fn *input, void *ctx)
{
    uint32_t number = CONSOLE_NONE;
    spin_lock(&console.lock);
    if (console.owner_count < CONSOLE_OWNER_MAX) {
        number = console.owner_count;
        struct owner *owner = &owners[number];
        memset(owner, 0, sizeof(*owner));
        owner->name = name;
        owner->input = input;
        owner->ctx = ctx;
        owner->open = true;
        __atomic_store_n(&console.owner_count, number + 1, __ATOMIC_RELEASE);
        if (console.front == CONSOLE_NONE) {
            console.front = number;
            console.announce = console.mode != CONSOLE_BATCH;
        }
    }
    spin_unlock(&console.lock);
    return number;
}

void console_set_ready_hook(uint32_t number, void (*ready)(void *ctx))
{
    spin_lock(&console.lock);
    owners[number].ready = ready;
    spin_unlock(&console.lock);
}

void console_close_owner(uint32_t number)
{
    if (number >= console.owner_count)
        return;
    struct owner *owner = &owners[number];
    spin_lock(&console.lock);
    owner->open = false;
    owner->typed.count = 0;
    if (is_prefixed(number)) {
        spin_lock(&owner->text);
        if (owner->line.length > 0 && out_room() >= LINE_ROOM)
            print_line(owner->name, "", owner->line.text, owner->line.length);
        console_line_clear(&owner->line);
        spin_unlock(&owner->text);
    } else if (number == console.front) {
        switch_front();
    } else if (owner->backlog.count > 0) {
        put_backlog(owner, '\r');
        put_backlog(owner, '\n');
    }
    out_move();
    spin_unlock(&console.lock);
}

void console_open_owner(uint32_t number)
{
    if (number >= console.owner_count)
        return;
    spin_lock(&console.lock);
    owners[number].open = true;
    spin_unlock(&console.lock);
}

/* ---- input */

/* Bytes that one received byte can become: those withheld of a switch, and itself. */
static bool has_input_room(const struct owner *front)
{
    return front == NULL || front->typed.count + SWITCH_COUNT <= CONSOLE_INPUT;
}

static void type(struct owner *front, char byte)
{
    if (front != NULL && front->open)
        fifo_push(&front->typed, front->typed_bytes, CONSOLE_INPUT, byte);
}

/* A byte from the keyboard. Of a switch that was not completed the bytes were meant for the owner.
 */
static void receive_byte(char byte)
{
    struct owner *front = front_owner();
    if (front == NULL || console.mode == CONSOLE_BATCH)
        return;
    if (byte == SWITCH_BYTE) {
        if (++console.switch_bytes == SWITCH_COUNT) {
            console.switch_bytes = 0;
            switch_front();
        }
        return;
    }
    for (; console.switch_bytes > 0; console.switch_bytes--)
        type(front, SWITCH_BYTE);
    type(front, byte);
}

/* Read the UART as far as there is room for what it gives; without room its interrupt must rest. */
static void receive(void)
{
    bool room;
    int byte = -1;
    while ((room = has_input_room(front_owner())) && (byte = console.uart->read(console.uart)) >= 0)
        receive_byte((char)byte);
    if (room != console.rx_interrupt) {
        console.rx_interrupt = room;
        console.uart->set_rx_interrupt(console.uart, room);
    }
    out_move(); /* a switch may have said something */
}

/*
 * Give OWNER what was typed. One CPU at a time does, so that bytes stay in order; the other, which
 * may have been told that there is room, leaves it to the first.
 */
static void deliver(struct owner *owner)
{
    spin_lock(&console.lock);
    if (owner->delivering) {
        owner->offer_again = true;
        spin_unlock(&console.lock);
        return;
    }
    owner->delivering = true;
    owner->offer_again = true;
    while (owner->typed.count > 0 && owner->offer_again) {
        char byte = owner->typed_bytes[owner->typed.first];
        owner->offer_again = false;
        spin_unlock(&console.lock);
        bool taken = owner->input(owner->ctx, byte);
        spin_lock(&console.lock);
        if (!taken)
            continue;
        owner->offer_again = true;
        if (owner->typed.count > 0) /* not closed meanwhile */
            fifo_pop(&owner->typed, owner->typed_bytes, CONSOLE_INPUT);
        if (!console.rx_interrupt && console.uart != NULL)
            receive();
    }
    owner->delivering = false;
    spin_unlock(&console.lock);
}

void console_input_ready(uint32_t number)
{
    if (number < console.owner_count)
        deliver(&owners[number]);
}

/* ---- the UART's interrupt */

/* Owners that were refused output and would not be now, and those for whom input waits: a bit each.
 */
static void owners_to_call(uint32_t *ready, uint32_t *typed)
{
    *ready = *typed = 0;
    for (uint32_t i = 0; i < console.owner_count; i++) {
        struct owner *owner = &owners[i];
        if (owner->blocked && can_put(i)) {
            owner->blocked = false;
            *ready |= bit32(i);
        }
        if (owner->typed.count > 0)
            *typed |= bit32(i);
    }
}

void console_service(void)
{
    uint32_t ready, typed;
    spin_lock(&console.lock);
    if (console.uart == NULL) {
        spin_unlock(&console.lock);
        return;
    }
    receive();
    owners_to_call(&ready, &typed);
    if (console.tx_interrupt && console.out.count == 0) {
        console.tx_interrupt = false;
        console.uart->set_tx_interrupt(console.uart, false);
    }
    spin_unlock(&console.lock);
    for (; typed != 0; typed &= typed - 1)
        deliver(&owners[bit_lowest(typed)]);
    for (; ready != 0; ready &= ready - 1) {
        struct owner *owner = &owners[bit_lowest(ready)];
        if (owner->ready != NULL)
            owner->ready(owner->ctx);
    }
}

void console_init(struct console_uart *uart, enum console_mode mode)
{
    spin_lock(&console.lock);
    console.uart = uart;
    console.mode = mode;
    console.rx_interrupt = true;
    uart->set_rx_interrupt(uart, true);
    spin_unlock(&console.lock);
    log_set_sink(console_log);
}

/* ---- last words */

void console_flush_polled(void) NO_LOCK_ANALYSIS
{
    bool locked = false;
    for (uint32_t i = 0; i < POLL_LOOKS && !locked; i++)
        locked = spin_trylock(&console.lock);
    out_poll(CONSOLE_OUT);
    for (uint32_t i = 0; i < console.owner_count; i++) {
        struct owner *owner = &owners[i];
        if (is_prefixed(i) && owner->line.length > 0) {
            print_line(owner->name, "", owner->line.text, owner->line.length);
            console_line_clear(&owner->line);
        }
        out_poll(CONSOLE_OUT);
    }
    if (line_shown() != NULL) {
        out_text("\r\n");
        console_line_clear(line_shown());
    }
    out_poll(CONSOLE_OUT);
    if (locked)
        spin_unlock(&console.lock);
}

void console_write_polled(const char *bytes, size_t length)
{
    struct console_uart *uart = console.uart;
    uint32_t looks = 0;
    while (uart != NULL && length > 0 && looks++ < POLL_LOOKS) {
        size_t taken = uart->write(uart, bytes, length);
        bytes += taken;
        length -= taken;
        if (taken > 0)
            looks = 0;
    }
}
