/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The generic timer (Arm ARM DDI 0487, D12): a counter that never goes back on any CPU, and two
 * timers that fire at their deadline, never before, never lost. Lateness is not judged here: the
 * machine may be shared.
 */
#include "guest/lib/timer.h"

#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/helper_cpu.h"
#include "guest/lib/irq_log.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"

/* The two timers an EL1 kernel has, alike but for their names. */
struct timer {
    uint64_t (*count)(void);
    void (*set_ctl)(uint64_t);
    uint64_t (*ctl)(void);
    void (*set_cval)(uint64_t);
    uint64_t (*cval)(void);
    void (*set_tval)(uint64_t);
    uint64_t (*tval)(void);
    const uint32_t *intid;
};

#define TIMER_DEFINE(name, letter, counter_name, intid_field)                                \
    static uint64_t name##_count(void)                                                       \
    {                                                                                        \
        barrier_context();                                                                   \
        return READ_SYSREG(counter_name);                                                    \
    }                                                                                        \
    static void name##_set_ctl(uint64_t value)                                               \
    {                                                                                        \
        WRITE_SYSREG(cnt##letter##_ctl_el0, value);                                          \
        barrier_context();                                                                   \
    }                                                                                        \
    static uint64_t name##_ctl(void)                                                         \
    {                                                                                        \
        barrier_context();                                                                   \
        return READ_SYSREG(cnt##letter##_ctl_el0);                                           \
    }                                                                                        \
    static void name##_set_cval(uint64_t value)                                              \
    {                                                                                        \
        WRITE_SYSREG(cnt##letter##_cval_el0, value);                                         \
        barrier_context();                                                                   \
    }                                                                                        \
    static uint64_t name##_cval(void)                                                        \
    {                                                                                        \
        return READ_SYSREG(cnt##letter##_cval_el0);                                          \
    }                                                                                        \
    static void name##_set_tval(uint64_t value)                                              \
    {                                                                                        \
        WRITE_SYSREG(cnt##letter##_tval_el0, value);                                         \
        barrier_context();                                                                   \
    }                                                                                        \
    static uint64_t name##_tval(void)                                                        \
    {                                                                                        \
        barrier_context();                                                                   \
        return READ_SYSREG(cnt##letter##_tval_el0);                                          \
    }                                                                                        \
    static const struct timer name = {name##_count,    name##_set_ctl,      name##_ctl,      \
                                      name##_set_cval, name##_cval,         name##_set_tval, \
                                      name##_tval,     &machine.intid_field}

TIMER_DEFINE(virtual_timer, v, cntvct_el0, timer_virt_intid);
TIMER_DEFINE(physical_timer, p, cntpct_el0, timer_phys_intid);

enum { INTID_PPI_PHYS = 30, INTID_PPI_VIRT = 27 };

static void setup(void)
{
    gic_init();
    virtual_timer.set_ctl(0);
    physical_timer.set_ctl(0);
    CHECK_EQ(machine.timer_virt_intid, INTID_PPI_VIRT);
    CHECK_EQ(machine.timer_phys_intid, INTID_PPI_PHYS);
    CHECK(counter_hz() >= 1000000);
}

static void time_starts_with_the_machine(void)
{
    if (!machine.is_vm)
        SKIP("a machine's counter runs from its power-on");
    /* What comes before: entry, device tree, MMU. */
    CHECK(counter() < 2 * counter_hz());
}

/* ---- the counter */

#define HANDOVERS     20000u
#define HANDOVERS_MIN 10u
/* Where CPUs share one thread of a simulator, a turn may take its whole time slice. */
#define HANDOVER_US 1000000u

static uint64_t last_seen; /* the latest count a CPU has seen */
static uint64_t turns_end;
static uint32_t turn, backward;

/* CPUs take turns; each must read at least what the other read before. */
static void take_turns(unsigned me)
{
    while (counter() < turns_end) {
        uint32_t now_turn = __atomic_load_n(&turn, __ATOMIC_ACQUIRE);
        if (now_turn == HANDOVERS)
            return;
        if (now_turn % 2 != me)
            continue;
        uint64_t now = counter();
        if (now < last_seen)
            backward++;
        last_seen = now;
        __atomic_store_n(&turn, now_turn + 1, __ATOMIC_RELEASE);
    }
}
static void take_turns_second(void *unused)
{
    take_turns(1);
}

static void counter_is_monotonic_over_cpus(void)
{
    turns_end = counter() + ticks_of_us(HANDOVER_US);
    REQUIRE(cpu_run(1, take_turns_second, NULL));
    take_turns(0);
    CHECK(cpu_wait_off(1));
    CHECK(turn >= HANDOVERS_MIN);
    CHECK_EQ(backward, 0);
}

static void counters_agree(void)
{
    /* A VM's virtual and physical counts may differ by its offset, which is constant. */
    uint64_t before = physical_timer.count() - counter();
    delay_us(1000);
    uint64_t after = physical_timer.count() - counter();

    /* The second reading comes after the first: the difference shrinks or grows by what lies
     * between them. */
    CHECK(after - before + ticks_of_us(1000000) < 2 * ticks_of_us(1000000));
}

/* ---- one timer */

static void status_and_mask(const struct timer *t)
{
    t->set_cval(t->count() + counter_hz() * 100);
    t->set_ctl(CNT_CTL_ENABLE | CNT_CTL_IMASK);
    CHECK_EQ(t->ctl(), CNT_CTL_ENABLE | CNT_CTL_IMASK);
    t->set_cval(t->count());
    CHECK_EQ(t->ctl(), CNT_CTL_ENABLE | CNT_CTL_IMASK | CNT_CTL_ISTATUS);
    t->set_cval(0);
    CHECK_EQ(t->ctl() & CNT_CTL_ISTATUS, CNT_CTL_ISTATUS);
    t->set_cval(~0ULL >> 1);
    CHECK_EQ(t->ctl() & CNT_CTL_ISTATUS, 0);
    t->set_ctl(0);
    CHECK_EQ(t->ctl() & CNT_CTL_ENABLE, 0);
}

static void tval_is_relative(const struct timer *t)
{
    uint64_t second = counter_hz();
    uint64_t before = t->count();

    t->set_tval(second);
    uint64_t after = t->count();
    CHECK(t->cval() >= before + second && t->cval() <= after + second);
    CHECK(t->tval() <= second);
    t->set_tval((uint32_t)-1000); /* 32 bits, signed: in the past */
    after = t->count();
    CHECK(t->cval() <= after - 1000);
    CHECK((int32_t)t->tval() <= -1000);
    CHECK_EQ(t->tval() >> 32, 0);
    t->set_ctl(CNT_CTL_ENABLE | CNT_CTL_IMASK);
    CHECK(t->ctl() & CNT_CTL_ISTATUS);
    t->set_ctl(0);
}

/* For the handlers: the timer under test, and its count when it fired last. */
static const struct timer *under_test;
static uint64_t fired_at;

static void quiesce(uint32_t intid)
{
    fired_at = under_test->count();
    under_test->set_ctl(0);
}

static void fires_never_early(const struct timer *t)
{
    static const uint32_t delays_us[] = {0, 1, 50, 333, 1000, 5000, 20000};

    under_test = t;
    irq_log_start();
    irq_log_set_quiesce(quiesce);
    gic_enable(*t->intid);
    for (unsigned i = 0; i < ARRAY_SIZE(delays_us); i++) {
        uint64_t deadline = t->count() + ticks_of_us(delays_us[i]);
        t->set_cval(deadline);
        t->set_ctl(CNT_CTL_ENABLE);
        if (!CHECK(irq_log_wait(i + 1)))
            break;
        CHECK_EQ(irq_log_at(0, i)->intid, *t->intid);
        CHECK(fired_at >= deadline);
    }
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), ARRAY_SIZE(delays_us));
    gic_disable(*t->intid);
}

static void masked_does_not_fire(const struct timer *t)
{
    under_test = t;
    irq_log_start();
    irq_log_set_quiesce(quiesce);
    gic_enable(*t->intid);
    t->set_cval(t->count());
    t->set_ctl(CNT_CTL_ENABLE | CNT_CTL_IMASK);
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 0);
    t->set_ctl(CNT_CTL_ENABLE); /* unmasking lets it out */
    CHECK(irq_log_wait(1));
    t->set_cval(t->count() + ticks_of_us(2000));
    t->set_ctl(CNT_CTL_ENABLE);
    t->set_ctl(0); /* switched off before its time, unless the machine took that long */
    bool late = t->count() >= t->cval();
    irq_log_linger();
    CHECK(irq_log_count(0) == 1 || (late && irq_log_count(0) == 2));
    gic_disable(*t->intid);
}

#define REARM_ROUNDS    1000u
#define REARM_PERIOD_US 100
static uint32_t rearmed, early;

static void rearm(uint32_t intid)
{
    const struct timer *t = under_test;
    uint64_t now = t->count();

    if (now < t->cval())
        early++;
    rearmed++;
    if (rearmed == REARM_ROUNDS)
        t->set_ctl(0);
    else
        t->set_cval(now + ticks_of_us(REARM_PERIOD_US));
}

static void rearm_in_handler(const struct timer *t)
{
    under_test = t;
    rearmed = early = 0;
    irq_log_start();
    irq_log_set_quiesce(rearm);
    gic_enable(*t->intid);
    t->set_tval(ticks_of_us(REARM_PERIOD_US));
    t->set_ctl(CNT_CTL_ENABLE);
    irq_unmask();
    for (uint32_t seen = 0; seen < REARM_ROUNDS; seen = *(volatile uint32_t *)&rearmed) {
        if (!WAIT_UNTIL(({
                irq_mask();
                /* On a loaded host it may be due again before it is ended: see ppi_level_repeats of
                 * the gic guest. */
                if (machine.is_vm && machine.gic_version == 2 && rearmed < REARM_ROUNDS)
                    wait_for_interrupt();
                irq_unmask();
                *(volatile uint32_t *)&rearmed != seen;
            })))
            break;
    }
    irq_mask();
    irq_log_linger();
    CHECK_EQ(rearmed, REARM_ROUNDS);
    CHECK_EQ(early, 0);
    gic_disable(*t->intid);
    t->set_ctl(0);
}

static void wfi_until_fired(const struct timer *t)
{
    under_test = t;
    irq_log_start();
    irq_log_set_quiesce(quiesce);
    gic_enable(*t->intid);
    for (uint32_t i = 0; i < 10; i++) {
        uint64_t deadline = t->count() + ticks_of_us(2000);
        t->set_cval(deadline);
        t->set_ctl(CNT_CTL_ENABLE);
        CHECK(WAIT_UNTIL(({
            wait_for_interrupt();
            irq_unmask();
            barrier_context();
            irq_mask();
            irq_log_count(0) > i;
        })));
        CHECK(fired_at >= deadline);
    }
    gic_disable(*t->intid);
}

#define TIMER_TESTS(test)             \
    static void virtual_##test(void)  \
    {                                 \
        test(&virtual_timer);         \
    }                                 \
    static void physical_##test(void) \
    {                                 \
        test(&physical_timer);        \
    }
TIMER_TESTS(status_and_mask)
TIMER_TESTS(tval_is_relative)
TIMER_TESTS(fires_never_early)
TIMER_TESTS(masked_does_not_fire)
TIMER_TESTS(rearm_in_handler)
TIMER_TESTS(wfi_until_fired)

/* Each CPU has its own timers: CPU 1's does not fire on CPU 0. */
static void arm_on_helper(void)
{
    gic_enable(machine.timer_virt_intid);
    virtual_timer.set_tval(ticks_of_us(500));
    virtual_timer.set_ctl(CNT_CTL_ENABLE);
}

static void timers_are_per_cpu(void)
{
    under_test = &virtual_timer;
    irq_log_start();
    REQUIRE(helper_start());
    CHECK(helper_run(irq_log_start));
    irq_log_set_quiesce(quiesce);
    gic_enable(machine.timer_virt_intid);
    CHECK(helper_run(arm_on_helper));
    CHECK(WAIT_UNTIL(irq_log_count(1) == 1));
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 0);
    CHECK_EQ(irq_log_count(1), 1);
    gic_disable(machine.timer_virt_intid);
    helper_stop();
}

void guest_main(void)
{
    static const struct test tests[] = {
        TEST(setup),
        TEST(time_starts_with_the_machine),
        TEST(counter_is_monotonic_over_cpus),
        TEST(counters_agree),
        TEST(virtual_status_and_mask),
        TEST(virtual_tval_is_relative),
        TEST(virtual_fires_never_early),
        TEST(virtual_masked_does_not_fire),
        TEST(virtual_rearm_in_handler),
        TEST(virtual_wfi_until_fired),
        TEST(physical_status_and_mask),
        TEST(physical_tval_is_relative),
        TEST(physical_fires_never_early),
        TEST(physical_masked_does_not_fire),
        TEST(physical_rearm_in_handler),
        TEST(physical_wfi_until_fired),
        TEST(timers_are_per_cpu),
    };
    check_run(tests, ARRAY_SIZE(tests));
}
