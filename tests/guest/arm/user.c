/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program without a kernel (trapeze,user-mode): it runs in User mode right above the hypervisor,
 * to which all its exceptions go (HCR.TGE, HDCR.TDE). Its SVC are calls; any other exception ends
 * it, and is explained. `end=N` on the command line says which it causes (tests/system/arm.sh). Arm
 * ARM DDI 0406C, B1.8.4 "Routing general exceptions to Hyp mode", B1.8.5 "Routing Debug
 * exceptions".
 */
#include "guest/lib/arm/guest.h"
#include "guest/lib/text.h"

#include "lib/bits.h"

#define NOWHERE 0x10000000u

static void test_calls(void)
{
    uint32_t cpsr;

    __asm__ volatile("mrs %0, cpsr" : "=r"(cpsr));
    CHECK_EQ(cpsr & 0x1f, 0x10);
    CHECK_EQ(hvc(PSCI_VERSION, 0, 0, 0), 0x10001);
    CHECK_EQ(hvc(0x8fffffff, 0, 0, 0), UINT32_MAX);
}

/* In Thumb state as well, and in an IT block. */
static void test_thumb_call(void)
{
    uint32_t version;

    __asm__ volatile(
        ".syntax unified\n\tmovw r0, #0\n\tmovt r0, #0x8400\n\tadr r5, 1f + 1\n\tbx r5\n\t"
        ".thumb\n\t.balign 4\n1:\tcmp r5, r5\n\titt eq\n\tsvceq #0\n\tmoveq r4, r0\n\t"
        "adr r5, 2f\n\tbx r5\n\t.balign 4\n\t.arm\n2:\tmov %0, r4"
        : "=r"(version)
        :
        : "r0", "r1", "r2", "r3", "r4", "r5", "cc");
    CHECK_EQ(version, 0x10001);
}

/* What a kernel would have given it. */
static void test_rights(void)
{
    uint64_t before = counter();
    uint32_t value;

    CHECK(counter() > before);
    __asm__ volatile(".fpu neon\n\tvdup.32 q1, %1\n\tvmov.32 %0, d3[1]"
                     : "=r"(value)
                     : "r"(0x5eed));
    CHECK_EQ(value, 0x5eed);
    CP_WRITE(p15, 0, c13, c0, 2, 0x1234); /* TPIDRURW */
    CHECK_EQ(CP_READ(p15, 0, c13, c0, 2), 0x1234);
    mmio_write(GICD + GICD_IPRIORITYR + 4, 0x40506070);
    CHECK_EQ(mmio_read(GICD + GICD_IPRIORITYR + 4), 0x40506070);
}

static volatile uint32_t second_ran;

static void second(void)
{
    second_ran = 1;
    cpu_off();
}

static void test_second_cpu(void)
{
    CHECK(second_cpu(second, false));
    CHECK(second_cpu_wait_off());
    CHECK_EQ(second_ran, 1);
}

static void end(uint64_t how)
{
    switch (how) {
    case 1:
        __asm__ volatile("udf #0");
        break;
    case 2:
        (void)mmio_read(NOWHERE + 4);
        break;
    case 3:
        ((void (*)(void))NOWHERE)();
        break;
    case 4:
        __asm__ volatile("bkpt #0");
        break;
    case 5:
        __asm__ volatile("svc #7");
        break;
    case 6:
        (void)CP_READ(p15, 0, c1, c0, 0); /* SCTLR: a kernel's */
        break;
    default:
        break;
    }
}

void guest_main(void)
{
    static const struct test tests[] = {TEST(test_calls), TEST(test_thumb_call), TEST(test_rights),
                                        TEST(test_second_cpu)};

    check_all(tests, ARRAY_SIZE(tests));
    end(text_argument(machine.bootargs, "end", 0));
    hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}
