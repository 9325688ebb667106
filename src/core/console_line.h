/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line that an owner of the console has begun: as text to be printed behind its name when it is
 * whole, or as what must be printed again when another line went above it. Knows control characters
 * and escape sequences (ECMA-48, 5th edition, 5.3 and 5.4), and nothing of owners or the UART.
 */
#pragma once

#include "lib/types.h"

#define CONSOLE_LINE_MAX 256 /* a longer line is cut, and goes on in the next */

struct console_line {
    uint16_t length;
    uint16_t escape_start; /* where the sequence that has begun starts in text */
    uint8_t state;         /* enum line_state, in the implementation */
    bool returned;         /* a carriage return came last */
    bool cut;              /* live: the line is longer than text */
    char text[CONSOLE_LINE_MAX];
};

enum line_event {
    LINE_MORE,  /* the byte is in the line, or was of no use */
    LINE_WHOLE, /* the byte ended the line: print it, and call console_line_clear */
    LINE_AGAIN, /* the line ended before the byte: print it, clear, and give the byte again */
};

/*
 * A byte for a line that will be printed with a prefix: no control character but a tab, and no
 * escape sequence, gets in, so that nobody can write over another's lines or forge them. A newline
 * or a carriage return ends it.
 */
enum line_event console_line_add(struct console_line *line, char c);
/* The same for what most bytes are, text within the line; false: it is something else. */
bool console_line_text(struct console_line *line, char c);
/* LINE was tracked, and will be printed with a prefix: it is to hold nothing but text. */
void console_line_make_text(struct console_line *line);
/* A byte that has gone to the terminal: text is what brings the line there again. */
void console_line_track(struct console_line *line, char c);
/* Begin a new line. What is inside an escape sequence stays so. */
void console_line_clear(struct console_line *line);
