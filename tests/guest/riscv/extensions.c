/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a hart may have besides, by what the tree says: it is there and does what the manual says,
 * or it is not and is illegal or reserved. Modes of satp; Svnapot; Svinval; Zicboz and Zicbom, of
 * the supervisor and by senvcfg of its users; and entries with G, and with X alone (Privileged
 * Architecture 10.1.10, 10.1.11, 10.3.1, 11, 13; Volume I, chapter 19, "CMO").
 */
#include "guest/lib/riscv/guest.h"
#include "guest/lib/text.h"

#include "lib/bits.h"

enum {
    PTE_V = 0x1,
    PTE_R = 0x2,
    PTE_W = 0x4,
    PTE_X = 0x8,
    PTE_U = 0x10,
    PTE_G = 0x20,
    PTE_AD = 0xc0
};
#define PTE_RW     (PTE_V | PTE_R | PTE_W | PTE_AD)
#define PTE_ALL    (PTE_RW | PTE_X)
#define PTE_N      (1ULL << 63)
#define NAPOT_64K  (8ULL << 10) /* the low bits of the page number */
#define NAPOT_SIZE KIB(64)
#define WINDOW     0x100000000ULL
#define LEVELS_MAX 5u
enum { SV39 = 8, SV48, SV57 };
enum { CBIE_INVAL = 0x30, CBCFE = 0x40, CBZE = 0x80 };
#define LINE 64u

typedef uint64_t table_t[512] __attribute__((aligned(4096)));
static table_t root, other_root, middle, leaf, above[2];
static uint64_t memory[2 * NAPOT_SIZE / 8] __attribute__((aligned(64 * 1024)));
static uint64_t tree, target;

static uint64_t pte(const void *at, uint64_t flags)
{
    return (uint64_t)at >> 12 << 10 | flags;
}

static void fence(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}
static void use(const table_t table, uint64_t mode, uint64_t asid)
{
    CSR_WRITE(satp, mode << 60 | asid << 44 | (uint64_t)table >> 12);
}
static void mmu_on(void)
{
    root[0] = other_root[0] = pte(0, PTE_ALL);
    root[2] = other_root[2] = pte((void *)GIB(2), PTE_ALL);
    root[WINDOW / GIB(1)] = other_root[WINDOW / GIB(1)] = pte(middle, PTE_V);
    middle[0] = pte(leaf, PTE_V);
    for (unsigned i = 0; i < 512; i++)
        leaf[i] = 0;
    use(root, SV39, 0);
    fence();
}
static void mmu_off(void)
{
    CSR_WRITE(satp, 0);
    fence();
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
    __asm__ volatile("jalr %0" ::"r"(target) : "ra", "a0", "memory");
}

/* ---- modes of satp */

static unsigned last_mode(void)
{
    static const char *const names[] = {"riscv,sv39", "riscv,sv48", "riscv,sv57"};

    for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
        if (text_equal(mmu_type(tree), names[i]))
            return SV39 + i;
    return 0;
}

/* As Linux probes them: what is not there leaves satp as it was, what is there translates. */
static void test_satp_modes(void)
{
    const uint64_t *table = root;

    CHECK(last_mode() != 0);
    mmu_on();
    leaf[0] = pte(memory, PTE_RW);
    memory[0] = 0x5a7b;
    for (unsigned mode = SV39; mode <= SV57; mode++) {
        if (mode > SV39) {
            above[mode - SV48][0] = pte(table, PTE_V);
            table = above[mode - SV48];
        }
        mmu_off();
        use(table, mode, 0);
        CHECK_EQ(CSR_READ(satp) >> 60, mode <= last_mode() ? mode : 0);
        if (mode <= last_mode())
            CHECK_EQ(read32(WINDOW), 0x5a7b);
    }
    mmu_off();
    for (unsigned mode = 1; mode < 16; mode++) {
        if (mode >= SV39 && mode <= SV57)
            continue;
        use(table, mode, 0);
        CHECK_EQ(CSR_READ(satp), 0);
    }
}

/* ---- entries */

/* 16 entries alike are one page of 64 KiB; any other size is reserved, and so is the bit without
 * it. */
