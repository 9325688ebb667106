/* SPDX-License-Identifier: Apache-2.0 */
/* The calls of the Supervisor Binary Interface 2.0 and their errors; chapters at each. */
#include "guest/lib/riscv/guest.h"

#define SBI_2_0         0x02000000u
#define NO_HART         40u
#define ALL_HARTS       UINT64_MAX
#define NOT_A_FUNCTION  99u
#define SUSPEND_DEFAULT 0u
#define RESERVED        0x10u

static int64_t error_of(uint64_t extension, uint64_t function, uint64_t a0, uint64_t a1,
                        uint64_t a2)
{
    return sbi(extension, function, a0, a1, a2).error;
}

/* Chapter 4. */
static void test_base(void)
{
    static const uint64_t here[] = {EXT_BASE, EXT_TIME, EXT_IPI, EXT_RFENCE,
                                    EXT_HSM,  EXT_SRST, EXT_DBCN};

    CHECK(sbi(EXT_BASE, 0, 0, 0, 0).value >= SBI_2_0);
    for (unsigned i = 0; i < ARRAY_SIZE(here); i++) {
        CHECK(sbi(EXT_BASE, 3, here[i], 0, 0).value != 0);
        CHECK_EQ(error_of(here[i], NOT_A_FUNCTION, 0, 0, 0), ERR_NOT_SUPPORTED);
    }
    CHECK_EQ(sbi(EXT_BASE, 3, 0x12345678, 0, 0).value, 0);
    CHECK_EQ(sbi(EXT_BASE, 3, 0x12345678, 0, 0).error, 0);
    CHECK_EQ(error_of(0x12345678, 0, 0, 0, 0), ERR_NOT_SUPPORTED);
}

/* A call changes a0 and a1 alone (chapter 3). */
static void test_other_registers(void)
{
    uint64_t kept[4];

    __asm__ volatile("li a2, 2\n\tli a5, 5\n\tli t0, 6\n\tli s2, 7\n\t"
                     "li a7, 0x10\n\tli a6, 0\n\tecall\n\t"
                     "mv %0, a2\n\tmv %1, a5\n\tmv %2, t0\n\tmv %3, s2"
                     : "=&r"(kept[0]), "=&r"(kept[1]), "=&r"(kept[2]), "=&r"(kept[3])::"a0", "a1",
                       "a2", "a5", "a6", "a7", "t0", "s2", "memory");
    CHECK_EQ(kept[0], 2);
    CHECK_EQ(kept[1], 5);
    CHECK_EQ(kept[2], 6);
    CHECK_EQ(kept[3], 7);
}

/* Chapters 7 and 8. */
static void test_masks(void)
{
    uint64_t both = 1ULL << this_hart() | 1ULL << other_hart();

    CHECK_EQ(error_of(EXT_IPI, 0, 1, NO_HART, 0), ERR_INVALID_PARAM);
    CHECK_EQ(error_of(EXT_IPI, 0, 1ULL << this_hart(), 0, 0), 0);
    CHECK(CSR_READ(sip) & IRQ_BIT(IRQ_SOFTWARE));
    CSR_CLEAR(sip, IRQ_BIT(IRQ_SOFTWARE));
    CHECK_EQ(error_of(EXT_IPI, 0, 0, ALL_HARTS, 0), 0);
    CHECK(WAIT_UNTIL(CSR_READ(sip) & IRQ_BIT(IRQ_SOFTWARE)));
    CSR_CLEAR(sip, IRQ_BIT(IRQ_SOFTWARE));
    CHECK_EQ(error_of(EXT_RFENCE, 0, 1, NO_HART, 0), ERR_INVALID_PARAM);
    CHECK_EQ(error_of(EXT_RFENCE, 0, 1ULL << this_hart(), 0, 0), 0);
    CHECK_EQ(error_of(EXT_RFENCE, 1, both & (1ULL << this_hart()), 0, 0), 0);
    CHECK_EQ(error_of(EXT_RFENCE, 0, 0, ALL_HARTS, 0), 0);
}

