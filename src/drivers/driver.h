/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Drivers match `compatible` of the host's device tree; drivers.c has the one table of them. A
 * driver owns its device's registers and must not know who uses it.
 */
#pragma once

#include "lib/types.h"
#include "lib/uart.h"

/* Where a UART is and how its registers lie. */
struct uart_resource {
    void *regs;         /* mapped as device memory */
    uint32_t reg_shift; /* registers are 1 << reg_shift bytes apart (`reg-shift`) */
    uint32_t io_width;  /* bytes of an access (`reg-io-width`), 0 for the driver's default */
};

struct console_driver {
    const char *const *compatible; /* ends with NULL */
    /* Make the device work as firmware left it (baud rate), interrupts masked. */
    struct console_uart *(*init)(const struct uart_resource *resource);
};

extern const struct console_driver pl011_driver, sbsa_uart_driver, ns16550_driver, dw_uart_driver,
    sifive_uart_driver;

/*
 * The driver for a node whose `compatible` is the LENGTH bytes at COMPATIBLE, initialised; the most
 * specific string that any driver knows decides. NULL if none does. One device of each driver.
 */
struct console_uart *driver_console_probe(const char *compatible, int length, void *regs,
                                          uint32_t reg_shift, uint32_t io_width);
/* Is there a driver for it? Asked before the registers are mapped. */
bool driver_console_known(const char *compatible, int length);