static void test_napot(void)
{
    bool has = has_extension(tree, "svnapot");

    mmu_on();
    for (unsigned i = 0; i < 16; i++)
        leaf[i] = pte(memory, PTE_RW) | PTE_N | NAPOT_64K;
    for (unsigned i = 0; i < 16; i++)
        memory[i * 512] = 100 + i;
    fence();
    for (unsigned i = 0; i < 16; i++) {
        target = WINDOW + i * 4096;
        CHECK_EQ(expect(load).cause, has ? CAUSE_NONE : CAUSE_LOAD_PAGE);
        if (has)
            CHECK_EQ(read32(target), 100 + i);
    }
    /* Fenced by any of its addresses all of it goes. */
    for (unsigned i = 0; i < 16; i++) {
        memory[NAPOT_SIZE / 8 + i * 512] = 200 + i;
        leaf[i] = pte((uint8_t *)memory + NAPOT_SIZE, PTE_RW) | PTE_N | NAPOT_64K;
    }
    for (unsigned i = 0; i < 16; i++)
        __asm__ volatile("sfence.vma %0, x0" ::"r"(WINDOW + i * 4096 + 8) : "memory");
    for (unsigned i = 0; has && i < 16; i++)
        CHECK_EQ(read32(WINDOW + i * 4096), 200 + i);
    for (unsigned bit = 0; bit < 4; bit++) {
        leaf[0] = pte(memory, PTE_RW) | PTE_N | 1ULL << (10 + bit);
        fence();
        target = WINDOW;
        CHECK_EQ(expect(load).cause, has && bit == 3 ? CAUSE_NONE : CAUSE_LOAD_PAGE);
    }
    mmu_off();
}

/* A global page is one in all address spaces; what is not global is each one's own. */
static void test_global(void)
{
    mmu_on();
    leaf[0] = pte(memory, PTE_RW | PTE_G);
    leaf[1] = pte(memory, PTE_RW);
    memory[0] = 1;
    memory[512] = 2;
    fence();
    for (uint64_t asid = 1; asid < 20; asid++) {
        use(asid % 2 ? root : other_root, SV39, asid);
        CHECK_EQ(read32(WINDOW), 1);
        CHECK_EQ(read32(WINDOW + 4096), 1);
    }
    /* One fence of all address spaces is for the global page in each. */
    leaf[0] = pte(&memory[512], PTE_RW | PTE_G);
    leaf[1] = pte(&memory[512], PTE_RW);
    __asm__ volatile("sfence.vma %0, x0" ::"r"(WINDOW) : "memory");
    for (uint64_t asid = 1; asid < 20; asid++) {
        use(asid % 2 ? root : other_root, SV39, asid);
        CHECK_EQ(read32(WINDOW), 2);
        __asm__ volatile("sfence.vma x0, %0" ::"r"(asid) : "memory");
        CHECK_EQ(read32(WINDOW + 4096), 2);
    }
    mmu_off();
}

/* Code that may only be executed, and holds an instruction that a hypervisor may have to read. */
static void test_execute_only(void)
{
    static const uint32_t code[] = {0x14002573, 0x00008067}; /* csrr a0, sscratch; ret */
    uint32_t *page = (uint32_t *)memory;

    mmu_on();
    page[0] = code[0];
    page[1] = code[1];
    __asm__ volatile("fence.i" ::: "memory");
    leaf[0] = pte(memory, PTE_V | PTE_X | PTE_AD);
    fence();
    target = WINDOW;
    for (unsigned i = 0; i < 3; i++) {
        CHECK_EQ(expect(jump).cause, CAUSE_NONE);
        CHECK_EQ(expect(load).cause, CAUSE_LOAD_PAGE);
        CHECK_EQ(expect(store).cause, CAUSE_STORE_PAGE);
    }
    CSR_SET(sstatus, MXR);
    CHECK_EQ(expect(load).cause, CAUSE_NONE);
    CHECK_EQ(read32(WINDOW), code[0]);
    CHECK_EQ(expect(jump).cause, CAUSE_NONE);
    CSR_CLEAR(sstatus, MXR);
    CHECK_EQ(expect(load).cause, CAUSE_LOAD_PAGE);
    mmu_off();
}

/* ---- Svinval: a fence in three steps */

#define INVAL_A0 ".insn r 0x73, 0, 0x0b, x0, %0, x0"
static void inval(void)
{
    __asm__ volatile(INVAL_A0 ::"r"(target) : "memory");
}
static void write_inval(void)
{
    __asm__ volatile(".word 0x18000073" ::: "memory");
}
static void inval_ir(void)
{
    __asm__ volatile(".word 0x18100073" ::: "memory");
}
static void user_inval(void)
{
    __asm__ volatile(".insn r 0x73, 0, 0x0b, x0, x0, x0\n\tecall" ::: "memory");
}

