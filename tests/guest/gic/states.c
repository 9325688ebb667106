/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The gic guest's tests of one CPU: pending, active, enabled, priorities, levels.
 * IHI 0048B 3.2 and IHI 0069H 4: the states of an interrupt and when one is signalled.
 */
#include "guest/gic/tests.h"

#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/irq_log.h"
#include "guest/lib/mmio.h"
#include "guest/lib/pl011.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/timer.h"

/* clang-format off */
#define ISR_EL1_FIELDS(X)                                                                         \
    X(ISR_EL1, RES0_a, 5, 0) X(ISR_EL1, F, 6, 6) X(ISR_EL1, I, 7, 7) X(ISR_EL1, A, 8, 8)          \
    X(ISR_EL1, rest, 63, 9)
/* clang-format on */
REG_DEFINE64(ISR_EL1, ISR_EL1_FIELDS);

#define PRIORITY_HIGH 0x40
#define PRIORITY_LOW  0xc0
#define SPI_A         SPI_TEST
#define SPI_B         (SPI_TEST + 1)

bool isr_irq_pending(void)
{
    barrier_context();
    return READ_SYSREG(isr_el1) & ISR_EL1_I;
}

/* The state travels to the CPU in its own time: for what is expected to be signalled. */
static bool signalled_soon(void)
{
    return WAIT_UNTIL(isr_irq_pending());
}

void gic_setup(void)
{
    REQUIRE(machine.gic_version != 0 && machine.gicd != 0);
    gic_init();
    CHECK(gic_intid_count() >= SPI_TEST + 12);
}

void spi_pended_by_software(void)
{
    for (unsigned edge = 0; edge < 2; edge++) {
        irq_log_start();
        gic_set_edge(SPI_A, edge);
        gic_enable(SPI_A);
        gic_set_pending(SPI_A);
        if (CHECK(irq_log_wait(1)))
            CHECK_EQ(irq_log_at(0, 0)->intid, SPI_A);
        irq_log_linger();
        CHECK_EQ(irq_log_count(0), 1);
        CHECK(!gic_is_pending(SPI_A));
        gic_disable(SPI_A);
    }
}

void masked_arrive_on_unmask(void)
{
    irq_log_start();
    gic_enable(SPI_A);
    gic_set_pending(SPI_A);
    CHECK(signalled_soon());
    delay_us(2000);
    CHECK_EQ(irq_log_count(0), 0);
    CHECK(gic_is_pending(SPI_A));
    CHECK_EQ(gic_intid(gic_highest_pending()), SPI_A);
    CHECK(irq_log_wait(1));
    CHECK(!isr_irq_pending());
    gic_disable(SPI_A);
}

void pending_while_disabled(void)
{
    uint32_t intids[] = {SPI_A, 5};

    for (unsigned i = 0; i < ARRAY_SIZE(intids); i++) {
        irq_log_start();
        gic_disable(intids[i]);
        if (intids[i] < INTID_SGI_MAX)
            gic_sgi_self(intids[i]);
        else
            gic_set_pending(intids[i]);
        irq_log_linger();
        if (gic_is_enabled(intids[i]))
            continue; /* SGIs may be always enabled in v2 */
        CHECK_EQ(irq_log_count(0), 0);
        CHECK(gic_is_pending(intids[i]));
        gic_enable(intids[i]);
        CHECK(irq_log_wait(1));
        CHECK_EQ(irq_log_at(0, 0)->intid, intids[i]);
        gic_disable(intids[i]);
    }
}

/* It may be in the CPU interface already: taking it back must reach there. */
void disabled_while_pending(void)
{
    irq_log_start();
    gic_enable(SPI_A);
    gic_set_pending(SPI_A);
    CHECK(signalled_soon());
    gic_disable(SPI_A);
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 0);
    CHECK(gic_is_pending(SPI_A));
    gic_enable(SPI_A);
    CHECK(irq_log_wait(1));
    gic_disable(SPI_A);
}

void cleared_while_pending(void)
{
    irq_log_start();
    gic_enable(SPI_A);
    gic_enable(SPI_B);
    gic_set_pending(SPI_A);
    gic_set_pending(SPI_B);
    gic_clear_pending(SPI_A);
    CHECK(!gic_is_pending(SPI_A));
    CHECK(irq_log_wait(1));
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 1);
    CHECK_EQ(irq_log_at(0, 0)->intid, SPI_B);
    gic_disable(SPI_A);
    gic_disable(SPI_B);
}

