/* SPDX-License-Identifier: Apache-2.0 */
/* CPU 1 as a helper that takes interrupts and runs what it is told. */
#pragma once

#include "lib/types.h"

/* Start CPU 1, its GIC interface on, interrupts unmasked. False if it does not come. */
bool helper_start(void);
/* Let it leave and wait until it is off. */
void helper_stop(void);
/* Run FN on it and wait for its return; false if it does not answer. */
bool helper_run(void (*fn)(void));
