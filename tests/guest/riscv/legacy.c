/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SBI's legacy calls (SBI 2.0, chapter 5), of a VM that asks for them or above OpenSBI. With
 * `console` in its command line it is a VM without UART instead: it prints what is typed up to the
 * end of a line, by these calls, and switches off by one.
 */
#include "guest/lib/riscv/guest.h"

#include "lib/bits.h"

enum legacy {
    SET_TIMER,
    CONSOLE_PUTCHAR,
    CONSOLE_GETCHAR,
    CLEAR_IPI,
    SEND_IPI,
    REMOTE_FENCE_I,
    REMOTE_SFENCE_VMA,
    REMOTE_SFENCE_VMA_ASID,
    SHUTDOWN,
};
#define UNTOUCHED 0x5a5a5a5aULL /* a1, where a call takes no second argument */
#define SATP_SV39 (8ULL << 60)
enum { PTE_V = 0x1, PTE_R = 0x2, PTE_W = 0x4, PTE_X = 0x8, PTE_AD = 0xc0 };
/* A window of 2 MiB pages; the first is on the guest's memory, the second on nothing. */
#define WINDOW GIB(4)

static uint64_t a1_after;
static int64_t legacy(enum legacy id, uint64_t first, uint64_t second)
{
    register uint64_t a0 __asm__("a0") = first;
    register uint64_t a1 __asm__("a1") = second;
    register uint64_t a2 __asm__("a2") = 0;
    register uint64_t a3 __asm__("a3") = 0;
    register uint64_t a7 __asm__("a7") = id;

    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a2), "r"(a3), "r"(a7) : "memory");
    a1_after = a1;
    return (int64_t)a0;
}

static bool is_pending(enum irq irq)
{
    return (CSR_READ(sip) & IRQ_BIT(irq)) != 0;
}

static void test_probe(void)
{
    for (unsigned id = SET_TIMER; id <= SHUTDOWN; id++)
        CHECK(sbi(EXT_BASE, 3, id, 0, 0).value != 0);
    CHECK_EQ(sbi(EXT_BASE, 3, SHUTDOWN + 1, 0, 0).value, 0);
}

static void test_timer(void)
{
    CHECK_EQ(legacy(SET_TIMER, counter(), UNTOUCHED), 0);
    CHECK_EQ(a1_after, UNTOUCHED);
    CHECK(WAIT_UNTIL(is_pending(IRQ_TIMER)));
    CHECK_EQ(legacy(SET_TIMER, UINT64_MAX, UNTOUCHED), 0);
    CHECK(!is_pending(IRQ_TIMER));
}

static void test_console(void)
{
    static const char text[] = "by SBI's legacy console\r\n";

    for (const char *c = text; *c != 0; c++)
        CHECK_EQ(legacy(CONSOLE_PUTCHAR, (uint8_t)*c, UNTOUCHED), 0);
    CHECK_EQ(legacy(CONSOLE_GETCHAR, 0, UNTOUCHED), -1);
    CHECK_EQ(a1_after, UNTOUCHED);
}

static volatile uint64_t mask;
static void test_interrupts(void)
{
    mask = 1ULL << this_hart();
    CHECK_EQ(legacy(SEND_IPI, (uint64_t)&mask, UNTOUCHED), 0);
    CHECK_EQ(a1_after, UNTOUCHED);
    CHECK(WAIT_UNTIL(is_pending(IRQ_SOFTWARE)));
    /* OpenSBI's answer is always 0. */
    CHECK(is_bare() || legacy(CLEAR_IPI, 0, UNTOUCHED) > 0);
    CHECK(!is_bare() || legacy(CLEAR_IPI, 0, UNTOUCHED) == 0);
    CHECK(!is_pending(IRQ_SOFTWARE));
    CHECK_EQ(legacy(CLEAR_IPI, 0, UNTOUCHED), 0);
    CHECK_EQ(legacy(SEND_IPI, 0, UNTOUCHED), 0); /* all */
    CHECK(WAIT_UNTIL(is_pending(IRQ_SOFTWARE)));
    (void)legacy(CLEAR_IPI, 0, UNTOUCHED);
}

