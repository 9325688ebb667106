/* SPDX-License-Identifier: Apache-2.0 */
/* A system's description, read and checked as the hypervisor will: what pack and check share. */
#pragma once

#include "core/board.h"
#include "core/vm_config.h"
#include "tool/arch.h"
#include "tool/module.h"
#include "tool/problems.h"
#include "tool/tree.h"

struct system {
    const char *path, *board_path; /* BOARD_PATH NULL: none */
    const struct pairs *provided;
    bool strangers; /* a module's file may be a name that nobody provides: a warning */

    const struct tool_arch *arch;
    struct tree tree; /* the board's with the system's in it */
    struct board board;
    bool has_board; /* what follows from it was checked */
    /* Points into the tree: stale after a change to it. */
    struct system_config config;
    struct modules modules; /* those that are files */
    bool files_missing;     /* a module could not be read */
    struct problems problems;
};

/*
 * Read what the first members say into the others, which are zero. Whatever is wrong is in
 * `problems`; what cannot be read at all ends the tool. False: there is no VM.
 */
bool system_read(struct system *system);
