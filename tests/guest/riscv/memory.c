/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses at which nothing is, directly and through the guest's own tables, and the tables'
 * rights: with H the second stage's faults are an access fault here, as a bus's are. Privileged
 * Architecture 10.3, 10.4.
 */
#include "guest/lib/riscv/guest.h"

#include "lib/bits.h"

enum { PTE_V = 0x1, PTE_R = 0x2, PTE_W = 0x4, PTE_X = 0x8, PTE_U = 0x10, PTE_AD = 0xc0 };
#define PTE_ALL   (PTE_V | PTE_R | PTE_W | PTE_X | PTE_AD)
#define SATP_SV39 (8ULL << 60)
#define MODE_NONE (1ULL << 60) /* reserved */

/* From this virtual address on, 2 MiB each. */
#define WINDOW 0x100000000ULL
enum { TO_NOWHERE, TABLE_NOWHERE, READ_ONLY, USER_PAGE, EXECUTE_ONLY, ABSENT };
static uint64_t window(unsigned part)
{
    return WINDOW + MIB(2) * part;
}

static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t middle[512] __attribute__((aligned(4096)));
static uint64_t target; /* of the access that is tried */

static uint64_t pte(uint64_t at, uint64_t flags)
{
    return at >> 12 << 10 | flags;
}

static void mmu_on(void)
{
    uint64_t here = (uint64_t)root & ~(MIB(2) - 1);

    root[0] = pte(0, PTE_ALL);
    root[2] = pte(GIB(2), PTE_ALL);
    root[WINDOW / GIB(1)] = pte((uint64_t)middle, PTE_V);
    middle[TO_NOWHERE] = pte(NOWHERE, PTE_ALL);
    middle[TABLE_NOWHERE] = pte(NOWHERE, PTE_V);
    middle[READ_ONLY] = pte(here, PTE_V | PTE_R | PTE_AD);
    middle[USER_PAGE] = pte(here, PTE_V | PTE_R | PTE_W | PTE_U | PTE_AD);
    middle[EXECUTE_ONLY] = pte(here, PTE_V | PTE_X | PTE_AD);
    CSR_WRITE(satp, SATP_SV39 | (uint64_t)root >> 12);
    __asm__ volatile("sfence.vma" ::: "memory");
}
static void mmu_off(void)
{
    CSR_WRITE(satp, 0);
    __asm__ volatile("sfence.vma" ::: "memory");
}

static void load(void)
{
    (void)read32(target);
}
static void load8(void)
{
    (void)read8(target);
}
static void store(void)
{
    write32(target, 1);
}
static void amo(void)
{
    __asm__ volatile("amoadd.w zero, zero, (%0)" ::"r"(target) : "memory");
}
static void jump(void)
{
    __asm__ volatile("jalr %0" ::"r"(target) : "ra", "memory");
}

static void check_fault(uint64_t at, void (*fn)(void), enum cause cause)
{
    struct seen seen;

    target = at;
    seen = expect(fn);
    CHECK_EQ(seen.cause, cause);
    CHECK_EQ(seen.value, at);
}

static void test_nowhere(void)
{
    check_fault(NOWHERE, load, CAUSE_LOAD_ACCESS);
    check_fault(NOWHERE + 3, load8, CAUSE_LOAD_ACCESS);
    check_fault(NOWHERE, store, CAUSE_STORE_ACCESS);
    check_fault(NOWHERE, amo, CAUSE_STORE_ACCESS);
    check_fault(NOWHERE, jump, CAUSE_FETCH_ACCESS);
    check_fault(GIB(512), load, CAUSE_LOAD_ACCESS);
}

static void test_nowhere_translated(void)
{
    mmu_on();
    check_fault(window(TO_NOWHERE) + 8, load, CAUSE_LOAD_ACCESS);
    check_fault(window(TO_NOWHERE) + 8, store, CAUSE_STORE_ACCESS);
    check_fault(window(TO_NOWHERE) + 8, amo, CAUSE_STORE_ACCESS);
    check_fault(window(TO_NOWHERE), jump, CAUSE_FETCH_ACCESS);
    mmu_off();
}

