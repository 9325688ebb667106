/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that uses all of its address space, changes its tables and fences them in every form:
 * what it reads is what its tables say (Privileged Architecture 10.2.1, 10.3, 10.4).
 */
#include "guest/lib/riscv/guest.h"

#include "lib/bits.h"

enum {
    PTE_V = 0x1,
    PTE_R = 0x2,
    PTE_W = 0x4,
    PTE_X = 0x8,
    PTE_U = 0x10,
    PTE_A = 0x40,
    PTE_D = 0x80
};
#define PTE_RW    (PTE_V | PTE_R | PTE_W | PTE_A | PTE_D)
#define PTE_ALL   (PTE_RW | PTE_X)
#define SATP_SV39 (8ULL << 60)
#define RET       0x8082u

#define PAGES    32u
#define WINDOW   0x100000000ULL
#define END      (0 - PAGES * 4096ULL) /* the last pages that there are */
#define RESERVED (0x3fULL << 54)

typedef uint64_t table_t[512] __attribute__((aligned(4096)));
static table_t root, other_root, middle, leaf, last_middle, last_leaf;
static uint32_t pages[PAGES][1024] __attribute__((aligned(4096)));
static uint32_t large[2][MIB(2) / 4] __attribute__((aligned(2 * 1024 * 1024)));
static uint64_t target;

static uint64_t pte(const void *at, uint64_t flags)
{
    return (uint64_t)at >> 12 << 10 | flags;
}

static void fence(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}
static void fence_address(uint64_t at)
{
    __asm__ volatile("sfence.vma %0, x0" ::"r"(at) : "memory");
}
static void fence_asid(uint64_t asid)
{
    __asm__ volatile("sfence.vma x0, %0" ::"r"(asid) : "memory");
}
static void fence_address_asid(uint64_t at, uint64_t asid)
{
    __asm__ volatile("sfence.vma %0, %1" ::"r"(at), "r"(asid) : "memory");
}

static void load(void)
{
    (void)read32(target);
}
static void store(void)
{
    write32(target, 1);
}
static void jump(void)
{
    __asm__ volatile("jalr %0" ::"r"(target) : "ra", "memory");
}

static void use(const table_t table, uint64_t asid)
{
    CSR_WRITE(satp, SATP_SV39 | asid << 44 | (uint64_t)table >> 12);
}

static void mmu_on(void)
{
    for (unsigned i = 0; i < PAGES; i++) {
        leaf[i] = pte(pages[i], PTE_RW);
        last_leaf[512 - PAGES + i] = pte(pages[i], PTE_ALL);
        pages[i][0] = 1000 + i;
        pages[i][1] = RET;
    }
    root[0] = pte(0, PTE_ALL);
    root[2] = other_root[2] = pte((void *)GIB(2), PTE_ALL);
    root[WINDOW / GIB(1)] = pte(middle, PTE_V);
    root[511] = pte(last_middle, PTE_V);
    last_middle[511] = pte(last_leaf, PTE_V);
    middle[0] = pte(leaf, PTE_V);
    middle[1] = pte(large[0], PTE_RW);
    large[0][0] = 7;
    large[1][0] = 8;
    use(root, 0);
    fence();
}
static void mmu_off(void)
{
    CSR_WRITE(satp, 0);
    fence();
}

/* Whoever else lives in this address space gives way. */
static void test_last_addresses(void)
{
    uint64_t sum = 0;

    mmu_on();
    for (unsigned round = 0; round < 3; round++)
        for (unsigned i = 0; i < PAGES; i++)
            sum += read32(END + i * 4096);
    CHECK_EQ(sum, 3 * (1000 * PAGES + PAGES * (PAGES - 1) / 2));
    for (unsigned i = 0; i < PAGES; i++)
        write32(END + i * 4096 + 4092, i);
    for (unsigned i = 0; i < PAGES; i++)
        CHECK_EQ(pages[i][1023], i);
    __asm__ volatile("fence.i" ::: "memory");
    for (unsigned i = 0; i < PAGES; i++) {
        target = END + i * 4096 + 4;
        CHECK_EQ(expect(jump).cause, CAUSE_NONE);
    }
    mmu_off();
}

/* And where the guest has nothing it finds nothing. */
static void test_nothing_there(void)
{
    mmu_on();
    for (unsigned i = 0; i < PAGES; i++) {
        struct seen seen;

        last_leaf[512 - PAGES + i] = 0;
        fence_address(END + i * 4096);
        target = END + i * 4096 + 8;
        seen = expect(load);
        CHECK_EQ(seen.cause, CAUSE_LOAD_PAGE);
        CHECK_EQ(seen.value, target);
        CHECK_EQ(expect(store).cause, CAUSE_STORE_PAGE);
        CHECK_EQ(expect(jump).cause, CAUSE_FETCH_PAGE);
    }
    mmu_off();
}

/* What is not sign-extended is no address. */
static void test_canonical(void)
{
    mmu_on();
    target = WINDOW | 1ULL << 40;
    CHECK_EQ(expect(load).cause, CAUSE_LOAD_PAGE);
    target = END & ~(1ULL << 62);
    CHECK_EQ(expect(load).cause, CAUSE_LOAD_PAGE);
    mmu_off();
}

