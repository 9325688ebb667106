/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor's log: levelled lines into one bounded ring, from which the console prints.
 * A guest can cause lines only through log_guest(), which is limited for each VM, so a log flood
 * (the class of XSA-146 and XSA-118) costs bounded space and time.
 *
 * Levels: ERROR never appears in a run without a bug or a wrong configuration, not even under a
 * malicious VM; WARN is a guest's or a configuration's fault; INFO tells the story of a boot.
 * Locks: takes the log's own lock, last in the order, and calls the sink with it released. The sink
 * takes the console's lock: callable anywhere but under that one.
 */
#pragma once

#include <stdarg.h>

#include "lib/types.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/*
 * Where finished lines go: called with each whole line, without its newline, at most LOG_LINE_MAX
 * bytes, none of them a control character.
 */
#define LOG_LINE_MAX 256
typedef void log_sink_fn(enum log_level level, const char *line, size_t length);

/* The last lines, this many bytes of them, are kept for reading again. */
#define LOG_RING_BYTES KIB(16)

/* Lines logged while there was no sink (NULL: none) are replayed to the new one, as far as kept. */
void log_set_sink(log_sink_fn *sink);
void log_vprint(enum log_level level, const char *format, va_list args);
void log_print(enum log_level level, const char *format, ...) __printf(2, 3);

#define log_error(...) log_print(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_print(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_print(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_print(LOG_DEBUG, __VA_ARGS__)

/* "error", "warning", ... */
const char *log_level_name(enum log_level level);

/*
 * Read kept lines one after the other: *POSITION is 0 for the oldest and is moved on. LINE holds
 * LOG_LINE_MAX bytes; no final 0 is written. False when there is no further line.
 */
bool log_read(uint64_t *position, enum log_level *level, char *line, size_t *length);

/* One VM's budget of lines: LOG_GUEST_BURST at once, refilled by one each LOG_GUEST_REFILL_NS. */
#define LOG_GUEST_BURST     20
#define LOG_GUEST_REFILL_NS 1000000000ULL
struct log_budget { /* all zero at first */
    uint64_t refilled_ns;
    uint32_t tokens;
    uint32_t dropped;
};
/* A line about a guest's doing; NOW_NS is the caller's time. Drops are counted and told once. */
void log_guest(struct log_budget *budget, uint64_t now_ns, const char *vm, const char *format, ...)
    __printf(4, 5);
