/* SPDX-License-Identifier: Apache-2.0 */
/* trapeze board: the device tree of the machine that QEMU would run. */
#include "tool/commands.h"
#include "tool/qemu.h"

#include <getopt.h>
#include <unistd.h>

const char board_usage[] = "usage: trapeze board [OPTION...] -o BOARD.dtb\n"
                           "Write the device tree of QEMU's machine, for `trapeze pack --dtb`.\n"
                           "  -o, --output FILE     where to write\n" MACHINE_USAGE;

int command_board(int argc, char **argv)
{
    static const struct option options[] = {
        MACHINE_OPTIONS,
        {"output", required_argument, NULL, 'o'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct machine machine = {0};
    struct words words = {0};
    const char *output = NULL;
    int option;

    while ((option = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
        if (machine_option(&machine, option, optarg))
            continue;
        if (option == 'h')
            command_help(board_usage);
        if (option != 'o')
            command_misuse(board_usage);
        output = optarg;
    }
    if (optind != argc || !output)
        command_misuse(board_usage);
    machine_words(&machine, output, &words);
    (void)unlink(output);
    if (program_run(words.word) != 0 || access(output, R_OK) != 0)
        die("%s did not write its device tree (see above): are --machine and --cpu right?",
            words.word[0]);
    return 0;
}
