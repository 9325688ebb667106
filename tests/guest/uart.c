/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The UART as the manual has it (PL011, Arm DDI 0183G, chapters 2.4 and 3.3). Bytes go round in
 * loopback, where the console is out of reach: there results are gathered and checked once it is
 * back. What real models disagree on (the receive timeout's moment, the transmit trigger) is not
 * asked.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/irq_log.h"
#include "guest/lib/mmio.h"
#include "guest/lib/pl011.h"
#include "guest/lib/timer.h"

#define FIFO_BYTES_MAX 32u
/* Revisions from this one on (r1p5) have FIFOs of 32 bytes, those before of 16. */
#define REVISION_32_DEEP 3u

static uint32_t fifo_bytes;

static uint32_t get(uint32_t offset)
{
    return mmio_read32(machine.uart + offset);
}
static void set(uint32_t offset, uint32_t value)
{
    mmio_write32(machine.uart + offset, value);
}

static void read_fifo_depth(void)
{
    uint32_t revision = (uint32_t)REG_GET(UARTPeriphID2, Revision, get(UARTPeriphID0 + 8));
    fifo_bytes = revision >= REVISION_32_DEEP ? 32 : 16;
}

/* Bytes that a terminal does not show, should they get out; no escape among them. */
static uint8_t byte_at(unsigned i)
{
    uint8_t byte = (uint8_t)(0x10 + i % 16);
    return byte == 0x1b ? 0x7f : byte;
}

static void drain(void)
{
    for (unsigned i = 0; i < 2 * FIFO_BYTES_MAX && !(get(UARTFR) & UARTFR_RXFE); i++)
        get(UARTDR);
}

/* Into loopback with empty FIFOs and quiet interrupts, and back to the console. */
static void loopback_begin(bool fifo)
{
    while (get(UARTFR) & UARTFR_BUSY)
        ;
    set(UARTIMSC, 0);
    set(UARTCR, 0);
    set(UARTLCR_H, REG_PUT(UARTLCR_H, WLEN, UARTLCR_H_WLEN_8_BITS) | (fifo ? UARTLCR_H_FEN : 0));
    set(UARTCR, UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE | UARTCR_LBE);
    drain();
    set(UARTICR, UARTINT_ALL);
}
static void loopback_end(void)
{
    drain();
    set(UARTICR, UARTINT_ALL);
    console_init();
}

static bool send(uint8_t byte)
{
    bool room = WAIT_UNTIL(!(get(UARTFR) & UARTFR_TXFF));
    set(UARTDR, byte);
    return room;
}
static bool receive(uint8_t *byte)
{
    bool came = WAIT_UNTIL(!(get(UARTFR) & UARTFR_RXFE));
    *byte = (uint8_t)get(UARTDR);
    return came;
}

static void identification(void)
{
    static const uint8_t cell[] = {0x0d, 0xf0, 0x05, 0xb1};

    REQUIRE(machine.uart != 0);
    CHECK_EQ(get(UARTPeriphID0), 0x11);
    CHECK_EQ(get(UARTPeriphID0 + 4), 0x10);
    CHECK_EQ(REG_GET(UARTPeriphID2, Designer1, get(UARTPeriphID0 + 8)), 0x4);
    CHECK_EQ(get(UARTPeriphID0 + 12), 0x00);
    for (unsigned i = 0; i < ARRAY_SIZE(cell); i++)
        CHECK_EQ(get(UARTPCellID0 + 4 * i), cell[i]);
}

static void registers_read_back(void)
{
    static const struct {
        uint16_t offset;
        uint32_t values[3];
    } rows[] = {
        {UARTIBRD, {0xffff, 13, 1}},
        {UARTFBRD, {0x3f, 1, 0}},
        {UARTIFLS, {0, 0x24, 0x12}},
        {UARTIMSC, {UARTINT_OE | UARTINT_BE, UARTINT_PE, 0}},
    };

    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        for (unsigned j = 0; j < ARRAY_SIZE(rows[i].values); j++) {
            set(rows[i].offset, rows[i].values[j]);
            if (!CHECK_EQ(get(rows[i].offset), rows[i].values[j]))
                print("  register 0x%x\n", rows[i].offset);
        }
    }
    uint32_t cr = get(UARTCR);
    CHECK_EQ(cr, UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE);
    CHECK(get(UARTLCR_H) & UARTLCR_H_FEN);
}

static void idle_flags(void)
{
    drain();
    CHECK(WAIT_UNTIL(get(UARTFR) & UARTFR_TXFE));
    CHECK(WAIT_UNTIL(!(get(UARTFR) & UARTFR_BUSY)));
    CHECK_EQ(get(UARTFR) & (UARTFR_RXFE | UARTFR_RXFF | UARTFR_TXFF), UARTFR_RXFE);
    CHECK_EQ(get(UARTRSR) & 0xf, 0);
}

static void loopback_bytes(void)
{
    uint8_t got[64] = {0};
    unsigned sent = 0, received = 0;

    loopback_begin(true);
    for (unsigned i = 0; i < ARRAY_SIZE(got); i++) {
        sent += send(byte_at(i));
        received += receive(&got[i]);
    }
    uint32_t flags = get(UARTFR);
    loopback_end();
    CHECK_EQ(sent, ARRAY_SIZE(got));
    CHECK_EQ(received, ARRAY_SIZE(got));
    CHECK(flags & UARTFR_RXFE);
    for (unsigned i = 0; i < ARRAY_SIZE(got); i++)
        CHECK_EQ(got[i], byte_at(i));
}

