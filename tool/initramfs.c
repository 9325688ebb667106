/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trapeze initramfs: a cpio archive ("newc",
 * Documentation/driver-api/early-userspace/buffer-format.rst) from a list of files. The same input
 * gives the same bytes: no times, owners or inode numbers of this machine.
 */
#include "tool/commands.h"
#include "tool/util.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define ALIGN 4

const char initramfs_usage[] =
    "usage: trapeze initramfs LIST [--provide NAME=PATH]... -o FILE\n"
    "Make an initramfs. Each line of LIST is one of\n"
    "  dir PATH MODE\n"
    "  file PATH MODE SOURCE         SOURCE relative to LIST, or @NAME of a --provide\n"
    "  link PATH TARGET\n"
    "  char PATH MODE MAJOR MINOR\n"
    "with MODE in octal, and # before a comment.\n";

struct archive {
    FILE *out;
    uint32_t inode;
};

static void pad(FILE *out)
{
    while (ftell(out) % ALIGN)
        fputc(0, out);
}

static void add(struct archive *archive, const char *path, uint32_t mode, struct blob content,
                uint32_t device_major, uint32_t device_minor)
{
    uint32_t links = S_ISDIR(mode) ? 2 : 1;

    /* magic ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize
     * check */
    fprintf(archive->out, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
            ++archive->inode, mode, 0u, 0u, links, 0u, (uint32_t)content.size, 0u, 0u, device_major,
            device_minor, (uint32_t)strlen(path) + 1, 0u);
    fwrite(path, 1, strlen(path) + 1, archive->out);
    pad(archive->out);
    fwrite(content.bytes, 1, content.size, archive->out);
    pad(archive->out);
}

static void add_line(struct archive *archive, const char *list, int number, char *line,
                     const struct pairs *provided)
{
    char kind[8], path[256], rest[256], more[256];
    uint32_t mode, major = 0, minor = 0;
    struct blob none = {(uint8_t *)"", 0};

    if (sscanf(line, "%7s /%255s", kind, path) != 2)
        die("%s:%d: a line is KIND /PATH ...: see trapeze initramfs --help", list, number);
    if (strcmp(kind, "dir") == 0 && sscanf(line, "%*s %*s %o", &mode) == 1) {
        add(archive, path, S_IFDIR | mode, none, 0, 0);
    } else if (strcmp(kind, "file") == 0 && sscanf(line, "%*s %*s %o %255s", &mode, rest) == 2) {
        const char *source =
            rest[0] == '@' ? pairs_find(provided, rest + 1) : path_beside(list, rest);

        if (!source)
            die("%s:%d: give the file by --provide %s=PATH", list, number, rest + 1);
        add(archive, path, S_IFREG | mode, file_read(source), 0, 0);
    } else if (strcmp(kind, "link") == 0 && sscanf(line, "%*s %*s %255s", more) == 1) {
        add(archive, path, S_IFLNK | 0777, (struct blob){(uint8_t *)more, strlen(more)}, 0, 0);
    } else if (strcmp(kind, "char") == 0 &&
               sscanf(line, "%*s %*s %o %u %u", &mode, &major, &minor) == 3) {
        add(archive, path, S_IFCHR | mode, none, major, minor);
    } else {
        die("%s:%d: it is no line that can be understood: see trapeze initramfs --help", list,
            number);
    }
}

int command_initramfs(int argc, char **argv)
{
    static const struct option options[] = {
        {"output", required_argument, NULL, 'o'},
        {"provide", required_argument, NULL, 'p'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct archive archive = {0};
    struct pairs provided = {0};
    const char *output = NULL;
    char line[1024], *bytes = NULL;
    size_t size;
    int option, number = 0;

    while ((option = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
        switch (option) {
        case 'o':
            output = optarg;
            break;
        case 'p':
            pairs_add(&provided, "--provide", optarg);
            break;
        case 'h':
            command_help(initramfs_usage);
        default:
            command_misuse(initramfs_usage);
        }
    }
    if (optind + 1 != argc || !output)
        command_misuse(initramfs_usage);
    FILE *in = fopen(argv[optind], "r");
    if (!in)
        die("%s: it cannot be read", argv[optind]);
    archive.out = open_memstream(&bytes, &size);
    if (!archive.out)
        die("out of memory");
    while (fgets(line, sizeof(line), in)) {
        number++;
        if (line[strspn(line, " \t\n")] != 0 && line[0] != '#')
            add_line(&archive, argv[optind], number, line, &provided);
    }
    fclose(in);
    add(&archive, "TRAILER!!!", 0, (struct blob){(uint8_t *)"", 0}, 0, 0);
    fclose(archive.out);
    file_write(output, bytes, size);
    return 0;
}
