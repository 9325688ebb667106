/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Trapeze shell: the last owner of the console in the turn. A line is a command of the one
 * table in shell.c; a usage there is both the grammar and what Tab completes. Any byte may be
 * typed.
 *
 * Locks: its own, before the console's; input comes with neither held.
 */
#pragma once

/* Join the console's owners, after the VMs. Call once; the console is set up. */
void shell_init(void);
