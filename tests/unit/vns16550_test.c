/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual 16550 by its data sheet, and as drivers use it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vdev/vns16550.h"

enum { RBR, IER, IIR, LCR, MCR, LSR, MSR, SCR };
/* Bits of table II, by hand. */
enum { ERBFI = 1, ETBEI = 2, ELSI = 4, EDSSI = 8 };
enum { DR = 1, OE = 2, THRE = 0x20, TEMT = 0x40 };
enum { NONE = 1, THR_EMPTY = 2, DATA = 4, LINE = 6, TIMEOUT = 12, FIFOS = 0xc0 };

static struct vns16550 uart;
static char out[256];
static unsigned out_count, room, ready_calls;
static bool irq;

static bool put(void *ctx, char byte)
{
    if (room == 0)
        return false;
    room--;
    out[out_count++ % sizeof(out)] = byte;
    return true;
}
static void ready(void *ctx)
{
    ready_calls++;
}
static void set_level(struct virq_controller *controller, uint32_t cpu, uint32_t number, bool level)
{
    assert_int_equal(number, 10);
    assert_true(level != irq);
    irq = level;
}

static int start(void **state)
{
    static const struct virq_controller_ops ops = {set_level};
    static struct virq_controller controller = {&ops};
    struct vns16550_config config = {
        .put = put, .input_ready = ready, .irq = {.controller = &controller, .number = 10}};

    irq = false;
    out_count = ready_calls = 0;
    room = 1000;
    vns16550_init(&uart, &config);
    return 0;
}

static uint8_t get(uint64_t reg)
{
    struct mmio_access access = {.offset = reg, .size_bytes = 1};
    uint64_t peek = vns16550_peek(&uart, reg, 1);

    assert_true(vns16550_mmio(&uart, &access));
    /* LSR is known without the lock, but for an overrun, which it tells of once. */
    assert_true(peek == access.value ||
                (peek == MMIO_ASK && (reg != LSR || (access.value & OE) != 0)));
    return (uint8_t)access.value;
}
static void set(uint64_t reg, uint8_t value)
{
    struct mmio_access access = {.offset = reg, .size_bytes = 1, .write = true, .value = value};

    assert_true(vns16550_mmio(&uart, &access));
}
static unsigned type(const char *text)
{
    unsigned taken = 0;

    while (text[taken] != 0 && vns16550_input(&uart, text[taken]))
        taken++;
    return taken;
}

static void bytes_go_out(void **state)
{
    assert_int_equal(get(LSR), THRE | TEMT);
    set(RBR, 'h');
    set(RBR, 'i');
    assert_int_equal(out_count, 2);
    assert_memory_equal(out, "hi", 2);
    assert_int_equal(get(LSR), THRE | TEMT);
    assert_false(irq);
}

static void output_waits_for_room(void **state)
{
    set(IIR, 1);
    set(IER, ETBEI);
    get(IIR);
    room = 0;
    for (unsigned i = 0; i < 20; i++) /* the last four find a full FIFO */
        set(RBR, (uint8_t)('a' + i));
    assert_int_equal(get(LSR) & THRE, 0);
    assert_false(irq);
    room = 10;
    vns16550_output_ready(&uart);
    assert_int_equal(get(LSR) & THRE, 0);
    assert_false(irq);
    room = 10;
    vns16550_output_ready(&uart);
    assert_int_equal(out_count, 16);
    assert_memory_equal(out, "abcdefghijklmnop", 16);
    assert_int_equal(get(LSR) & THRE, THRE);
    assert_true(irq);
}

static void without_fifos_one_byte_waits(void **state)
{
    room = 0;
    set(RBR, 'a');
    set(RBR, 'b');
    room = 5;
    vns16550_output_ready(&uart);
    assert_int_equal(out_count, 1);
    assert_int_equal(type("xy"), 1);
    assert_int_equal(get(RBR), 'x');
}

