/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual 16550's registers, FIFOs and interrupts (PC16550D, section 8). Must not know a VM or
 * a vCPU.
 */
#include "vdev/vns16550.h"

#include "lib/string.h"

#define IER_ALL (NS_IER_EDSSI | NS_IER_ELSI | NS_IER_ETBEI | NS_IER_ERBFI)
#define MCR_ALL (NS_MCR_LOOP | NS_MCR_OUT2 | NS_MCR_OUT1 | NS_MCR_RTS | NS_MCR_DTR)

static bool has_fifos(const struct vns16550 *uart)
{
    return (uart->fcr & NS_FCR_FIFOEN) != 0;
}
/* Without FIFOs they are holding registers of one byte. */
static uint32_t depth(const struct vns16550 *uart)
{
    return has_fifos(uart) ? NS16550_FIFO_DEPTH : 1;
}
static uint32_t rx_trigger(const struct vns16550 *uart)
{
    static const uint8_t bytes[] = {1, 4, 8, 14};
    return has_fifos(uart) ? bytes[REG_GET(NS_FCR, RXTRIG, uart->fcr)] : 1;
}

/* The most urgent interrupt (table IV), by enabled ones. */
static uint32_t interrupt_id(const struct vns16550 *uart)
{
    if ((uart->ier & NS_IER_ELSI) && uart->overrun)
        return NS16550_ID_LINE;
    if ((uart->ier & NS_IER_ERBFI) && uart->rx.count >= rx_trigger(uart))
        return NS16550_ID_DATA;
    /* Fewer bytes than the trigger wait: the timeout is over at once. */
    if ((uart->ier & NS_IER_ERBFI) && uart->rx.count > 0)
        return NS16550_ID_TIMEOUT;
    if ((uart->ier & NS_IER_ETBEI) && uart->thr_empty)
        return NS16550_ID_THR_EMPTY;
    if ((uart->ier & NS_IER_EDSSI) && uart->modem_delta != 0)
        return NS16550_ID_MODEM;
    return NS16550_ID_NONE;
}

static uint8_t line_status(const struct vns16550 *uart)
{
    return (uint8_t)((uart->rx.count > 0 ? NS_LSR_DR : 0) | (uart->overrun ? NS_LSR_OE : 0) |
                     (uart->tx.count == 0 ? NS_LSR_THRE | NS_LSR_TEMT : 0));
}

/* After any change: LSR, and the interrupt line's level if that changed, as the controller is not
 * free of charge. EVENT: something happened, not that somebody looked. */
static void update(struct vns16550 *uart, bool event)
{
    bool level = interrupt_id(uart) != NS16550_ID_NONE;

    __atomic_store_n(&uart->lsr, line_status(uart), __ATOMIC_RELAXED);
    if (level && uart->line && event && uart->config.edge) {
        virq_line_set(&uart->config.irq, false);
        virq_line_set(&uart->config.irq, true);
    }
    if (level != uart->line) {
        uart->line = level;
        virq_line_set(&uart->config.irq, level);
    }
}

/* The modem inputs: a terminal is connected and ready; in loopback, the outputs (8.7). */
static uint8_t modem_inputs(const struct vns16550 *uart)
{
    if (!(uart->mcr & NS_MCR_LOOP))
        return NS_MSR_CTS | NS_MSR_DSR | NS_MSR_DCD;
    return (uint8_t)((uart->mcr & NS_MCR_RTS ? NS_MSR_CTS : 0) |
                     (uart->mcr & NS_MCR_DTR ? NS_MSR_DSR : 0) |
                     (uart->mcr & NS_MCR_OUT1 ? NS_MSR_RI : 0) |
                     (uart->mcr & NS_MCR_OUT2 ? NS_MSR_DCD : 0));
}

/* A byte comes back in loopback, where nobody can be told to wait. */
static void receive_loopback(struct vns16550 *uart, char byte)
{
    if (uart->rx.count < depth(uart))
        fifo_push(&uart->rx, uart->rx_bytes, NS16550_FIFO_DEPTH, byte);
    else
        uart->overrun = true;
}

