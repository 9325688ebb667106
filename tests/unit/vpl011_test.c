/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual PL011 as drivers use it: registers, FIFOs, interrupts, back-pressure; and random use.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "vdev/vpl011.h"

static struct vpl011 uart;
static bool line;
static unsigned line_changes;
static uint8_t sent[1 << 20];
static size_t sent_count;
static size_t console_room; /* bytes the console takes before it refuses */
static unsigned ready_calls;

static void set_level(struct virq_controller *controller, uint32_t cpu, uint32_t number, bool level)
{
    assert_int_equal(number, 33);
    assert_true(level != line); /* told only when it changes */
    line = level;
    line_changes++;
}
static const struct virq_controller_ops ops = {set_level};
static struct virq_controller controller = {&ops};

static bool take(void *ctx, char byte)
{
    assert_ptr_equal(ctx, &uart);
    if (console_room == 0)
        return false;
    console_room--;
    sent[sent_count++] = (uint8_t)byte;
    return true;
}

static void input_ready(void *ctx)
{
    assert_ptr_equal(ctx, &uart);
    assert_int_equal(uart.lock.next, uart.lock.owner);
    ready_calls++;
}

static int fresh(void **state)
{
    const struct vpl011_config config = {take, input_ready, &uart, {&controller, 33, 0}};
    memset(&uart, 0x5a, sizeof(uart));
    line = false;
    line_changes = ready_calls = 0;
    sent_count = 0;
    console_room = SIZE_MAX;
    vpl011_init(&uart, &config);
    return 0;
}

static uint32_t get_sized(uint32_t offset, uint8_t size)
{
    struct mmio_access access = {.offset = offset, .size_bytes = size, .value = 0xdeadbeefdeadbeef};
    assert_true(vpl011_mmio(&uart, &access));
    assert_int_equal(access.value >> 32, 0);
    return (uint32_t)access.value;
}
static uint32_t get(uint32_t offset)
{
    return get_sized(offset, 4);
}
static void put(uint32_t offset, uint32_t value)
{
    struct mmio_access access = {.offset = offset, .size_bytes = 4, .value = value, .write = true};
    assert_true(vpl011_mmio(&uart, &access));
}

static void reset_values(void **state)
{
    static const uint8_t ids[] = {0x11, 0x10, 0x34, 0x00, 0x0d, 0xf0, 0x05, 0xb1};
    assert_int_equal(get(PL011_CR), 0x300);
    assert_int_equal(get(PL011_IFLS), 0x12);
    assert_int_equal(get(PL011_FR),
                     UARTFR_TXFE | UARTFR_RXFE | UARTFR_CTS | UARTFR_DSR | UARTFR_DCD);
    static const uint32_t zero[] = {PL011_RSR,  PL011_ILPR, PL011_IBRD, PL011_FBRD, PL011_LCR_H,
                                    PL011_IMSC, PL011_RIS,  PL011_MIS,  PL011_ICR,  PL011_DMACR,
                                    PL011_DR,   0x100,      0xfdc,      0x08,       0x4c};
    for (size_t i = 0; i < ARRAY_SIZE(zero); i++)
        assert_int_equal(get(zero[i]), 0);
    for (uint32_t i = 0; i < ARRAY_SIZE(ids); i++)
        assert_int_equal(get(PL011_PERIPH_ID0 + 4 * i), ids[i]);
}

static void fields_keep_their_widths(void **state)
{
    static const uint32_t rows[][2] = {
        {PL011_ILPR, 0xff}, {PL011_IBRD, 0xffff}, {PL011_FBRD, 0x3f},  {PL011_LCR_H, 0xff},
        {PL011_CR, 0xff87}, {PL011_IFLS, 0x3f},   {PL011_IMSC, 0x7ff}, {PL011_DMACR, 7}};
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        put(rows[i][0], UINT32_MAX);
        assert_int_equal(get(rows[i][0]), rows[i][1]);
        put(rows[i][0], 0);
        assert_int_equal(get(rows[i][0]), 0);
    }
    /* Read-only and reserved ones stay as they are. */
    uint32_t flags = get(PL011_FR);
    put(PL011_FR, UINT32_MAX);
    put(PL011_RIS, UINT32_MAX);
    put(PL011_MIS, UINT32_MAX);
    put(PL011_PERIPH_ID0, UINT32_MAX);
    put(0x100, UINT32_MAX);
    assert_int_equal(get(PL011_FR), flags);
    assert_int_equal(get(PL011_PERIPH_ID0), 0x11);
    assert_int_equal(get(0x100), 0);
}

