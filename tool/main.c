/* SPDX-License-Identifier: Apache-2.0 */
/* trapeze, the host tool: picks the command. */
#include "tool/commands.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
    const char *name, *what;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"check", "say what is wrong with a system's description", command_check},
    {"pack", "merge a system's description into a board's tree and collect all it boots from",
     command_pack},
    {"run", "run what pack wrote under QEMU", command_run},
    {"board", "write the device tree of QEMU's machine", command_board},
    {"initramfs", "make a guest's initramfs from a list of files", command_initramfs},
};

void command_help(const char *usage)
{
    fputs(usage, stdout);
    exit(0);
}

void command_misuse(const char *usage)
{
    fputs(usage, stderr);
    exit(2);
}

static void list(FILE *out)
{
    fprintf(out, "usage: trapeze COMMAND ...\n");
    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].what);
    fprintf(out, "trapeze COMMAND --help says more.\n");
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        list(stdout);
        return 0;
    }
    list(stderr);
    return 2;
}
