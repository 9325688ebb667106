/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that resets itself, in all the ways PSCI has, and each time it boots asserts that the
 * machine is as new: memory, its own data, devices, time. It cannot count its boots, as nothing of
 * its own survives one; so it goes on until the physical count, which is the host's and not reset,
 * passes `until_ms=N` (bootargs, default 4000). Then it powers off. Arm DEN 0022F, 5.1.10, 5.1.16.
 */
#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/mmio.h"
#include "guest/lib/mmu.h"
#include "guest/lib/pl011.h"
#include "guest/lib/ram.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/text.h"
#include "guest/lib/timer.h"

#define UNTIL_MS_DEFAULT 4000u
#define DATA_WORDS       KIB(4)
#define DATA_VALUE       0x600dda7a600dda7aULL
/* Interrupts that are left in all states, private and shared. */
#define SPI_FIRST 40u
#define SPI_COUNT 8u
#define SGI_LEFT  5u

/* In the image's file, so that a boot finds it as it was linked. */
static uint64_t data[DATA_WORDS] = {[0 ... DATA_WORDS - 1] = DATA_VALUE};

/* ---- as new */

static void memory_is_clean(void)
{
    uint64_t bad = 0;

    if (!machine.is_vm)
        SKIP("a bare machine keeps its memory");
    CHECK(ram_each_free_page(page_is_zero, &bad) > 0);
    CHECK_EQ(bad, 0);
}

static void data_is_as_linked(void)
{
    for (unsigned i = 0; i < DATA_WORDS; i++) {
        if (!CHECK_EQ(((volatile uint64_t *)data)[i], DATA_VALUE))
            return;
    }
}

static void time_begins_anew(void)
{
    if (!machine.is_vm)
        SKIP("a machine's counter runs from its power-on");
    CHECK(counter() < counter_hz());
}

static void timers_are_off(void)
{
    CHECK_EQ(READ_SYSREG(cntv_ctl_el0) & CNT_CTL_ENABLE, 0);
    CHECK_EQ(READ_SYSREG(cntp_ctl_el0) & CNT_CTL_ENABLE, 0);
}

static void interrupts_are_off(void)
{
    for (uint32_t intid = SPI_FIRST; intid < SPI_FIRST + SPI_COUNT; intid++) {
        CHECK(!gic_is_enabled(intid));
        CHECK(!gic_is_pending(intid));
        CHECK(!gic_is_active(intid));
        CHECK(!gic_is_edge(intid));
        CHECK_EQ(gic_priority(intid), 0);
    }
    CHECK(!gic_is_pending(SGI_LEFT));
    CHECK(!gic_is_active(machine.timer_virt_intid));
    CHECK(!gic_is_pending(machine.timer_virt_intid));
    CHECK(!gic_is_pending(machine.timer_phys_intid));
}

static void other_cpu_is_off(void)
{
    CHECK_EQ(psci_call(PSCI_AFFINITY_INFO, machine.cpus[1], 0, 0), PSCI_OFF);
}

/* What is pending in no register may still be on its way to the CPU. */
static void no_interrupt_arrives(void)
{
    gic_init();
    for (uint32_t intid = SPI_FIRST; intid < SPI_FIRST + SPI_COUNT; intid++)
        gic_enable(intid);
    gic_enable(SGI_LEFT);
    gic_enable(machine.timer_virt_intid);
    gic_enable(machine.timer_phys_intid);
    delay_us(1000);
    CHECK_EQ(gic_intid(gic_ack()), INTID_SPURIOUS);
}

/* ---- no longer new */

