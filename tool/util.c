/* SPDX-License-Identifier: Apache-2.0 */
/* Owns errors, files and text of the host tool. Must not know what a device tree or a VM is. */
#include "tool/util.h"
#include "lib/panic.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void print(const char *kind, const char *format, va_list args)
{
    fflush(stdout);
    fprintf(stderr, "trapeze: %s", kind);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
}

int die_status = 1;

void die(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print("error: ", format, args);
    va_end(args);
    exit(die_status);
}

void warn(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print("warning: ", format, args);
    va_end(args);
}

/* The portable files that we link report their own bugs here. */
void panic(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    print("", format, args);
    va_end(args);
    abort();
}

void *xalloc(size_t size)
{
    void *memory = calloc(1, size ? size : 1);

    if (!memory)
        die("out of memory (%zu bytes)", size);
    return memory;
}

char *text_format(const char *format, ...)
{
    va_list args;
    char *text;

    va_start(args, format);
    if (vasprintf(&text, format, args) < 0)
        die("out of memory");
    va_end(args);
    return text;
}

struct blob file_read(const char *path)
{
    FILE *file = fopen(path, "rb");
    struct stat status;
    struct blob blob;

    if (!file || fstat(fileno(file), &status) != 0)
        die("%s: %s", path, strerror(errno));
    if (!S_ISREG(status.st_mode))
        die("%s: not a regular file", path);
    blob.size = (size_t)status.st_size;
    blob.bytes = xalloc(blob.size + 1);
    if (fread(blob.bytes, 1, blob.size, file) != blob.size)
        die("%s: it cannot be read as a whole", path);
    fclose(file);
    return blob;
}

void file_write(const char *path, const void *bytes, size_t size)
{
    char *part = text_format("%s.part", path);
    FILE *file = fopen(part, "wb");

    if (!file)
        die("%s: %s", part, strerror(errno));
    if (fwrite(bytes, 1, size, file) != size || fclose(file) != 0)
        die("%s: %s", part, strerror(errno));
    if (rename(part, path) != 0)
        die("%s: %s", path, strerror(errno));
    free(part);
}

void folder_make(const char *path)
{
    char *walk = text_format("%s", path);

    for (char *slash = walk; *slash; slash++) {
        if (*slash != '/' || slash == walk)
            continue;
        *slash = 0;
        (void)mkdir(walk, 0777);
        *slash = '/';
    }
    if (mkdir(walk, 0777) != 0 && errno != EEXIST)
        die("%s: %s", path, strerror(errno));
    free(walk);
}

char *path_beside(const char *file, const char *name)
{
    const char *slash = strrchr(file, '/');

    if (name[0] == '/' || !slash)
        return text_format("%s", name);
    return text_format("%.*s/%s", (int)(slash - file), file, name);
}

char *base64_encode(const char *text)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const unsigned char *in = (const unsigned char *)text;
    size_t length = strlen(text);
    char *out = xalloc((length + 2) / 3 * 4 + 1);
    char *at = out;

    for (size_t i = 0; i < length; i += 3) {
        uint32_t left = (uint32_t)MIN(length - i, (size_t)3);
        uint32_t bits = (uint32_t)in[i] << 16;

        bits |= left > 1 ? (uint32_t)in[i + 1] << 8 : 0;
        bits |= left > 2 ? in[i + 2] : 0;
        *at++ = digits[bits >> 18 & 63];
        *at++ = digits[bits >> 12 & 63];
        *at++ = left > 1 ? digits[bits >> 6 & 63] : '=';
        *at++ = left > 2 ? digits[bits & 63] : '=';
    }
    return out;
}

int program_run(char *const argv[])
{
    int status;
    pid_t child = fork();

    if (child < 0)
        die("fork: %s", strerror(errno));
    if (child == 0) {
        execvp(argv[0], argv);
        fprintf(stderr, "trapeze: error: %s: %s\n", argv[0], strerror(errno));
        _exit(127);
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            die("waitpid: %s", strerror(errno));
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

uint64_t number_parse(const char *option, const char *argument)
{
    char *end;
    unsigned long long value;

    errno = 0;
    value = strtoull(argument, &end, 0);
    if (errno || end == argument || *end || *argument == '-')
        die("%s takes a number, not '%s'", option, argument);
    return value;
}

void pairs_add(struct pairs *pairs, const char *option, const char *argument)
{
    const char *equals = strchr(argument, '=');

    if (!equals || equals == argument)
        die("%s takes NAME=VALUE, not '%s'", option, argument);
    if (pairs->count == PAIR_MAX)
        die("%s was given more than %d times", option, PAIR_MAX);
    pairs->entry[pairs->count].name = text_format("%.*s", (int)(equals - argument), argument);
    pairs->entry[pairs->count++].value = equals + 1;
}

const char *pairs_find(const struct pairs *pairs, const char *name)
{
    for (uint32_t i = 0; i < pairs->count; i++)
        if (strcmp(pairs->entry[i].name, name) == 0)
            return pairs->entry[i].value;
    return NULL;
}