static bool try_access(uint64_t offset, uint8_t size, bool write)
{
    struct mmio_access access = {.offset = offset, .size_bytes = size, .write = write};
    return vpl011_mmio(&uart, &access);
}

static void accesses_of_all_sizes(void **state)
{
    put(PL011_IBRD, 0x1234);
    assert_int_equal(get_sized(PL011_IBRD, 1), 0x34);
    assert_int_equal(get_sized(PL011_IBRD + 1, 1), 0x12);
    assert_int_equal(get_sized(PL011_IBRD, 2), 0x1234);
    assert_int_equal(get_sized(PL011_IBRD + 2, 2), 0);
    assert_int_equal(get_sized(PL011_FR, 1), 0x97);
    struct mmio_access byte = {.offset = PL011_DR, .size_bytes = 1, .value = 'x', .write = true};
    assert_true(vpl011_mmio(&uart, &byte));
    assert_int_equal(sent_count, 1);
    assert_false(try_access(PL011_DR, 8, true));
    assert_false(try_access(PL011_FR, 8, false));
    assert_false(try_access(PL011_DR + 1, 1, true));
    assert_false(try_access(PL011_DR + 1, 2, false));
    assert_false(try_access(PL011_DR + 2, 4, false));
    assert_false(try_access(PL011_DR + 3, 2, false));
    assert_false(try_access(PL011_SIZE, 4, false));
    assert_false(try_access(UINT64_MAX - 3, 4, true));
    assert_int_equal(sent_count, 1);
}

/* As Linux's driver does: fill by polling, unmask TX only if something is left. */
static void transmits_at_once(void **state)
{
    put(PL011_IMSC, UARTINT_TX);
    assert_false(line); /* no transition yet (2.8.2) */
    put(PL011_DR, 'h');
    put(PL011_DR, 'i');
    assert_memory_equal(sent, "hi", 2);
    assert_true(get(PL011_FR) & UARTFR_TXFE);
    assert_false(get(PL011_FR) & (UARTFR_BUSY | UARTFR_TXFF));
    assert_true(line);
    assert_int_equal(get(PL011_MIS), UARTINT_TX);
    put(PL011_ICR, UARTINT_TX);
    assert_false(line);
    assert_int_equal(get(PL011_RIS), 0);
    put(PL011_DR, '!');
    put(PL011_IMSC, 0);
    assert_false(line);
    assert_int_equal(get(PL011_RIS), UARTINT_TX);
    assert_int_equal(line_changes, 4);
}

static void waits_for_the_console(void **state)
{
    put(PL011_LCR_H, UARTLCR_H_FEN | UARTLCR_H_WLEN);
    put(PL011_IMSC, UARTINT_TX);
    console_room = 0;
    for (int i = 0; i < PL011_FIFO_DEPTH; i++) {
        assert_false(get(PL011_FR) & UARTFR_TXFF);
        put(PL011_DR, (uint32_t)('A' + i));
    }
    assert_true(get(PL011_FR) & UARTFR_TXFF);
    assert_true(get(PL011_FR) & UARTFR_BUSY);
    assert_false(line);
    put(PL011_DR, 'z'); /* no room: lost, as on the device */
    console_room = 15;
    vpl011_output_ready(&uart);
    assert_false(line); /* 17 left: above the level of 16 */
    assert_false(get(PL011_FR) & UARTFR_TXFF);
    console_room = 1;
    vpl011_output_ready(&uart);
    assert_true(line);
    put(PL011_DR, '1'); /* above the level again: cleared by that */
    assert_false(line);
    console_room = SIZE_MAX;
    vpl011_output_ready(&uart);
    assert_true(line);
    assert_int_equal(sent_count, PL011_FIFO_DEPTH + 1);
    for (int i = 0; i < PL011_FIFO_DEPTH; i++)
        assert_int_equal(sent[i], 'A' + i);
    assert_int_equal(sent[PL011_FIFO_DEPTH], '1');
    assert_true(get(PL011_FR) & UARTFR_TXFE);
}