/* Chapter 9. */
static uint64_t runs;
static void second(void)
{
    __atomic_add_fetch(&runs, 1, __ATOMIC_RELEASE);
    hart_stop();
}
static void test_harts(void)
{
    CHECK_EQ(sbi(EXT_HSM, HSM_STATUS, this_hart(), 0, 0).value, HSM_STARTED);
    CHECK_EQ(sbi(EXT_HSM, HSM_STATUS, other_hart(), 0, 0).value, HSM_STOPPED);
    CHECK_EQ(error_of(EXT_HSM, HSM_STATUS, NO_HART, 0, 0), ERR_INVALID_PARAM);
    CHECK_EQ(error_of(EXT_HSM, HSM_START, NO_HART, 0x80200000, 0), ERR_INVALID_PARAM);
    CHECK_EQ(error_of(EXT_HSM, HSM_START, this_hart(), 0x80200000, 0), ERR_ALREADY_AVAILABLE);
    for (unsigned i = 1; i <= 3; i++) {
        CHECK(second_hart(second));
        CHECK(second_hart_wait_off());
        CHECK_EQ(runs, i);
    }
    CHECK_EQ(error_of(EXT_HSM, HSM_SUSPEND, RESERVED, 0, 0), ERR_INVALID_PARAM);
}

static void test_suspend(void)
{
    uint64_t deadline = counter() + COUNTER_HZ / 100;
    int64_t error;

    timer_set(deadline);
    CSR_SET(sie, IRQ_BIT(IRQ_TIMER));
    /* Like WFI it may end for less. */
    for (error = 0; error == 0 && counter() < deadline;)
        error = error_of(EXT_HSM, HSM_SUSPEND, SUSPEND_DEFAULT, 0, 0);
    CHECK_EQ(error, 0);
    CSR_CLEAR(sie, IRQ_BIT(IRQ_TIMER));
    timer_set(UINT64_MAX);
}

/* Chapters 9.4 and 13, where registers are lost; OpenSBI has neither on this machine. */
static void test_deep_suspend(void)
{
    static const struct {
        uint64_t extension, function, type;
    } ways[] = {{EXT_HSM, HSM_SUSPEND, 0x80000000}, {EXT_SUSP, 0, 0}};

    for (unsigned i = 0; i < ARRAY_SIZE(ways) && !is_bare(); i++) {
        uint64_t deadline = counter() + COUNTER_HZ / 100;

        timer_set(deadline);
        CSR_WRITE(sie, IRQ_BIT(IRQ_TIMER));
        CHECK_EQ(guest_suspend(ways[i].extension, ways[i].function, ways[i].type), 1);
        CHECK_EQ(CSR_READ(satp), 0);
        CHECK_EQ(CSR_READ(sstatus) & SIE, 0);
        CHECK(counter() >= deadline);
        CSR_WRITE(sie, 0);
        timer_set(UINT64_MAX);
    }
}

/* Chapter 11: what firmware did, counted. */
static void test_counters(void)
{
    if (is_bare())
        return;
    CHECK(sbi(EXT_PMU, 0, 0, 0, 0).value > 0);
    CHECK_EQ(sbi(EXT_PMU, 1, 0, 0, 0).value >> 63, 1);
    CHECK_EQ(error_of(EXT_PMU, 5, 0, 0, 0), ERR_INVALID_PARAM); /* not configured */
    CHECK_EQ(CSR_READ(cycle), CSR_READ(cycle));                 /* the CPU's own stand still */
}

/* Chapter 10. */
static void test_reset_arguments(void)
{
    CHECK_EQ(error_of(EXT_SRST, 0, RESERVED, 0, 0), ERR_INVALID_PARAM);
}

/* Chapter 12. */
static void test_console(void)
{
    static const char text[] = "by SBI's debug console\r\n";
    uint64_t done = 0;

    while (done < sizeof(text) - 1) {
        struct sbi_answer answer =
            sbi(EXT_DBCN, 0, sizeof(text) - 1 - done, (uint64_t)text + done, 0);

        if (!CHECK_EQ(answer.error, 0))
            return;
        done += answer.value;
    }
    CHECK_EQ(done, sizeof(text) - 1);
    CHECK_EQ(error_of(EXT_DBCN, 2, '.', 0, 0), 0);
    CHECK_EQ(error_of(EXT_DBCN, 2, '\n', 0, 0), 0);
    CHECK(is_bare() || error_of(EXT_DBCN, 0, 8, (uint64_t)text, 1) == ERR_INVALID_PARAM);
}

void guest_main(uint64_t hart, uint64_t fdt)
{
    static const struct test tests[] = {
        TEST(test_base),     TEST(test_other_registers), TEST(test_masks),
        TEST(test_harts),    TEST(test_suspend),         TEST(test_deep_suspend),
        TEST(test_counters), TEST(test_reset_arguments), TEST(test_console),
    };

    check_run(hart, tests, ARRAY_SIZE(tests));
}
