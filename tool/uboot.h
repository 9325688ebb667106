/* SPDX-License-Identifier: Apache-2.0 */
/* A U-Boot script that loads what pack wrote and starts the hypervisor. */
#pragma once

#include "tool/arch.h"
#include "tool/layout.h"

/* Writes boot.cmd (text) and boot.scr (what U-Boot's `source` and its distribution boot take) to
 * FOLDER. */
void uboot_write(const char *folder, const struct tool_arch *arch, const struct layout *layout,
                 const struct modules *modules);
