/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that works for `seconds=N` (bootargs, default 10) of virtual time and checks itself all
 * the while: memory against a generator, time, FP and SIMD registers, EL1 system registers. For
 * several VMs on one CPU: what a world switch forgets shows here. Interrupts stay masked; progress
 * is printed each 10 s.
 */
#include "guest/lib/guest.h"
#include "guest/lib/mmu.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/text.h"
#include "guest/lib/timer.h"

#define SECONDS_DEFAULT  10u
#define PROGRESS_SECONDS 10u
#define BLOCK_WORDS      (KIB(512) / 8)
/* Seeds differ between VMs, so that one's state found in another is seen. */
#define SEED_STEP 0x9e3779b97f4a7c15ULL

void simd_set(uint64_t seed);
unsigned simd_differences(uint64_t seed);

static uint64_t block[BLOCK_WORDS];
static uint64_t deadline, last_time, longest_gap, rounds;
static uint32_t memory_faults, time_faults, simd_faults, sysreg_faults;

/* xorshift64: never 0 for a state that is not. */
static uint64_t generate(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

/* Every look at the clock is a check of it. */
static uint64_t look_at_clock(void)
{
    uint64_t now = counter();

    if (now < last_time)
        time_faults++;
    else
        longest_gap = MAX(longest_gap, now - last_time);
    last_time = now;
    return now;
}

/* Fill the block from SEED; each word depends on all before it. */
static void fill(uint64_t seed)
{
    uint64_t state = seed | 1, chain = 0;

    for (uint64_t i = 0; i < BLOCK_WORDS; i++) {
        chain = (chain << 1 | chain >> 63) + generate(&state);
        block[i] = chain;
        if (i % KIB(4) == 0)
            look_at_clock();
    }
}
static void verify(uint64_t seed)
{
    uint64_t state = seed | 1, chain = 0, wrong = 0;

    for (uint64_t i = 0; i < BLOCK_WORDS; i++) {
        chain = (chain << 1 | chain >> 63) + generate(&state);
        wrong += block[i] != chain;
        if (i % KIB(4) == 0)
            look_at_clock();
    }
    memory_faults += wrong != 0;
}

/* Registers that keep any value at EL1 while interrupts are masked and nothing faults: name, bits
 * that can be written. */
#define EACH_REGISTER(X)                \
    X(tpidr_el0, ~0ULL)                 \
    X(tpidrro_el0, ~0ULL)               \
    X(tpidr_el1, ~0ULL)                 \
    X(contextidr_el1, 0xffffffffULL)    \
    X(ttbr1_el1, 0x0000fffffffff000ULL) \
    X(elr_el1, 0x0000fffffffffffcULL)   \
    X(spsr_el1, 0xf00003c5ULL)          \
    X(esr_el1, 0xffffffffULL)           \
    X(far_el1, ~0ULL)                   \
    X(sp_el0, ~0ULL)                    \
    X(cntv_cval_el0, ~0ULL)             \
    X(cntkctl_el1, 0x3ULL)

/* Registers the guest lives by: they must read as at the start. */
#define EACH_FIXED_REGISTER(X) \
    X(ttbr0_el1)               \
    X(tcr_el1) X(mair_el1) X(sctlr_el1) X(vbar_el1) X(cpacr_el1) X(mpidr_el1) X(midr_el1)

enum fixed_register {
#define FIXED_INDEX(name) FIXED_##name,
    EACH_FIXED_REGISTER(FIXED_INDEX) FIXED_COUNT
};
static uint64_t fixed_values[FIXED_COUNT];

static void sysregs_remember(void)
{
#define FIXED_READ(name) fixed_values[FIXED_##name] = READ_SYSREG(name);
    EACH_FIXED_REGISTER(FIXED_READ)
}
static void sysregs_set(uint64_t seed)
{
    uint64_t value = seed;
#define SET(name, bits) WRITE_SYSREG(name, generate(&value) & (bits));
    EACH_REGISTER(SET)
}
static void sysregs_verify(uint64_t seed)
{
    uint64_t value = seed;
    unsigned wrong = 0;
#define VERIFY(name, bits) wrong += READ_SYSREG(name) != (generate(&value) & (bits));
    EACH_REGISTER(VERIFY)
#define FIXED_VERIFY(name) wrong += READ_SYSREG(name) != fixed_values[FIXED_##name];
    EACH_FIXED_REGISTER(FIXED_VERIFY)
    sysreg_faults += wrong != 0;
}

static void work(uint64_t seed)
{
    simd_set(seed);
    sysregs_set(seed | 1);
    fill(seed);
    verify(seed);
    simd_faults += simd_differences(seed) != 0;
    sysregs_verify(seed | 1);
}

static void compute(void)
{
    uint64_t hz = counter_hz();
    uint64_t seconds = text_argument(machine.bootargs, "seconds", SECONDS_DEFAULT);
    uint64_t start = counter();
    uint64_t next = PROGRESS_SECONDS;
    uint64_t seed = start;

    irq_mask();
    WRITE_SYSREG(cpacr_el1, CPACR_EL1_FPEN);
    barrier_context();
    sysregs_remember();
    last_time = start;
    deadline = start + seconds * hz;
    while (look_at_clock() < deadline) {
        work(seed);
        seed += SEED_STEP;
        rounds++;
        if (last_time - start >= next * hz) {
            print("%lu s: %lu rounds\n", next, rounds);
            next += PROGRESS_SECONDS;
        }
    }
    print("%lu rounds in %lu s, longest gap %lu us\n", rounds, seconds, longest_gap * 1000000 / hz);
    CHECK(rounds > 0);
}

static void memory_kept(void)
{
    CHECK_EQ(memory_faults, 0);
}
static void time_went_forward(void)
{
    CHECK_EQ(time_faults, 0);
}
static void simd_registers_kept(void)
{
    CHECK_EQ(simd_faults, 0);
}
static void system_registers_kept(void)
{
    CHECK_EQ(sysreg_faults, 0);
}

void guest_main(void)
{
    static const struct test tests[] = {
        TEST(compute),
        TEST(memory_kept),
        TEST(time_went_forward),
        TEST(simd_registers_kept),
        TEST(system_registers_kept),
    };
    check_run(tests, ARRAY_SIZE(tests));
}
