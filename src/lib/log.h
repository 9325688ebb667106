/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The hypervisor's log: levelled lines into one bounded ring, from which the console prints.
 * A guest can cause lines only through log_guest(), which is limited for each VM, so a log flood
 * (the class of XSA-146 and XSA-118) costs bounded space and time.
 *
 * Levels: ERROR never appears in a run without a bug or a wrong configuration, not even under a
 * malicious VM; WARN is a guest's or a configuration's fault; INFO tells the story of a boot.
 * Locks: takes the log's own lock, last in the order; callable anywhere.
 */
#pragma once

#include <stdarg.h>

#include "lib/types.h"

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

/* Where finished lines go: called with each whole line, without its newline, at most LOG_LINE_MAX bytes. */
#define LOG_LINE_MAX 256
typedef void log_sink_fn(enum log_level level, const char *line, size_t length);

/* Lines logged before a sink was set are kept (8 KiB) and replayed to it. */
void log_set_sink(log_sink_fn *sink);
void log_vprint(enum log_level level, const char *format, va_list args);
void log_print(enum log_level level, const char *format, ...) __printf(2, 3);

#define log_error(...) log_print(LOG_ERROR, __VA_ARGS__)
#define log_warn(...)  log_print(LOG_WARN, __VA_ARGS__)
#define log_info(...)  log_print(LOG_INFO, __VA_ARGS__)
#define log_debug(...) log_print(LOG_DEBUG, __VA_ARGS__)

/* One VM's budget of lines: LOG_GUEST_BURST at once, refilled by one each LOG_GUEST_REFILL_NS. */
#define LOG_GUEST_BURST     20
#define LOG_GUEST_REFILL_NS 1000000000ULL
struct log_budget {
    uint64_t refilled_ns;
    uint32_t tokens;
    uint32_t dropped;
};
/* A line about a guest's doing; NOW_NS is the caller's time. Drops are counted and told once. */
void log_guest(struct log_budget *budget, uint64_t now_ns, const char *vm, const char *format, ...)
    __printf(4, 5);