static void transmit_levels(void **state)
{
    static const unsigned levels[] = {4, 8, 16, 24, 28};
    for (uint32_t i = 0; i < ARRAY_SIZE(levels); i++) {
        vpl011_reset(&uart);
        put(PL011_LCR_H, UARTLCR_H_FEN);
        put(PL011_IFLS, i);
        console_room = 0;
        for (int n = 0; n < PL011_FIFO_DEPTH; n++)
            put(PL011_DR, 0);
        for (unsigned left = PL011_FIFO_DEPTH; left > levels[i]; left--) {
            assert_int_equal(get(PL011_RIS), 0);
            console_room = 1;
            vpl011_output_ready(&uart);
        }
        assert_int_equal(get(PL011_RIS), UARTINT_TX);
    }
}

static void without_fifos_one_byte(void **state)
{
    console_room = 0;
    put(PL011_DR, 'a');
    assert_true(get(PL011_FR) & UARTFR_TXFF);
    put(PL011_DR, 'b'); /* lost */
    assert_int_equal(get(PL011_RIS), 0);
    console_room = 5;
    vpl011_output_ready(&uart);
    assert_int_equal(get(PL011_RIS), UARTINT_TX);
    assert_int_equal(sent_count, 1);
    assert_true(vpl011_input(&uart, 'x'));
    assert_int_equal(get(PL011_RIS), UARTINT_TX | UARTINT_RX | UARTINT_RT);
    assert_false(vpl011_input(&uart, 'y'));
    assert_true(get(PL011_FR) & UARTFR_RXFF);
    /* Enabling the FIFOs makes room, and says so. */
    assert_int_equal(ready_calls, 0);
    put(PL011_LCR_H, UARTLCR_H_FEN);
    assert_int_equal(ready_calls, 1);
    assert_true(vpl011_input(&uart, 'y'));
    assert_int_equal(get(PL011_DR), 'x');
    assert_int_equal(get(PL011_DR), 'y');
    assert_int_equal(get(PL011_DR), 0);
}

static void receives(void **state)
{
    put(PL011_LCR_H, UARTLCR_H_FEN);
    put(PL011_IMSC, UARTINT_RX | UARTINT_RT);
    assert_true(vpl011_input(&uart, 'a'));
    assert_true(line);
    assert_int_equal(get(PL011_MIS), UARTINT_RT); /* below the level: the timeout, at once */
    assert_int_equal(get(PL011_DR), 'a');
    assert_false(line);
    assert_true(get(PL011_FR) & UARTFR_RXFE);
    for (int i = 0; i < 16; i++)
        assert_true(vpl011_input(&uart, (char)(0xf0 + i)));
    assert_int_equal(get(PL011_MIS), UARTINT_RX | UARTINT_RT);
    assert_int_equal(get(PL011_DR), 0xf0);
    assert_int_equal(get(PL011_MIS), UARTINT_RT);
    put(PL011_ICR, UARTINT_RT);
    assert_false(line);
    for (int i = 1; i < 16; i++)
        assert_int_equal(get(PL011_DR), 0xf0 + i);
    assert_int_equal(get(PL011_RIS), 0);
}

static void refuses_when_full(void **state)
{
    put(PL011_LCR_H, UARTLCR_H_FEN);
    put(PL011_IMSC, UARTINT_RX);
    for (int i = 0; i < PL011_FIFO_DEPTH; i++)
        assert_true(vpl011_input(&uart, 'x'));
    assert_true(get(PL011_FR) & UARTFR_RXFF);
    put(PL011_ICR, UARTINT_RX | UARTINT_RT);
    assert_false(line);
    assert_false(vpl011_input(&uart, 'y'));
    assert_true(line); /* what keeps arriving is told again */
    assert_int_equal(get(PL011_RIS) & UARTINT_OE, 0);
    assert_int_equal(ready_calls, 0);
    get(PL011_DR);
    assert_int_equal(ready_calls, 1);
    get(PL011_DR);
    assert_int_equal(ready_calls, 1);
    assert_true(vpl011_input(&uart, 'y'));
    /* A reset makes room too. */
    while (vpl011_input(&uart, 'z'))
        ;
    vpl011_reset(&uart);
    assert_int_equal(ready_calls, 2);
    assert_false(line);
    assert_true(get(PL011_FR) & UARTFR_RXFE);
}

