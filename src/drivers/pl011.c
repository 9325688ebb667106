/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Arm's PL011 (Arm DDI 0183G) and the Generic UART of servers, which has a part of its registers
 * (Arm DEN 0029, SBSA, appendix B): DR, RSR, FR, IMSC, RIS, MIS and ICR. Keeps firmware's baud
 * rate.
 */
#include "drivers/driver.h"
#include "lib/mmio_io.h"
#include "lib/pl011_regs.h"

/* How often to look whether the device has sent its last byte, before it is reconfigured. */
#define BUSY_LOOKS 1000000

static struct pl011 {
    struct console_uart uart; /* first */
    volatile char *regs;
} pl011;

static uint32_t pl011_get(const struct pl011 *dev, enum pl011_offset offset)
{
    return mmio_read32(dev->regs + offset);
}

static void pl011_put(const struct pl011 *dev, enum pl011_offset offset, uint32_t value)
{
    mmio_write32(dev->regs + offset, value);
}

static size_t pl011_write(struct console_uart *uart, const char *bytes, size_t length)
{
    const struct pl011 *dev = (const struct pl011 *)uart;
    size_t done = 0;
    while (done < length && !(pl011_get(dev, PL011_FR) & UARTFR_TXFF))
        pl011_put(dev, PL011_DR, (uint8_t)bytes[done++]);
    return done;
}

/*
 * TX is raised on the way down through the trigger level (2.8.2). It was turned on because the FIFO
 * was full, so that way is ahead, or its raw status is already latched.
 */
static void pl011_set_interrupts(const struct pl011 *dev, uint32_t which, bool on)
{
    uint32_t mask = pl011_get(dev, PL011_IMSC);
    pl011_put(dev, PL011_IMSC, on ? mask | which : mask & ~which);
}

static void pl011_set_tx_interrupt(struct console_uart *uart, bool on)
{
    pl011_set_interrupts((const struct pl011 *)uart, UARTINT_TX, on);
}

static void pl011_set_rx_interrupt(struct console_uart *uart, bool on)
{
    pl011_set_interrupts((const struct pl011 *)uart, UARTINT_RX | UARTINT_RT, on);
}

/* A break counts as no byte. */
static int pl011_read(struct console_uart *uart)
{
    const struct pl011 *dev = (const struct pl011 *)uart;
    while (!(pl011_get(dev, PL011_FR) & UARTFR_RXFE)) {
        uint32_t data = pl011_get(dev, PL011_DR);
        if (!(data & UARTDR_BE))
            return (int)REG_GET(UARTDR, DATA, data);
    }
    return -1;
}

static struct console_uart *sbsa_uart_init(const struct uart_resource *resource)
{
    pl011.regs = resource->regs;
    pl011.uart.write = pl011_write;
    pl011.uart.set_tx_interrupt = pl011_set_tx_interrupt;
    pl011.uart.set_rx_interrupt = pl011_set_rx_interrupt;
    pl011.uart.read = pl011_read;
    pl011_put(&pl011, PL011_IMSC, 0);
    pl011_put(&pl011, PL011_ICR, ~(uint32_t)UARTINT_RES0_a);
    return &pl011.uart;
}

/* Enabled with FIFOs; what firmware has done already is left alone. LCR_H wants the UART off
 * (3.3.7). */
static struct console_uart *pl011_init(const struct uart_resource *resource)
{
    struct console_uart *uart = sbsa_uart_init(resource);
    uint32_t control = pl011_get(&pl011, PL011_CR);
    uint32_t line = pl011_get(&pl011, PL011_LCR_H);
    uint32_t wanted = UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE;
    if (!(line & UARTLCR_H_FEN)) {
        for (int i = 0; i < BUSY_LOOKS && (pl011_get(&pl011, PL011_FR) & UARTFR_BUSY); i++)
            ;
        pl011_put(&pl011, PL011_CR, control & ~(uint32_t)UARTCR_UARTEN);
        if (!(control & UARTCR_UARTEN))
            line = UARTLCR_H_WLEN; /* nobody has set it up: 8 bits, no parity */
        pl011_put(&pl011, PL011_LCR_H, line | UARTLCR_H_FEN);
    }
    pl011_put(&pl011, PL011_CR, control | wanted);
    return uart;
}

static const char *const pl011_compatible[] = {"arm,pl011", NULL};
static const char *const sbsa_uart_compatible[] = {"arm,sbsa-uart", NULL};

const struct console_driver pl011_driver = {pl011_compatible, pl011_init};
const struct console_driver sbsa_uart_driver = {sbsa_uart_compatible, sbsa_uart_init};
