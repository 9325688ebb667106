/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The neighbour of an ARMv7 guest that attacks: for some seconds it asserts that its registers, its
 * memory, its time and its timer are its own.
 */
#include "guest/lib/arm/guest.h"

#include "lib/bits.h"

#define SECONDS    8u
#define PPI_VTIMER 27u
#define PATTERN    0x40800000u
#define WORDS      0x40000u
#define TURN_HZ    200u

static volatile uint32_t taken;
static volatile unsigned turns;

static void timer(uint32_t intid, enum exception how)
{
    taken = intid;
    turns++;
    CP_WRITE(p15, 0, c14, c3, 1, 0);
}

static uint32_t word_of(uint32_t i, uint32_t round)
{
    return (i + round) * 0x9e3779b1u ^ round;
}

static bool memory_is_ours(uint32_t round)
{
    volatile uint32_t *word = (uint32_t *)(uintptr_t)PATTERN;
    bool ok = true;

    for (uint32_t i = 0; i < WORDS; i++)
        ok = ok && (round == 0 || word[i] == word_of(i, round - 1));
    for (uint32_t i = 0; i < WORDS; i++)
        word[i] = word_of(i, round);
    return ok;
}

static void fp_put(uint32_t value)
{
    __asm__ volatile(".fpu neon\n\tvdup.32 q0, %0\n\tvdup.32 q15, %0" ::"r"(value));
}

static bool fp_is(uint32_t value)
{
    uint32_t low, high;

    __asm__ volatile(".fpu neon\n\tvmov.32 %0, d0[0]\n\tvmov.32 %1, d31[1]"
                     : "=r"(low), "=r"(high));
    return low == value && high == value;
}

static void test_undisturbed(void)
{
    uint64_t now = counter(), end = now + (uint64_t)SECONDS * CP_READ(p15, 0, c14, c0, 0);
    uint32_t round = 0, vbar = CP_READ(p15, 0, c12, c0, 0), lost = 0, moved = 0;
    bool ok = true;

    irq_set_handler(timer);
    gic_enable(PPI_VTIMER);
    CP_WRITE(p15, 0, c1, c0, 2, 0x00f00000); /* CPACR: cp10, cp11 */
    barrier();
    __asm__ volatile(".fpu neon\n\tvmsr fpexc, %0" ::"r"(0x40000000));
    while (counter() < end) {
        uint64_t deadline = counter() + CP_READ(p15, 0, c14, c0, 0) / TURN_HZ;
        unsigned before = turns;

        CP_WRITE(p15, 0, c13, c0, 3, round); /* TPIDRURO */
        fp_put(round);
        CP_WRITE64(3, c14, deadline);
        CP_WRITE(p15, 0, c14, c3, 1, 1);
        ok = ok && memory_is_ours(round);
        /* Masked when it waits, or the interrupt might come just before. */
        while (turns == before && counter() < end) {
            __asm__ volatile("wfi" ::: "memory");
            irq_unmask();
            barrier();
            irq_mask();
        }
        lost += turns != before && (taken != PPI_VTIMER || counter() < deadline);
        ok = ok && CP_READ(p15, 0, c13, c0, 3) == round && fp_is(round);
        moved += counter() < now;
        now = counter();
        round++;
    }
    CHECK(ok);
    CHECK_EQ(lost, 0);
    CHECK_EQ(moved, 0);
    CHECK_EQ(CP_READ(p15, 0, c12, c0, 0), vbar);
    CHECK(round > SECONDS);
    print("%u rounds\n", round);
}

void guest_main(void)
{
    static const struct test tests[] = {TEST(test_undisturbed)};

    print("neighbour: %u s\n", SECONDS);
    gic_init();
    check_run(tests, ARRAY_SIZE(tests));
}
