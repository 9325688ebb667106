/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The neighbour of a VM that attacks: works for `seconds=N` (bootargs, default 10) and asserts that
 * its memory, its registers, its time, its share of the CPU and the latency of its timer are what
 * they are beside any busy VM on the same CPU. `latency_ms=N` (default 10000) bounds the longest
 * latency, half of it the mean, `share=N` (default 1) the percentage of the CPU: on a simulator
 * that shares its host they must be wide, under -icount they can be what the time slice promises.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/irq_log.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/text.h"
#include "guest/lib/timer.h"
#include "guest/lib/workload.h"

#define SECONDS_DEFAULT    10u
#define LATENCY_MS_DEFAULT 10000u
#define SHARE_DEFAULT      1u

static const uint32_t delays_us[] = {100, 1000, 3000, 10000};

static struct {
    uint64_t count, sum, longest; /* ticks */
    uint32_t early, lost, wrong;
} latency;

static void quiesce(uint32_t intid)
{
    WRITE_SYSREG(cntv_ctl_el0, 0);
    barrier_context();
}

static uint64_t latency_limit_us(void)
{
    return 1000 * text_argument(machine.bootargs, "latency_ms", LATENCY_MS_DEFAULT);
}

/* One interrupt of the timer, spinning or waiting for it. */
static void measure(uint32_t delay_us, bool wait)
{
    irq_log_start();
    irq_log_set_quiesce(quiesce);
    uint64_t deadline = workload_clock() + ticks_of_us(delay_us);
    uint64_t give_up = deadline + ticks_of_us(2 * latency_limit_us());
    WRITE_SYSREG(cntv_cval_el0, deadline);
    WRITE_SYSREG(cntv_ctl_el0, CNT_CTL_ENABLE);
    barrier_context();
    while (irq_log_count(0) == 0 && counter() < give_up) {
        if (wait)
            wait_for_interrupt();
        irq_unmask();
        barrier_context();
        irq_mask();
    }
    WRITE_SYSREG(cntv_ctl_el0, 0);
    barrier_context();
    workload.last_time = counter(); /* what was waited for was not stolen */
    if (irq_log_count(0) == 0) {
        latency.lost++;
        return;
    }
    const struct irq_record *record = irq_log_at(0, 0);
    latency.wrong += irq_log_count(0) != 1 || record->intid != machine.timer_virt_intid;
    if (record->time < deadline) {
        latency.early++;
        return;
    }
    latency.count++;
    latency.sum += record->time - deadline;
    latency.longest = MAX(latency.longest, record->time - deadline);
}

static uint64_t us(uint64_t ticks)
{
    return ticks * 1000000 / counter_hz();
}

static void live(void)
{
    uint64_t seconds = text_argument(machine.bootargs, "seconds", SECONDS_DEFAULT);
    uint64_t start = counter(), seed = start, worked = 0;

    gic_init();
    gic_enable(machine.timer_virt_intid);
    irq_mask();
    workload_start();
    while (workload_clock() < start + seconds * counter_hz()) {
        uint64_t begin = workload.last_time;
        workload_round(seed);
        worked += workload.last_time - begin;
        seed += WORKLOAD_SEED_STEP;
        measure(delays_us[workload.rounds % ARRAY_SIZE(delays_us)], workload.rounds / 4 % 2);
    }
    workload_check();
    print("%lu rounds in %lu s, longest gap %lu us, %lu %% of the working time away\n",
          workload.rounds, seconds, us(workload.longest_gap), workload.stolen * 100 / worked);
    CHECK(workload.stolen * 100 / worked <=
          100 - text_argument(machine.bootargs, "share", SHARE_DEFAULT));
}

static void timer_latency(void)
{
    uint64_t limit_us = latency_limit_us();

    REQUIRE(latency.count > 0);
    print("%lu timer interrupts, mean latency %lu us, longest %lu us\n", latency.count,
          us(latency.sum / latency.count), us(latency.longest));
    CHECK_EQ(latency.lost, 0);
    CHECK_EQ(latency.early, 0);
    CHECK_EQ(latency.wrong, 0);
    CHECK(us(latency.longest) <= limit_us);
    CHECK(us(latency.sum / latency.count) <= limit_us / 2);
}

void guest_main(void)
{
    static const struct test tests[] = {TEST(live), TEST(timer_latency)};
    check_run(tests, ARRAY_SIZE(tests));
}
