/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What single operations cost, in instructions, hypervisor and guest together, under QEMU's
 * `-icount shift=0`, where a tick of `time` is a hundred of them. Prints `name value` lines, the
 * mean of many rounds, the loop around the operation subtracted. The same binary runs bare, which
 * gives the machine's own share: firmware's, and the way through the interrupt. `row=NAME` on the
 * command line: that row only; `times=N`: N times the rounds.
 */
#include "guest/lib/riscv/guest.h"
#include "guest/lib/text.h"

#define TIME_BEGIN() tick_edge()
#include "../rows.h"

#define INSTRUCTIONS_PER_TICK 100u
/* Far enough ahead to be asleep or spinning when it comes. */
#define TIMER_AHEAD (COUNTER_HZ / 5000)
#define UART_LSR    (UART + 5)

extern uint64_t bench_vector_time;
uint64_t bench_vector_time; /* in instructions */
extern char bench_vector[];

static uint32_t times;
static const char *arguments;
static uint64_t loop_overhead;
static volatile uint32_t handled;

/* The next tick, when it has just begun. */
static uint64_t tick_edge(void)
{
    uint64_t before = counter(), now;

    do
        now = counter();
    while (now == before);
    return now;
}

static void report(const char *name, uint64_t instructions, uint32_t count)
{
    uint64_t tenths = instructions * 10 / count;

    print("%s %lu.%lu\n", name, tenths / 10, tenths % 10);
}
static void report_loop(const char *name, uint64_t ticks)
{
    report(name, (ticks - MIN(ticks, loop_overhead)) * INSTRUCTIONS_PER_TICK, LOOP_ROUNDS);
}

static bool wanted(const char *name)
{
    return row_is_wanted(arguments, name);
}

static void sbi_once(void)
{
    register uint64_t a0 __asm__("a0");
    register uint64_t a1 __asm__("a1");
    register uint64_t a6 __asm__("a6") = BASE_IMPL_ID;
    register uint64_t a7 __asm__("a7") = EXT_BASE;

    __asm__ volatile("ecall" : "=r"(a0), "=r"(a1) : "r"(a6), "r"(a7) : "memory");
}

static void bench_loops(void)
{
    uint64_t threshold = PLIC_THRESHOLD(this_hart()), enable = PLIC_ENABLE(this_hart());

    loop_overhead = TIME_LOOP();
    BENCH_LOOP("sbi_base", sbi_once());
    BENCH_LOOP("plic_read", read32(threshold));
    BENCH_LOOP("plic_enable_write", write32(enable, 0));
    BENCH_LOOP("uart_read", read8(UART_LSR));
    BENCH_LOOP("cycle_read", CSR_READ(cycle));
    BENCH_LOOP("time_read", CSR_READ(time));
    BENCH_LOOP("set_timer", timer_set(UINT64_MAX));
}

static void handle(enum irq irq)
{
    if (irq == IRQ_TIMER)
        timer_set(UINT64_MAX);
    else
        CSR_CLEAR(sip, IRQ_BIT(IRQ_SOFTWARE));
    handled++;
}

/* Only the call lies between the two readings. */
static void bench_ipi_self(void)
{
    uint64_t sum = 0, mask = 1ULL << this_hart();

    for (uint32_t i = 0; i < EVENT_ROUNDS; i++) {
        uint32_t before = handled;
        uint64_t start = tick_edge() * INSTRUCTIONS_PER_TICK;

        (void)sbi(EXT_IPI, 0, mask, 0, 0);
        if (!WAIT_UNTIL(handled != before)) {
            print("ipi_self lost\n");
            return;
        }
        sum += bench_vector_time - start;
    }
    report("ipi_self", sum, EVENT_ROUNDS);
}

/* From the deadline to the vector, the hart busy or in WFI when it comes. */
static void bench_timer(const char *name, bool asleep)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < EVENT_ROUNDS; i++) {
        uint32_t before = handled;
        uint64_t at = tick_edge() + TIMER_AHEAD, end = at + COUNTER_HZ;

        timer_set(at);
        while (handled == before && counter() < end)
            if (asleep)
                wait_for_interrupt();
        if (handled == before) {
            print("%s lost\n", name);
            return;
        }
        sum += bench_vector_time - at * INSTRUCTIONS_PER_TICK;
    }
    report(name, sum, EVENT_ROUNDS);
}

/* ---- between two harts */

static volatile uint32_t replies, second_leaves;

static void handle_reply(enum irq irq)
{
    CSR_CLEAR(sip, IRQ_BIT(IRQ_SOFTWARE));
    replies++;
}

/* It takes its interrupts, without the vector, right behind WFI. */
static void second(void)
{
    uint64_t bit = IRQ_BIT(IRQ_SOFTWARE);

    CSR_WRITE(sie, bit);
    while (!second_leaves) {
        wait_for_interrupt();
        if (CSR_READ(sip) & bit) {
            CSR_CLEAR(sip, bit);
            (void)sbi(EXT_IPI, 0, 1, this_hart(), 0);
        }
    }
    hart_stop();
}

/* There and back, both harts in WFI when it comes: the work of both, as they take turns when
 * instructions are counted. */
static void bench_ipi_pair(void)
{
    uint64_t sum = 0;

    if (!second_hart(second))
        return;
    irq_set_handler(handle_reply);
    timer_set(UINT64_MAX);
    (void)WAIT_UNTIL(false);
    for (uint32_t i = 0; i < EVENT_ROUNDS; i++) {
        uint32_t before = replies;
        uint64_t start = tick_edge() * INSTRUCTIONS_PER_TICK;

        (void)sbi(EXT_IPI, 0, 1, other_hart(), 0);
        while (replies == before)
            wait_for_interrupt();
        sum += bench_vector_time - start;
    }
    report("ipi_pair", sum, EVENT_ROUNDS);
    second_leaves = 1;
    (void)sbi(EXT_IPI, 0, 1, other_hart(), 0);
    second_hart_wait_off();
}

static void run(void)
{
    /* A guest that has printed is not watched any more. */
    print("ticks_per_second %u\n", COUNTER_HZ);
    bench_loops();
    irq_set_handler(handle);
    CSR_WRITE(stvec, bench_vector);
    CSR_WRITE(sie, IRQ_BIT(IRQ_SOFTWARE) | IRQ_BIT(IRQ_TIMER));
    CSR_SET(sstatus, SIE);
    if (wanted("ipi_self"))
        bench_ipi_self();
    if (wanted("timer_spin"))
        bench_timer("timer_spin", false);
    if (wanted("timer_wfi"))
        bench_timer("timer_wfi", true);
    if (wanted("ipi_pair"))
        bench_ipi_pair();
    CSR_CLEAR(sstatus, SIE);
    print("done\n");
}

void guest_main(uint64_t hart, uint64_t fdt)
{
    static const struct test all[] = {TEST(run)};

    arguments = bootargs(fdt);
    times = (uint32_t)text_argument(arguments, "times", 1);
    check_run(hart, all, ARRAY_SIZE(all));
}
