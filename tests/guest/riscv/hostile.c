/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that tries everything, on both harts: random instructions in S- and U-mode, every CSR,
 * every SBI call, every device in every way, tables that lead anywhere, storms of interrupts and
 * waits, floods, and in the end itself. It checks nothing: that its hypervisor lives on and its
 * neighbour sees nothing of it is checked beside it (neighbour.c, tests/system/riscv64-hostile.sh).
 * `seed=N` and `count=N` (bootargs) choose its course and length; both are printed, so that a run
 * can be had again. `itself=0` leaves the end out: an exception at each first instruction of a
 * vector executes nothing, and QEMU under -icount then stands still. `fences=0` leaves fences on
 * the other hart out: firmware spins until that has done them, and under -icount it does not run
 * meanwhile.
 */
#include "guest/riscv/hostile/hostile.h"

#include "guest/lib/text.h"

#define COUNT_DEFAULT 400u
#define ROUNDS        4u

static uint64_t seed;
static uint32_t count;
static volatile bool second_done;

static const struct {
    const char *name;
    void (*attack)(uint64_t *x);
} phases[] = {
    {"instructions", attack_instructions},
    {"registers", attack_csrs},
    {"devices", attack_devices},
    {"calls", attack_calls},
    {"tables", attack_tables},
    {"interrupts", attack_interrupts},
};

/* Both harts go through all of it, from different places. */
static void attack_from(unsigned first)
{
    uint64_t x[32];

    for (unsigned round = 0; round < ROUNDS; round++)
        for (unsigned i = 0; i < ARRAY_SIZE(phases); i++) {
            unsigned phase = (first + i) % ARRAY_SIZE(phases);
            uint64_t start = counter();

            sample_heal();
            for (uint32_t n = 0; n < count; n++) {
                sample_fill(x);
                phases[phase].attack(x);
            }
            sample_heal();
            if (first == 0 && round == 0)
                print("%s: %lu ms\n", phases[phase].name, (counter() - start) * 1000 / COUNTER_HZ);
        }
}

static void second(void)
{
    hart_is(1);
    random_seed(seed ^ 0xc0ffee);
    attack_from(ARRAY_SIZE(phases) / 2);
    second_done = true;
    hart_stop();
}

static void dies(void)
{
    hart_is(1);
    random_seed(seed);
    attack_itself();
    for (;;)
        wait_for_interrupt();
}

static void wait_ms(const volatile bool *until, uint64_t ms)
{
    uint64_t end = counter() + ms * (COUNTER_HZ / 1000);

    while (!*until && counter() < end)
        ;
}

static void report(bool two)
{
    static const struct {
        const char *name;
        unsigned end;
    } ends[] = {{"breakpoints", CAUSE_BREAKPOINT},
                {"illegal", CAUSE_ILLEGAL},
                {"access faults", CAUSE_LOAD_ACCESS},
                {"page faults", CAUSE_LOAD_PAGE},
                {"interrupts", END_INTERRUPT}};

    for (unsigned i = 0; i < ARRAY_SIZE(ends); i++)
        print("%u and %u %s\n", sample_ends[0][ends[i].end], sample_ends[1][ends[i].end],
              ends[i].name);
    print("hostile: seed %lu: %s\n", seed, two ? "both are done" : "the second is lost");
}

void guest_main(uint64_t hart, uint64_t fdt)
{
    const char *arguments = bootargs(fdt);
    static const bool never;
    bool two;

    seed = text_argument(arguments, "seed", 1);
    count = (uint32_t)text_argument(arguments, "count", COUNT_DEFAULT);
    print("hostile: seed=%lu count=%u\n", seed, count);
    with_fences = text_argument(arguments, "fences", 1) != 0;
    hart_is(0);
    random_seed(seed);
    sample_setup();
    two = second_hart(second);
    attack_from(0);
    flood_console(count);
    wait_ms(&second_done, 20000);
    two = two && second_done && second_hart_wait_off();
    sample_heal();
    if (two)
        attack_power(count);
    report(two);
    if (two && text_argument(arguments, "itself", 1) != 0 && second_hart(dies))
        wait_ms(&never, 300);
    (void)sbi(EXT_SRST, 0, 0, 0, 0);
}
