/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for the console: see core/console_line.h. */
#include "core/console_line.h"

#define BS     '\b'
#define DEL    0x7f
#define ESC    0x1b
#define BEL    '\a'
#define ST_END '\\' /* ends a string after ESC */

enum line_state {
    LINE_TEXT,
    LINE_ESCAPE,        /* after ESC */
    LINE_INTERMEDIATE,  /* after ESC and 0x20 to 0x2f */
    LINE_CONTROL,       /* after ESC [ : parameters until 0x40 to 0x7e */
    LINE_STRING,        /* after ESC ] P X ^ _ : until BEL or ESC \ */
    LINE_STRING_ESCAPE, /* ESC inside one */
};

/* The state after BYTE in STATE, which is not LINE_TEXT. */
static enum line_state escape_next(enum line_state state, unsigned char byte)
{
    switch (state) {
    case LINE_ESCAPE:
        if (byte == '[')
            return LINE_CONTROL;
        if (byte == ']' || byte == 'P' || byte == 'X' || byte == '^' || byte == '_')
            return LINE_STRING;
        return byte >= 0x20 && byte <= 0x2f ? LINE_INTERMEDIATE : LINE_TEXT;
    case LINE_INTERMEDIATE:
        return byte >= 0x20 && byte <= 0x2f ? LINE_INTERMEDIATE : LINE_TEXT;
    case LINE_CONTROL:
        return byte >= 0x40 && byte <= 0x7e ? LINE_TEXT : LINE_CONTROL;
    case LINE_STRING:
        return byte == BEL ? LINE_TEXT : byte == ESC ? LINE_STRING_ESCAPE : LINE_STRING;
    default:
        return byte == ST_END ? LINE_TEXT : LINE_STRING;
    }
}

/*
 * BYTE inside a sequence: true if it belongs to it. A newline ends whatever was begun, so that an
 * unfinished sequence does not swallow the output that follows; ESC begins a new one.
 */
static bool escape_step(struct console_line *line, unsigned char byte)
{
    enum line_state state = (enum line_state)line->state;
    if (state == LINE_TEXT)
        return false;
    if (byte == '\n' || byte == '\r') {
        line->state = LINE_TEXT;
        return false;
    }
    if (byte == ESC && state != LINE_STRING)
        line->state = LINE_ESCAPE;
    else
        line->state = (uint8_t)escape_next(state, byte);
    return true;
}

void console_line_make_text(struct console_line *line)
{
    struct console_line raw = *line;
    console_line_clear(line);
    line->state = LINE_TEXT;
    for (uint32_t i = 0; i < raw.length; i++)
        console_line_add(line, raw.text[i]);
}

bool console_line_text(struct console_line *line, char c)
{
    /* What is not ASCII is text as well, but rare. */
    if (c < ' ' || c >= DEL || line->state != LINE_TEXT || line->returned ||
        line->length == CONSOLE_LINE_MAX)
        return false;
    line->text[line->length++] = c;
    return true;
}

enum line_event console_line_add(struct console_line *line, char c)
{
    unsigned char byte = (unsigned char)c;
    if (escape_step(line, byte))
        return LINE_MORE;
    if (byte == '\n')
        return LINE_WHOLE;
    if (byte == '\r') {
        line->returned = true;
        return LINE_MORE;
    }
    if (line->returned && line->length > 0)
        return LINE_AGAIN;
    line->returned = false;
    if (byte == ESC) {
        line->state = LINE_ESCAPE;
    } else if (byte == BS || byte == DEL) {
        line->length -= line->length > 0;
    } else if (byte >= ' ' || byte == '\t') {
        if (line->length == CONSOLE_LINE_MAX)
            return LINE_AGAIN;
        line->text[line->length++] = c;
    }
    return LINE_MORE;
}

static void track_append(struct console_line *line, char byte)
{
    if (line->length < CONSOLE_LINE_MAX)
        line->text[line->length++] = byte;
    else
        line->cut = true;
}

/*
 * Colours, erasing to the line's end and moves within it may be sent twice. A clear screen must
 * not, nor a question, to which the terminal would answer twice.
 */
static bool may_repeat(unsigned char final)
{
    return final == 'm' || final == 'K' || final == 'C' || final == 'D';
}

void console_line_track(struct console_line *line, char c)
{
    unsigned char byte = (unsigned char)c;
    bool control = line->state == LINE_CONTROL;
    if (escape_step(line, byte)) {
        track_append(line, c);
        if (line->state == LINE_TEXT && !(control && may_repeat(byte)))
            line->length = MIN(line->length, line->escape_start);
        return;
    }
    if (byte == '\n') {
        console_line_clear(line);
    } else if (byte == ESC) {
        line->state = LINE_ESCAPE;
        line->escape_start = line->length;
        track_append(line, c);
    } else if (byte >= ' ' || byte == '\t' || byte == '\r' || byte == BS) {
        track_append(line, c);
    }
}

void console_line_clear(struct console_line *line)
{
    line->length = 0;
    line->escape_start = 0;
    line->returned = false;
    line->cut = false;
}
