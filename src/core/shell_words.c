/* SPDX-License-Identifier: Apache-2.0 */
/* Usages as grammar. Pure text. */
#include "core/shell_words.h"

#include "core/shell_line.h"
#include "lib/string.h"

/* A piece of a usage; no final 0. */
struct span {
    const char *at;
    uint32_t length;
};

enum word_kind { WORD_LITERAL, WORD_CHOICE, WORD_ANY, WORD_NAME };

struct usage_word {
    struct span span; /* without brackets */
    enum word_kind kind;
    bool optional;
};

void shell_split(char *line, struct shell_words *words)
{
    words->count = 0;
    while (*line != 0) {
        while (*line == ' ')
            *line++ = 0;
        if (*line == 0)
            return;
        words->word[words->count++] = line;
        if (words->count == SHELL_WORD_MAX)
            return;
        while (*line != 0 && *line != ' ')
            line++;
    }
}

/* The next word of *USAGE, which is moved behind it. False at the end. */
static bool next_word(const char **usage, struct usage_word *out)
{
    while (**usage == ' ')
        (*usage)++;
    if (**usage == 0)
        return false;
    struct span span = {*usage, 0};
    while (span.at[span.length] != 0 && span.at[span.length] != ' ')
        span.length++;
    *usage += span.length;
    out->optional = span.at[0] == '[';
    if (out->optional)
        span = (struct span){span.at + 1, span.length - 2};
    out->span = span;
    if (memchr(span.at, '|', span.length) != NULL)
        out->kind = WORD_CHOICE;
    else if (span.length == 4 && memcmp(span.at, "NAME", 4) == 0)
        out->kind = WORD_NAME;
    else
        out->kind = span.at[0] >= 'A' && span.at[0] <= 'Z' ? WORD_ANY : WORD_LITERAL;
    return true;
}

/* The next of the words that | separates. */
static bool next_choice(struct span *rest, struct span *choice)
{
    if (rest->length == 0)
        return false;
    const char *bar = memchr(rest->at, '|', rest->length);
    choice->at = rest->at;
    choice->length = bar != NULL ? (uint32_t)(bar - rest->at) : rest->length;
    uint32_t used = choice->length + (bar != NULL);
    *rest = (struct span){rest->at + used, rest->length - used};
    return true;
}

static bool is_word(struct span span, const char *word)
{
    return strlen(word) == span.length && memcmp(word, span.at, span.length) == 0;
}

static bool accepts(const struct usage_word *usage, const char *word)
{
    struct span rest = usage->span, choice;
    if (usage->kind == WORD_ANY || usage->kind == WORD_NAME)
        return true;
    while (next_choice(&rest, &choice))
        if (is_word(choice, word))
            return true;
    return false;
}

bool shell_match(const char *usage, const struct shell_words *words, struct shell_words *arguments)
{
    struct usage_word expected;
    uint32_t at = 0;
    arguments->count = 0;
    while (next_word(&usage, &expected)) {
        if (at == words->count && expected.optional)
            continue;
        if (at == words->count || !accepts(&expected, words->word[at]))
            return false;
        if (expected.kind != WORD_LITERAL)
            arguments->word[arguments->count++] = words->word[at];
        at++;
    }
    return at == words->count;
}

bool shell_match_first(const char *usage, const struct shell_words *words)
{
    struct usage_word expected;
    return words->count > 0 && next_word(&usage, &expected) && accepts(&expected, words->word[0]);
}

static void add_candidate(struct shell_completion *c, const char *typed, const char *text,
                          uint32_t length)
{
    if (length < c->typed || memcmp(text, typed, c->typed) != 0)
        return;
    for (uint32_t i = 0; i < c->count; i++)
        if (c->candidate[i].length == length && memcmp(c->candidate[i].text, text, length) == 0)
            return;
    if (c->count == SHELL_CANDIDATE_MAX)
        return;
    c->candidate[c->count].text = text;
    c->candidate[c->count].length = length;
    uint32_t common = 0, most = c->count == 0 ? length : MIN(length, c->common);
    while (common < most && text[common] == c->candidate[0].text[common])
        common++;
    c->common = common;
    c->count++;
}

void shell_complete(const char *usage, const char *line, shell_name_fn *name,
                    struct shell_completion *completion)
{
    char copy[SHELL_LINE_MAX + 1];
    struct shell_words words;
    struct usage_word expected;
    size_t length = strnlen(line, SHELL_LINE_MAX);
    memcpy(copy, line, length);
    copy[length] = 0;
    shell_split(copy, &words);
    /* The word at the cursor is the last one, or a new one after a blank. */
    bool begun = words.count > 0 && line[length - 1] != ' ';
    uint32_t before = words.count - begun;
    const char *typed = begun ? words.word[before] : "";
    completion->typed = (uint32_t)strlen(typed);
    for (uint32_t at = 0; next_word(&usage, &expected); at++) {
        if (at < before) {
            if (!accepts(&expected, words.word[at]))
                return;
            continue;
        }
        struct span rest = expected.span, choice;
        if (expected.kind == WORD_NAME)
            for (uint32_t i = 0; name(i) != NULL; i++)
                add_candidate(completion, typed, name(i), (uint32_t)strlen(name(i)));
        else if (expected.kind != WORD_ANY)
            while (next_choice(&rest, &choice))
                add_candidate(completion, typed, choice.at, choice.length);
        return;
    }
}
