/* SPDX-License-Identifier: Apache-2.0 */
/* Keys to edits. Any byte may come; the line is always text of at most SHELL_LINE_MAX bytes. */
#include "core/shell_line.h"

#include "lib/string.h"

enum {
    KEY_CTRL_C = 0x03,
    KEY_CTRL_E = 0x05,
    KEY_CTRL_K = 0x0b,
    KEY_CTRL_L = 0x0c,
    KEY_CTRL_U = 0x15,
    KEY_CTRL_W = 0x17,
    KEY_ESC = 0x1b,
    KEY_DEL = 0x7f,
};

/* The parameters of keys that end in '~'. */
enum { KEY_HOME = 1, KEY_DELETE = 3, KEY_END = 4 };

static char *history_at(struct shell_line *line, uint32_t back)
{
    return line->history[(line->history_count - back) % SHELL_HISTORY_COUNT];
}

static void history_add(struct shell_line *line)
{
    line->history_looked = 0;
    if (line->length == 0 ||
        (line->history_count > 0 && strcmp(history_at(line, 1), line->text) == 0))
        return;
    memcpy(history_at(line, 0), line->text, sizeof(line->text));
    line->history_count++;
}

/* Take the line that is BACK lines ago; 0 is an empty one. */
static enum shell_line_event history_show(struct shell_line *line, uint32_t back)
{
    if (back > MIN(line->history_count, (uint32_t)SHELL_HISTORY_COUNT))
        return SHELL_LINE_NOTHING;
    shell_line_reset(line);
    line->history_looked = back;
    if (back > 0) {
        memcpy(line->text, history_at(line, back), sizeof(line->text));
        line->length = line->cursor = (uint32_t)strlen(line->text);
    }
    return SHELL_LINE_CHANGED;
}

void shell_line_reset(struct shell_line *line)
{
    line->length = line->cursor = 0;
    line->text[0] = 0;
}

void shell_line_insert(struct shell_line *line, const char *text, uint32_t length)
{
    length = MIN(length, SHELL_LINE_MAX - line->length);
    char *at = &line->text[line->cursor];
    memmove(at + length, at, line->length - line->cursor);
    memcpy(at, text, length);
    line->length += length;
    line->cursor += length;
    line->text[line->length] = 0;
}

/* Remove what is between FROM and TO. */
static enum shell_line_event cut(struct shell_line *line, uint32_t from, uint32_t to)
{
    if (from == to)
        return SHELL_LINE_NOTHING;
    memmove(&line->text[from], &line->text[to], line->length - to);
    line->length -= to - from;
    line->cursor = from;
    line->text[line->length] = 0;
    return SHELL_LINE_CHANGED;
}

static enum shell_line_event move_to(struct shell_line *line, uint32_t cursor)
{
    if (cursor == line->cursor || cursor > line->length) /* also: left of the start */
        return SHELL_LINE_NOTHING;
    line->cursor = cursor;
    return SHELL_LINE_CHANGED;
}

static uint32_t word_start(const struct shell_line *line)
{
    uint32_t at = line->cursor;
    while (at > 0 && line->text[at - 1] == ' ')
        at--;
    while (at > 0 && line->text[at - 1] != ' ')
        at--;
    return at;
}

/* A byte of an escape sequence. */
static enum shell_line_event escape(struct shell_line *line, char byte)
{
    if (line->key_state == SHELL_KEY_ESCAPE) {
        line->key_state = byte == '[' || byte == 'O' ? SHELL_KEY_CONTROL : SHELL_KEY_PLAIN;
        line->key_parameter = 0;
        return SHELL_LINE_NOTHING;
    }
    if (byte >= '0' && byte <= '9')
        line->key_parameter = (line->key_parameter * 10 + (uint32_t)(byte - '0')) % 1000;
    if (byte < '@')
        return SHELL_LINE_NOTHING;
    line->key_state = SHELL_KEY_PLAIN;
    if (byte == '~')
        byte = line->key_parameter == KEY_HOME     ? 'H'
               : line->key_parameter == KEY_END    ? 'F'
               : line->key_parameter == KEY_DELETE ? '~'
                                                   : 0;
    switch (byte) {
    case 'A':
        return history_show(line, line->history_looked + 1);
    case 'B':
        return line->history_looked > 0 ? history_show(line, line->history_looked - 1)
                                        : SHELL_LINE_NOTHING;
    case 'C':
        return move_to(line, line->cursor + 1);
    case 'D':
        return move_to(line, line->cursor - 1);
    case 'F':
        return move_to(line, line->length);
    case 'H':
        return move_to(line, 0);
    case '~':
        return line->cursor < line->length ? cut(line, line->cursor, line->cursor + 1)
                                           : SHELL_LINE_NOTHING;
    default:
        return SHELL_LINE_NOTHING;
    }
}

static enum shell_line_event insert(struct shell_line *line, char byte)
{
    if (byte < ' ' || byte >= KEY_DEL || line->length == SHELL_LINE_MAX)
        return SHELL_LINE_NOTHING;
    shell_line_insert(line, &byte, 1);
    return line->cursor == line->length ? SHELL_LINE_APPENDED : SHELL_LINE_CHANGED;
}

static enum shell_line_event plain(struct shell_line *line, char byte, bool returned)
{
    switch (byte) {
    case KEY_ESC:
        line->key_state = SHELL_KEY_ESCAPE;
        return SHELL_LINE_NOTHING;
    case '\n':
        if (returned)
            return SHELL_LINE_NOTHING;
        /* fall through */
    case '\r':
        history_add(line);
        return SHELL_LINE_DONE;
    case '\t':
        return SHELL_LINE_COMPLETE;
    case KEY_CTRL_C:
    case KEY_CTRL_U:
        shell_line_reset(line);
        line->history_looked = 0;
        return SHELL_LINE_CHANGED;
    case KEY_CTRL_E:
        return move_to(line, line->length);
    case KEY_CTRL_K:
        return cut(line, line->cursor, line->length);
    case KEY_CTRL_L:
        return SHELL_LINE_CLEAR;
    case KEY_CTRL_W:
        return cut(line, word_start(line), line->cursor);
    case '\b':
    case KEY_DEL:
        return line->cursor > 0 ? cut(line, line->cursor - 1, line->cursor) : SHELL_LINE_NOTHING;
    default:
        return insert(line, byte);
    }
}

enum shell_line_event shell_line_key(struct shell_line *line, char byte)
{
    bool returned = line->returned;
    line->returned = byte == '\r';
    if ((unsigned char)byte < ' ')
        line->key_state = SHELL_KEY_PLAIN; /* no sequence holds one: Enter always works */
    if (line->key_state != SHELL_KEY_PLAIN)
        return escape(line, byte);
    return plain(line, byte, returned);
}
