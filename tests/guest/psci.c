/* SPDX-License-Identifier: Apache-2.0 */
/* PSCI as a kernel uses it: Arm DEN 0022F, chapter 5. Ends by the runtime's SYSTEM_OFF, which the
 * runner sees. */
#include "guest/lib/power.h"

#include "guest/lib/gic.h"
#include "guest/lib/guest.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"
#include "guest/lib/timer.h"

/* psci.S fills it with caches off: it has cache lines of its own. */
struct psci_probe {
    uint64_t context, current_el, sctlr, daif, mpidr, spsel;
    uint64_t done;
    uint64_t by_smc;
} __aligned(128);

extern struct psci_probe psci_probe;
struct psci_probe psci_probe;
void psci_probe_entry(void);

enum { CURRENT_EL1 = 1 << 2, SCTLR_M_C_I = 1 << 0 | 1 << 2 | 1 << 12 };

static void probe_flush(void)
{
    __asm__ volatile("dsb sy\n dc civac, %0\n dsb sy" ::"r"(&psci_probe) : "memory");
}
static bool probe_done(void)
{
    probe_flush();
    return *(volatile uint64_t *)&psci_probe.done != 0;
}

static void version(void)
{
    uint32_t v = (uint32_t)firmware_call(PSCI_VERSION, 0, 0, 0);

    CHECK(v >= 0x10000); /* 1.0 */
    CHECK(v < 0x20000);
    if (machine.is_vm)
        CHECK_EQ(v, 0x10001);
}

static void features(void)
{
    static const uint32_t mandatory[] = {
        PSCI_VERSION,    PSCI_CPU_SUSPEND32, PSCI_CPU_SUSPEND,     PSCI_CPU_OFF,
        PSCI_CPU_ON32,   PSCI_CPU_ON,        PSCI_AFFINITY_INFO32, PSCI_AFFINITY_INFO,
        PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET,  PSCI_FEATURES,
    };
    for (unsigned i = 0; i < ARRAY_SIZE(mandatory); i++) {
        if (!CHECK(psci_call(PSCI_FEATURES, mandatory[i], 0, 0) >= 0))
            print("  function 0x%x\n", mandatory[i]);
    }
    CHECK_EQ(psci_call(PSCI_FEATURES, 0x8400ffffu, 0, 0), PSCI_NOT_SUPPORTED);
    CHECK_EQ(psci_call(PSCI_FEATURES, 0, 0, 0), PSCI_NOT_SUPPORTED);
}

static void smccc_discovery(void)
{
    if (!machine.is_vm)
        SKIP("QEMU's PSCI has no SMCCC_VERSION");
    CHECK(psci_call(PSCI_FEATURES, SMCCC_VERSION, 0, 0) >= 0);
    CHECK(psci_call(SMCCC_VERSION, 0, 0, 0) >= 0x10001);
    CHECK(psci_call(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES, 0, 0) >= 0);
    CHECK_EQ(psci_call(SMCCC_ARCH_FEATURES, 0x8000ffffu, 0, 0), PSCI_NOT_SUPPORTED);
}

static void migrate_info_type(void)
{
    int32_t type = psci_call(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0);
    CHECK(type == 2 || type == PSCI_NOT_SUPPORTED); /* 2: no Trusted OS to migrate */
}

static void affinity_info(void)
{
    CHECK_EQ(psci_call(PSCI_AFFINITY_INFO, machine.cpus[0], 0, 0), PSCI_ON);
    CHECK_EQ(psci_call(PSCI_AFFINITY_INFO, machine.cpus[1], 0, 0), PSCI_OFF);
    CHECK_EQ(psci_call(PSCI_AFFINITY_INFO32, machine.cpus[1], 0, 0), PSCI_OFF);
    CHECK_EQ(psci_call(PSCI_AFFINITY_INFO, 0xff00ff00ffULL, 0, 0), PSCI_INVALID_PARAMETERS);
}

static void cpu_on_refuses(void)
{
    uint64_t entry = (uint64_t)psci_probe_entry;

    CHECK_EQ(psci_call(PSCI_CPU_ON, machine.cpus[0], entry, 0), PSCI_ALREADY_ON);
    CHECK_EQ(psci_call(PSCI_CPU_ON, 0xff00ff00ffULL, entry, 0), PSCI_INVALID_PARAMETERS);
    CHECK_EQ(psci_call(PSCI_CPU_ON, machine.cpus[1] + 100, entry, 0), PSCI_INVALID_PARAMETERS);
    CHECK_EQ(psci_call(PSCI_AFFINITY_INFO, machine.cpus[1], 0, 0), PSCI_OFF);
}