static void the_thr_interrupt(void **state)
{
    set(IER, ETBEI); /* enabling it while THR is empty raises it */
    assert_true(irq);
    assert_int_equal(get(IIR), THR_EMPTY);
    assert_false(irq); /* reading IIR ended it */
    assert_int_equal(get(IIR), NONE);
    set(RBR, 'x');
    assert_true(irq); /* and a byte that left brings it again */
    set(IER, 0);
    assert_false(irq);
    set(IER, ETBEI);
    assert_true(irq);
}

static void input_and_its_interrupts(void **state)
{
    set(IIR, 1 | 0x40); /* FIFOs, trigger at 4 */
    set(IER, ERBFI);
    assert_int_equal(get(IIR), FIFOS | NONE);
    assert_int_equal(type("abc"), 3);
    assert_true(irq);
    assert_int_equal(get(IIR), FIFOS | TIMEOUT);
    assert_int_equal(type("d"), 1);
    assert_int_equal(get(IIR), FIFOS | DATA);
    assert_int_equal(get(LSR) & DR, DR);
    assert_int_equal(get(RBR), 'a');
    assert_int_equal(get(IIR), FIFOS | TIMEOUT);
    assert_int_equal(get(RBR), 'b');
    assert_int_equal(get(RBR), 'c');
    assert_int_equal(get(RBR), 'd');
    assert_false(irq);
    assert_int_equal(get(LSR) & DR, 0);
    assert_int_equal(get(RBR), 0);
}

static void no_input_is_lost(void **state)
{
    set(IIR, 1);
    assert_int_equal(type("0123456789abcdefXYZ"), 16);
    assert_int_equal(ready_calls, 0);
    assert_int_equal(get(RBR), '0');
    assert_int_equal(ready_calls, 1); /* and told once */
    assert_int_equal(get(RBR), '1');
    assert_int_equal(ready_calls, 1);
    assert_int_equal(type("XY"), 2);
    assert_int_equal(get(LSR) & OE, 0);
}

static void the_divisor_hides_data(void **state)
{
    set(IER, ERBFI);
    set(LCR, 0x83);
    set(RBR, 0x12);
    set(IER, 0x34);
    assert_int_equal(get(RBR), 0x12);
    assert_int_equal(get(IER), 0x34);
    assert_int_equal(out_count, 0);
    set(LCR, 0x03);
    assert_int_equal(get(IER), ERBFI);
    assert_int_equal(get(LCR), 0x03);
}

static void loopback(void **state)
{
    set(IIR, 1);
    set(IER, ELSI);
    get(MSR);
    set(MCR, 0x10 | 0x0a); /* LOOP, OUT2, RTS, as Linux probes */
    assert_int_equal(get(MSR) & 0xf0, 0x90);
    for (unsigned i = 0; i < 17; i++)
        set(RBR, (uint8_t)i);
    assert_int_equal(out_count, 0);
    assert_true(irq);
    assert_int_equal(get(IIR) & 0xf, LINE);
    assert_int_equal(get(LSR), DR | OE | THRE | TEMT);
    assert_false(irq); /* reading LSR ended it */
    assert_int_equal(get(RBR), 0);
    assert_int_equal(get(RBR), 1);
    set(MCR, 0);
    assert_int_equal(get(MSR) & 0xf0, 0xb0); /* a terminal is there */
}

static void modem_changes(void **state)
{
    set(IER, EDSSI);
    assert_false(irq);
    set(MCR, 0x10); /* loopback without outputs: CTS, DSR, DCD fall */
    assert_true(irq);
    assert_int_equal(get(IIR), 0);
    assert_int_equal(get(MSR), 0x0b);
    assert_false(irq);
    set(MCR, 0x14); /* RI rises: no event */
    assert_int_equal(get(MSR), 0x40);
    set(MCR, 0x10); /* and falls: one */
    assert_int_equal(get(MSR), 0x04);
}

