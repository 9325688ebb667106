/* SPDX-License-Identifier: Apache-2.0 */
/* The work of workload.h. */
#include "guest/lib/workload.h"

#include "guest/lib/guest.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/timer.h"

#define BLOCK_WORDS (KIB(512) / 8)
void simd_set(uint64_t seed);
unsigned simd_differences(uint64_t seed);

static uint64_t block[BLOCK_WORDS];
struct workload workload;

/* xorshift64: never 0 for a state that is not. */
static uint64_t generate(uint64_t *state)
{
    uint64_t x = *state;
    x ^= x << 13;
    x ^= x >> 7;
    x ^= x << 17;
    return *state = x;
}

uint64_t workload_clock(void)
{
    uint64_t now = counter(), gap = now - workload.last_time;

    if (now < workload.last_time) {
        workload.time_faults++;
    } else {
        workload.longest_gap = MAX(workload.longest_gap, gap);
        if (gap > ticks_of_us(WORKLOAD_GAP_US))
            workload.stolen += gap;
    }
    workload.last_time = now;
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
            workload_clock();
    }
}
static void verify(uint64_t seed)
{
    uint64_t state = seed | 1, chain = 0, wrong = 0;

    for (uint64_t i = 0; i < BLOCK_WORDS; i++) {
        chain = (chain << 1 | chain >> 63) + generate(&state);
        wrong += block[i] != chain;
        if (i % KIB(4) == 0)
            workload_clock();
    }
    workload.memory_faults += wrong != 0;
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
    workload.sysreg_faults += wrong != 0;
}

void workload_round(uint64_t seed)
{
    simd_set(seed);
    sysregs_set(seed | 1);
    fill(seed);
    verify(seed);
    workload.simd_faults += simd_differences(seed) != 0;
    sysregs_verify(seed | 1);
    workload.rounds++;
}

void workload_start(void)
{
    WRITE_SYSREG(cpacr_el1, CPACR_EL1_FPEN);
    barrier_context();
    sysregs_remember();
    workload.last_time = counter();
}

void workload_check(void)
{
    CHECK_EQ(workload.memory_faults, 0);
    CHECK_EQ(workload.time_faults, 0);
    CHECK_EQ(workload.simd_faults, 0);
    CHECK_EQ(workload.sysreg_faults, 0);
    CHECK(workload.rounds > 0);
}
