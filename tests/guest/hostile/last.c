/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the guest stands on is taken away: vectors, tables, translation, memory. The CPU then takes
 * exceptions for ever, or runs what it finds; the hypervisor has to bear it.
 */
#include "guest/hostile/hostile.h"
#include "guest/lib/mmu.h"
#include "guest/lib/sysreg.h"

static uint64_t rubbish[4 * PAGE_SIZE / 8] __aligned(4096);

static void fill_rubbish(void)
{
    for (unsigned i = 0; i < ARRAY_SIZE(rubbish); i++)
        rubbish[i] = random64();
}

static void barrier_translation(void)
{
    __asm__ volatile("dsb ish\n tlbi vmalle1\n dsb ish\n isb" ::: "memory");
}

static void undefined(void)
{
    __asm__ volatile("udf #0");
}

static void vectors_elsewhere(void)
{
    const uint64_t at[] = {0, machine.gicd, MIB(256), (uint64_t)rubbish, GIB(300), random64()};
    WRITE_SYSREG(vbar_el1, at[random_below(ARRAY_SIZE(at))]);
    barrier_context();
    undefined();
}

static void tables_elsewhere(void)
{
    const uint64_t at[] = {0, machine.gicd, MIB(256), (uint64_t)rubbish, bit64(47), random64()};
    WRITE_SYSREG(ttbr0_el1, at[random_below(ARRAY_SIZE(at))]);
    barrier_translation();
    undefined();
}

static void translation_at_random(void)
{
    WRITE_SYSREG(tcr_el1, random64());
    WRITE_SYSREG(mair_el1, random64());
    barrier_translation();
    undefined();
}

static void control_at_random(void)
{
    WRITE_SYSREG(sctlr_el1, random64());
    barrier_translation();
    undefined();
}

/* Code and vectors are the same random words, interrupts open, MMU on or off. */
static void run_rubbish(void)
{
    mmu_publish_code(rubbish, sizeof(rubbish));
    WRITE_SYSREG(vbar_el1, align_down((uint64_t)rubbish, 2048));
    if (one_in(2))
        WRITE_SYSREG(sctlr_el1, READ_SYSREG(sctlr_el1) & ~1ULL);
    barrier_translation();
    irq_unmask();
    ((void (*)(void))(uintptr_t)(rubbish + random_below(PAGE_SIZE / 8)))();
}

/* From the end of memory towards its own code, until that is gone. */
static void trash_memory(void)
{
    const struct range *bank = &machine.banks[0];

    for (uint64_t at = bank->base + bank->bytes - 8; at >= bank->base; at -= 8)
        *(volatile uint64_t *)at = random64();
}

void attack_itself(void)
{
    static void (*const ways[])(void) = {vectors_elsewhere,     tables_elsewhere,  run_rubbish,
                                         translation_at_random, control_at_random, trash_memory};

    fill_rubbish();
    ways[random_below(ARRAY_SIZE(ways))]();
}