static void fifo_control(void **state)
{
    set(IIR, 1);
    assert_int_equal(type("abc"), 3);
    set(IIR, 3); /* receive reset */
    assert_int_equal(get(LSR) & DR, 0);
    room = 0;
    set(RBR, 'a');
    set(IIR, 5); /* transmit reset */
    assert_int_equal(get(LSR) & THRE, THRE);
    room = 1;
    vns16550_output_ready(&uart);
    assert_int_equal(out_count, 0);
    type("z");
    set(IIR, 0); /* turning them off empties both */
    assert_int_equal(get(LSR) & DR, 0);
    assert_int_equal(get(IIR), NONE);
}

static void registers(void **state)
{
    set(SCR, 0xa5);
    assert_int_equal(get(SCR), 0xa5);
    set(IER, 0xff);
    assert_int_equal(get(IER), 0x0f);
    set(MCR, 0xff);
    assert_int_equal(get(MCR), 0x1f);
    set(LSR, 0xff);
    set(MSR, 0xff);
    assert_int_equal(get(LSR), THRE | TEMT);
}

static void accesses_that_are_refused(void **state)
{
    for (unsigned size = 2; size <= 8; size *= 2) {
        struct mmio_access access = {.offset = 0, .size_bytes = (uint8_t)size};

        assert_false(vns16550_mmio(&uart, &access));
    }
    struct mmio_access beyond = {.offset = VNS16550_SIZE, .size_bytes = 1};
    assert_false(vns16550_mmio(&uart, &beyond));
}

static void reset(void **state)
{
    set(IIR, 1);
    set(IER, ERBFI | ETBEI);
    assert_int_equal(type("0123456789abcdefg"), 16);
    assert_true(irq);
    vns16550_reset(&uart);
    assert_false(irq);
    assert_int_equal(get(LSR), THRE | TEMT);
    assert_int_equal(get(IER), 0);
    assert_int_equal(ready_calls, 1); /* what was refused may come now */
}

/* Between an edge's controller and drivers that read no IIR: what happens is told once for each
 * time, and not again when somebody only looks. */
static unsigned rises;
static void count_rises(struct virq_controller *controller, uint32_t cpu, uint32_t number,
                        bool level)
{
    rises += level && !irq;
    irq = level;
}

static void edges(void **state)
{
    static const struct virq_controller_ops ops = {count_rises};
    static struct virq_controller controller = {&ops};
    const struct vns16550_config config = {
        .put = put, .irq = {.controller = &controller, .number = 10}, .edge = true};

    irq = false;
    rises = 0;
    vns16550_init(&uart, &config);
    set(IIR, 1);
    set(IER, ERBFI | ETBEI);
    assert_int_equal(rises, 1);
    set(RBR, 'a');
    set(RBR, 'b');
    assert_int_equal(rises, 3);
    (void)get(LSR);
    (void)get(LSR);
    assert_int_equal(rises, 3);
    assert_int_equal(type("xy"), 2); /* though the line is up for the empty THR */
    assert_int_equal(rises, 5);
    assert_int_equal(get(RBR), 'x');
    assert_int_equal(rises, 6);
    assert_int_equal(get(RBR), 'y');
    assert_int_equal(rises, 7); /* THR is still empty */
    (void)get(IIR);
    assert_false(irq);
    vns16550_reset(&uart);
    assert_int_equal(rises, 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(bytes_go_out, start),
        cmocka_unit_test_setup(output_waits_for_room, start),
        cmocka_unit_test_setup(without_fifos_one_byte_waits, start),
        cmocka_unit_test_setup(the_thr_interrupt, start),
        cmocka_unit_test_setup(input_and_its_interrupts, start),
        cmocka_unit_test_setup(no_input_is_lost, start),
        cmocka_unit_test_setup(the_divisor_hides_data, start),
        cmocka_unit_test_setup(loopback, start),
        cmocka_unit_test_setup(modem_changes, start),
        cmocka_unit_test_setup(fifo_control, start),
        cmocka_unit_test_setup(registers, start),
        cmocka_unit_test_setup(accesses_that_are_refused, start),
        cmocka_unit_test_setup(reset, start),
        cmocka_unit_test_setup(edges, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
