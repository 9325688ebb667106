/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts as IHI 0048B (GICv2) and IHI 0069H (GICv3) define them: what is sent, pended, enabled,
 * masked, handled and ended arrives once, in order, at the right CPU. The version is the machine's.
 * Tests leave everything disabled.
 */
#include "guest/gic/tests.h"

#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/helper_cpu.h"
#include "guest/lib/irq_log.h"
#include "guest/lib/mmio.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/timer.h"

#define LATE_US 3000

enum { SGI_A = 3, SGI_B = 7, SGI_C = 15 };
enum { PIDR2_ARCHITECTURE_SHIFT = 4 };

static void identification(void)
{
    uint32_t typer = mmio_read32(machine.gicd + GICD_TYPER);
    uint32_t pidr2 =
        mmio_read32(machine.gicd + (machine.gic_version == 3 ? GICD_V3_PIDR2 : GICD_V2_PIDR2));

    CHECK(REG_GET(GICD_TYPER, ITLinesNumber, typer) >= 1);
    CHECK_EQ(pidr2 >> PIDR2_ARCHITECTURE_SHIFT & 0xf, machine.gic_version);
    if (machine.gic_version == 2)
        CHECK_EQ(REG_GET(GICD_TYPER, CPUNumber, typer), machine.cpu_count - 1);
}

static void nothing_pending_is_spurious(void)
{
    CHECK_EQ(gic_intid(gic_ack()), INTID_SPURIOUS);
    CHECK_EQ(gic_intid(gic_highest_pending()), INTID_SPURIOUS);
    CHECK_EQ(gic_running_priority() | 0x07, 0xff); /* idle; unimplemented bits may read 0 */
}

static void registers_read_back(void)
{
    for (uint32_t intid = SPI_TEST; intid < SPI_TEST + 12; intid++) {
        gic_enable(intid);
        CHECK(gic_is_enabled(intid));
        gic_set_priority(intid, (uint8_t)(0x10 + intid % 8 * 0x10));
        CHECK_EQ(gic_priority(intid), 0x10 + intid % 8 * 0x10);
        gic_set_edge(intid, true);
        CHECK(gic_is_edge(intid));
        gic_set_edge(intid, false);
        CHECK(!gic_is_edge(intid));
        gic_disable(intid);
        CHECK(!gic_is_enabled(intid));
        gic_set_priority(intid, GIC_PRIORITY_DEFAULT);
    }
    CHECK(gic_is_edge(SGI_A)); /* SGIs always are */
    gic_set_pmr(0x80);
    CHECK_EQ(gic_pmr(), 0x80);
    gic_set_pmr(GIC_PMR_OPEN);
}

static void sgi_to_self(void)
{
    irq_log_start();
    gic_enable(SGI_A);
    gic_sgi_self(SGI_A);
    if (CHECK(irq_log_wait(1)))
        CHECK_EQ(irq_log_at(0, 0)->intid, SGI_A);
    gic_sgi(SGI_A, 0);
    CHECK(irq_log_wait(2));
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 2);
}

/* Start with empty logs on both CPUs. */
static bool both_ready(void)
{
    irq_log_start();
    return CHECK(helper_start()) && CHECK(helper_run(irq_log_start));
}

static void enable_sgis(void)
{
    gic_enable(SGI_A);
    gic_enable(SGI_B);
    gic_enable(SGI_C);
}

static void sgi_to_other(void)
{
    REQUIRE(both_ready());
    CHECK(helper_run(enable_sgis));
    gic_sgi(SGI_B, 1);
    if (CHECK(WAIT_UNTIL(irq_log_count(1) == 1)))
        CHECK_EQ(irq_log_at(1, 0)->intid, SGI_B);
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 0);
    helper_stop();
}

