/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every command of the host tool needs: errors that end it, files, text. The tool runs once
 * and exits, so nothing that lives until the end is freed.
 */
#pragma once

#include "lib/types.h"

struct blob {
    uint8_t *bytes;
    size_t size;
};

/* Print "trapeze: error: ..." and exit with status 1, or what a command has set here. */
extern int die_status;
void die(const char *format, ...) __printf(1, 2) __noreturn;
void warn(const char *format, ...) __printf(1, 2);

/* Never NULL: the tool ends when there is no memory. */
void *xalloc(size_t size);
char *text_format(const char *format, ...) __printf(1, 2);

/* The whole file; the tool ends if it cannot be read. One byte more than `size` is there, and 0. */
struct blob file_read(const char *path);
/* Replaces PATH as a whole, or ends the tool. */
void file_write(const char *path, const void *bytes, size_t size);
void folder_make(const char *path);
/* NAME as seen from the folder that FILE lies in; NAME itself if it is absolute. */
char *path_beside(const char *file, const char *name);

/* Standard base64 with padding. */
char *base64_encode(const char *text);

/* Run ARGV[0] from PATH and wait; its exit status, or 128 plus the signal that ended it. */
int program_run(char *const argv[]);

/* ARGUMENT as an unsigned number (0x for hexadecimal), or the tool ends naming OPTION. */
uint64_t number_parse(const char *option, const char *argument);

/* NAME=VALUE pairs given on the command line. */
#define PAIR_MAX 32
struct pairs {
    struct {
        const char *name, *value;
    } entry[PAIR_MAX];
    uint32_t count;
};
/* Take ARGUMENT apart; the tool ends, naming OPTION, if it has no '='. */
void pairs_add(struct pairs *pairs, const char *option, const char *argument);
/* The value of NAME, or NULL. */
const char *pairs_find(const struct pairs *pairs, const char *name);
