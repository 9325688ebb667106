/* SPDX-License-Identifier: Apache-2.0 */
/* Random numbers, and one instruction at a time with the hart around it caught; see hostile.h. */
#include "guest/riscv/hostile/hostile.h"

/* Two 16-bit breakpoints: whatever comes after a sample, at any even address. */
#define BREAKPOINTS 0x90029002u
#define REG_SP      2

static struct context contexts[HARTS];
static uint64_t states[HARTS];
volatile unsigned sample_ends[HARTS][END_COUNT];

uint64_t sample_enter(const uint64_t *x, uint64_t pc, struct context *context);
extern char hostile_vector[];

/* Until a hart has its context in sscratch it is the first. */
unsigned hart_index(void)
{
    return CSR_READ(sscratch) == (uint64_t)&contexts[1] ? 1 : 0;
}

void hart_is(unsigned index)
{
    CSR_WRITE(sscratch, (uint64_t)&contexts[index]);
}

struct context *hart_context(void)
{
    return &contexts[hart_index()];
}

void random_seed(uint64_t seed)
{
    states[hart_index()] = seed * 0x9e3779b97f4a7c15ULL | 1;
    for (unsigned i = 0; i < 8; i++)
        (void)random64();
}

/* xorshift64*: never 0 inside. */
uint64_t random64(void)
{
    uint64_t *state = &states[hart_index()], x = *state;

    x ^= x >> 12;
    x ^= x << 25;
    x ^= x >> 27;
    *state = x;
    return x * 0x2545f4914f6cdd1dULL;
}

uint64_t random_device(void)
{
    switch (random_below(8)) {
    case 0: /* priorities, pending bits */
        return PLIC + random_below(0x1100);
    case 1:
        return PLIC_ENABLE(0) - 0x80 + random_below(0x300);
    case 2:
        return PLIC_THRESHOLD(random_below(3)) - 0x1000 * random_below(2) + random_below(16);
    case 3:
        return PLIC + random_below(0x600010);
    case 4:
    case 5: /* what it sends is the first hart's */
        return UART +
               (hart_index() == 0 && one_in(16) ? 0 : 1 + random_below(one_in(4) ? 0x1010 : 9));
    case 6:
        return one_in(2) ? NOWHERE + random_below(0x10000) : random_below(0x80000000u);
    default:
        return random64() >> (8 + random_below(32));
    }
}

static uint64_t any_value(void)
{
    switch (random_below(8)) {
    case 0:
        return random_below(256);
    case 1:
        return bit64(random_below(64));
    case 2:
    case 3:
        return random_device();
    case 4:
        return random64();
    case 5: /* over the end of memory */
        return 0x82000000u - random_below(16);
    default:
        return SCRATCH + (random_below(SCRATCH_BYTES) & (one_in(4) ? ~0u : ~7u));
    }
}

uint64_t random_value(void)
{
    uint64_t value;

    do
        value = any_value();
    while (value - (0x80000000u - MIB(4)) < MIB(8));
    return value;
}

void sample_setup(void)
{
    for (unsigned hart = 0; hart < HARTS; hart++)
        for (uint64_t at = CODE(hart); at < CODE(hart) + CODE_BYTES; at += 4)
            write32(at, BREAKPOINTS);
    for (uint64_t at = SCRATCH; at < SCRATCH + SCRATCH_BYTES; at += 4)
        write32(at, BREAKPOINTS);
}

void sample_heal(void)
{
    uint64_t hart = hart_index();

    CSR_WRITE(satp, 0);
    CSR_WRITE(stvec, hostile_vector);
    CSR_WRITE(sstatus, FS | VS);
    if (hart == 0) {
        write8(UART + 3, 3); /* no divisor there, 8 bits */
        write8(UART + 4, 0); /* not looped back */
        write8(UART + 1, 0);
    }
    CSR_WRITE(scounteren, random64());
    CSR_CLEAR(sip, IRQ_BIT(IRQ_SOFTWARE));
    for (unsigned i = 0; i < 4; i++) {
        uint32_t source = read32(PLIC_CLAIM(hart));

        if (source == 0)
            break;
        write32(PLIC_CLAIM(hart), source);
    }
    write32(PLIC_ENABLE(hart), 0);
    write32(PLIC_ENABLE(hart) + 4, 0);
    CSR_WRITE(sie, IRQ_BIT(IRQ_TIMER) | IRQ_BIT(IRQ_SOFTWARE));
}

void sample_fill(uint64_t *x)
{
    for (unsigned i = 0; i < 32; i++)
        x[i] = random_value();
    x[REG_SP] = SCRATCH + MIB(1) / 2;
}

uint64_t sample_at(uint64_t entry, uint64_t *x, bool supervisor)
{
    uint64_t cause, code;

    timer_set(counter() + COUNTER_HZ / WATCHDOG_HZ);
    CSR_SET(sie, IRQ_BIT(IRQ_TIMER));
    CSR_CLEAR(sstatus, SIE | SPP);
    CSR_SET(sstatus, SPIE | (supervisor ? SPP : 0));
    cause = sample_enter(x, entry, hart_context());
    timer_set(UINT64_MAX);
    code = cause & ~(1ULL << 63);
    if (cause != code)
        code = END_INTERRUPT;
    sample_ends[hart_index()][MIN(code, (uint64_t)END_OTHER)]++;
    if (cause != code)
        sample_heal();
    return cause;
}

void sample_run(uint32_t word, uint64_t *x, bool supervisor)
{
    uint64_t at = CODE(hart_index()) + CODE_BYTES / 2;

    write32(at, (word & 3) == 3 ? word : (word & 0xffff) | (BREAKPOINTS & 0xffff0000u));
    __asm__ volatile("fence.i" ::: "memory");
    (void)sample_at(at, x, supervisor);
}
