/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An asynchronous abort that the machine reports while this guest runs comes to it, and once only:
 * a debugger makes it (tests/system/arm_faults.py). Until then it traps, and waits, and computes.
 * Arm ARM DDI 0406C, B1.8.11 "Virtual exceptions in the Virtualization Extensions".
 */
#include "guest/lib/arm/guest.h"

#include "lib/bits.h"

#define SECONDS        3u
#define PPI_VTIMER     27u
#define TURNS_A_SECOND 50u

static volatile unsigned wakeups;

static void timer(uint32_t intid, enum exception how)
{
    wakeups++;
    CP_WRITE(p15, 0, c14, c3, 1, 0);
}

/* Sleeps a while, so that the vCPU is now loaded and now not; then a trap that is not of the
 * common ones. */
static void turn(void)
{
    CP_WRITE64(3, c14, counter() + CP_READ(p15, 0, c14, c0, 0) / TURNS_A_SECOND);
    CP_WRITE(p15, 0, c14, c3, 1, 1);
    irq_unmask();
    __asm__ volatile("wfi" ::: "memory");
    irq_mask();
    (void)smc(PSCI_VERSION, 0, 0, 0);
}

static void test_at_most_one(void)
{
    uint64_t until = counter() + (uint64_t)SECONDS * CP_READ(p15, 0, c14, c0, 0);

    irq_set_handler(timer);
    gic_enable(PPI_VTIMER);
    __asm__ volatile("cpsie a" ::: "memory");
    while (counter() < until)
        turn();
    print("aborts=%u\n", async_aborts());
    CHECK(async_aborts() <= 1);
    CHECK(wakeups > 1);
}

void guest_main(void)
{
    static const struct test tests[] = {TEST(test_at_most_one)};

    gic_init();
    check_run(tests, ARRAY_SIZE(tests));
}
