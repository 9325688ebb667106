/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual PL011's registers, FIFOs and interrupts (Arm DDI 0183G: chapter 3 for the registers,
 * 2.8 for the interrupts). Must not know a VM or a vCPU.
 */
#include "vdev/vpl011.h"

#include "lib/bits.h"
#include "lib/string.h"

/* PeriphID0-3 and PCellID0-3 of r1p5: part 0x011, designer 0x41, revision 3. */
static const uint8_t ids[] = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1};

#define CR_RESET   (UARTCR_TXE | UARTCR_RXE)
#define IFLS_RESET (REG_PUT(UARTIFLS, RXIFLSEL, 2) | REG_PUT(UARTIFLS, TXIFLSEL, 2))
#define INT_ALL    (~(uint32_t)UARTINT_RES0_a)

/* With FIFOs disabled they are holding registers of one byte. */
static unsigned fifo_depth(const struct vpl011 *uart)
{
    return uart->lcr_h & UARTLCR_H_FEN ? PL011_FIFO_DEPTH : 1;
}

/* Bytes that IFLS's selection means (table 3-13): 1/8, 1/4, 1/2, 3/4, 7/8; reserved ones as 1/2. */
static unsigned level_bytes(uint64_t selection)
{
    static const uint8_t bytes[] = {4, 8, 16, 24, 28, 16, 16, 16};
    return bytes[selection];
}

/* TX is raised when a byte leaves and no more than this many are left. */
static unsigned tx_trigger(const struct vpl011 *uart)
{
    return uart->lcr_h & UARTLCR_H_FEN ? level_bytes(REG_GET(UARTIFLS, TXIFLSEL, uart->ifls)) : 0;
}

/* RX is raised when this many have arrived. */
static unsigned rx_trigger(const struct vpl011 *uart)
{
    return uart->lcr_h & UARTLCR_H_FEN ? level_bytes(REG_GET(UARTIFLS, RXIFLSEL, uart->ifls)) : 1;
}

static __noinline void toggle_line(struct vpl011 *uart)
{
    uart->line = !uart->line;
    virq_line_set(&uart->config.irq, uart->line);
}

/* Give the interrupt line its level, if that changed: the controller is not free of charge. */
static __always_inline void update_line(struct vpl011 *uart)
{
    bool level = (uart->ris & uart->imsc) != 0;
    if (level != uart->line)
        toggle_line(uart);
}

/*
 * The modem inputs in FR: a terminal is connected and ready. In loopback they are the modem outputs
 * (3.3.8, LBE).
 */
static uint32_t modem_flags(uint16_t cr)
{
    if (!(cr & UARTCR_LBE))
        return UARTFR_CTS | UARTFR_DSR | UARTFR_DCD;
    return (cr & UARTCR_RTS ? UARTFR_CTS : 0) | (cr & UARTCR_DTR ? UARTFR_DSR : 0) |
           (cr & UARTCR_Out1 ? UARTFR_DCD : 0) | (cr & UARTCR_Out2 ? UARTFR_RI : 0);
}

/* FR is kept ready, because guests read it before each byte they write. */
static void update_flags(struct vpl011 *uart)
{
    uint32_t flags = modem_flags(uart->cr);
    unsigned depth = fifo_depth(uart);
    flags |= uart->tx_count == 0 ? UARTFR_TXFE : UARTFR_BUSY;
    flags |= uart->tx_count >= depth ? UARTFR_TXFF : 0;
    flags |= uart->rx_count == 0 ? UARTFR_RXFE : 0;
    flags |= uart->rx_count >= depth ? UARTFR_RXFF : 0;
    __atomic_store_n(&uart->fr, flags, __ATOMIC_RELAXED);
}

static void update(struct vpl011 *uart)
{
    update_flags(uart);
    update_line(uart);
}

/* A byte arrives; there is room. RT comes at once: who types waits for an echo. */
static void receive(struct vpl011 *uart, uint8_t byte)
{
    uint16_t entry = byte | (uart->overrun ? UARTDR_OE : 0);
    uart->overrun = false;
    uart->rx[(uart->rx_first + uart->rx_count) % PL011_FIFO_DEPTH] = entry;
    uart->rx_count++;
    uart->ris |= UARTINT_RT | (uart->rx_count >= rx_trigger(uart) ? UARTINT_RX : 0);
    update_flags(uart);
}