/* A page fault on QEMU, which does not tell the bus's errors from absence. */
static void test_table_nowhere(void)
{
    if (is_bare())
        return;
    mmu_on();
    check_fault(window(TABLE_NOWHERE), load, CAUSE_LOAD_ACCESS);
    check_fault(window(TABLE_NOWHERE), store, CAUSE_STORE_ACCESS);
    check_fault(window(TABLE_NOWHERE), jump, CAUSE_FETCH_ACCESS);
    mmu_off();
}

static void test_rights(void)
{
    mmu_on();
    check_fault(window(ABSENT), load, CAUSE_LOAD_PAGE);
    check_fault(window(ABSENT), store, CAUSE_STORE_PAGE);
    check_fault(window(ABSENT), jump, CAUSE_FETCH_PAGE);
    check_fault(window(READ_ONLY), store, CAUSE_STORE_PAGE);
    check_fault(window(READ_ONLY), jump, CAUSE_FETCH_PAGE);
    check_fault(window(EXECUTE_ONLY), load, CAUSE_LOAD_PAGE);
    check_fault(window(USER_PAGE), load, CAUSE_LOAD_PAGE);
    target = window(READ_ONLY);
    CHECK_EQ(expect(load).cause, CAUSE_NONE);
    CSR_SET(sstatus, SUM | MXR);
    target = window(USER_PAGE);
    CHECK_EQ(expect(load).cause, CAUSE_NONE);
    target = window(EXECUTE_ONLY);
    CHECK_EQ(expect(load).cause, CAUSE_NONE);
    CSR_CLEAR(sstatus, SUM | MXR);
    mmu_off();
}

static void test_satp(void)
{
    CSR_WRITE(satp, MODE_NONE | 5);
    CHECK_EQ(CSR_READ(satp), 0);
    CSR_WRITE(satp, 0);
}

/* What one hart changes, another sees after a remote fence. */
static uint64_t changed_at, asked, answered;
static void second(void)
{
    CSR_WRITE(satp, SATP_SV39 | (uint64_t)root >> 12);
    __asm__ volatile("sfence.vma" ::: "memory");
    answered = read32(changed_at);
    __atomic_store_n(&asked, 1, __ATOMIC_RELEASE);
    while (__atomic_load_n(&asked, __ATOMIC_ACQUIRE) != 2)
        ;
    answered = read32(changed_at);
    mmu_off();
    hart_stop();
}
static void test_remote_fence(void)
{
    static const uint32_t pages[2][1024] __attribute__((aligned(4096))) = {{11}, {22}};
    static uint64_t leaf[512] __attribute__((aligned(4096)));

    mmu_on();
    changed_at = window(ABSENT);
    middle[ABSENT] = pte((uint64_t)leaf, PTE_V);
    leaf[0] = pte((uint64_t)pages[0], PTE_V | PTE_R | PTE_AD);
    asked = 0;
    CHECK(second_hart(second));
    CHECK(WAIT_UNTIL(__atomic_load_n(&asked, __ATOMIC_ACQUIRE) == 1));
    CHECK_EQ(answered, 11);
    leaf[0] = pte((uint64_t)pages[1], PTE_V | PTE_R | PTE_AD);
    CHECK_EQ(sbi(EXT_RFENCE, 1, 1ULL << other_hart(), 0, 0).error, 0);
    __atomic_store_n(&asked, 2, __ATOMIC_RELEASE);
    CHECK(second_hart_wait_off());
    CHECK_EQ(answered, 22);
    middle[ABSENT] = 0;
    mmu_off();
}

void guest_main(uint64_t hart, uint64_t fdt)
{
    static const struct test tests[] = {
        TEST(test_nowhere),       TEST(test_nowhere_translated),
        TEST(test_table_nowhere), TEST(test_rights),
        TEST(test_satp),          TEST(test_remote_fence),
    };

    check_run(hart, tests, ARRAY_SIZE(tests));
}
