/* SPDX-License-Identifier: Apache-2.0 */
/* trapeze check: what the hypervisor would say of a system's description, before it boots. */
#include "tool/commands.h"
#include "tool/system.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

enum { STATUS_GOOD, STATUS_WARNED, STATUS_WRONG };

const char check_usage[] =
    "usage: trapeze check FILE.dts|FILE.dtb [OPTION...]\n"
    "Check a system's description as the hypervisor does when it boots: all that is wrong, each\n"
    "with the line it stands in and what to write instead.\n"
    "  --dtb BOARD.dtb         the board's own tree: its memory and CPUs are checked against as "
    "well\n"
    "                          (a FILE that describes a whole board needs none)\n"
    "  --provide NAME=PATH     the file for modules with trapeze,file = \"NAME\"\n"
    "  --strict                a warning is enough to fail\n"
    "Exit status: 0 nothing is wrong, 1 there are warnings (with --strict), 2 there are errors, "
    "or\n"
    "FILE cannot be read.\n";

static void count(uint32_t number, const char *what)
{
    printf("%u %s%s", number, what, number == 1 ? "" : "s");
}

int command_check(int argc, char **argv)
{
    static const struct option options[] = {
        {"dtb", required_argument, NULL, 'd'},
        {"provide", required_argument, NULL, 'p'},
        {"strict", no_argument, NULL, 's'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    static struct pairs provided;
    static struct system system;
    bool strict = false;
    int option;

    die_status = STATUS_WRONG;
    while ((option = getopt_long(argc, argv, "h", options, NULL)) != -1) {
        switch (option) {
        case 'd':
            system.board_path = optarg;
            break;
        case 'p':
            pairs_add(&provided, "--provide", optarg);
            break;
        case 's':
            strict = true;
            break;
        case 'h':
            command_help(check_usage);
        default:
            command_misuse(check_usage);
        }
    }
    if (optind + 1 != argc)
        command_misuse(check_usage);
    system.path = argv[optind];
    system.provided = &provided;
    system.strangers = true;
    (void)system_read(&system); /* no VM: that is among the problems */

    problems_print(&system.problems);
    printf("%s: ", system.path);
    count(system.config.vm_count, "VM");
    printf(", ");
    count(system.problems.errors, "error");
    printf(", ");
    count(system.problems.warnings, "warning");
    printf("\n");
    if (system.problems.errors)
        return STATUS_WRONG;
    return strict && system.problems.warnings ? STATUS_WARNED : STATUS_GOOD;
}