static void test_svinval(void)
{
    bool has = has_extension(tree, "svinval");
    uint64_t cause = has ? CAUSE_NONE : CAUSE_ILLEGAL;

    mmu_on();
    memory[0] = 1;
    memory[512] = 2;
    leaf[0] = pte(memory, PTE_RW);
    fence();
    CHECK_EQ(read32(WINDOW), 1);
    leaf[0] = pte(&memory[512], PTE_RW);
    target = WINDOW;
    CHECK_EQ(expect(write_inval).cause, cause);
    CHECK_EQ(expect(inval).cause, cause);
    CHECK_EQ(expect(inval_ir).cause, cause);
    if (has)
        CHECK_EQ(read32(WINDOW), 2);
    mmu_off();
    CHECK_EQ(expect_user(user_inval).cause, CAUSE_ILLEGAL);
}

/* ---- blocks of the cache */

#define CBO(function) ".insn i 0x0f, 2, x0, %0, " #function
static void zero(void)
{
    __asm__ volatile(CBO(4)::"r"(target) : "memory");
}
static void clean(void)
{
    __asm__ volatile(CBO(1)::"r"(target) : "memory");
}
static void flush(void)
{
    __asm__ volatile(CBO(2)::"r"(target) : "memory");
}
static void invalidate(void)
{
    __asm__ volatile(CBO(0)::"r"(target) : "memory");
}
/* In U-mode the register of the address is set by the caller's hand. */
#define USER_CBO(name, function)                                                               \
    static void name(void)                                                                     \
    {                                                                                          \
        __asm__ volatile("la a0, memory\n\t.insn i 0x0f, 2, x0, a0, " #function "\n\tecall" :: \
                             : "a0", "memory");                                                \
    }
USER_CBO(user_zero, 4)
USER_CBO(user_clean, 1)
USER_CBO(user_invalidate, 0)

static void test_zicboz(void)
{
    uint64_t cause = has_extension(tree, "zicboz") ? CAUSE_NONE : CAUSE_ILLEGAL;

    for (unsigned i = 0; i < 3 * LINE / 8; i++)
        memory[i] = UINT64_MAX;
    target = (uint64_t)memory + LINE + 9; /* any address of the block */
    CHECK_EQ(expect(zero).cause, cause);
    for (unsigned i = 0; i < 3 * LINE / 8; i++)
        CHECK_EQ(memory[i], cause == CAUSE_NONE && i / (LINE / 8) == 1 ? 0 : UINT64_MAX);
    CSR_WRITE(senvcfg, 0);
    CHECK_EQ(expect_user(user_zero).cause, CAUSE_ILLEGAL);
    CSR_WRITE(senvcfg, CBZE);
    CHECK_EQ(CSR_READ(senvcfg) & CBZE, cause == CAUSE_NONE ? CBZE : 0);
    CHECK_EQ(expect_user(user_zero).cause, cause);
    CSR_WRITE(senvcfg, 0);
    /* It is a store, and its faults are a store's. */
    mmu_on();
    leaf[0] = pte(memory, PTE_V | PTE_R | PTE_AD);
    fence();
    target = WINDOW + LINE;
    CHECK_EQ(expect(zero).cause, cause == CAUSE_NONE ? CAUSE_STORE_PAGE : CAUSE_ILLEGAL);
    mmu_off();
}

static void test_zicbom(void)
{
    uint64_t cause = has_extension(tree, "zicbom") ? CAUSE_NONE : CAUSE_ILLEGAL;

    memory[8] = 0x1234;
    target = (uint64_t)&memory[8];
    CHECK_EQ(expect(clean).cause, cause);
    CHECK_EQ(expect(flush).cause, cause);
    CHECK_EQ(expect(invalidate).cause, cause);
    CHECK_EQ(memory[8], 0x1234);
    CSR_WRITE(senvcfg, 0);
    CHECK_EQ(expect_user(user_clean).cause, CAUSE_ILLEGAL);
    CHECK_EQ(expect_user(user_invalidate).cause, CAUSE_ILLEGAL);
    CSR_WRITE(senvcfg, CBCFE | CBIE_INVAL);
    CHECK_EQ(expect_user(user_clean).cause, cause);
    CHECK_EQ(expect_user(user_invalidate).cause, cause);
    CSR_WRITE(senvcfg, 0);
}

void guest_main(uint64_t hart, uint64_t fdt)
{
    static const struct test tests[] = {
        TEST(test_satp_modes), TEST(test_napot),  TEST(test_global), TEST(test_execute_only),
        TEST(test_svinval),    TEST(test_zicboz), TEST(test_zicbom),
    };

    tree = fdt;
    check_run(hart, tests, ARRAY_SIZE(tests));
}
