/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a world switch costs, in ticks of the virtual counter: two vCPUs on one physical CPU, each
 * writing the time and its name for as long as it runs. Who finds the other's name has been
 * switched to since the time written, so that the difference is all between the last instruction
 * of one and the first of the other: the hypervisor's timer interrupt, the choice of the next vCPU,
 * and the exchange of their states. A turn of the loop, which it includes, is measured and taken
 * off. On two CPUs the numbers mean nothing.
 *
 * And what an interrupt costs between two such vCPUs: from the sender's write, which then waits in
 * WFI, to the receiver's vector: an exit for the write, one for WFI, a switch and an entry.
 *
 * On the command line, for profiles: `world_switch=N` or `ipi_one_cpu=N`, as many rounds.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/mmu.h"
#include "guest/lib/smp.h"
#include "guest/lib/text.h"
#include "guest/lib/timer.h"

#define SWITCH_ROUNDS (100u * times)
#define TURN_ROUNDS   1000u
#define PING_ROUNDS   (100u * ping_times)
#define SGI_PING      9u
/* Switched between reading the time and writing it: what then is measured is the other's whole turn
 * of the CPU. */
#define TURN_US_MIN 1000u

/* Time and name in one word, so that no switch comes between them. */
#define STAMP_WHO(stamp)  ((stamp)&1)
#define STAMP_TIME(stamp) ((stamp) >> 1)
static volatile uint64_t last;
static uint32_t times, ping_times;
static volatile uint64_t switches, ticks, longest_ticks;
static volatile bool stop;

static void report(const char *name, uint64_t sum, uint64_t count)
{
    uint64_t tenths = count == 0 ? 0 : sum * 10 / count;

    print("%s %lu.%lu\n", name, tenths / 10, tenths % 10);
}

static __always_inline void turn(uint64_t me)
{
    uint64_t before = last, now = READ_SYSREG(cntvct_el0), since = now - STAMP_TIME(before);

    last = now << 1 | me;
    if (STAMP_WHO(before) != me && since < longest_ticks) {
        switches++;
        ticks += since;
    }
}

static void other(void *unused)
{
    while (!stop)
        turn(1);
}

/* What the loop itself costs, while nobody interrupts; half of it, on average, is not yet waited
 * for. */
static uint64_t turn_ticks(void)
{
    uint64_t start = READ_SYSREG(cntvct_el0);

    for (uint32_t i = 0; i < TURN_ROUNDS; i++)
        turn(0);
    return (READ_SYSREG(cntvct_el0) - start) / TURN_ROUNDS;
}

static void bench_switch(void)
{
    uint64_t loop = turn_ticks();

    longest_ticks = ticks_of_us(TURN_US_MIN);
    if (!cpu_run(1, other, NULL)) {
        print("world_switch lost\n");
        return;
    }
    while (switches < SWITCH_ROUNDS)
        turn(0);
    stop = true;
    report("world_switch", ticks - switches * loop, switches);
    cpu_wait_off(1);
}

/* ---- the interrupt */

static volatile uint64_t pings[2], ping_time, ping_ticks;

static void on_ping(struct exception_frame *frame)
{
    uint64_t now = READ_SYSREG(cntvct_el0);
    uint32_t iar = gic_ack();

    if (gic_intid(iar) == INTID_SPURIOUS)
        return;
    ping_ticks += now - ping_time;
    pings[cpu_index()]++;
    gic_eoi(iar);
}

/* Each answers the other's, both asleep in between. */
static void play(unsigned me)
{
    uint64_t seen = 0;

    while (seen < PING_ROUNDS) {
        irq_mask();
        while (pings[me] == seen) {
            wait_for_interrupt();
            irq_unmask();
            irq_mask();
        }
        irq_unmask();
        seen++;
        ping_time = READ_SYSREG(cntvct_el0);
        gic_sgi(SGI_PING, 1 - me);
    }
}

static void second(void *unused)
{
    gic_init_cpu();
    gic_enable(SGI_PING);
    irq_unmask();
    play(1);
    irq_mask();
}

static void bench_ping(void)
{
    irq_set_handler(on_ping);
    gic_enable(SGI_PING);
    irq_unmask();
    if (!cpu_run(1, second, NULL)) {
        print("ipi_one_cpu lost\n");
        return;
    }
    delay_us(100);
    ping_ticks = 0;
    ping_time = READ_SYSREG(cntvct_el0);
    gic_sgi(SGI_PING, 1);
    play(0);
    irq_mask();
    report("ipi_one_cpu", ping_ticks, pings[0] + pings[1]);
    cpu_wait_off(1);
}

void guest_main(void)
{
    mmu_init();
    gic_init();
    if (machine.cpu_count < 2) {
        print("two CPUs are needed\n");
        return;
    }
    times = (uint32_t)text_argument(machine.bootargs, "world_switch", 1);
    ping_times = (uint32_t)text_argument(machine.bootargs, "ipi_one_cpu", 1);
    bench_switch();
    bench_ping();
    print("done\n");
}