void priority_mask(void)
{
    irq_log_start();
    gic_set_priority(SPI_A, 0x80);
    gic_enable(SPI_A);
    gic_set_pmr(0x80); /* only higher priorities, lower numbers, pass */
    gic_set_pending(SPI_A);
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 0);
    CHECK(gic_is_pending(SPI_A));
    gic_set_pmr(0x90);
    CHECK(irq_log_wait(1));
    gic_set_pmr(GIC_PMR_OPEN);
    gic_set_priority(SPI_A, GIC_PRIORITY_DEFAULT);
    gic_disable(SPI_A);
}

void priority_change_while_pending(void)
{
    irq_log_start();
    gic_enable(SPI_A);
    gic_enable(SPI_B);
    gic_set_priority(SPI_A, PRIORITY_HIGH);
    gic_set_priority(SPI_B, PRIORITY_LOW);
    gic_set_pending(SPI_A);
    gic_set_pending(SPI_B);
    CHECK(signalled_soon());
    gic_set_priority(SPI_B, 0x20);
    CHECK(irq_log_wait(2));
    CHECK_EQ(irq_log_at(0, 0)->intid, SPI_B);
    CHECK_EQ(irq_log_at(0, 1)->intid, SPI_A);
    gic_set_priority(SPI_A, GIC_PRIORITY_DEFAULT);
    gic_set_priority(SPI_B, GIC_PRIORITY_DEFAULT);
    gic_disable(SPI_A);
    gic_disable(SPI_B);
}

void priority_order(void)
{
    irq_log_start();
    gic_set_priority(SPI_A, PRIORITY_LOW);
    gic_set_priority(SPI_B, PRIORITY_HIGH);
    gic_enable(SPI_A);
    gic_enable(SPI_B);
    gic_set_pending(SPI_A);
    gic_set_pending(SPI_B);
    if (CHECK(irq_log_wait(2))) {
        CHECK_EQ(irq_log_at(0, 0)->intid, SPI_B);
        CHECK_EQ(irq_log_at(0, 0)->running_priority, PRIORITY_HIGH);
        CHECK_EQ(irq_log_at(0, 1)->intid, SPI_A);
        CHECK_EQ(irq_log_at(0, 1)->running_priority, PRIORITY_LOW);
    }
    gic_set_priority(SPI_A, GIC_PRIORITY_DEFAULT);
    gic_set_priority(SPI_B, GIC_PRIORITY_DEFAULT);
    gic_disable(SPI_A);
    gic_disable(SPI_B);
}

/* Order of events with a handler that pends SPI_B and unmasks: 'A', then 'B' if it preempts, then
 * 'a' at A's end. */
static char nest_events[8];
static unsigned nest_count;

static void nest_event(char event)
{
    if (nest_count < sizeof(nest_events) - 1)
        nest_events[nest_count++] = event;
    nest_events[nest_count] = 0;
}

static void nesting_handler(struct exception_frame *frame)
{
    uint64_t elr = READ_SYSREG(elr_el1), spsr = READ_SYSREG(spsr_el1);
    uint32_t iar = gic_ack();

    if (gic_intid(iar) == SPI_A) {
        nest_event('A');
        gic_set_pending(SPI_B);
        irq_unmask();
        delay_us(3000);
        irq_mask();
        nest_event('a');
    } else if (gic_intid(iar) == SPI_B) {
        nest_event('B');
    } else {
        return;
    }
    gic_eoi(iar);
    WRITE_SYSREG(elr_el1, elr);
    WRITE_SYSREG(spsr_el1, spsr);
}

static void run_nested(uint8_t priority_of_b, const char *expected)
{
    nest_count = 0;
    irq_set_handler(nesting_handler);
    gic_set_priority(SPI_A, 0x80);
    gic_set_priority(SPI_B, priority_of_b);
    gic_enable(SPI_A);
    gic_enable(SPI_B);
    gic_set_pending(SPI_A);
    irq_unmask();
    WAIT_UNTIL(*(volatile unsigned *)&nest_count == 3);
    irq_mask();
    CHECK_EQ(nest_count, 3);
    for (unsigned i = 0; i < 3; i++)
        CHECK_EQ(nest_events[i], expected[i]);
    gic_set_priority(SPI_A, GIC_PRIORITY_DEFAULT);
    gic_set_priority(SPI_B, GIC_PRIORITY_DEFAULT);
    gic_disable(SPI_A);
    gic_disable(SPI_B);
}