static void sgi_filters(void)
{
    REQUIRE(both_ready());
    CHECK(helper_run(enable_sgis));
    enable_sgis();
    gic_sgi_others(SGI_A);
    CHECK(WAIT_UNTIL(irq_log_count(1) == 1));
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 0);
    gic_sgi_both(SGI_C);
    CHECK(irq_log_wait(1));
    CHECK(WAIT_UNTIL(irq_log_count(1) == 2));
    CHECK_EQ(irq_log_at(0, 0)->intid, SGI_C);
    CHECK_EQ(irq_log_at(1, 1)->intid, SGI_C);
    gic_sgi_self(SGI_B);
    CHECK(irq_log_wait(2));
    CHECK_EQ(irq_log_at(0, 1)->intid, SGI_B);
    CHECK_EQ(irq_log_count(1), 2);
    helper_stop();
}

static void send_a_to_0(void)
{
    gic_sgi(SGI_A, 0);
}

static void sgi_of_two_sources(void)
{
    if (machine.gic_version != 2)
        SKIP("GICv3 with affinity routing has no source CPU");
    REQUIRE(both_ready());
    gic_enable(SGI_A);
    gic_sgi_self(SGI_A);
    CHECK(helper_run(send_a_to_0));
    CHECK(WAIT_UNTIL(gic_is_pending(SGI_A)));
    if (CHECK(irq_log_wait(2))) {
        CHECK_EQ(irq_log_at(0, 0)->intid, SGI_A);
        CHECK_EQ(irq_log_at(0, 1)->intid, SGI_A);
        CHECK_EQ(bit32(irq_log_at(0, 0)->source) | bit32(irq_log_at(0, 1)->source), 3);
    }
    CHECK(!gic_is_pending(SGI_A));
    helper_stop();
}

static void sgi_pended_by_register(void)
{
    irq_log_start();
    enable_sgis();
    if (machine.gic_version == 2)
        mmio_write8(machine.gicd + GICD_SPENDSGIR + SGI_B, (uint8_t)bit32(1));
    else
        gic_set_pending(SGI_B);
    CHECK(gic_is_pending(SGI_B));
    CHECK(irq_log_wait(1));
    CHECK_EQ(irq_log_at(0, 0)->intid, SGI_B);
    if (machine.gic_version == 2)
        CHECK_EQ(irq_log_at(0, 0)->source, 1);
    gic_sgi_self(SGI_A);
    if (machine.gic_version == 2)
        mmio_write8(machine.gicd + GICD_CPENDSGIR + SGI_A, (uint8_t)low_bits(8));
    else
        gic_clear_pending(SGI_A);
    CHECK(!gic_is_pending(SGI_A));
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 1);
}

/* Each side answers an interrupt by one to the other. */
#define PING_ROUNDS 1000u
static uint32_t pings[2];

static void ping_handler(struct exception_frame *frame)
{
    unsigned cpu = cpu_index();
    uint32_t iar = gic_ack();

    if (gic_intid(iar) != SGI_A)
        return;
    gic_eoi(iar);
    if (__atomic_add_fetch(&pings[cpu], 1, __ATOMIC_RELAXED) < PING_ROUNDS || cpu == 1)
        gic_sgi(SGI_A, !cpu);
}

static void sgi_ping_pong(void)
{
    REQUIRE(both_ready());
    CHECK(helper_run(enable_sgis));
    enable_sgis();
    pings[0] = pings[1] = 0;
    irq_set_handler(ping_handler);
    gic_sgi(SGI_A, 1);
    irq_unmask();
    for (uint32_t seen = 0; seen < PING_ROUNDS;) {
        /* One more each time, not all in the time of one. */
        if (!WAIT_UNTIL(__atomic_load_n(&pings[0], __ATOMIC_RELAXED) != seen))
            break;
        seen = __atomic_load_n(&pings[0], __ATOMIC_RELAXED);
    }
    irq_mask();
    CHECK_EQ(pings[0], PING_ROUNDS);
    CHECK_EQ(pings[1], PING_ROUNDS);
    helper_stop();
}