static bool send(struct vns16550 *uart, char byte)
{
    if (uart->mcr & NS_MCR_LOOP) {
        receive_loopback(uart, byte);
        return true;
    }
    return uart->config.put(uart->config.ctx, byte);
}

static char first_of(const struct fifo *fifo, const char *bytes)
{
    return bytes[fifo->first];
}

static void drain(struct vns16550 *uart)
{
    bool waited = uart->tx.count > 0;

    while (uart->tx.count > 0 && send(uart, first_of(&uart->tx, uart->tx_bytes)))
        (void)fifo_pop(&uart->tx, uart->tx_bytes, NS16550_FIFO_DEPTH);
    uart->thr_empty |= waited && uart->tx.count == 0;
}

/* The interrupt goes away with the write and comes again when THR is empty: at once, as a rule. */
static void write_data(struct vns16550 *uart, char byte)
{
    uart->thr_empty = false;
    if (uart->tx.count == 0 && send(uart, byte))
        uart->thr_empty = true;
    else if (uart->tx.count < depth(uart))
        fifo_push(&uart->tx, uart->tx_bytes, NS16550_FIFO_DEPTH, byte);
    /* A byte written to a full FIFO is lost, as on the device. */
}

static uint8_t read_data(struct vns16550 *uart)
{
    return uart->rx.count > 0 ? (uint8_t)fifo_pop(&uart->rx, uart->rx_bytes, NS16550_FIFO_DEPTH)
                              : 0;
}

static void write_fifo_control(struct vns16550 *uart, uint8_t value)
{
    bool toggled = ((uart->fcr ^ value) & NS_FCR_FIFOEN) != 0;

    /* The other bits are written only with FIFOs enabled (8.4); a change empties both. */
    uart->fcr = (value & NS_FCR_FIFOEN) ? (uint8_t)(value & (NS_FCR_RXTRIG | NS_FCR_FIFOEN)) : 0;
    if (toggled || (value & NS_FCR_RRST))
        uart->rx = (struct fifo){0};
    if ((toggled || (value & NS_FCR_XRST)) && uart->tx.count > 0) {
        uart->tx = (struct fifo){0};
        uart->thr_empty = true;
    }
}

static void write_modem_control(struct vns16550 *uart, uint8_t value)
{
    uint8_t before = modem_inputs(uart), changed;

    uart->mcr = (uint8_t)(value & MCR_ALL);
    changed = before ^ modem_inputs(uart);
    /* RI shows only its trailing edge. */
    if (!(before & NS_MSR_RI))
        changed &= (uint8_t) ~(uint8_t)NS_MSR_RI;
    /* Each input's change is as far below the others as the input itself. */
    uart->modem_delta |= (uint8_t)(changed >> NS_MSR_CTS_SHIFT);
    drain(uart);
}

static uint8_t read_identity(struct vns16550 *uart)
{
    uint32_t id = interrupt_id(uart);

    /* Reading this, when it tells of it, ends the THR-empty interrupt (table IV). */
    if (id == NS16550_ID_THR_EMPTY)
        uart->thr_empty = false;
    return (uint8_t)(id | (has_fifos(uart) ? NS_IIR_FIFOS : 0));
}

static uint8_t read_register(struct vns16550 *uart, uint64_t reg)
{
    uint8_t value;

    switch (reg) {
    case NS16550_RBR:
        return uart->lcr & NS_LCR_DLAB ? uart->dll : read_data(uart);
    case NS16550_IER:
        return uart->lcr & NS_LCR_DLAB ? uart->dlm : uart->ier;
    case NS16550_IIR:
        return read_identity(uart);
    case NS16550_LCR:
        return uart->lcr;
    case NS16550_MCR:
        return uart->mcr;
    case NS16550_LSR:
        value = uart->lsr;
        uart->overrun = false;
        return value;
    case NS16550_MSR:
        value = (uint8_t)(modem_inputs(uart) | uart->modem_delta);
        uart->modem_delta = 0;
        return value;
    default:
        return uart->scr;
    }
}

