/* SPDX-License-Identifier: Apache-2.0 */
/*
 * docs/binding.md lists every message. A test that gathers all it was told shows that the list is
 * true: each row was seen, and nothing was seen that has no row. Tests run from the tree's root.
 */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define MESSAGE_MAX      1024
#define MESSAGE_TEXT_MAX 400

struct message_list {
    unsigned count;
    char text[MESSAGE_MAX][MESSAGE_TEXT_MAX];
};

static struct message_list messages_seen;

static inline void message_add(struct message_list *list, const char *text)
{
    for (unsigned i = 0; i < list->count; i++) {
        if (strcmp(list->text[i], text) == 0)
            return;
    }
    if (list->count < MESSAGE_MAX)
        snprintf(list->text[list->count++], MESSAGE_TEXT_MAX, "%s", text);
}

static inline bool is_word_end(char c)
{
    return strchr(" .,;:?!=<>()\"", c) != NULL;
}

/* TEXT begins as ROW says, where the word N stands for anything. */
static inline bool message_fits(const char *row, const char *text)
{
    for (bool begins = true; *row != 0; begins = is_word_end(*row), row++, text++) {
        if (begins && row[0] == 'N' && is_word_end(row[1])) {
            for (const char *rest = text; *rest != 0; rest++) {
                if (message_fits(row + 1, rest))
                    return true;
            }
            return row[1] == 0;
        }
        if (*row != *text)
            return false;
    }
    return true;
}

/* The column "Message begins" of the tables under the heading of LEVEL ("### ") and HEADING. */
static inline void message_rows(const char *heading, struct message_list *out)
{
    FILE *in = fopen("docs/binding.md", "r");
    char line[1000];
    bool inside = false;
    int column = -1;

    assert_non_null(in);
    while (fgets(line, sizeof(line), in) != NULL) {
        if (line[0] == '#') {
            inside =
                strncmp(line, "### ", 4) == 0 && strncmp(line + 4, heading, strlen(heading)) == 0;
            column = -1;
        }
        if (!inside || line[0] != '|')
            continue;
        char *cell = line, *end;
        for (int i = 0; (end = strstr(cell + 1, " |")) != NULL; cell = end + 1, i++) {
            *end = 0;
            if (column < 0 && strcmp(cell, "| Message begins") == 0)
                column = i;
            else if (column == i && strncmp(cell, "| ---", 5) != 0)
                message_add(out, cell + 2);
        }
    }
    fclose(in);
}

static inline bool message_in(const struct message_list *rows, const char *text)
{
    for (unsigned i = 0; i < rows->count; i++) {
        if (message_fits(rows->text[i], text))
            return true;
    }
    return false;
}

/*
 * Each row under the first REQUIRED of the COUNT headings was seen, and all that was seen has a row
 * under one of them.
 */
static inline void messages_check(const char *const *headings, unsigned count, unsigned required)
{
    static struct message_list rows;
    unsigned bad = 0, required_rows = 0;

    rows.count = 0;
    for (unsigned i = 0; i < count; i++) {
        unsigned before = rows.count;

        message_rows(headings[i], &rows);
        assert_true(rows.count > before);
        if (i < required)
            required_rows = rows.count;
    }
    for (unsigned i = 0; i < required_rows; i++) {
        unsigned k = 0;

        while (k < messages_seen.count && !message_fits(rows.text[i], messages_seen.text[k]))
            k++;
        if (k < messages_seen.count)
            continue;
        print_message("no test gets the message of docs/binding.md: %s\n", rows.text[i]);
        bad++;
    }
    for (unsigned i = 0; i < messages_seen.count; i++) {
        if (message_in(&rows, messages_seen.text[i]))
            continue;
        print_message("docs/binding.md does not have: %s\n", messages_seen.text[i]);
        bad++;
    }
    assert_int_equal(bad, 0);
}
