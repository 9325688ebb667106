/* SPDX-License-Identifier: Apache-2.0 */
/* The drivers over models: PL011 over our virtual one, 16550 over a small one here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lib/bits.h"
#include "lib/mmio_io.h"
#include "vdev/vpl011.h"

static uint32_t fake_read(const volatile void *at, uint8_t size);
static void fake_write(volatile void *at, uint8_t size, uint32_t value);
#define mmio_read8(at)          ((uint8_t)fake_read(at, 1))
#define mmio_read32(at)         fake_read(at, 4)
#define mmio_write8(at, value)  fake_write(at, 1, value)
#define mmio_write32(at, value) fake_write(at, 4, value)

#include "drivers/drivers.c"
#include "drivers/ns16550.c"
#include "drivers/pl011.c"
#include "drivers/sifive_uart.c"

static char pl011_space[PL011_SIZE], ns_space[256];
static char sent[4096];
static size_t sent_count, room;
static bool line;

/* ---- the devices */

static struct vpl011 model;
static unsigned sbsa_misses; /* accesses that an SBSA UART does not have */
static bool put_byte(void *ctx, char byte)
{
    if (room == 0)
        return false;
    room--;
    sent[sent_count++] = byte;
    return true;
}
static void set_level(struct virq_controller *controller, uint32_t cpu, uint32_t number, bool level)
{
    line = level;
}
static const struct virq_controller_ops ops = {set_level};
static struct virq_controller controller = {&ops};

/* A 16550 with or without FIFOs; a byte leaves when the test says. */
static struct {
    uint32_t shift, width;
    uint8_t ier, lcr, mcr, fcr, id;
    bool fifos;
    unsigned waiting; /* in the transmit FIFO */
    const char *input;
    bool is_break;
    unsigned rbr_reads, usr_reads;
} ns;

static uint32_t ns_read(uint32_t reg)
{
    switch (reg) {
    case NS16550_RBR:
        assert_false(ns.lcr & NS_LCR_DLAB);
        ns.rbr_reads++;
        return ns.input != NULL && *ns.input != 0 ? (uint8_t)*ns.input++ : 0;
    case NS16550_IIR:
        return ns.id | (ns.fifos && (ns.fcr & NS_FCR_FIFOEN) ? NS_IIR_FIFOS : 0);
    case NS16550_LCR:
        return ns.lcr;
    case NS16550_LSR:
        return (ns.waiting == 0 ? NS_LSR_THRE : 0) |
               (ns.input != NULL && *ns.input != 0 ? NS_LSR_DR : 0) | (ns.is_break ? NS_LSR_BI : 0);
    case NS16550_DW_USR:
        ns.usr_reads++;
        return 0;
    default:
        fail_msg("register %u read", reg);
        return 0;
    }
}
static void ns_write(uint32_t reg, uint32_t value)
{
    switch (reg) {
    case NS16550_RBR:
        ns.waiting++;
        assert_true(ns.waiting <= (ns.fifos ? NS16550_FIFO_DEPTH : 1));
        sent[sent_count++] = (char)value;
        break;
    case NS16550_IER:
        assert_false(ns.lcr & NS_LCR_DLAB);
        ns.ier = (uint8_t)value;
        break;
    case NS16550_IIR:
        ns.fcr = (uint8_t)value;
        break;
    case NS16550_LCR:
        ns.lcr = (uint8_t)value;
        break;
    case NS16550_MCR:
        ns.mcr = (uint8_t)value;
        break;
    default:
        fail_msg("register %u written", reg);
    }
}