static void loops_back(void **state)
{
    put(PL011_LCR_H, UARTLCR_H_FEN);
    put(PL011_CR, UARTCR_LBE | UARTCR_UARTEN | UARTCR_TXE | UARTCR_RXE | UARTCR_RTS | UARTCR_Out2);
    assert_int_equal(get(PL011_FR) & (UARTFR_CTS | UARTFR_DSR | UARTFR_DCD | UARTFR_RI),
                     UARTFR_CTS | UARTFR_RI);
    assert_int_equal(get(PL011_RIS), UARTINT_DSRM | UARTINT_DCDM | UARTINT_RIM);
    put(PL011_ICR, 0x7ff);
    put(PL011_CR, UARTCR_LBE | UARTCR_DTR | UARTCR_Out1);
    assert_int_equal(get(PL011_RIS), UARTINT_DSRM | UARTINT_DCDM | UARTINT_RIM | UARTINT_CTSM);
    put(PL011_ICR, 0x7ff);
    for (int i = 0; i < PL011_FIFO_DEPTH; i++)
        put(PL011_DR, (uint32_t)i);
    assert_int_equal(get(PL011_RSR), 0);
    put(PL011_DR, 'o');
    assert_int_equal(get(PL011_RSR), UARTRSR_OE);
    assert_true(get(PL011_RIS) & UARTINT_OE);
    assert_int_equal(sent_count, 0);
    assert_int_equal(get(PL011_DR), 0);
    put(PL011_DR, 'p'); /* the one that follows the lost one carries the mark */
    for (int i = 1; i < PL011_FIFO_DEPTH; i++)
        assert_int_equal(get(PL011_DR), i);
    assert_int_equal(get(PL011_DR), 'p' | UARTDR_OE);
    put(PL011_RSR, 0);
    assert_int_equal(get(PL011_RSR), 0);
}

static void works_without_hooks(void **state)
{
    const struct vpl011_config config = {.put = take, .ctx = &uart};
    vpl011_init(&uart, &config);
    while (vpl011_input(&uart, 'a'))
        ;
    assert_int_equal(get(PL011_DR), 'a');
    put(PL011_IMSC, 0x7ff);
}

/* Whatever is done to the registers: bytes written while there is room come out once and in order.
 */
static void nothing_is_lost(void **state)
{
    static uint8_t written[1 << 20];
    size_t written_count = 0, taken = 0, read = 0;
    srand(2);
    put(PL011_LCR_H, UARTLCR_H_FEN);
    for (int i = 0; i < 400000; i++) {
        switch (rand() % 8) {
        case 0:
        case 1:
            if (!(get(PL011_FR) & UARTFR_TXFF)) {
                written[written_count] = (uint8_t)rand();
                put(PL011_DR, written[written_count++]);
            }
            break;
        case 2:
            console_room = (size_t)(rand() % 40);
            vpl011_output_ready(&uart);
            break;
        case 3:
        case 4:
            taken += vpl011_input(&uart, (char)(taken * 7));
            break;
        case 5:
            if (!(get(PL011_FR) & UARTFR_RXFE)) {
                uint32_t data = get(PL011_DR);
                assert_int_equal(data, (uint8_t)(read * 7));
                read++;
            }
            break;
        case 6: {
            static const uint32_t any[] = {PL011_IMSC, PL011_ICR, PL011_IFLS, PL011_LCR_H,
                                           PL011_RSR};
            put(any[rand() % 5], (uint32_t)rand());
            break;
        }
        default:
            get((uint32_t)(4 + rand() % 1023 * 4));
            break;
        }
        assert_int_equal(line, (get(PL011_RIS) & get(PL011_IMSC)) != 0);
        assert_int_equal(get(PL011_MIS), get(PL011_RIS) & get(PL011_IMSC));
    }
    console_room = SIZE_MAX;
    vpl011_output_ready(&uart);
    assert_int_equal(sent_count, written_count);
    assert_memory_equal(sent, written, written_count);
    while (!(get(PL011_FR) & UARTFR_RXFE))
        assert_int_equal(get(PL011_DR), (uint8_t)(read++ * 7));
    assert_int_equal(read, taken);
    assert_true(taken > 1000 && written_count > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(reset_values, fresh),
        cmocka_unit_test_setup(fields_keep_their_widths, fresh),
        cmocka_unit_test_setup(accesses_of_all_sizes, fresh),
        cmocka_unit_test_setup(transmits_at_once, fresh),
        cmocka_unit_test_setup(waits_for_the_console, fresh),
        cmocka_unit_test_setup(transmit_levels, fresh),
        cmocka_unit_test_setup(without_fifos_one_byte, fresh),
        cmocka_unit_test_setup(receives, fresh),
        cmocka_unit_test_setup(refuses_when_full, fresh),
        cmocka_unit_test_setup(loops_back, fresh),
        cmocka_unit_test_setup(works_without_hooks, fresh),
        cmocka_unit_test_setup(nothing_is_lost, fresh),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
