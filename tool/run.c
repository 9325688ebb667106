/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trapeze run: QEMU with what pack wrote. Owns the command line of a run and what its end means:
 * 0 powered off, 1 QEMU failed, 3 the hypervisor panicked, 124 timed out.
 * Bytes are moved by relay.c.
 */
#include "tool/commands.h"
#include "tool/qemu.h"
#include "tool/relay.h"
#include "tool/tree.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATUS_QEMU    1
#define STATUS_PANIC   3
#define STATUS_TIMEOUT 124

const char run_usage[] =
    "usage: trapeze run DIR [OPTION...]\n"
    "Run what `trapeze pack` wrote to DIR under QEMU, its serial line on this terminal.\n"
    "The machine must be the one that the board's tree was made for.\n"
    "  --timeout SECONDS     end it then, with status 124\n"
    "  --no-input            the machine gets no input\n"
    "  --show                print QEMU's command line and end\n" MACHINE_USAGE
    "Exit status: 0 the machine powered off, 1 QEMU failed, 3 the hypervisor panicked, 124 timed "
    "out.\n";

struct run {
    struct machine machine;
    struct relay_options relay;
    const char *folder;
    bool show;
};

static struct run parse_options(int argc, char **argv)
{
    static const struct option options[] = {
        MACHINE_OPTIONS,
        {"timeout", required_argument, NULL, 't'},
        {"no-input", no_argument, NULL, 'n'},
        {"show", no_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct run run = {.relay.input = true};
    int option;

    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        if (machine_option(&run.machine, option, optarg))
            continue;
        switch (option) {
        case 't':
            run.relay.timeout_seconds = number_parse("--timeout", optarg);
            break;
        case 'n':
            run.relay.input = false;
            break;
        case 's':
            run.show = true;
            break;
        case 'h':
            command_help(run_usage);
        default:
            command_misuse(run_usage);
        }
    }
    if (optind + 1 != argc)
        command_misuse(run_usage);
    run.folder = argv[optind];
    return run;
}

/* One -device loader for each line of modules.txt: address, size, file. */
static void add_modules(const char *folder, struct words *words)
{
    char *list = text_format("%s/modules.txt", folder), line[512], file[256];
    FILE *in = fopen(list, "r");
    unsigned long long address, size;

    if (!in)
        die("%s: not there: make the folder with `trapeze pack`", list);
    while (fgets(line, sizeof(line), in)) {
        if (sscanf(line, "%llx %llu %255s", &address, &size, file) != 3)
            die("%s: this is no line of it: %s", list, line);
        words_add(words, "-device");
        words_add(words, text_format("loader,file=%s,addr=%#llx,force-raw=on",
                                     qemu_escape(text_format("%s/%s", folder, file)), address));
    }
    fclose(in);
}

static void add_boot(const char *folder, struct words *words)
{
    words_add(words, "-kernel");
    words_add(words, text_format("%s/trapeze.bin", folder));
    words_add(words, "-dtb");
    words_add(words, text_format("%s/system.dtb", folder));
    add_modules(folder, words);
    /* Not -nographic: that keeps Ctrl-a for itself and dies of Ctrl-C. */
    words_add(words, "-chardev");
    words_add(words, "stdio,id=con,signal=off");
    words_add(words, "-serial");
    words_add(words, "chardev:con");
    words_add(words, "-monitor");
    words_add(words, "none");
}

int command_run(int argc, char **argv)
{
    struct run run = parse_options(argc, argv);
    struct words words = {0};
    struct relay_result result;

    if (!run.machine.arch) {
        struct tree tree = tree_load(text_format("%s/system.dtb", run.folder));

        run.machine.arch = tree_string(&tree, "/chosen", "trapeze,arch",
                                       tree_string(&tree, "/", "trapeze,arch", "arm64"));
    }
    machine_words(&run.machine, NULL, &words);
    add_boot(run.folder, &words);
    if (run.show) {
        for (uint32_t i = 0; i < words.count; i++)
            printf("%s%c", words.word[i], i + 1 < words.count ? ' ' : '\n');
        return 0;
    }
    result = relay_run(words.word, &run.relay);
    if (result.marked)
        return STATUS_PANIC;
    if (result.timed_out) {
        fprintf(stderr, "trapeze: timed out after %llu s\n",
                (unsigned long long)run.relay.timeout_seconds);
        return STATUS_TIMEOUT;
    }
    if (result.signal)
        return 128 + result.signal;
    return result.status ? STATUS_QEMU : 0;
}