static uint32_t fake_access(const volatile void *at, uint8_t size, uint32_t value, bool write)
{
    size_t offset = (size_t)((const volatile char *)at - (const volatile char *)ns_space);
    if (offset < sizeof(ns_space)) {
        assert_int_equal(size, ns.width);
        assert_int_equal(offset & low_bits(ns.shift), 0);
        if (write)
            ns_write((uint32_t)offset >> ns.shift, value);
        return write ? 0 : ns_read((uint32_t)offset >> ns.shift);
    }
    offset = (size_t)((const volatile char *)at - (const volatile char *)pl011_space);
    struct mmio_access access = {
        .offset = offset, .size_bytes = size, .value = value, .write = write};
    sbsa_misses += offset >= PL011_ILPR && offset <= PL011_IFLS;
    assert_true(vpl011_mmio(&model, &access));
    return (uint32_t)access.value;
}
static uint32_t fake_read(const volatile void *at, uint8_t size)
{
    return fake_access(at, size, 0, false);
}
static void fake_write(volatile void *at, uint8_t size, uint32_t value)
{
    fake_access(at, size, value, true);
}

static int fresh(void **state)
{
    const struct vpl011_config config = {.put = put_byte, .irq = {&controller, 33, 0}};
    vpl011_init(&model, &config);
    memset(&ns, 0, sizeof(ns));
    ns.fifos = true;
    ns.width = 1;
    ns.id = NS16550_ID_NONE;
    sent_count = sbsa_misses = 0;
    room = SIZE_MAX;
    line = false;
    return 0;
}

/* ---- matching */

static struct console_uart *probe(const char *list, size_t length, void *regs)
{
    return driver_console_probe(list, (int)length, regs, 0, 0);
}
#define PROBE(list, regs) probe(list, sizeof(list), regs)

static void matches_compatible(void **state)
{
    assert_ptr_equal(PROBE("arm,pl011\0arm,primecell", pl011_space), &pl011.uart);
    assert_ptr_equal(PROBE("arm,primecell\0arm,sbsa-uart", pl011_space), &pl011.uart);
    assert_ptr_equal(PROBE("vendor,uart\0ns16550a", ns_space), &ns16550.uart);
    assert_true(driver_console_known("x\0arm,pl011", 12));
    assert_false(driver_console_known("vendor,uart", 12));
    assert_null(PROBE("vendor,uart", ns_space));
    assert_null(PROBE("arm,pl0111", ns_space));
    assert_null(PROBE("", ns_space));
    assert_null(driver_console_probe("", 0, ns_space, 0, 0));
    assert_null(driver_console_probe(NULL, -1, ns_space, 0, 0));          /* libfdt's error */
    assert_null(driver_console_probe("arm,pl011", 9, pl011_space, 0, 0)); /* no final 0 */
}

/* ---- PL011 */

static void pl011_starts(void **state)
{
    model.ibrd = 13; /* firmware's */
    model.imsc = 0x7ff;
    PROBE("arm,pl011", pl011_space);
    assert_int_equal(model.cr, UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE);
    assert_int_equal(model.lcr_h, UARTLCR_H_FEN | UARTLCR_H_WLEN);
    assert_int_equal(model.ibrd, 13);
    assert_int_equal(model.imsc, 0);
    /* What firmware has set up stays. */
    fresh(NULL);
    model.cr = UARTCR_UARTEN | UARTCR_TXE | UARTCR_RTS;
    model.lcr_h = UARTLCR_H_PEN | UARTLCR_H_WLEN;
    PROBE("arm,pl011", pl011_space);
    assert_int_equal(model.lcr_h, UARTLCR_H_FEN | UARTLCR_H_PEN | UARTLCR_H_WLEN);
    assert_int_equal(model.cr, UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE | UARTCR_RTS);
    fresh(NULL);
    PROBE("arm,sbsa-uart", pl011_space);
    assert_int_equal(sbsa_misses, 0);
}

static void pl011_sends(void **state)
{
    struct console_uart *uart = PROBE("arm,pl011", pl011_space);
    char text[100];
    for (size_t i = 0; i < sizeof(text); i++)
        text[i] = (char)(i + 200);
    room = 0;
    size_t done = uart->write(uart, text, sizeof(text));
    assert_int_equal(done, PL011_FIFO_DEPTH);
    uart->set_tx_interrupt(uart, true);
    assert_false(line);
    while (done < sizeof(text)) {
        room = 20;
        vpl011_output_ready(&model);
        assert_true(line);
        done += uart->write(uart, text + done, sizeof(text) - done);
    }
    uart->set_tx_interrupt(uart, false);
    assert_false(line);
    room = SIZE_MAX;
    vpl011_output_ready(&model);
    assert_int_equal(sent_count, sizeof(text));
    assert_memory_equal(sent, text, sizeof(text));
}