static void route_to_other(void)
{
    REQUIRE(both_ready());
    gic_route(SPI_TEST, 1);
    gic_enable(SPI_TEST);
    gic_set_pending(SPI_TEST);
    if (CHECK(WAIT_UNTIL(irq_log_count(1) == 1)))
        CHECK_EQ(irq_log_at(1, 0)->intid, SPI_TEST);
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 0);
    gic_route(SPI_TEST, 0);
    gic_set_pending(SPI_TEST);
    CHECK(irq_log_wait(1));
    CHECK_EQ(irq_log_count(1), 1);
    gic_disable(SPI_TEST);
    helper_stop();
}

static void reroute_while_pending(void)
{
    REQUIRE(both_ready());
    gic_enable(SPI_TEST); /* CPU 0 does not take it: masked */
    gic_set_pending(SPI_TEST);
    CHECK(gic_is_pending(SPI_TEST));
    gic_route(SPI_TEST, 1);
    CHECK(WAIT_UNTIL(irq_log_count(1) == 1));
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 0);
    gic_route(SPI_TEST, 0);
    gic_disable(SPI_TEST);
    helper_stop();
}

static void private_registers_are_banked(void)
{
    REQUIRE(both_ready());
    gic_disable(SGI_B);
    CHECK(helper_run(enable_sgis));
    gic_disable(machine.timer_virt_intid);
    gic_sgi(SGI_B, 1);
    CHECK(WAIT_UNTIL(irq_log_count(1) == 1));
    gic_set_priority(machine.timer_virt_intid, 0x50);
    CHECK_EQ(gic_priority(machine.timer_virt_intid), 0x50);
    gic_set_priority(machine.timer_virt_intid, GIC_PRIORITY_DEFAULT);
    helper_stop();
}

static void send_late(void *unused)
{
    delay_us(LATE_US);
    gic_sgi(SGI_B, 0);
}

/* WFI returns for a pending interrupt though PSTATE.I masks it, and does not take it. */
static void wfi_wakes_while_masked(void)
{
    irq_log_start();
    gic_enable(SGI_B);
    REQUIRE(cpu_run(1, send_late, NULL));
    CHECK(WAIT_UNTIL(({
        wait_for_interrupt();
        isr_irq_pending();
    })));
    CHECK_EQ(irq_log_count(0), 0);
    CHECK(irq_log_wait(1));
    CHECK_EQ(irq_log_at(0, 0)->intid, SGI_B);
    CHECK(cpu_wait_off(1));
}

void guest_main(void)
{
    static const struct test tests[] = {
        TEST(gic_setup),
        TEST(identification),
        TEST(nothing_pending_is_spurious),
        TEST(registers_read_back),
        TEST(sgi_to_self),
        TEST(sgi_to_other),
        TEST(sgi_filters),
        TEST(sgi_of_two_sources),
        TEST(sgi_pended_by_register),
        TEST(sgi_ping_pong),
        TEST(spi_pended_by_software),
        TEST(masked_arrive_on_unmask),
        TEST(pending_while_disabled),
        TEST(disabled_while_pending),
        TEST(cleared_while_pending),
        TEST(priority_mask),
        TEST(priority_change_while_pending),
        TEST(priority_order),
        TEST(higher_priority_preempts),
        TEST(equal_priority_does_not_preempt),
        TEST(active_while_handled),
        TEST(pended_again_while_active),
        TEST(split_eoi),
        TEST(active_by_register),
        TEST(twelve_pending),
        TEST(distributor_enable),
        TEST(interface_enable),
        TEST(ppi_level),
        TEST(ppi_level_falls),
        TEST(ppi_level_repeats),
        TEST(uart_spi),
        TEST(route_to_other),
        TEST(reroute_while_pending),
        TEST(private_registers_are_banked),
        TEST(wfi_wakes_while_masked),
    };
    check_run(tests, ARRAY_SIZE(tests));
}
