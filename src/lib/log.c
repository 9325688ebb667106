/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the ring of log lines and the sink. Must not know what the sink is: lines can be logged
 * before there is a console, and are replayed to it.
 *
 * A position is the count of bytes ever written before it; it never wraps, its place in the ring is
 * its remainder. A line lies in the ring as its level, its length (two bytes) and its text.
 */
#include "lib/log.h"

#include "lib/fmt.h"
#include "lib/lock.h"

#define RECORD_HEADER 3

static_assert((LOG_RING_BYTES & (LOG_RING_BYTES - 1)) == 0, "a remainder must be one AND");
static_assert(LOG_RING_BYTES > LOG_LINE_MAX + RECORD_HEADER, "a line must fit");

static struct {
    struct spinlock lock;
    log_sink_fn *sink;
    uint64_t head;   /* where the next line goes */
    uint64_t oldest; /* first line still whole */
    uint64_t shown;  /* first line that no sink has seen */
    uint8_t ring[LOG_RING_BYTES];
} kept = {.lock = SPINLOCK_INIT};

static uint8_t *ring_at(uint64_t position)
{
    return &kept.ring[position % LOG_RING_BYTES];
}

static size_t record_length(uint64_t position)
{
    return *ring_at(position + 1) | (size_t)*ring_at(position + 2) << 8;
}

/* Append a line; the oldest ones make room. The lock is held. */
static void ring_append(enum log_level level, const char *line, size_t length)
{
    uint64_t end = kept.head + RECORD_HEADER + length;
    while (end - kept.oldest > LOG_RING_BYTES)
        kept.oldest += RECORD_HEADER + record_length(kept.oldest);
    *ring_at(kept.head) = (uint8_t)level;
    *ring_at(kept.head + 1) = (uint8_t)length;
    *ring_at(kept.head + 2) = (uint8_t)(length >> 8);
    for (size_t i = 0; i < length; i++)
        *ring_at(kept.head + RECORD_HEADER + i) = (uint8_t)line[i];
    kept.head = end;
}

/* log_read with the lock held. */
static bool ring_read(uint64_t *position, enum log_level *level, char *line, size_t *length)
{
    uint64_t at = MAX(*position, kept.oldest);
    if (at >= kept.head)
        return false;
    *level = (enum log_level) * ring_at(at);
    *length = record_length(at);
    for (size_t i = 0; i < *length; i++)
        line[i] = (char)*ring_at(at + RECORD_HEADER + i);
    *position = at + RECORD_HEADER + *length;
    return true;
}

bool log_read(uint64_t *position, enum log_level *level, char *line, size_t *length)
{
    spin_lock(&kept.lock);
    bool found = ring_read(position, level, line, length);
    spin_unlock(&kept.lock);
    return found;
}

void log_set_sink(log_sink_fn *sink)
{
    char line[LOG_LINE_MAX];
    enum log_level level;
    size_t length;
    for (;;) {
        spin_lock(&kept.lock);
        /* The sink is set in the moment when nothing is left to replay, so that no line overtakes.
         */
        bool more = sink != NULL && ring_read(&kept.shown, &level, line, &length);
        if (!more)
            kept.sink = sink;
        spin_unlock(&kept.lock);
        if (!more)
            return;
        sink(level, line, length);
    }
}

const char *log_level_name(enum log_level level)
{
    static const char *const names[] = {"error", "warning", "info", "debug"};
    return (size_t)level < ARRAY_SIZE(names) ? names[level] : "?";
}

/*
 * A line must stay one line and must not drive the terminal, whatever names it quotes. The newline
 * at the end that a printf habit puts there is dropped. Returns the new length.
 */
static size_t make_harmless(char *line, size_t length)
{
    if (length > 0 && line[length - 1] == '\n')
        length--;
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
            line[i] = '?';
    }
    return length;
}

void log_vprint(enum log_level level, const char *format, va_list args)
{
    char line[LOG_LINE_MAX + 1];
    int full = fmt_vprint(line, sizeof(line), format, args);
    size_t length = make_harmless(line, MIN((size_t)full, (size_t)LOG_LINE_MAX));
    spin_lock(&kept.lock);
    ring_append(level, line, length);
    log_sink_fn *sink = kept.sink;
    if (sink != NULL)
        kept.shown = kept.head;
    spin_unlock(&kept.lock);
    if (sink != NULL)
        sink(level, line, length);
}

void log_print(enum log_level level, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    log_vprint(level, format, args);
    va_end(args);
}

/* True if BUDGET allows a line now; *DROPPED is how many it did not allow since the last one. */
static bool budget_take(struct log_budget *budget, uint64_t now_ns, uint32_t *dropped)
{
    if (budget->refilled_ns == 0) {
        budget->refilled_ns = MAX(now_ns, 1);
        budget->tokens = LOG_GUEST_BURST;
    } else if (now_ns > budget->refilled_ns) {
        uint64_t earned = (now_ns - budget->refilled_ns) / LOG_GUEST_REFILL_NS;
        budget->refilled_ns += earned * LOG_GUEST_REFILL_NS;
        budget->tokens = (uint32_t)MIN(budget->tokens + earned, (uint64_t)LOG_GUEST_BURST);
    }
    if (budget->tokens == 0) {
        if (budget->dropped < UINT32_MAX)
            budget->dropped++;
        return false;
    }
    budget->tokens--;
    *dropped = budget->dropped;
    budget->dropped = 0;
    return true;
}

void log_guest(struct log_budget *budget, uint64_t now_ns, const char *vm, const char *format, ...)
{
    uint32_t dropped = 0;
    spin_lock(&kept.lock);
    bool allowed = budget_take(budget, now_ns, &dropped);
    spin_unlock(&kept.lock);
    if (!allowed)
        return;
    if (dropped > 0)
        log_warn("%s: %u lines about it were dropped", vm, dropped);
    char text[LOG_LINE_MAX + 1];
    va_list args;
    va_start(args, format);
    fmt_vprint(text, sizeof(text), format, args);
    va_end(args);
    log_warn("%s: %s", vm, text);
}