static void entry_state_is(uint64_t context)
{
    CHECK_EQ(psci_probe.context, context);
    CHECK_EQ(psci_probe.current_el, CURRENT_EL1);
    CHECK_EQ(psci_probe.sctlr & SCTLR_M_C_I, 0);
    CHECK_EQ(psci_probe.daif, SPSR_EL1_D | SPSR_EL1_A | SPSR_EL1_I | SPSR_EL1_F);
    CHECK_EQ(psci_probe.spsel, 1);
    CHECK_EQ(psci_probe.mpidr & MPIDR_AFFINITY, machine.cpus[1]);
}

static void cpu_on_entry_state(void)
{
    uint64_t context = 0xfedcba9876543210ULL;

    psci_probe = (struct psci_probe){.by_smc = machine.psci_by_smc};
    probe_flush();
    REQUIRE(psci_call(PSCI_CPU_ON, machine.cpus[1], (uint64_t)psci_probe_entry, context) ==
            PSCI_SUCCESS);
    REQUIRE(WAIT_UNTIL(probe_done()));
    entry_state_is(context);
    CHECK(cpu_wait_off(1));
}

static uint32_t hold;
static void stay(void *unused)
{
    __atomic_store_n(&hold, 2, __ATOMIC_RELEASE);
    while (__atomic_load_n(&hold, __ATOMIC_ACQUIRE) != 0)
        ;
}

static void already_on(void)
{
    hold = 1;
    REQUIRE(cpu_run(1, stay, NULL));
    CHECK(WAIT_UNTIL(__atomic_load_n(&hold, __ATOMIC_ACQUIRE) == 2));
    CHECK_EQ(psci_call(PSCI_AFFINITY_INFO, machine.cpus[1], 0, 0), PSCI_ON);
    CHECK_EQ(psci_call(PSCI_CPU_ON, machine.cpus[1], (uint64_t)psci_probe_entry, 0),
             PSCI_ALREADY_ON);
    __atomic_store_n(&hold, 0, __ATOMIC_RELEASE);
    CHECK(cpu_wait_off(1));
}

#define OFF_ON_ROUNDS 100
static uint32_t rounds;
static void count_round(void *argument)
{
    if (*(uint32_t *)argument == rounds)
        __atomic_add_fetch(&rounds, 1, __ATOMIC_RELEASE);
}

static void off_and_on_again(void)
{
    rounds = 0;
    for (uint32_t i = 0; i < OFF_ON_ROUNDS; i++) {
        if (!CHECK(cpu_run(1, count_round, &i)) || !CHECK(cpu_wait_off(1)))
            return;
    }
    CHECK_EQ(rounds, OFF_ON_ROUNDS);
}

/* Standby by CPU_SUSPEND returns for a pending interrupt, though masked, with the registers kept.
 */
static void suspend_wakes(void)
{
    gic_init();
    gic_enable(machine.timer_virt_intid);
    uint64_t deadline = counter() + ticks_of_us(5000);
    WRITE_SYSREG(cntv_cval_el0, deadline);
    WRITE_SYSREG(cntv_ctl_el0, CNT_CTL_ENABLE);
    barrier_context();
    /* Power state 0: standby of this CPU. */
    while (counter() < deadline) {
        if (!CHECK_EQ(psci_call(PSCI_CPU_SUSPEND, 0, 0, 0), PSCI_SUCCESS))
            break;
    }
    CHECK(READ_SYSREG(cntv_ctl_el0) & CNT_CTL_ISTATUS);
    WRITE_SYSREG(cntv_ctl_el0, 0);
    barrier_context();
    gic_disable(machine.timer_virt_intid);
}

void guest_main(void)
{
    static const struct test tests[] = {
        TEST(version),
        TEST(features),
        TEST(smccc_discovery),
        TEST(migrate_info_type),
        TEST(affinity_info),
        TEST(cpu_on_refuses),
        TEST(cpu_on_entry_state),
        TEST(already_on),
        TEST(off_and_on_again),
        TEST(suspend_wakes),
    };
    check_run(tests, ARRAY_SIZE(tests));
}
