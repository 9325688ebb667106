/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts: the timer, those between harts, and the 16550's through the PLIC (PLIC Specification
 * 1.0.0, PC16550D section 8).
 */
#include "guest/lib/riscv/guest.h"

#define A_WHILE (COUNTER_HZ / 200)

static uint64_t count[16]; /* by enum irq */
static uint64_t claimed;   /* the last source */

static uint64_t seen(enum irq irq)
{
    return __atomic_load_n(&count[irq], __ATOMIC_ACQUIRE);
}

static void uart_quiet(void)
{
    write8(UART + 1, 0);
}

static void handle(enum irq irq)
{
    switch (irq) {
    case IRQ_TIMER:
        timer_set(UINT64_MAX);
        break;
    case IRQ_SOFTWARE:
        CSR_CLEAR(sip, IRQ_BIT(IRQ_SOFTWARE));
        break;
    case IRQ_EXTERNAL:
        claimed = read32(PLIC_CLAIM(this_hart()));
        uart_quiet();
        write32(PLIC_CLAIM(this_hart()), (uint32_t)claimed);
        break;
    }
    __atomic_add_fetch(&count[irq], 1, __ATOMIC_RELEASE);
}

static void interrupts_on(uint64_t which)
{
    irq_set_handler(handle);
    CSR_WRITE(sie, which);
    CSR_SET(sstatus, SIE);
}
static void interrupts_off(void)
{
    CSR_CLEAR(sstatus, SIE);
    CSR_WRITE(sie, 0);
}

/* ---- timer */

static void test_timer(void)
{
    uint64_t before = seen(IRQ_TIMER), deadline = counter() + A_WHILE;

    interrupts_on(IRQ_BIT(IRQ_TIMER));
    timer_set(deadline);
    while (seen(IRQ_TIMER) == before)
        wait_for_interrupt();
    CHECK(counter() >= deadline);
    timer_set(0); /* long over */
    CHECK(WAIT_UNTIL(seen(IRQ_TIMER) == before + 2));
    interrupts_off();
}

/* The next deadline takes a pending interrupt back (SBI 2.0, chapter 6). */
static void test_timer_taken_back(void)
{
    timer_set(0);
    CHECK(WAIT_UNTIL(CSR_READ(sip) & IRQ_BIT(IRQ_TIMER)));
    timer_set(UINT64_MAX);
    CHECK(WAIT_UNTIL((CSR_READ(sip) & IRQ_BIT(IRQ_TIMER)) == 0));
}

/* WFI ends by what is enabled in sie, whether it may interrupt or not (Unprivileged 3.3.3). */
static void test_wfi_masked(void)
{
    uint64_t before = seen(IRQ_TIMER), deadline = counter() + A_WHILE;

    CSR_WRITE(sie, IRQ_BIT(IRQ_TIMER));
    timer_set(deadline);
    while (counter() < deadline)
        wait_for_interrupt();
    wait_for_interrupt(); /* it is pending: at once */
    CHECK_EQ(seen(IRQ_TIMER), before);
    timer_set(UINT64_MAX);
    CSR_WRITE(sie, 0);
}

/* ---- between harts */

static void test_ipi_self(void)
{
    interrupts_on(IRQ_BIT(IRQ_SOFTWARE));
    for (unsigned i = 0; i < 100; i++) {
        uint64_t before = seen(IRQ_SOFTWARE);

        CHECK_EQ(sbi(EXT_IPI, 0, 1ULL << this_hart(), 0, 0).error, 0);
        if (!CHECK(WAIT_UNTIL(seen(IRQ_SOFTWARE) == before + 1)))
            break;
    }
    interrupts_off();
}

/* The other hart waits in WFI and answers each by one. */
#define PINGS 100u
static bool second_ready;
static void second(void)
{
    uint64_t bit = IRQ_BIT(IRQ_SOFTWARE);

    CSR_WRITE(sie, bit);
    __atomic_store_n(&second_ready, true, __ATOMIC_RELEASE);
    for (unsigned i = 0; i < PINGS; i++) {
        while ((CSR_READ(sip) & bit) == 0)
            wait_for_interrupt();
        CSR_CLEAR(sip, bit);
        (void)sbi(EXT_IPI, 0, 1, this_hart(), 0);
    }
    CSR_WRITE(sie, 0);
    hart_stop();
}
static void test_ipi_other(void)
{
    interrupts_on(IRQ_BIT(IRQ_SOFTWARE));
    CHECK(second_hart(second));
    CHECK(WAIT_UNTIL(__atomic_load_n(&second_ready, __ATOMIC_ACQUIRE)));
    for (unsigned i = 0; i < PINGS; i++) {
        uint64_t before = seen(IRQ_SOFTWARE);

        CHECK_EQ(sbi(EXT_IPI, 0, 1, other_hart(), 0).error, 0);
        if (!CHECK(WAIT_UNTIL(seen(IRQ_SOFTWARE) != before)))
            break;
    }
    CHECK(second_hart_wait_off());
    interrupts_off();
}

/* ---- PLIC, its input the UART's level */

enum { IER_RX = 1, IER_TX = 2 };
static void plic_set(uint32_t priority, uint32_t threshold, bool enable)
{
    write32(PLIC + 4 * UART_SOURCE, priority);
    write32(PLIC_ENABLE(this_hart()), enable ? 1u << UART_SOURCE : 0);
    write32(PLIC_THRESHOLD(this_hart()), threshold);
}
static bool external(void)
{
    return (CSR_READ(sip) & IRQ_BIT(IRQ_EXTERNAL)) != 0;
}
static uint32_t claim(void)
{
    return read32(PLIC_CLAIM(this_hart()));
}
static void complete(uint32_t source)
{
    write32(PLIC_CLAIM(this_hart()), source);
}

