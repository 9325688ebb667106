/* SPDX-License-Identifier: Apache-2.0 */
/* The console: PL011 (Arm DDI 0183G) transmit by polling. Must not wait for interrupts or need the
 * MMU. */
#include "guest/lib/print.h"

#include <stdarg.h>

#include "guest/lib/machine.h"
#include "guest/lib/mmio.h"
#include "guest/lib/pl011.h"
#include "guest/lib/spinlock.h"

/* The longest number: 64 bits in decimal. */
#define DIGITS_MAX 20

static struct spinlock console_lock;

void console_init(void)
{
    if (machine.uart == 0)
        return;
    mmio_write32(machine.uart + UARTIMSC, 0);
    mmio_write32(machine.uart + UARTLCR_H,
                 REG_PUT(UARTLCR_H, WLEN, UARTLCR_H_WLEN_8_BITS) | UARTLCR_H_FEN);
    mmio_write32(machine.uart + UARTCR, UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE);
}

static void put(char c)
{
    if (machine.uart == 0)
        return;
    while (mmio_read32(machine.uart + UARTFR) & UARTFR_TXFF)
        ;
    mmio_write32(machine.uart + UARTDR, (uint8_t)c);
}

static void put_text(const char *text)
{
    while (*text != 0)
        put(*text++);
}

static void put_number(uint64_t value, unsigned base)
{
    char digits[DIGITS_MAX];
    unsigned count = 0;

    do {
        digits[count++] = "0123456789abcdef"[value % base];
        value /= base;
    } while (value != 0);
    while (count > 0)
        put(digits[--count]);
}

static void put_conversion(const char **format, va_list *args)
{
    bool is_long = **format == 'l';

    if (is_long)
        ++*format;
    switch (**format) {
    case 's':
        put_text(va_arg(*args, const char *));
        break;
    case 'c':
        put((char)va_arg(*args, int));
        break;
    case 'd': {
        int64_t value = is_long ? va_arg(*args, int64_t) : va_arg(*args, int);
        if (value < 0)
            put('-');
        put_number(value < 0 ? -(uint64_t)value : (uint64_t)value, 10);
        break;
    }
    case 'u':
    case 'x': {
        uint64_t value = is_long ? va_arg(*args, uint64_t) : va_arg(*args, unsigned);
        put_number(value, **format == 'u' ? 10 : 16);
        break;
    }
    default:
        put(**format);
        break;
    }
}

void print(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    uint64_t flags = spin_lock(&console_lock);
    for (; *format != 0; format++) {
        if (*format == '%' && format[1] != 0) {
            format++;
            put_conversion(&format, &args);
        } else {
            if (*format == '\n')
                put('\r');
            put(*format);
        }
    }
    spin_unlock(&console_lock, flags);
    va_end(args);
}
