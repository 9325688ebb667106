/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The 16550 (National Semiconductor PC16550D) and its kin: 16550A, DW_apb_uart. Registers lie
 * 1 << reg-shift bytes apart and are accessed by reg-io-width bytes. Keeps firmware's baud rate.
 */
#include "drivers/driver.h"
#include "lib/mmio_io.h"
#include "lib/ns16550_regs.h"

static struct ns16550 {
    struct console_uart uart; /* first */
    volatile char *regs;
    uint32_t reg_shift;
    bool wide;       /* accessed by 32 bits */
    bool dw;         /* a DW_apb_uart */
    uint8_t ier;     /* what we wrote: reading it back costs a trip to the device */
    size_t tx_depth; /* bytes that fit when THRE says empty */
} ns16550;

static uint32_t ns16550_get(const struct ns16550 *dev, enum ns16550_register reg)
{
    volatile char *at = dev->regs + ((size_t)reg << dev->reg_shift);
    return dev->wide ? mmio_read32(at) : mmio_read8(at);
}

static void ns16550_put(const struct ns16550 *dev, enum ns16550_register reg, uint32_t value)
{
    volatile char *at = dev->regs + ((size_t)reg << dev->reg_shift);
    if (dev->wide)
        mmio_write32(at, value);
    else
        mmio_write8(at, (uint8_t)value);
}

/* THRE tells of an empty FIFO only: a full load or nothing. */
static size_t ns16550_write(struct console_uart *uart, const char *bytes, size_t length)
{
    const struct ns16550 *dev = (const struct ns16550 *)uart;
    size_t done = 0;
    while (done < length && (ns16550_get(dev, NS16550_LSR) & NS_LSR_THRE)) {
        size_t end = MIN(length, done + dev->tx_depth);
        while (done < end)
            ns16550_put(dev, NS16550_RBR, (uint8_t)bytes[done++]);
    }
    return done;
}

static void ns16550_set_interrupts(struct ns16550 *dev, uint32_t which, bool on)
{
    dev->ier = (uint8_t)(on ? dev->ier | which : dev->ier & ~which);
    ns16550_put(dev, NS16550_IER, dev->ier);
}

static void ns16550_set_tx_interrupt(struct console_uart *uart, bool on)
{
    ns16550_set_interrupts((struct ns16550 *)uart, NS_IER_ETBEI, on);
}

static void ns16550_set_rx_interrupt(struct console_uart *uart, bool on)
{
    ns16550_set_interrupts((struct ns16550 *)uart, NS_IER_ERBFI, on);
}

/*
 * No data, but DW_apb_uart may hold its line for a timeout without data, which only a read of RBR
 * ends, or because LCR was written while it was busy.
 */
static void ns16550_quieten(const struct ns16550 *dev)
{
    uint32_t id = (uint32_t)REG_GET(NS_IIR, ID, ns16550_get(dev, NS16550_IIR));
    if (id == NS16550_ID_TIMEOUT)
        ns16550_get(dev, NS16550_RBR);
    else if (id == NS16550_ID_DW_BUSY)
        ns16550_get(dev, NS16550_DW_USR);
}

/* A break counts as no byte. */
static int ns16550_read(struct console_uart *uart)
{
    const struct ns16550 *dev = (const struct ns16550 *)uart;
    for (;;) {
        uint32_t status = ns16550_get(dev, NS16550_LSR);
        if (!(status & NS_LSR_DR))
            break;
        uint32_t byte = ns16550_get(dev, NS16550_RBR);
        if (!(status & NS_LSR_BI))
            return (int)(byte & 0xff);
    }
    if (dev->dw)
        ns16550_quieten(dev);
    return -1;
}

static struct console_uart *ns16550_start(const struct uart_resource *resource, bool dw)
{
    struct ns16550 *dev = &ns16550;
    dev->uart.write = ns16550_write;
    dev->uart.set_tx_interrupt = ns16550_set_tx_interrupt;
    dev->uart.set_rx_interrupt = ns16550_set_rx_interrupt;
    dev->uart.read = ns16550_read;
    dev->regs = resource->regs;
    dev->reg_shift = resource->reg_shift;
    dev->wide = resource->io_width == 4;
    dev->dw = dw;
    uint32_t line = ns16550_get(dev, NS16550_LCR);
    if (line & NS_LCR_DLAB) /* else RBR and IER would be the baud rate's divisor */
        ns16550_put(dev, NS16550_LCR, line & ~(uint32_t)NS_LCR_DLAB);
    dev->ier = 0;
    ns16550_put(dev, NS16550_IER, 0);
    ns16550_put(dev, NS16550_IIR, NS_FCR_FIFOEN);
    /* OUT2 lets the interrupt out on a PC's board; it does nothing elsewhere. */
    ns16550_put(dev, NS16550_MCR, NS_MCR_OUT2 | NS_MCR_RTS | NS_MCR_DTR);
    bool fifos = (ns16550_get(dev, NS16550_IIR) & NS_IIR_FIFOS) == NS_IIR_FIFOS;
    dev->tx_depth = fifos ? NS16550_FIFO_DEPTH : 1;
    return &dev->uart;
}

static struct console_uart *ns16550_init(const struct uart_resource *resource)
{
    return ns16550_start(resource, false);
}

static struct console_uart *dw_uart_init(const struct uart_resource *resource)
{
    return ns16550_start(resource, true);
}

static const char *const ns16550_compatible[] = {"ns16550a", "ns16550", NULL};
static const char *const dw_uart_compatible[] = {"snps,dw-apb-uart", NULL};

const struct console_driver ns16550_driver = {ns16550_compatible, ns16550_init};
const struct console_driver dw_uart_driver = {dw_uart_compatible, dw_uart_init};