static void test_plic_registers(void)
{
    write32(PLIC, 7); /* source 0 does not exist */
    CHECK_EQ(read32(PLIC), 0);
    for (uint32_t priority = 0; priority <= 7; priority++) {
        plic_set(priority, priority, true);
        CHECK_EQ(read32(PLIC + 4 * UART_SOURCE), priority);
        CHECK_EQ(read32(PLIC_THRESHOLD(this_hart())), priority);
    }
    CHECK_EQ(read32(PLIC_ENABLE(this_hart())), 1u << UART_SOURCE);
    CHECK_EQ(read32(PLIC_ENABLE(other_hart())), 0);
    plic_set(0, 0, false);
    CHECK_EQ(read32(PLIC_ENABLE(this_hart())), 0);
    CHECK_EQ(claim(), 0);
}

static void test_plic_level(void)
{
    plic_set(1, 0, true);
    CHECK(!external());
    write8(UART + 1, IER_TX); /* THR is empty: at once */
    CHECK(WAIT_UNTIL(external()));
    CHECK(read32(PLIC_PENDING) & 1u << UART_SOURCE);
    CHECK_EQ(claim(), UART_SOURCE);
    CHECK(WAIT_UNTIL(!external()));
    CHECK_EQ(claim(), 0); /* in service: not again */
    complete(UART_SOURCE);
    /* The level is still there. QEMU's PLIC looks at it when it changes only. */
    CHECK(is_bare() || WAIT_UNTIL(external()));
    CHECK(is_bare() || claim() == UART_SOURCE);
    uart_quiet();
    complete(UART_SOURCE);
    CHECK(WAIT_UNTIL(!external()));
    CHECK_EQ(claim(), 0);
    plic_set(0, 0, false);
}

static void test_plic_priority(void)
{
    plic_set(0, 0, true); /* never */
    write8(UART + 1, IER_TX);
    CHECK(!external());
    plic_set(3, 3, true); /* not above the threshold */
    CHECK(!external());
    plic_set(4, 3, false);
    CHECK(!external());
    plic_set(4, 3, true);
    CHECK(WAIT_UNTIL(external()));
    CHECK_EQ(claim(), UART_SOURCE);
    uart_quiet();
    complete(UART_SOURCE);
    CHECK(WAIT_UNTIL(!external()));
    plic_set(0, 0, false);
}

static void test_plic_interrupt(void)
{
    uint64_t before = seen(IRQ_EXTERNAL);

    claimed = 0;
    plic_set(1, 0, true);
    interrupts_on(IRQ_BIT(IRQ_EXTERNAL));
    write8(UART + 1, IER_TX);
    CHECK(WAIT_UNTIL(seen(IRQ_EXTERNAL) == before + 1));
    CHECK_EQ(claimed, UART_SOURCE);
    interrupts_off();
    plic_set(0, 0, false);
}

/* ---- UART */

enum {
    MCR_LOOP = 0x10,
    LCR_DLAB = 0x80,
    LCR_8N1 = 0x03,
    LSR_DR = 0x01,
    LSR_TEMT = 0x40,
    FCR_ON = 0x01
};
enum { FCR_CLEAR = 0x06, IIR_NONE = 0x01, IIR_THR = 0x02, IIR_DATA = 0x04, IIR_MASK = 0x0f };
static void test_uart(void)
{
    write8(UART + 7, 0x5a);
    CHECK_EQ(read8(UART + 7), 0x5a);
    write8(UART + 3, LCR_8N1);
    CHECK_EQ(read8(UART + 3), LCR_8N1);
    write8(UART + 3, LCR_8N1 | LCR_DLAB);
    write8(UART, 0x12);
    CHECK_EQ(read8(UART), 0x12);
    write8(UART, 1);
    write8(UART + 3, LCR_8N1);
    CHECK_EQ(read8(UART + 2) & IIR_MASK, IIR_NONE);
    write8(UART + 1, IER_TX);
    CHECK_EQ(read8(UART + 2) & IIR_MASK, IIR_THR);
    CHECK_EQ(read8(UART + 2) & IIR_MASK, IIR_NONE); /* the reading ends it */
    uart_quiet();
}

/* What is printed would come back too: nothing is before the end. */
static void test_uart_loopback(void)
{
    bool came, gone, quiet;
    uint8_t id, byte;

    CHECK(WAIT_UNTIL(read8(UART + 5) & LSR_TEMT));
    write8(UART + 2, FCR_ON | FCR_CLEAR);
    write8(UART + 4, MCR_LOOP);
    write8(UART, 'x');
    came = WAIT_UNTIL(read8(UART + 5) & LSR_DR);
    write8(UART + 1, IER_RX);
    id = read8(UART + 2) & IIR_MASK;
    byte = read8(UART);
    gone = (read8(UART + 5) & LSR_DR) == 0;
    quiet = (read8(UART + 2) & IIR_MASK) == IIR_NONE;
    uart_quiet();
    write8(UART + 4, 0);
    CHECK(came && gone && quiet);
    CHECK_EQ(id & IIR_DATA, IIR_DATA); /* by the trigger or the timeout */
    CHECK_EQ(byte, 'x');
}

void guest_main(uint64_t hart, uint64_t fdt)
{
    static const struct test tests[] = {
        TEST(test_timer),      TEST(test_timer_taken_back), TEST(test_wfi_masked),
        TEST(test_ipi_self),   TEST(test_ipi_other),        TEST(test_plic_registers),
        TEST(test_plic_level), TEST(test_plic_priority),    TEST(test_plic_interrupt),
        TEST(test_uart),       TEST(test_uart_loopback),
    };

    check_run(hart, tests, ARRAY_SIZE(tests));
}
