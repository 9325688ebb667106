/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The line being typed in the shell: what each key does to it, and the lines before. Knows the keys
 * of a terminal (ECMA-48 sequences as xterm sends them), nothing of commands or of the screen.
 */
#pragma once

#include "lib/types.h"

#define SHELL_LINE_MAX      80
#define SHELL_HISTORY_COUNT 16

enum shell_key_state { SHELL_KEY_PLAIN, SHELL_KEY_ESCAPE, SHELL_KEY_CONTROL };

struct shell_line { /* all zero at first */
    uint32_t length, cursor;
    char text[SHELL_LINE_MAX + 1]; /* ends with 0 */
    enum shell_key_state key_state;
    uint32_t key_parameter;
    bool returned; /* the last byte was a carriage return: a newline after it is the same key */
    uint32_t history_count;  /* lines ever put into history */
    uint32_t history_looked; /* how far back the line shown is, 0 for the new one */
    char history[SHELL_HISTORY_COUNT][SHELL_LINE_MAX + 1];
};

/* What the screen must do after a key. */
enum shell_line_event {
    SHELL_LINE_NOTHING,
    SHELL_LINE_APPENDED, /* print the byte */
    SHELL_LINE_CHANGED,  /* print the line anew, with the cursor in its place */
    SHELL_LINE_CLEAR,    /* the same, on an empty screen */
    SHELL_LINE_COMPLETE, /* Tab */
    SHELL_LINE_DONE, /* Enter: text is a line, and in the history; call shell_line_reset after it */
};

enum shell_line_event shell_line_key(struct shell_line *line, char byte);
/* A new, empty line. */
void shell_line_reset(struct shell_line *line);
/* Insert TEXT, of LENGTH bytes, at the cursor; what does not fit is left out. */
void shell_line_insert(struct shell_line *line, const char *text, uint32_t length);