static void receive_fifo_fills(void)
{
    uint8_t got[FIFO_BYTES_MAX] = {0};
    bool full_early = false, received = true;

    loopback_begin(true);
    for (unsigned i = 0; i < fifo_bytes; i++) {
        full_early |= (get(UARTFR) & UARTFR_RXFF) != 0;
        send(byte_at(i));
    }
    bool full = WAIT_UNTIL(get(UARTFR) & UARTFR_RXFF);
    for (unsigned i = 0; i < fifo_bytes; i++)
        received &= receive(&got[i]);
    bool empty = get(UARTFR) & UARTFR_RXFE;
    loopback_end();
    CHECK(!full_early);
    CHECK(full);
    CHECK(received);
    CHECK(empty);
    for (unsigned i = 0; i < fifo_bytes; i++)
        CHECK_EQ(got[i], byte_at(i));
}

/* Without FIFOs there is one holding register. */
static void no_fifo_is_one_deep(void)
{
    uint8_t got = 0;

    loopback_begin(false);
    send(byte_at(5));
    bool full = WAIT_UNTIL(get(UARTFR) & UARTFR_RXFF);
    uint32_t raw = get(UARTRIS);
    receive(&got);
    uint32_t raw_after = get(UARTRIS);
    loopback_end();
    CHECK(full);
    CHECK(raw & UARTINT_RX);
    CHECK(!(raw_after & UARTINT_RX));
    CHECK_EQ(got, byte_at(5));
}

static void receive_interrupt_state(void)
{
    loopback_begin(true);
    uint32_t before = get(UARTRIS);
    for (unsigned i = 0; i < fifo_bytes; i++)
        send(byte_at(i));
    bool raised = WAIT_UNTIL(get(UARTRIS) & UARTINT_RX);
    uint32_t masked = get(UARTMIS);
    set(UARTIMSC, UARTINT_RX);
    uint32_t unmasked = get(UARTMIS);
    set(UARTIMSC, 0);
    drain();
    uint32_t after = get(UARTRIS);
    loopback_end();
    CHECK_EQ(before & (UARTINT_RX | UARTINT_RT), 0);
    CHECK(raised);
    CHECK_EQ(masked, 0);
    CHECK_EQ(unmasked, UARTINT_RX);
    CHECK_EQ(after & UARTINT_RX, 0);
}

static void transmit_interrupt_clears(void)
{
    loopback_begin(true);
    send(byte_at(1));
    bool raised = WAIT_UNTIL(get(UARTRIS) & UARTINT_TX);
    set(UARTICR, UARTINT_TX);
    uint32_t after = get(UARTRIS);
    loopback_end();
    CHECK(raised);
    CHECK_EQ(after & UARTINT_TX, 0);
}

static uint8_t irq_bytes[FIFO_BYTES_MAX];
static unsigned irq_byte_count;

static void read_all(uint32_t intid)
{
    while (!(get(UARTFR) & UARTFR_RXFE)) {
        uint8_t byte = (uint8_t)get(UARTDR);
        if (irq_byte_count < FIFO_BYTES_MAX)
            irq_bytes[irq_byte_count] = byte;
        irq_byte_count++;
    }
    set(UARTICR, UARTINT_RT | UARTINT_RX);
}

/* All that is sent is seen by a handler that works as a driver's does; even one byte, by the
 * timeout. */
static void receive_by_interrupt(void)
{
    gic_init();
    irq_log_start();
    irq_log_set_quiesce(read_all);
    gic_enable(machine.uart_intid);
    irq_byte_count = 0;
    loopback_begin(true);
    set(UARTIMSC, UARTINT_RX | UARTINT_RT);
    send(byte_at(0));
    bool one = irq_log_wait(1);
    unsigned first = irq_byte_count;
    for (unsigned i = 1; i < fifo_bytes; i++)
        send(byte_at(i));
    irq_unmask();
    bool all = WAIT_UNTIL(*(volatile unsigned *)&irq_byte_count >= fifo_bytes);
    irq_mask();
    uint32_t count = irq_log_count(0);
    loopback_end();
    irq_log_linger();
    gic_disable(machine.uart_intid);
    CHECK(one);
    CHECK_EQ(first, 1);
    CHECK(all);
    CHECK_EQ(irq_byte_count, fifo_bytes);
    CHECK_EQ(irq_log_at(0, 0)->intid, machine.uart_intid);
    CHECK_EQ(irq_log_count(0), count); /* quiet when served */
    for (unsigned i = 0; i < fifo_bytes; i++)
        CHECK_EQ(irq_bytes[i], byte_at(i));
}

void guest_main(void)
{
    read_fifo_depth();
    static const struct test tests[] = {
        TEST(identification),          TEST(registers_read_back),       TEST(idle_flags),
        TEST(loopback_bytes),          TEST(receive_fifo_fills),        TEST(no_fifo_is_one_deep),
        TEST(receive_interrupt_state), TEST(transmit_interrupt_clears), TEST(receive_by_interrupt),
    };
    check_run(tests, ARRAY_SIZE(tests));
}