static void leave_interrupts_behind(void)
{
    for (uint32_t intid = SPI_FIRST; intid < SPI_FIRST + SPI_COUNT; intid++) {
        gic_set_edge(intid, true);
        gic_set_priority(intid, 0x50);
        gic_enable(intid);
        gic_set_pending(intid);
    }
    gic_ack(); /* one is active */
    gic_sgi_self(SGI_LEFT);
    WRITE_SYSREG(cntv_cval_el0, 0);
    WRITE_SYSREG(cntv_ctl_el0, CNT_CTL_ENABLE);
    WRITE_SYSREG(cntp_cval_el0, 0);
    WRITE_SYSREG(cntp_ctl_el0, CNT_CTL_ENABLE);
    mmio_write32(machine.uart + UARTIMSC, UARTINT_ALL);
}

static void leave_memory_behind(void)
{
    uint64_t bad = 0;

    ram_each_free_page(page_fill, &bad);
    for (unsigned i = 0; i < DATA_WORDS; i++)
        ((volatile uint64_t *)data)[i] = ~DATA_VALUE;
}

/* ---- the ways to reset */

struct way {
    uint32_t function;
    uint8_t cpu; /* that calls */
    bool by_smc;
    void (*other)(void); /* what the other CPU does meanwhile, again and again */
};

static void spin(void) {}
static void access_device(void)
{
    gic_is_enabled(SPI_FIRST);
}

#define BARE_WAYS 2
static const struct way ways[] = {
    {PSCI_SYSTEM_RESET, 0, false, spin},
    {PSCI_SYSTEM_RESET, 1, false, access_device},
    {PSCI_SYSTEM_RESET2, 0, false, wait_for_interrupt},
    {PSCI_SYSTEM_RESET2_64, 0, true, access_device},
    {PSCI_SYSTEM_RESET, 0, true, wait_for_interrupt},
    {PSCI_SYSTEM_RESET2_64, 1, false, spin},
    {PSCI_SYSTEM_RESET2, 1, true, wait_for_interrupt},
};

static void call(const struct way *way)
{
    uint64_t result =
        way->by_smc ? smc_call(way->function, 0, 0, 0) : hvc_call(way->function, 0, 0, 0);
    print("FAIL: reset by 0x%x returned 0x%lx\n", way->function, result);
    power_off();
}

static void second_cpu(void *argument)
{
    const struct way *way = argument;

    gic_init_cpu();
    if (way->cpu == 1)
        call(way);
    for (;;)
        way->other();
}

static void __noreturn reset(uint64_t host_ticks)
{
    /* QEMU's own machine has neither SMC without EL3 nor SYSTEM_RESET2. */
    unsigned count = machine.is_vm ? ARRAY_SIZE(ways) : BARE_WAYS;
    const struct way *way = &ways[host_ticks % count];

    print("as new; reset by 0x%x of CPU %u, by %s\n", way->function, way->cpu,
          way->by_smc ? "SMC" : "HVC");
    leave_memory_behind();
    if (cpu_run(1, second_cpu, (void *)way)) {
        leave_interrupts_behind();
        if (way->cpu == 0)
            call(way);
        for (;;)
            way->other();
    }
    print("FAIL: CPU 1 did not start\n");
    power_off();
}

void guest_main(void)
{
    static const struct test tests[] = {
        TEST(memory_is_clean), /* before anything is written */
        TEST(data_is_as_linked),  TEST(time_begins_anew), TEST(timers_are_off),
        TEST(interrupts_are_off), TEST(other_cpu_is_off), TEST(no_interrupt_arrives),
    };
    uint64_t until_ms = text_argument(machine.bootargs, "until_ms", UNTIL_MS_DEFAULT);
    uint64_t host_ticks = READ_SYSREG(cntpct_el0);

    if (host_ticks >= until_ms * counter_hz() / 1000) {
        check_run(tests, ARRAY_SIZE(tests));
        return;
    }
    mmu_init();
    unsigned failed = check_quietly(tests, ARRAY_SIZE(tests));
    if (failed == 0)
        reset(host_ticks);
    print("%u passed, %u failed, 0 skipped\n", (unsigned)ARRAY_SIZE(tests) - failed, failed);
}
