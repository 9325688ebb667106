/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The neighbour of a RISC-V VM that attacks: for `seconds=N` (bootargs) it asserts that its memory,
 * its registers, its time, its share of the CPU and the latency of its timer are what they are
 * beside any busy VM on the same CPU. `latency_ms=N` bounds the longest latency, half of it the
 * mean, `share=N` the percentage of the CPU: on a simulator that shares its host they must be wide,
 * under -icount they can be what the time slice promises.
 */
#include "guest/lib/riscv/guest.h"
#include "guest/lib/text.h"
#include "lib/bits.h"

#define PATTERN   0x80800000u
#define WORDS     (KIB(256) / 8)
#define TICKS_US  (COUNTER_HZ / 1000000)
#define GAP_TICKS (1000 * TICKS_US) /* between two looks at the clock: no work explains more */

#define VECTOR(code) ".option push\n\t.option arch, +v\n\t" code "\n\t.option pop"

static const char *arguments;
static bool vectors; /* this hart has them */
static struct {
    uint64_t last, stolen, longest_gap;
    uint32_t backwards;
} clock_;
static struct {
    uint64_t taken_at, count, sum, longest;
    uint32_t early, lost, other;
} latency;

static uint64_t look(void)
{
    uint64_t now = counter(), gap = now - clock_.last;

    if (now < clock_.last) {
        clock_.backwards++;
    } else {
        clock_.longest_gap = MAX(clock_.longest_gap, gap);
        clock_.stolen += gap > GAP_TICKS ? gap : 0;
    }
    clock_.last = now;
    return now;
}

/* ---- what must stay as it is */

static uint64_t word_of(uint64_t i, uint64_t round)
{
    return (i + round) * 0x9e3779b97f4a7c15ULL ^ round;
}

static bool memory_is_ours(uint64_t round)
{
    volatile uint64_t *word = (uint64_t *)(uint64_t)PATTERN;
    bool ok = true;

    for (uint64_t i = 0; i < WORDS; i++) {
        ok = ok && (round == 0 || word[i] == word_of(i, round - 1));
        word[i] = word_of(i, round);
        if (i % 1024 == 0)
            (void)look();
    }
    return ok;
}

/* Registers of the supervisor that keep any value while nothing faults, and the bits that do. */
#define EACH_REGISTER(X)    \
    X(sscratch, UINT64_MAX) \
    X(sepc, UINT64_MAX - 1) \
    X(scause, 0x3f)         \
    X(stval, UINT64_MAX)    \
    X(scounteren, 7)        \
    X(satp, 0)

static void registers_put(uint64_t seed)
{
#define PUT(name, bits) CSR_WRITE(name, seed &(bits));
    EACH_REGISTER(PUT)
#undef PUT
    if (vectors)
        __asm__ volatile(VECTOR("vsetivli zero, 2, e64, m1, ta, ma\n\t"
                                "vmv.v.x v0, %0\n\tvmv.v.x v31, %0")::"r"(seed));
    __asm__ volatile(".option push\n\t.option arch, +d\n\tfmv.d.x ft0, %0\n\tfmv.d.x fs11, %0\n\t"
                     ".option pop" ::"r"(seed));
}

static bool registers_are(uint64_t seed)
{
    uint64_t low, high;
    bool ok = true;

#define SAME(name, bits) ok = ok && CSR_READ(name) == (seed & (bits));
    EACH_REGISTER(SAME)
#undef SAME
    __asm__ volatile(".option push\n\t.option arch, +d\n\tfmv.x.d %0, ft0\n\tfmv.x.d %1, fs11\n\t"
                     ".option pop"
                     : "=r"(low), "=r"(high));
    ok = ok && low == seed && high == seed;
    if (vectors)
        __asm__ volatile(VECTOR("vmv.x.s %0, v0\n\tvslidedown.vi v1, v31, 1\n\tvmv.x.s %1, v1")
                         : "=r"(low), "=r"(high));
    return ok && low == seed && high == seed;
}

/* ---- the timer */

static void on_interrupt(enum irq irq)
{
    latency.taken_at = counter();
    latency.other += irq != IRQ_TIMER;
    timer_set(UINT64_MAX);
}

/* One interrupt, spinning or waiting for it. */
static void measure(uint64_t us, bool wait)
{
    uint64_t limit = 1000 * TICKS_US * text_argument(arguments, "latency_ms", 10000);
    uint64_t deadline = look() + us * TICKS_US, end = deadline + 2 * limit;

    latency.taken_at = 0;
    timer_set(deadline);
    CSR_WRITE(sie, IRQ_BIT(IRQ_TIMER));
    while (latency.taken_at == 0 && counter() < end) {
        if (wait)
            wait_for_interrupt();
        CSR_SET(sstatus, SIE);
        CSR_CLEAR(sstatus, SIE);
    }
    timer_set(UINT64_MAX);
    clock_.last = counter(); /* what was waited for was not stolen */
    if (latency.taken_at == 0) {
        latency.lost++;
        return;
    }
    latency.early += latency.taken_at < deadline;
    latency.count++;
    latency.sum += latency.taken_at - deadline;
    latency.longest = MAX(latency.longest, latency.taken_at - deadline);
}

static void test_undisturbed(void)
{
    static const uint32_t delays_us[] = {100, 1000, 3000, 10000};
    uint64_t start = counter(), end, worked = 0, round = 0;
    bool memory = true, registers = true;

    end = start + text_argument(arguments, "seconds", 8) * COUNTER_HZ;
    clock_.last = start;
    irq_set_handler(on_interrupt);
    CSR_SET(sstatus, FS | VS);
    vectors = (CSR_READ(sstatus) & VS) != 0;
    while (look() < end) {
        uint64_t begin = clock_.last, seed = word_of(round, ~round);

        registers_put(seed);
        memory = memory && memory_is_ours(round);
        registers = registers && registers_are(seed);
        worked += look() - begin;
        measure(delays_us[round % ARRAY_SIZE(delays_us)], round / 4 % 2);
        round++;
    }
    CHECK(memory);
    CHECK(registers);
    CHECK(round > 1);
    CHECK_EQ(clock_.backwards, 0);
    print("%lu rounds, longest gap %lu us, %lu %% of the working time away\n", round,
          clock_.longest_gap / TICKS_US, clock_.stolen * 100 / worked);
    CHECK(clock_.stolen * 100 / worked <= 100 - text_argument(arguments, "share", 1));
}

static void test_latency(void)
{
    uint64_t limit_us = 1000 * text_argument(arguments, "latency_ms", 10000);

    if (!CHECK(latency.count > 0))
        return;
    print("%lu timer interrupts, mean latency %lu us, longest %lu us\n", latency.count,
          latency.sum / latency.count / TICKS_US, latency.longest / TICKS_US);
    CHECK_EQ(latency.lost, 0);
    CHECK_EQ(latency.early, 0);
    CHECK_EQ(latency.other, 0);
    CHECK(latency.longest / TICKS_US <= limit_us);
    CHECK(latency.sum / latency.count / TICKS_US <= limit_us / 2);
}

void guest_main(uint64_t hart, uint64_t fdt)
{
    static const struct test tests[] = {TEST(test_undisturbed), TEST(test_latency)};

    arguments = bootargs(fdt);
    check_run(hart, tests, ARRAY_SIZE(tests));
}
