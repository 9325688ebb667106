/* SPDX-License-Identifier: Apache-2.0 */
/* The driver of SiFive's UART over a small model: eight bytes to send, and one text received. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/mmio_io.h"

static uint32_t fake_read(const volatile void *at);
static void fake_write(volatile void *at, uint32_t value);
#define mmio_read32(at)         fake_read(at)
#define mmio_write32(at, value) fake_write(at, value)

#include "drivers/sifive_uart.c"

#define DEPTH 8

static char space[32];
static uint32_t txctrl, rxctrl, ie;
static char sent[64];
static unsigned sent_count, waiting;
static const char *input;

static enum sifive_register reg_at(const volatile void *at)
{
    return (enum sifive_register)((const volatile char *)at - space);
}

static uint32_t fake_read(const volatile void *at)
{
    switch (reg_at(at)) {
    case SIFIVE_TXDATA:
        return waiting == DEPTH ? (uint32_t)SIFIVE_DATA_FULL_EMPTY : 0;
    case SIFIVE_RXDATA:
        return *input == 0 ? (uint32_t)SIFIVE_DATA_FULL_EMPTY : (uint8_t)*input++;
    case SIFIVE_TXCTRL:
        return txctrl;
    default:
        fail_msg("register 0x%x read", reg_at(at));
        return 0;
    }
}

static void fake_write(volatile void *at, uint32_t value)
{
    switch (reg_at(at)) {
    case SIFIVE_TXDATA:
        assert_true(waiting++ < DEPTH);
        sent[sent_count++] = (char)value;
        break;
    case SIFIVE_TXCTRL:
        txctrl = value;
        break;
    case SIFIVE_RXCTRL:
        rxctrl = value;
        break;
    case SIFIVE_IE:
        ie = value;
        break;
    default:
        fail_msg("register 0x%x written", reg_at(at));
    }
}

static struct console_uart *start(void)
{
    const struct uart_resource resource = {.regs = space};

    txctrl = SIFIVE_CTRL_NSTOP;
    rxctrl = 0;
    ie = SIFIVE_INT_TXWM;
    sent_count = waiting = 0;
    input = "";
    return sifive_uart_driver.init(&resource);
}

static void starts(void **state)
{
    start();
    assert_int_equal(txctrl, SIFIVE_CTRL_EN | SIFIVE_CTRL_NSTOP | REG_PUT(SIFIVE_CTRL, CNT, 1));
    assert_int_equal(rxctrl, SIFIVE_CTRL_EN);
    assert_int_equal(ie, 0);
    assert_string_equal(sifive_uart_driver.compatible[0], "sifive,uart0");
}

static void sends(void **state)
{
    struct console_uart *uart = start();

    assert_int_equal(uart->write(uart, "0123456789", 10), DEPTH);
    assert_int_equal(uart->write(uart, "89", 2), 0);
    uart->set_tx_interrupt(uart, true);
    uart->set_rx_interrupt(uart, true);
    assert_int_equal(ie, SIFIVE_INT_TXWM | SIFIVE_INT_RXWM);
    waiting = 0;
    assert_int_equal(uart->write(uart, "89", 2), 2);
    uart->set_tx_interrupt(uart, false);
    assert_int_equal(ie, SIFIVE_INT_RXWM);
    assert_memory_equal(sent, "0123456789", 10);
}

static void receives(void **state)
{
    struct console_uart *uart = start();

    input = "a\377";
    assert_int_equal(uart->read(uart), 'a');
    assert_int_equal(uart->read(uart), 0xff);
    assert_int_equal(uart->read(uart), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts),
        cmocka_unit_test(sends),
        cmocka_unit_test(receives),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