static void test_fences(void)
{
    mmu_on();
    CHECK_EQ(read32(WINDOW), 1000);
    leaf[0] = pte(pages[1], PTE_RW);
    fence_address(WINDOW + 16);
    CHECK_EQ(read32(WINDOW), 1001);
    leaf[0] = pte(pages[2], PTE_RW);
    fence();
    CHECK_EQ(read32(WINDOW), 1002);
    use(root, 5);
    CHECK_EQ(read32(WINDOW), 1002);
    leaf[0] = pte(pages[3], PTE_RW);
    fence_asid(5);
    CHECK_EQ(read32(WINDOW), 1003);
    leaf[0] = pte(pages[4], PTE_RW);
    fence_address_asid(WINDOW, 5);
    CHECK_EQ(read32(WINDOW), 1004);
    use(root, 0);
    fence_asid(0);
    CHECK_EQ(read32(WINDOW), 1004);
    mmu_off();
}

/* A page of 2 MiB is fenced by any of its addresses. */
static void test_large_page(void)
{
    mmu_on();
    CHECK_EQ(read32(WINDOW + MIB(2)), 7);
    (void)read32(WINDOW + MIB(2) + KIB(8));
    middle[1] = pte(large[1], PTE_RW);
    fence_address(WINDOW + MIB(2) + MIB(1));
    CHECK_EQ(read32(WINDOW + MIB(2)), 8);
    /* Now by small ones, at the same address. */
    middle[1] = pte(leaf, PTE_V);
    fence_address(WINDOW + MIB(2));
    CHECK_EQ(read32(WINDOW + MIB(2) + 4096), 1001);
    mmu_off();
}

/* Two address spaces, each its own, without a fence between them. */
static void test_spaces(void)
{
    static table_t other_middle, other_leaf;

    mmu_on();
    other_root[WINDOW / GIB(1)] = pte(other_middle, PTE_V);
    other_middle[0] = pte(other_leaf, PTE_V);
    other_leaf[0] = pte(pages[9], PTE_RW);
    for (unsigned i = 0; i < 40; i++) {
        use(i % 2 ? other_root : root, 1 + i % 2);
        CHECK_EQ(read32(WINDOW), i % 2 ? 1009 : 1000);
    }
    /* More than anybody keeps. */
    for (unsigned i = 0; i < 60; i++) {
        use(i % 2 ? other_root : root, 1 + i);
        CHECK_EQ(read32(WINDOW), i % 2 ? 1009 : 1000);
    }
    mmu_off();
}

/* A and D: set when they are needed, or the access is a fault. */
static void test_accessed_dirty(void)
{
    uint64_t cause;

    mmu_on();
    leaf[3] = pte(pages[3], PTE_V | PTE_R | PTE_W);
    fence();
    target = WINDOW + 3 * 4096;
    cause = expect(load).cause;
    CHECK_EQ(leaf[3] & (PTE_A | PTE_D), cause == CAUSE_NONE ? PTE_A : 0);
    CHECK(cause == CAUSE_NONE || cause == CAUSE_LOAD_PAGE);
    leaf[3] |= PTE_A;
    fence();
    CHECK_EQ(expect(load).cause, CAUSE_NONE);
    cause = expect(store).cause;
    CHECK_EQ(leaf[3] & PTE_D, cause == CAUSE_NONE ? PTE_D : 0);
    CHECK(cause == CAUSE_NONE || cause == CAUSE_STORE_PAGE);
    /* Cleaned: the next write is seen. */
    leaf[3] = pte(pages[3], PTE_RW);
    fence();
    CHECK_EQ(expect(store).cause, CAUSE_NONE);
    leaf[3] &= ~(uint64_t)PTE_D;
    fence_address(target);
    cause = expect(store).cause;
    CHECK_EQ(leaf[3] & PTE_D, cause == CAUSE_NONE ? PTE_D : 0);
    mmu_off();
}

/* Entries that the manual reserves (10.3.2). */
static void test_reserved(void)
{
    static const uint64_t bad[] = {PTE_V | PTE_W | PTE_A | PTE_D, RESERVED | PTE_RW, PTE_V,
                                   PTE_V | PTE_W | PTE_X | PTE_A | PTE_D};

    mmu_on();
    target = WINDOW + 5 * 4096;
    for (unsigned i = 0; i < ARRAY_SIZE(bad); i++) {
        leaf[5] = pte(pages[5], bad[i]);
        fence_address(target);
        CHECK_EQ(expect(load).cause, CAUSE_LOAD_PAGE);
    }
    middle[2] = pte(pages[1], PTE_RW); /* not aligned for 2 MiB */
    target = WINDOW + MIB(4);
    fence();
    CHECK_EQ(expect(load).cause, CAUSE_LOAD_PAGE);
    mmu_off();
}

void guest_main(uint64_t hart, uint64_t fdt)
{
    static const struct test tests[] = {
        TEST(test_last_addresses), TEST(test_nothing_there), TEST(test_canonical),
        TEST(test_fences),         TEST(test_large_page),    TEST(test_spaces),
        TEST(test_accessed_dirty), TEST(test_reserved),
    };

    check_run(hart, tests, ARRAY_SIZE(tests));
}
