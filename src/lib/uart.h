/* SPDX-License-Identifier: Apache-2.0 */
/* What a UART's driver offers the console. It lies in lib because both may include only that. */
#pragma once

#include "lib/types.h"

/* The physical UART. All run with the console's lock held, and must not log. */
struct console_uart {
    /* Take up to LENGTH bytes without waiting; returns how many the device took. */
    size_t (*write)(struct console_uart *uart, const char *bytes, size_t length);
    /* Interrupt when there is room again / stop that. Turned on after write took less than all. */
    void (*set_tx_interrupt)(struct console_uart *uart, bool on);
    /* Interrupt when a byte has arrived / stop that. Off until the console turns it on. */
    void (*set_rx_interrupt)(struct console_uart *uart, bool on);
    /* The next received byte, 0 to 255, or -1. */
    int (*read)(struct console_uart *uart);
};
