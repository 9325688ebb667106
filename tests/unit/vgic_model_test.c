/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Random runs against the manual's state machine: an oracle knows nothing of list registers, only
 * inactive, pending, active, active and pending for each interrupt. Whatever the guest acknowledges
 * must be the most urgent that the oracle would deliver, and nothing may be spurious while the
 * oracle has something.
 */
#include "tests/unit/vgic_fake.h"

#define SGI_A 2u
#define SGI_B 9u
#define TIMER 27u /* backed by a physical interrupt */
#define PPI   20u
#define SPI   33u /* the first of SPI_COUNT */
#define SPIS  14u
#define CPUS  2u
#define IRQS  (4 + SPIS) /* modelled, for each CPU; an SPI is modelled for CPU 0 */

struct model {
    bool enabled, edge, line, latch, active;
    uint8_t priority;
    uint8_t sources;   /* v2 SGI */
    uint8_t active_on; /* CPU */
    uint8_t route;
};

static struct model models[CPUS][IRQS];
static uint32_t stacks[CPUS][40]; /* acknowledged, not ended: what IAR said */
static unsigned depths[CPUS];
static bool timer_line[CPUS]; /* physical */
static uint64_t seed;
static bool changes_active; /* the run sets and clears active states by software */
static unsigned deliveries;

#ifdef RANDOM_BELOW /* tests/fuzz/vgic_model_fuzz.c chooses */
#define random_below RANDOM_BELOW
#else
static uint32_t random_below(uint32_t n)
{
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % n;
}
#endif

static uint32_t intid_of(unsigned n)
{
    static const uint32_t private_intids[] = {SGI_A, SGI_B, PPI, TIMER};
    return n < 4 ? private_intids[n] : SPI + (n - 4) * 3;
}
static struct model *model_of(unsigned cpu, unsigned n)
{
    return &models[n < 4 ? cpu : 0][n];
}
static bool is_v2_sgi(unsigned n)
{
    return n < 2 && fake_v2();
}
static bool pending(const struct model *m)
{
    return m->latch || m->sources != 0 || (m->line && !m->edge);
}
static unsigned place_of(unsigned cpu) /* on which physical CPU it is loaded */
{
    for (unsigned p = 0; p < FAKE_CPUS; p++)
        if (fake_ifs[p].loaded == vgic_cpu_of(fake_vgic, cpu))
            return p;
    return FAKE_CPUS;
}

/* Priority of the most urgent that CPU should see; 0x100 for none. */
static unsigned expected_priority(unsigned cpu)
{
    unsigned best = 0x100;
    for (unsigned n = 0; n < IRQS; n++) {
        const struct model *m = model_of(cpu, n);
        if (pending(m) && m->enabled && !m->active && (n < 4 || m->route == cpu))
            best = MIN(best, m->priority);
    }
    return best;
}

/* Physical timers whose line is high and that are not active fire. */
static void timers_fire(void)
{
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        unsigned p = place_of(cpu);
        struct model *m = &models[cpu][3];
        if (p == FAKE_CPUS || !timer_line[cpu] || fake_ifs[p].phys_active[TIMER])
            continue;
        fake_here = p;
        fake_ifs[p].phys_active[TIMER] = true;
        vgic_hw_fired(fake_ifs[p].loaded, TIMER);
        m->latch = true;
    }
}

static void acknowledge(unsigned cpu)
{
    unsigned p = place_of(cpu);
    unsigned best = expected_priority(cpu), running = fake_running(&fake_ifs[p]);
    uint32_t iar = fake_ack(p);
    if (best >= running) {
        assert_int_equal(iar, FAKE_SPURIOUS);
        return;
    }
    assert_int_not_equal(iar, FAKE_SPURIOUS);
    unsigned n = 0;
    while (n < IRQS && intid_of(n) != (iar & 0x3ff))
        n++;
    assert_true(n < IRQS);
    struct model *m = model_of(cpu, n);
    assert_true(pending(m) && m->enabled && !m->active && (n < 4 || m->route == cpu));
    assert_int_equal(m->priority, best);
    if (is_v2_sgi(n)) {
        assert_true(m->sources & bit32(iar >> 10));
        m->sources &= (uint8_t)~bit32(iar >> 10);
    }
    m->latch = false;
    m->active = true;
    m->active_on = (uint8_t)cpu;
    stacks[cpu][depths[cpu]++] = iar;
    deliveries++;
}

