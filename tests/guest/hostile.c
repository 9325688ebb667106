/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that tries everything: random instructions at both exception levels, every system
 * register, every call, every device in every way, storms of interrupts and waits, floods, and in
 * the end itself. It checks nothing: that its hypervisor lives on and its neighbour sees nothing of
 * it is checked beside it (neighbour.c, tests/guest/run). `seed=N` and `count=N` (bootargs) choose
 * its course and length; both are printed, so that a run can be had again. `itself=0` leaves the
 * end out: an exception at each first instruction of a vector executes nothing, and QEMU under
 * -icount then stands still.
 */
#include "guest/hostile/hostile.h"

#include "guest/lib/gic.h"
#include "guest/lib/mmu.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/text.h"
#include "guest/lib/timer.h"

#define COUNT_DEFAULT 2000u
/* What the watcher gives the CPU that destroys itself. */
#define LAST_WORDS_US 300000u

static uint32_t count;
static uint64_t seed;

struct phase {
    const char *name;
    void (*attack)(uint32_t count);
};
static const struct phase phases[] = {
    {"instructions", attack_instructions},
    {"system registers", attack_sysregs},
    {"calls", attack_calls},
    {"devices", attack_mmio},
    {"waiting", attack_waiting},
    {"interrupts", attack_interrupts},
    {"timers", attack_timers},
};

/* Both CPUs go through all phases, from different places. */
static void attack_from(unsigned first, bool talk)
{
    gic_init_cpu();
    for (unsigned i = 0; i < ARRAY_SIZE(phases); i++) {
        const struct phase *phase = &phases[(first + i) % ARRAY_SIZE(phases)];
        uint64_t begin = counter();

        sample_heal();
        phase->attack(count);
        sample_heal();
        if (talk) {
            console_init();
            print("%s: %lu ms\n", phase->name, (counter() - begin) * 1000 / counter_hz());
        }
    }
}

static void sleep_us(uint64_t us)
{
    sample_heal();
    WRITE_SYSREG(cntv_tval_el0, ticks_of_us(us));
    WRITE_SYSREG(cntv_ctl_el0, CNT_CTL_ENABLE);
    wait_for_interrupt();
    WRITE_SYSREG(cntv_ctl_el0, 0);
}

static void second_cpu(void *unused)
{
    random_seed(seed ^ 0xc0ffee);
    attack_from(ARRAY_SIZE(phases) / 2, false);
}

/* Sees the other CPU die, and ends the VM. */
static void watcher(void *unused)
{
    delay_us(LAST_WORDS_US);
    console_init();
    print("hostile: seed %lu has outlived itself\n", seed);
    power_off();
}

void guest_main(void)
{
    seed = text_argument(machine.bootargs, "seed", 1);
    count = (uint32_t)text_argument(machine.bootargs, "count", COUNT_DEFAULT);
    print("hostile: seed=%lu count=%u\n", seed, count);
    random_seed(seed);
    mmu_init();
    gic_init();
    exception_catch_all();
    if (!sample_setup()) {
        print("hostile: out of page tables\n");
        return;
    }
    bool two = machine.cpu_count > 1 && cpu_run(1, second_cpu, NULL);
    attack_from(0, true);
    flood_console(count);
    while (two && psci_call(PSCI_AFFINITY_INFO, machine.cpus[1], 0, 0) != PSCI_OFF)
        sleep_us(1000);
    sample_heal();
    gic_init();
    if (two)
        attack_power(count);
    console_init();
    struct sample_counts n = sample_counts();
    print("hostile: %lu completed, %lu undefined, %lu aborted, %lu interrupted, %lu otherwise\n",
          n.completed, n.undefined, n.aborted, n.interrupted, n.other);
    if (!two || text_argument(machine.bootargs, "itself", 1) == 0 || !cpu_run(1, watcher, NULL))
        return;
    print("hostile: last phase\n");
    attack_itself();
    for (;;)
        wait_for_interrupt();
}