/* Firmware sends nothing to a hart that is still on its way up. */
static uint64_t up, taken;
static void second(void)
{
    __atomic_store_n(&up, 1, __ATOMIC_RELEASE);
    CHECK(WAIT_UNTIL(is_pending(IRQ_SOFTWARE)));
    __atomic_store_n(&taken, 1, __ATOMIC_RELEASE);
    hart_stop();
}
static void test_other_hart(void)
{
    mask = 1ULL << other_hart();
    CHECK(second_hart(second));
    CHECK(WAIT_UNTIL(__atomic_load_n(&up, __ATOMIC_ACQUIRE) == 1));
    CHECK_EQ(legacy(SEND_IPI, (uint64_t)&mask, UNTOUCHED), 0);
    CHECK(!is_pending(IRQ_SOFTWARE));
    CHECK(WAIT_UNTIL(__atomic_load_n(&taken, __ATOMIC_ACQUIRE) == 1));
    CHECK(second_hart_wait_off());
}

static void test_fences(void)
{
    mask = 1ULL << this_hart();
    for (unsigned id = REMOTE_FENCE_I; id <= REMOTE_SFENCE_VMA_ASID; id++) {
        CHECK_EQ(legacy(id, (uint64_t)&mask, 0), 0);
        CHECK_EQ(a1_after, 0);
        CHECK_EQ(legacy(id, 0, 0), 0);
    }
    CHECK_EQ(legacy(REMOTE_SFENCE_VMA, (uint64_t)&mask, GIB(1)), 0);
}

/* ---- masks through the guest's tables */

static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t middle[512] __attribute__((aligned(4096)));
static uint64_t pte(uint64_t at, uint64_t flags)
{
    return at >> 12 << 10 | flags;
}

static uint64_t mask_at;
static int64_t sent;
static void send(void)
{
    sent = legacy(SEND_IPI, mask_at, UNTOUCHED);
}
static void check_fault(uint64_t at, enum cause cause)
{
    struct seen seen;

    mask_at = at;
    sent = 1;
    seen = expect(send);
    CHECK_EQ(seen.cause, cause);
    CHECK_EQ(seen.value, at);
    CHECK_EQ(*(const volatile uint32_t *)seen.pc, 0x00000073); /* the ECALL itself */
    CHECK(!is_pending(IRQ_SOFTWARE));
}

static void test_translated(void)
{
    uint64_t here = (uint64_t)&mask & ~(MIB(2) - 1);

    root[0] = pte(0, PTE_V | PTE_R | PTE_W | PTE_AD);
    root[2] = pte(GIB(2), PTE_V | PTE_R | PTE_W | PTE_X | PTE_AD);
    root[WINDOW / GIB(1)] = pte((uint64_t)middle, PTE_V);
    middle[0] = pte(here, PTE_V | PTE_R | PTE_AD);
    middle[1] = pte(NOWHERE & ~(MIB(2) - 1), PTE_V | PTE_R | PTE_AD);
    CSR_WRITE(satp, SATP_SV39 | (uint64_t)root >> 12);
    __asm__ volatile("sfence.vma" ::: "memory");
    mask = 1ULL << this_hart();
    mask_at = WINDOW + ((uint64_t)&mask - here);
    send();
    CHECK_EQ(sent, 0);
    CHECK(WAIT_UNTIL(is_pending(IRQ_SOFTWARE)));
    (void)legacy(CLEAR_IPI, 0, UNTOUCHED);
    check_fault(WINDOW + MIB(4), CAUSE_LOAD_PAGE);
    /* OpenSBI reads what is nowhere to its end on QEMU's bus. */
    if (!is_bare())
        check_fault(WINDOW + MIB(2), CAUSE_LOAD_ACCESS);
    CSR_WRITE(satp, 0);
    __asm__ volatile("sfence.vma" ::: "memory");
}

/* ---- a VM whose console this is */

static void say(const char *text)
{
    for (; *text != 0; text++)
        (void)legacy(CONSOLE_PUTCHAR, (uint8_t)*text, 0);
}
static void echo_line(void)
{
    int64_t byte;

    say("type a line\r\n");
    say("typed: ");
    while ((byte = legacy(CONSOLE_GETCHAR, 0, 0)) != '\r' && byte != '\n') {
        if (byte >= 0)
            (void)legacy(CONSOLE_PUTCHAR, (uint64_t)byte, 0);
    }
    say(".\r\n");
    (void)legacy(SHUTDOWN, 0, 0);
    say("it is still on\r\n");
}

void guest_main(uint64_t hart, uint64_t fdt)
{
    static const struct test tests[] = {
        TEST(test_probe),      TEST(test_timer),  TEST(test_console),    TEST(test_interrupts),
        TEST(test_other_hart), TEST(test_fences), TEST(test_translated),
    };

    if (bootargs(fdt)[0] == 'c')
        echo_line();
    check_run(hart, tests, ARRAY_SIZE(tests));
}
