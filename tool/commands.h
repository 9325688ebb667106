/* SPDX-License-Identifier: Apache-2.0 */
/* The commands of the host tool; each returns the exit status. ARGV[0] is the command's name. */
#pragma once

#include "lib/types.h"

int command_check(int argc, char **argv);
int command_pack(int argc, char **argv);
int command_board(int argc, char **argv);
int command_run(int argc, char **argv);
int command_initramfs(int argc, char **argv);

extern const char check_usage[], pack_usage[], board_usage[], run_usage[], initramfs_usage[];

/* Print USAGE and exit: asked for (status 0), or because the command line is wrong (2). */
void command_help(const char *usage) __noreturn;
void command_misuse(const char *usage) __noreturn;