static void end(unsigned cpu)
{
    uint32_t iar = stacks[cpu][--depths[cpu]];
    for (unsigned n = 0; n < IRQS; n++)
        if (intid_of(n) == (iar & 0x3ff))
            model_of(cpu, n)->active = false;
    fake_eoi(place_of(cpu), iar);
}

static void change_line(unsigned cpu, unsigned n)
{
    struct model *m = model_of(cpu, n);
    if (n == 3) {
        timer_line[cpu] = !timer_line[cpu];
        return;
    }
    if (n < 2)
        return;
    m->line = !m->line;
    m->latch |= m->line && m->edge;
    fake_here = random_below(FAKE_CPUS);
    vgic_set_level(fake_vgic, cpu, intid_of(n), m->line);
}

static void change_state(unsigned by, unsigned cpu, unsigned n)
{
    struct model *m = model_of(cpu, n);
    unsigned p = place_of(by);
    uint32_t intid = intid_of(n);
    switch (random_below(changes_active ? 6 : 4)) {
    case 0:
        m->enabled = true;
        irq_write(p, cpu, ISENABLER, intid);
        break;
    case 1:
        m->enabled = is_v2_sgi(n);
        irq_write(p, cpu, ICENABLER, intid);
        break;
    case 2:
        m->latch |= !is_v2_sgi(n);
        irq_write(p, cpu, ISPENDR, intid);
        break;
    case 3:
        m->latch = false;
        irq_write(p, cpu, ICPENDR, intid);
        break;
    case 4: /* set active, by its own vCPU, only if it can be cleared again below */
        if (m->active)
            break;
        m->active = true;
        m->active_on = (uint8_t)by;
        irq_write(p, cpu, ISACTIVER, intid);
        assert_true(irq_read(p, cpu, ISACTIVER, intid));
        m->active = false;
        irq_write(p, cpu, ICACTIVER, intid);
        break;
    default:
        for (unsigned k = 0; k < CPUS; k++)
            for (unsigned d = 0; d < depths[k]; d++)
                if ((stacks[k][d] & 0x3ff) == intid)
                    return; /* to be ended by its handler */
        m->active = false;
        irq_write(p, cpu, ICACTIVER, intid);
    }
}

static void change_priority_or_route(unsigned by, unsigned cpu, unsigned n)
{
    struct model *m = model_of(cpu, n);
    unsigned p = place_of(by);
    if (n >= 4 && random_below(2)) {
        m->route = (uint8_t)random_below(CPUS);
        irq_route(p, intid_of(n), m->route);
    } else if (!m->active) {
        m->priority = (uint8_t)(random_below(28) * 8);
        irq_priority(p, cpu, intid_of(n), m->priority);
    }
}

static void check_reads(unsigned by, unsigned cpu, unsigned n)
{
    const struct model *m = model_of(cpu, n);
    unsigned p = place_of(by);
    assert_int_equal(irq_read(p, cpu, ISPENDR, intid_of(n)), pending(m));
    assert_int_equal(irq_read(p, cpu, ICACTIVER, intid_of(n)), m->active);
    assert_int_equal(irq_read(p, cpu, ISENABLER, intid_of(n)), m->enabled);
}

static void sgi(unsigned by, unsigned to, unsigned n)
{
    struct model *m = model_of(to, n);
    if (fake_v2())
        m->sources |= (uint8_t)bit32(by);
    else
        m->latch = true;
    send_sgi(place_of(by), to, intid_of(n));
}

/* Both leave; things happen; both come back, on the same CPUs or exchanged. */
static void switch_cpus(void)
{
    fake_settle();
    fake_save(0);
    fake_save(1);
    for (unsigned cpu = 0; cpu < CPUS; cpu++)
        assert_int_equal(vgic_pending(vgic_cpu_of(fake_vgic, cpu)), expected_priority(cpu) < 0xf8);
    change_line(random_below(CPUS), random_below(IRQS));
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        assert_false(fake_ifs[cpu].phys_active[TIMER]);
        if (timer_line[cpu] && !models[cpu][3].latch && !models[cpu][3].active) {
            models[cpu][3].latch = true;
            vgic_hw_fired_away(vgic_cpu_of(fake_vgic, cpu), TIMER);
        }
    }
    unsigned first = random_below(2);
    fake_load(0, first);
    fake_load(1, 1 - first);
}

