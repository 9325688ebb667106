/* SPDX-License-Identifier: Apache-2.0 */
/* The console's second half of bring-up: see arch/boot.h for the first. */
#pragma once

/* Handle the console's interrupt from now on. */
void boot_console_irq(void);