void higher_priority_preempts(void)
{
    run_nested(PRIORITY_HIGH, "ABa");
}

void equal_priority_does_not_preempt(void)
{
    run_nested(0x80, "AaB");
    run_nested(PRIORITY_LOW, "AaB");
}

void active_while_handled(void)
{
    irq_log_start();
    gic_enable(SPI_A);
    CHECK(!gic_is_active(SPI_A));
    gic_set_pending(SPI_A);
    if (CHECK(irq_log_wait(1))) {
        CHECK(irq_log_at(0, 0)->active);
        CHECK(!irq_log_at(0, 0)->pending);
    }
    CHECK(!gic_is_active(SPI_A));
    gic_disable(SPI_A);
}

void pended_again_while_active(void)
{
    gic_enable(SPI_A);
    gic_set_edge(SPI_A, true);
    gic_set_pending(SPI_A);
    REQUIRE(signalled_soon());
    uint32_t iar = gic_ack();
    CHECK_EQ(gic_intid(iar), SPI_A);
    CHECK(gic_is_active(SPI_A));
    gic_set_pending(SPI_A);
    CHECK(gic_is_pending(SPI_A) && gic_is_active(SPI_A));
    CHECK_EQ(gic_intid(gic_ack()), INTID_SPURIOUS);
    gic_eoi(iar);
    CHECK(!gic_is_active(SPI_A));
    REQUIRE(signalled_soon());
    iar = gic_ack();
    CHECK_EQ(gic_intid(iar), SPI_A);
    CHECK(!gic_is_pending(SPI_A));
    gic_eoi(iar);
    CHECK(!gic_is_active(SPI_A));
    CHECK_EQ(gic_intid(gic_ack()), INTID_SPURIOUS);
    gic_set_edge(SPI_A, false);
    gic_disable(SPI_A);
}

/* EOImode 1: EOIR drops the priority, DIR ends the active state. */
void split_eoi(void)
{
    gic_set_eoi_mode(true);
    gic_enable(SPI_A);
    gic_enable(SPI_B);
    gic_set_pending(SPI_A);
    REQUIRE(signalled_soon());
    uint32_t iar = gic_ack();
    CHECK_EQ(gic_intid(iar), SPI_A);
    CHECK_EQ(gic_running_priority(), GIC_PRIORITY_DEFAULT);
    gic_set_pending(SPI_B);
    CHECK_EQ(gic_intid(gic_ack()), INTID_SPURIOUS); /* the same priority waits */
    gic_eoi(iar);
    CHECK(gic_is_active(SPI_A));
    REQUIRE(signalled_soon());
    uint32_t second = gic_ack();
    CHECK_EQ(gic_intid(second), SPI_B);
    gic_eoi(second);
    gic_set_pending(SPI_A);
    delay_us(1000);
    CHECK_EQ(gic_intid(gic_ack()), INTID_SPURIOUS); /* pending and active is not signalled */
    gic_deactivate(iar);
    CHECK(!gic_is_active(SPI_A));
    CHECK(gic_is_active(SPI_B));
    REQUIRE(signalled_soon());
    iar = gic_ack();
    CHECK_EQ(gic_intid(iar), SPI_A);
    gic_eoi(iar);
    gic_deactivate(iar);
    gic_deactivate(second);
    CHECK(!gic_is_active(SPI_A) && !gic_is_active(SPI_B));
    gic_set_eoi_mode(false);
    gic_disable(SPI_A);
    gic_disable(SPI_B);
}

void active_by_register(void)
{
    irq_log_start();
    gic_enable(SPI_A);
    gic_set_active(SPI_A);
    CHECK(gic_is_active(SPI_A));
    gic_set_pending(SPI_A);
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 0);
    gic_clear_active(SPI_A);
    CHECK(irq_log_wait(1));
    CHECK(!gic_is_active(SPI_A));
    gic_disable(SPI_A);
}

/* More than any implementation has list registers for in a VM with four, in an order that is not
 * that of INTIDs. */
void twelve_pending(void)
{
    enum { COUNT = 12 };

    irq_log_start();
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t rank = i * 5 % COUNT; /* 5 and 12 have no common factor: each rank once */
        gic_set_priority(SPI_TEST + i, (uint8_t)(0x10 + rank * 0x10));
        gic_enable(SPI_TEST + i);
        gic_set_pending(SPI_TEST + i);
    }
    REQUIRE(irq_log_wait(COUNT));
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), COUNT);
    for (uint32_t i = 0; i < COUNT; i++) {
        CHECK_EQ(irq_log_at(0, i * 5 % COUNT)->intid, SPI_TEST + i);
        gic_set_priority(SPI_TEST + i, GIC_PRIORITY_DEFAULT);
        gic_disable(SPI_TEST + i);
        CHECK(!gic_is_pending(SPI_TEST + i));
        CHECK(!gic_is_active(SPI_TEST + i));
    }
}