/* A byte comes back in loopback, where nobody can be told to wait. */
static void receive_loopback(struct vpl011 *uart, uint8_t byte)
{
    if (uart->rx_count < fifo_depth(uart)) {
        receive(uart, byte);
        return;
    }
    uart->overrun = true;
    uart->rsr |= UARTRSR_OE;
    uart->ris |= UARTINT_OE;
}

static bool send(struct vpl011 *uart, uint8_t byte)
{
    if (uart->cr & UARTCR_LBE) {
        receive_loopback(uart, byte);
        return true;
    }
    return uart->config.put(uart->config.ctx, (char)byte);
}

/*
 * Send what waits. TX is raised by a byte that leaves, not by the level alone (2.8.2): that a
 * driver unmasks TX without having written raises nothing.
 */
static void drain(struct vpl011 *uart)
{
    while (uart->tx_count > 0 && send(uart, uart->tx[uart->tx_first])) {
        uart->tx_first = (uart->tx_first + 1) % PL011_FIFO_DEPTH;
        uart->tx_count--;
        if (uart->tx_count <= tx_trigger(uart))
            uart->ris |= UARTINT_TX;
    }
}

static void write_data(struct vpl011 *uart, uint8_t byte)
{
    if (likely(uart->tx_count == 0) && likely(send(uart, byte))) {
        uart->ris |= UARTINT_TX;
    } else if (uart->tx_count < fifo_depth(uart)) {
        uart->tx[(uart->tx_first + uart->tx_count) % PL011_FIFO_DEPTH] = byte;
        uart->tx_count++;
        if (uart->tx_count > tx_trigger(uart))
            uart->ris &= ~(uint32_t)UARTINT_TX;
        update_flags(uart);
    }
    /* A byte written to a full FIFO is lost, as on the device. */
    update_line(uart);
}

static uint32_t read_data(struct vpl011 *uart)
{
    uint32_t entry =
        uart->rx[uart->rx_first]; /* when empty: the last one, as stale as on the device */
    if (uart->rx_count == 0)
        return REG_GET(UARTDR, DATA, entry);
    uart->rx_first = (uart->rx_first + 1) % PL011_FIFO_DEPTH;
    uart->rx_count--;
    if (uart->rx_count < rx_trigger(uart))
        uart->ris &= ~(uint32_t)UARTINT_RX;
    if (uart->rx_count == 0)
        uart->ris &= ~(uint32_t)UARTINT_RT;
    update(uart);
    return entry;
}

/* A changed modem input raises its interrupt. */
static void write_control(struct vpl011 *uart, uint32_t value)
{
    uint16_t cr = (uint16_t)(value & ~(uint32_t)(UARTCR_RES0_a | UARTCR_RES0_b));
    uint32_t changed = modem_flags(uart->cr) ^ modem_flags(cr);
    uart->cr = cr;
    uart->ris |=
        (changed & UARTFR_CTS ? UARTINT_CTSM : 0) | (changed & UARTFR_DSR ? UARTINT_DSRM : 0) |
        (changed & UARTFR_DCD ? UARTINT_DCDM : 0) | (changed & UARTFR_RI ? UARTINT_RIM : 0);
    drain(uart);
    update_flags(uart);
}

static uint32_t read_register(struct vpl011 *uart, uint32_t offset)
{
    switch (offset) {
    case PL011_DR:
        return read_data(uart);
    case PL011_RSR:
        return uart->rsr;
    case PL011_FR:
        return uart->fr;
    case PL011_ILPR:
        return uart->ilpr;
    case PL011_IBRD:
        return uart->ibrd;
    case PL011_FBRD:
        return uart->fbrd;
    case PL011_LCR_H:
        return uart->lcr_h;
    case PL011_CR:
        return uart->cr;
    case PL011_IFLS:
        return uart->ifls;
    case PL011_IMSC:
        return uart->imsc;
    case PL011_RIS:
        return uart->ris;
    case PL011_MIS:
        return uart->ris & uart->imsc;
    case PL011_DMACR:
        return uart->dmacr;
    default:
        return offset >= PL011_PERIPH_ID0 ? ids[(offset - PL011_PERIPH_ID0) / 4] : 0;
    }
}