static void write_register(struct vns16550 *uart, uint64_t reg, uint8_t value)
{
    switch (reg) {
    case NS16550_RBR:
        if (uart->lcr & NS_LCR_DLAB)
            uart->dll = value;
        else
            write_data(uart, (char)value);
        break;
    case NS16550_IER:
        if (uart->lcr & NS_LCR_DLAB) {
            uart->dlm = value;
            break;
        }
        /* Enabling the interrupt while THR is empty raises it. */
        if ((value & NS_IER_ETBEI) && !(uart->ier & NS_IER_ETBEI) && uart->tx.count == 0)
            uart->thr_empty = true;
        uart->ier = (uint8_t)(value & IER_ALL);
        break;
    case NS16550_IIR:
        write_fifo_control(uart, value);
        break;
    case NS16550_LCR:
        uart->lcr = value;
        break;
    case NS16550_MCR:
        write_modem_control(uart, value);
        break;
    case NS16550_SCR:
        uart->scr = value;
        break;
    default: /* LSR and MSR are not written */
        break;
    }
}

uint64_t vns16550_peek(const void *device, uint64_t offset, uint32_t size_bytes)
{
    const struct vns16550 *uart = device;
    uint8_t lsr = __atomic_load_n(&uart->lsr, __ATOMIC_RELAXED);

    /* Once it has told of an overrun it does so no longer. */
    if (offset != NS16550_LSR || size_bytes != 1 || (lsr & NS_LSR_OE) != 0)
        return MMIO_ASK;
    return lsr;
}

bool vns16550_mmio(void *device, struct mmio_access *access)
{
    struct vns16550 *uart = device;
    bool room;

    if (access->size_bytes != 1 || access->offset >= VNS16550_SIZE)
        return false;
    spin_lock(&uart->lock);
    if (access->write)
        write_register(uart, access->offset, (uint8_t)access->value);
    else
        access->value = read_register(uart, access->offset);
    update(uart, access->write || access->offset == NS16550_RBR);
    room = unlikely(uart->input_refused) && uart->rx.count < depth(uart);
    if (room)
        uart->input_refused = false;
    spin_unlock(&uart->lock);
    if (unlikely(room) && uart->config.input_ready != NULL)
        uart->config.input_ready(uart->config.ctx);
    return true;
}

bool vns16550_input(struct vns16550 *uart, char byte)
{
    bool room;

    spin_lock(&uart->lock);
    room = uart->rx.count < depth(uart);
    if (room)
        fifo_push(&uart->rx, uart->rx_bytes, NS16550_FIFO_DEPTH, byte);
    else
        uart->input_refused = true;
    update(uart, true);
    spin_unlock(&uart->lock);
    return room;
}

void vns16550_output_ready(struct vns16550 *uart)
{
    spin_lock(&uart->lock);
    drain(uart);
    update(uart, true);
    spin_unlock(&uart->lock);
}

void vns16550_reset(struct vns16550 *uart)
{
    bool room;

    spin_lock(&uart->lock);
    uart->ier = uart->fcr = uart->lcr = uart->mcr = uart->scr = 0;
    uart->dll = uart->dlm = uart->modem_delta = 0;
    uart->thr_empty = uart->overrun = false;
    uart->tx = uart->rx = (struct fifo){0};
    update(uart, false);
    room = uart->input_refused;
    uart->input_refused = false;
    spin_unlock(&uart->lock);
    if (room && uart->config.input_ready != NULL)
        uart->config.input_ready(uart->config.ctx);
}

void vns16550_init(struct vns16550 *uart, const struct vns16550_config *config)
{
    memset(uart, 0, sizeof(*uart));
    uart->config = *config;
    vns16550_reset(uart);
}