void distributor_enable(void)
{
    irq_log_start();
    gic_enable(SPI_A);
    gic_group_enable(false);
    gic_set_pending(SPI_A);
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 0);
    CHECK(gic_is_pending(SPI_A));
    gic_group_enable(true);
    CHECK(irq_log_wait(1));
    gic_disable(SPI_A);
}

void interface_enable(void)
{
    irq_log_start();
    gic_enable(SPI_A);
    gic_interface_enable(false);
    gic_set_pending(SPI_A);
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 0);
    gic_interface_enable(true);
    CHECK(irq_log_wait(1));
    gic_disable(SPI_A);
}

static void timer_fire_now(void)
{
    WRITE_SYSREG(cntv_cval_el0, counter());
    WRITE_SYSREG(cntv_ctl_el0, CNT_CTL_ENABLE);
    barrier_context();
}
static void timer_off(void)
{
    WRITE_SYSREG(cntv_ctl_el0, 0);
    barrier_context();
}
static void timer_quiesce(uint32_t intid)
{
    timer_off();
}

void ppi_level(void)
{
    irq_log_start();
    irq_log_set_quiesce(timer_quiesce);
    gic_enable(machine.timer_virt_intid);
    timer_fire_now();
    if (CHECK(irq_log_wait(1)))
        CHECK_EQ(irq_log_at(0, 0)->intid, machine.timer_virt_intid);
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 1);
    CHECK(!gic_is_active(machine.timer_virt_intid));
    gic_disable(machine.timer_virt_intid);
}

void ppi_level_falls(void)
{
    irq_log_start();
    gic_disable(machine.timer_virt_intid);
    timer_fire_now();
    CHECK(WAIT_UNTIL(gic_is_pending(machine.timer_virt_intid)));
    timer_off();
    CHECK(WAIT_UNTIL(!gic_is_pending(machine.timer_virt_intid)));
    gic_enable(machine.timer_virt_intid);
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 0);
    gic_disable(machine.timer_virt_intid);
}

/* A level that stays high interrupts again after each EOI. */
static unsigned repeats;
static void quiesce_third(uint32_t intid)
{
    if (++repeats == 3)
        timer_off();
}

void ppi_level_repeats(void)
{
    repeats = 0;
    irq_log_start();
    irq_log_set_quiesce(quiesce_third);
    gic_enable(machine.timer_virt_intid);
    timer_fire_now();
    /* QEMU's GICv2 does not look at the line when an EOI by GICV deactivates the physical
     * interrupt; the hypervisor has it look when the CPU sleeps. */
    if (machine.is_vm && machine.gic_version == 2)
        irq_log_wait_asleep(3);
    else
        CHECK(irq_log_wait(3));
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 3);
    gic_disable(machine.timer_virt_intid);
}

static void uart_quiesce(uint32_t intid)
{
    mmio_write32(machine.uart + UARTIMSC, 0);
}

/* The UART's interrupt is a level SPI: up while an unmasked source is. */
void uart_spi(void)
{
    uint32_t cr = mmio_read32(machine.uart + UARTCR);

    irq_log_start();
    irq_log_set_quiesce(uart_quiesce);
    gic_enable(machine.uart_intid);
    mmio_write32(machine.uart + UARTCR, cr | UARTCR_LBE);
    mmio_write32(machine.uart + UARTDR, '\r');
    CHECK(WAIT_UNTIL(mmio_read32(machine.uart + UARTRIS) & UARTINT_TX));
    mmio_write32(machine.uart + UARTIMSC, UARTINT_TX);
    if (CHECK(irq_log_wait(1)))
        CHECK_EQ(irq_log_at(0, 0)->intid, machine.uart_intid);
    irq_log_linger();
    CHECK_EQ(irq_log_count(0), 1);
    WAIT_UNTIL(!(mmio_read32(machine.uart + UARTFR) & UARTFR_RXFE));
    mmio_read32(machine.uart + UARTDR);
    mmio_write32(machine.uart + UARTICR, UARTINT_ALL);
    mmio_write32(machine.uart + UARTCR, cr);
    gic_disable(machine.uart_intid);
}
