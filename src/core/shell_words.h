/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a command line against a command's usage, which is its grammar: "trace NAME
 * on|off|show", "stat [NAME]". A word in small letters stands for itself, one with | for either,
 * one in capitals for anything (NAME: of a VM), one in brackets may be left out.
 */
#pragma once

#include "lib/types.h"

#define SHELL_WORD_MAX 6

struct shell_words {
    uint32_t count;
    const char *word[SHELL_WORD_MAX];
};

/* Cut LINE, in place, into its words. Of more than SHELL_WORD_MAX the last holds the rest. */
void shell_split(char *line, struct shell_words *words);
/* True if WORDS are as USAGE says; ARGUMENTS are those that do not stand for themselves only. */
bool shell_match(const char *usage, const struct shell_words *words, struct shell_words *arguments);
/* True if the first of WORDS is USAGE's. */
bool shell_match_first(const char *usage, const struct shell_words *words);

#define SHELL_CANDIDATE_MAX 24

struct shell_completion {
    uint32_t typed;  /* bytes of the word so far */
    uint32_t common; /* bytes that all candidates have in common, typed ones included */
    uint32_t count;
    struct {
        const char *text;
        uint32_t length;
    } candidate[SHELL_CANDIDATE_MAX];
};

/* The name of the INDEX-th VM, NULL after the last. */
typedef const char *shell_name_fn(uint32_t index);

/* Add what USAGE lets follow on LINE (the text before the cursor) to COMPLETION, zero at first. */
void shell_complete(const char *usage, const char *line, shell_name_fn *name,
                    struct shell_completion *completion);