static void step(void)
{
    unsigned by = random_below(CPUS), cpu = random_below(CPUS), n = random_below(IRQS);
    unsigned own = n < 4 && fake_v2() ? by : cpu; /* v2: private registers are one's own */
    switch (random_below(16)) {
    case 0 ... 2:
        change_line(cpu, n);
        break;
    case 3 ... 4:
        change_state(by, own, n);
        break;
    case 5:
        change_priority_or_route(by, own, n);
        break;
    case 6:
        check_reads(by, own, n);
        break;
    case 7 ... 8:
        sgi(by, cpu, n % 2);
        break;
    case 9:
        if (random_below(8) == 0)
            switch_cpus();
        break;
    case 10 ... 12:
        acknowledge(cpu);
        break;
    default:
        if (depths[cpu] != 0)
            end(cpu);
    }
    timers_fire();
}

static void set_up(uint8_t version, uint8_t lr_count)
{
    fake_boot(version, CPUS, lr_count);
    memset(models, 0, sizeof models);
    memset(depths, 0, sizeof depths);
    memset(timer_line, 0, sizeof timer_line);
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        vgic_map_hw(fake_vgic, cpu, TIMER, TIMER);
        for (unsigned n = 0; n < (cpu == 0 ? IRQS : 4); n++) {
            struct model *m = model_of(cpu, n);
            m->priority = 0xa0;
            m->edge = n < 2;
            m->enabled = random_below(4) != 0 || is_v2_sgi(n);
            irq_write(cpu, cpu, m->enabled ? ISENABLER : ICENABLER, intid_of(n));
        }
        gicd_write(0, 0x80 + 4, 0x5555aaaa); /* some of either group */
    }
    for (unsigned n = 4; n < IRQS; n += 2) {
        uint64_t offset = ICFGR + intid_of(n) / 16 * 4;
        gicd_write(0, offset, gicd_read(0, offset) | 2u << intid_of(n) % 16 * 2);
        models[0][n].edge = true;
    }
}

/* In the end: all lines down, everything enabled, all handlers through; and nothing is left. */
static void wind_up(void)
{
    for (unsigned cpu = 0; cpu < CPUS; cpu++)
        for (unsigned n = 0; n < IRQS; n++) {
            if (n < 4 || cpu == 0) {
                model_of(cpu, n)->enabled = true;
                irq_write(place_of(cpu), cpu, ISENABLER, intid_of(n));
            }
            if (n == 3 ? timer_line[cpu] : n >= 2 && model_of(cpu, n)->line)
                change_line(cpu, n);
        }
    /* In turns: what one CPU ends may become the other's. */
    for (unsigned round = 0; round < 400; round++)
        for (unsigned cpu = 0; cpu < CPUS; cpu++) {
            acknowledge(cpu);
            if (depths[cpu] != 0)
                end(cpu);
        }
    for (unsigned cpu = 0; cpu < CPUS; cpu++) {
        assert_int_equal(expected_priority(cpu), 0x100);
        assert_int_equal(fake_ifs[cpu].hcr, ICH_HCR_EL2_En);
        assert_false(fake_ifs[cpu].phys_active[TIMER]);
        for (unsigned n = 0; n < IRQS; n++)
            assert_false(model_of(cpu, n)->active || pending(model_of(cpu, n)));
    }
}

static void run(uint8_t version, uint8_t lr_count, bool software_active)
{
    deliveries = 0;
    changes_active = software_active;
    for (unsigned n = 0; n < 60; n++) {
        seed = n * 1000 + lr_count + (software_active ? 77 : 0);
        set_up(version, lr_count);
        for (unsigned k = 0; k < 1500; k++)
            step();
        wind_up();
    }
    assert_true(deliveries > 5000);
}

static void test_v2_4(void **state)
{
    run(2, 4, true);
}
static void test_v2_2(void **state)
{
    run(2, 2, false);
}
static void test_v2_1(void **state)
{
    run(2, 1, false);
}
static void test_v3_4(void **state)
{
    run(3, 4, true);
}
static void test_v3_16(void **state)
{
    run(3, 16, true);
}
static void test_v3_2(void **state)
{
    run(3, 2, false);
}
static void test_v3_1(void **state)
{
    run(3, 1, false);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_v2_4), cmocka_unit_test(test_v2_2),  cmocka_unit_test(test_v2_1),
        cmocka_unit_test(test_v3_4), cmocka_unit_test(test_v3_16), cmocka_unit_test(test_v3_2),
        cmocka_unit_test(test_v3_1),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    free(fake_vgic);
    return failed;
}
