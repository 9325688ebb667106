/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A child program on this terminal: every byte goes through at once and unchanged, in both
 * directions; the terminal is raw meanwhile and as before afterwards, however it ends.
 */
#pragma once

#include "lib/types.h"

/* A line of output that starts so means that the hypervisor panicked. */
#define RELAY_MARK "Trapeze panic"

struct relay_options {
    uint64_t timeout_seconds; /* 0: none */
    bool input;               /* pass standard input on */
};

struct relay_result {
    int status; /* the child's exit status; 128 + N if it died of signal N */
    int signal; /* that ended us both; 0: none */
    bool timed_out;
    bool marked; /* RELAY_MARK was seen */
};

/* Run ARGV and wait for its end. A mark is given a few seconds to be followed by the end by itself.
 */
struct relay_result relay_run(char *const argv[], const struct relay_options *options);
