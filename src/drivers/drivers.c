/* SPDX-License-Identifier: Apache-2.0 */
/* The table of drivers, and matching (Devicetree Specification 0.4, 2.3.1). */
#include "drivers/driver.h"

#include "lib/string.h"

static const struct console_driver *const console_drivers[] = {
    &pl011_driver, &sbsa_uart_driver, &ns16550_driver, &dw_uart_driver, &sifive_uart_driver,
};

static bool driver_knows(const struct console_driver *driver, const char *name)
{
    for (const char *const *known = driver->compatible; *known != NULL; known++) {
        if (strcmp(*known, name) == 0)
            return true;
    }
    return false;
}

/* The driver of the first string that any knows; NULL also if the list is not proper. */
static const struct console_driver *find_driver(const char *compatible, int length)
{
    size_t left = length > 0 ? (size_t)length : 0;

    while (left > 0) {
        size_t name_length = strnlen(compatible, left);

        if (name_length == left)
            return NULL; /* the last string has no end */
        for (size_t i = 0; i < ARRAY_SIZE(console_drivers); i++) {
            if (driver_knows(console_drivers[i], compatible))
                return console_drivers[i];
        }
        compatible += name_length + 1;
        left -= name_length + 1;
    }
    return NULL;
}

bool driver_console_known(const char *compatible, int length)
{
    return find_driver(compatible, length) != NULL;
}

struct console_uart *driver_console_probe(const char *compatible, int length, void *regs,
                                          uint32_t reg_shift, uint32_t io_width)
{
    const struct uart_resource resource = {regs, reg_shift, io_width};
    const struct console_driver *driver = find_driver(compatible, length);

    return driver == NULL ? NULL : driver->init(&resource);
}