static void pl011_receives(void **state)
{
    struct console_uart *uart = PROBE("arm,pl011", pl011_space);
    vpl011_input(&model, 'a');
    assert_false(line);
    uart->set_rx_interrupt(uart, true);
    assert_true(line);
    vpl011_input(&model, (char)0xff);
    assert_int_equal(uart->read(uart), 'a');
    assert_int_equal(uart->read(uart), 0xff);
    assert_int_equal(uart->read(uart), -1);
    assert_false(line);
    vpl011_input(&model, 0);
    model.rx[model.rx_first] = UARTDR_BE;
    assert_int_equal(uart->read(uart), -1);
    uart->set_rx_interrupt(uart, false);
    assert_int_equal(model.imsc, 0);
}

/* ---- 16550 */

static void ns16550_sends(void **state)
{
    ns.lcr = NS_LCR_DLAB | NS_LCR_WLS;
    struct console_uart *uart = PROBE("ns16550a", ns_space);
    assert_int_equal(ns.lcr, NS_LCR_WLS);
    assert_int_equal(ns.mcr, NS_MCR_OUT2 | NS_MCR_RTS | NS_MCR_DTR);
    assert_int_equal(uart->write(uart, "0123456789abcdefXYZ", 19), 16);
    assert_int_equal(uart->write(uart, "XYZ", 3), 0);
    uart->set_tx_interrupt(uart, true);
    uart->set_rx_interrupt(uart, true);
    assert_int_equal(ns.ier, NS_IER_ETBEI | NS_IER_ERBFI);
    ns.waiting = 0;
    assert_int_equal(uart->write(uart, "XYZ", 3), 3);
    uart->set_tx_interrupt(uart, false);
    assert_int_equal(ns.ier, NS_IER_ERBFI);
    assert_memory_equal(sent, "0123456789abcdefXYZ", 19);
    /* Without FIFOs one at a time. */
    fresh(NULL);
    ns.fifos = false;
    uart = PROBE("ns16550", ns_space);
    assert_int_equal(uart->write(uart, "ab", 2), 1);
}

static void ns16550_receives(void **state)
{
    struct console_uart *uart = PROBE("ns16550a", ns_space);
    ns.input = "a\377";
    assert_int_equal(uart->read(uart), 'a');
    assert_int_equal(uart->read(uart), 0xff);
    assert_int_equal(uart->read(uart), -1);
    ns.input = "\001";
    ns.is_break = true;
    assert_int_equal(uart->read(uart), -1);
}

static void dw_uart_is_quietened(void **state)
{
    static const char list[] = "snps,dw-apb-uart";
    ns.shift = 2;
    ns.width = 4;
    struct console_uart *uart = driver_console_probe(list, sizeof(list), ns_space, 2, 4);
    assert_non_null(uart);
    assert_int_equal(uart->read(uart), -1);
    assert_int_equal(ns.rbr_reads + ns.usr_reads, 0);
    ns.id = NS16550_ID_TIMEOUT;
    assert_int_equal(uart->read(uart), -1);
    assert_int_equal(ns.rbr_reads, 1);
    ns.id = NS16550_ID_DW_BUSY;
    assert_int_equal(uart->read(uart), -1);
    assert_int_equal(ns.usr_reads, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(matches_compatible, fresh),
        cmocka_unit_test_setup(pl011_starts, fresh),
        cmocka_unit_test_setup(pl011_sends, fresh),
        cmocka_unit_test_setup(pl011_receives, fresh),
        cmocka_unit_test_setup(ns16550_sends, fresh),
        cmocka_unit_test_setup(ns16550_receives, fresh),
        cmocka_unit_test_setup(dw_uart_is_quietened, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