static void write_register(struct vpl011 *uart, uint32_t offset, uint32_t value)
{
    switch (offset) {
    case PL011_RSR:
        uart->rsr = 0;
        return;
    case PL011_ILPR:
        uart->ilpr = (uint8_t)REG_GET(UARTILPR, ILPDVSR, value);
        return;
    case PL011_IBRD:
        uart->ibrd = (uint16_t)REG_GET(UARTIBRD, DIVINT, value);
        return;
    case PL011_FBRD:
        uart->fbrd = (uint8_t)REG_GET(UARTFBRD, DIVFRAC, value);
        return;
    case PL011_LCR_H:
        uart->lcr_h = (uint8_t)(value & ~(uint32_t)UARTLCR_H_RES0_a);
        update_flags(uart);
        return;
    case PL011_CR:
        write_control(uart, value);
        break;
    case PL011_IFLS:
        uart->ifls = (uint8_t)(value & ~(uint32_t)UARTIFLS_RES0_a);
        return;
    case PL011_IMSC:
        uart->imsc = (uint16_t)(value & INT_ALL);
        break;
    case PL011_ICR:
        uart->ris &= (uint16_t)~value;
        break;
    case PL011_DMACR:
        uart->dmacr = (uint8_t)(value & ~(uint32_t)UARTDMACR_RES0_a);
        return;
    default: /* read-only or reserved */
        return;
    }
    update_line(uart);
}

static __noinline bool access_register(struct vpl011 *uart, struct mmio_access *access)
{
    uint32_t offset = access->offset;
    unsigned lane = offset % 4;

    /* The bus is 32 bits wide without byte strobes: a part of a register can be read, and written
     * only from its bit 0 on. */
    if (unlikely(offset >= PL011_SIZE || lane + access->size_bytes > 4 ||
                 (lane & (access->size_bytes - 1)) != 0 || (access->write && lane != 0)))
        return false;
    spin_lock(&uart->lock);
    if (access->write) {
        write_register(uart, offset, (uint32_t)access->value);
    } else {
        uint32_t value = read_register(uart, offset - lane) >> (8 * lane);
        access->value = value & low_bits(8 * access->size_bytes);
    }
    bool room = unlikely(uart->input_refused) && uart->rx_count < fifo_depth(uart);
    if (room)
        uart->input_refused = false;
    spin_unlock(&uart->lock);
    if (unlikely(room) && uart->config.input_ready != NULL)
        uart->config.input_ready(uart->config.ctx);
    return true;
}

static __noinline bool write_byte(struct vpl011 *uart, uint8_t byte)
{
    spin_lock(&uart->lock);
    write_data(uart, byte);
    spin_unlock(&uart->lock);
    return true;
}

bool vpl011_mmio(void *device, struct mmio_access *access)
{
    struct vpl011 *uart = device;

    if (unlikely(access->size_bytes > 4))
        return false;
    /* Polled without end by drivers that wait: one value, needs no lock. */
    if (access->offset == PL011_FR && !access->write) {
        access->value = read_once(uart->fr);
        return true;
    }
    /* As often. No input finds room by it. */
    if (access->offset == PL011_DR && access->write)
        return write_byte(uart, (uint8_t)access->value);
    return access_register(uart, access);
}

bool vpl011_input(struct vpl011 *uart, char byte)
{
    spin_lock(&uart->lock);
    bool room = uart->rx_count < fifo_depth(uart);
    if (room) {
        receive(uart, (uint8_t)byte);
    } else {
        /* As data that keeps arriving does: a driver that cleared these without reading looks
         * again. */
        uart->ris |= UARTINT_RX | UARTINT_RT;
        uart->input_refused = true;
    }
    update_line(uart);
    spin_unlock(&uart->lock);
    return room;
}

void vpl011_output_ready(struct vpl011 *uart)
{
    spin_lock(&uart->lock);
    drain(uart);
    update(uart);
    spin_unlock(&uart->lock);
}

void vpl011_reset(struct vpl011 *uart)
{
    spin_lock(&uart->lock);
    uart->ris = uart->imsc = uart->ibrd = 0;
    uart->ilpr = uart->fbrd = uart->lcr_h = uart->dmacr = uart->rsr = 0;
    uart->cr = (uint16_t)CR_RESET;
    uart->ifls = (uint8_t)IFLS_RESET;
    uart->overrun = false;
    uart->tx_first = uart->tx_count = uart->rx_first = uart->rx_count = 0;
    update(uart);
    bool room = uart->input_refused;
    uart->input_refused = false;
    spin_unlock(&uart->lock);
    if (room && uart->config.input_ready != NULL)
        uart->config.input_ready(uart->config.ctx);
}

void vpl011_init(struct vpl011 *uart, const struct vpl011_config *config)
{
    memset(uart, 0, sizeof(*uart));
    uart->config = *config;
    vpl011_reset(uart);
}
