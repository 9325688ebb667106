/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SiFive's UART (FU540-C000 Manual, v1p4, chapter 13), which its boards and others' have. Keeps
 * firmware's baud rate.
 */
#include "drivers/driver.h"
#include "lib/mmio_io.h"
#include "lib/regdef.h"

enum sifive_register {
    SIFIVE_TXDATA = 0x00,
    SIFIVE_RXDATA = 0x04,
    SIFIVE_TXCTRL = 0x08,
    SIFIVE_RXCTRL = 0x0c,
    SIFIVE_IE = 0x10,
};

/* clang-format off */
#define SIFIVE_DATA_FIELDS(F) \
    F(SIFIVE_DATA, DATA, 7, 0) F(SIFIVE_DATA, RES0_a, 30, 8) F(SIFIVE_DATA, FULL_EMPTY, 31, 31)
#define SIFIVE_CTRL_FIELDS(F) \
    F(SIFIVE_CTRL, EN, 0, 0) F(SIFIVE_CTRL, NSTOP, 1, 1) F(SIFIVE_CTRL, RES0_a, 15, 2) \
    F(SIFIVE_CTRL, CNT, 18, 16) F(SIFIVE_CTRL, RES0_b, 31, 19)
#define SIFIVE_INT_FIELDS(F) \
    F(SIFIVE_INT, TXWM, 0, 0) F(SIFIVE_INT, RXWM, 1, 1) F(SIFIVE_INT, RES0_a, 31, 2)
/* clang-format on */
REG_DEFINE32(SIFIVE_DATA, SIFIVE_DATA_FIELDS);
REG_DEFINE32(SIFIVE_CTRL, SIFIVE_CTRL_FIELDS);
REG_DEFINE32(SIFIVE_INT, SIFIVE_INT_FIELDS);

static struct sifive_uart {
    struct console_uart uart; /* first */
    volatile char *regs;
    uint32_t ie; /* what we wrote */
} sifive_uart;

static uint32_t sifive_get(const struct sifive_uart *dev, enum sifive_register reg)
{
    return mmio_read32(dev->regs + reg);
}

static void sifive_put(const struct sifive_uart *dev, enum sifive_register reg, uint32_t value)
{
    mmio_write32(dev->regs + reg, value);
}

static size_t sifive_write(struct console_uart *uart, const char *bytes, size_t length)
{
    const struct sifive_uart *dev = (const struct sifive_uart *)uart;
    size_t done = 0;

    while (done < length && !(sifive_get(dev, SIFIVE_TXDATA) & SIFIVE_DATA_FULL_EMPTY))
        sifive_put(dev, SIFIVE_TXDATA, (uint8_t)bytes[done++]);
    return done;
}

static void sifive_set_interrupt(struct sifive_uart *dev, uint32_t which, bool on)
{
    dev->ie = on ? dev->ie | which : dev->ie & ~which;
    sifive_put(dev, SIFIVE_IE, dev->ie);
}

static void sifive_set_tx_interrupt(struct console_uart *uart, bool on)
{
    sifive_set_interrupt((struct sifive_uart *)uart, SIFIVE_INT_TXWM, on);
}

static void sifive_set_rx_interrupt(struct console_uart *uart, bool on)
{
    sifive_set_interrupt((struct sifive_uart *)uart, SIFIVE_INT_RXWM, on);
}

static int sifive_read(struct console_uart *uart)
{
    uint32_t data = sifive_get((const struct sifive_uart *)uart, SIFIVE_RXDATA);

    return data & SIFIVE_DATA_FULL_EMPTY ? -1 : (int)REG_GET(SIFIVE_DATA, DATA, data);
}

static struct console_uart *sifive_init(const struct uart_resource *resource)
{
    struct sifive_uart *dev = &sifive_uart;
    uint32_t stop;

    dev->uart.write = sifive_write;
    dev->uart.set_tx_interrupt = sifive_set_tx_interrupt;
    dev->uart.set_rx_interrupt = sifive_set_rx_interrupt;
    dev->uart.read = sifive_read;
    dev->regs = resource->regs;
    sifive_set_interrupt(dev, SIFIVE_INT_TXWM | SIFIVE_INT_RXWM, false);
    /* Interrupts: fewer than one byte to send, more than none received. */
    stop = sifive_get(dev, SIFIVE_TXCTRL) & SIFIVE_CTRL_NSTOP;
    sifive_put(dev, SIFIVE_TXCTRL, SIFIVE_CTRL_EN | stop | (uint32_t)REG_PUT(SIFIVE_CTRL, CNT, 1));
    sifive_put(dev, SIFIVE_RXCTRL, SIFIVE_CTRL_EN);
    return &dev->uart;
}

static const char *const sifive_compatible[] = {"sifive,uart0", NULL};

const struct console_driver sifive_uart_driver = {sifive_compatible, sifive_init};
