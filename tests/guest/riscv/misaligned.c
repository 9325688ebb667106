/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loads and stores at addresses that are no multiple of their size, which Linux relies on: all
 * widths at all offsets, within a page and across two, of which each may be absent, not allowed or
 * no memory (Volume I, 2.6; Privileged Architecture 10.1.9: stval is the part that could not be
 * accessed).
 */
#include "guest/lib/riscv/guest.h"

#include "lib/bits.h"

enum { PTE_V = 0x1, PTE_R = 0x2, PTE_W = 0x4, PTE_X = 0x8, PTE_AD = 0xc0 };
enum { CAUSE_LOAD_MISALIGNED = 4, CAUSE_STORE_MISALIGNED = 6 };
#define PTE_RW    (PTE_V | PTE_R | PTE_W | PTE_AD)
#define PTE_ALL   (PTE_RW | PTE_X)
#define SATP_SV39 (8ULL << 60)
#define WINDOW    0x100000000ULL
#define BOUNDARY  (WINDOW + 4096) /* between its two pages */

typedef uint64_t table_t[512] __attribute__((aligned(4096)));
static table_t root, middle, leaf;
/* The window's pages, in memory the other way round and with one between. */
static uint8_t pages[3][4096] __attribute__((aligned(4096)));
static uint8_t *const first_page = pages[2], *const second_page = pages[0];
static uint64_t target;

static uint64_t pte(uint64_t at, uint64_t flags)
{
    return at >> 12 << 10 | flags;
}

static void fence(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}

static void map(uint64_t first, uint64_t second)
{
    leaf[0] = first;
    leaf[1] = second;
    fence();
}

static void mmu_on(void)
{
    root[0] = pte(0, PTE_ALL);
    root[2] = pte(GIB(2), PTE_ALL);
    root[WINDOW / GIB(1)] = pte((uint64_t)middle, PTE_V);
    middle[0] = pte((uint64_t)leaf, PTE_V);
    map(pte((uint64_t)first_page, PTE_RW), pte((uint64_t)second_page, PTE_RW));
    CSR_WRITE(satp, SATP_SV39 | (uint64_t)root >> 12);
    fence();
}
static void mmu_off(void)
{
    CSR_WRITE(satp, 0);
    fence();
}

/* ---- each instruction, with a register that compressed ones can name too */

#define LOAD(name, code)                                                    \
    static uint64_t name(uint64_t at)                                       \
    {                                                                       \
        register uint64_t from __asm__("a1") = at, value __asm__("a0") = 0; \
        __asm__ volatile(code : "+r"(value), "+r"(from)::"memory");         \
        return value;                                                       \
    }
#define STORE(name, code)                                                    \
    static void name(uint64_t at, uint64_t what)                             \
    {                                                                        \
        register uint64_t to __asm__("a1") = at, value __asm__("a0") = what; \
        __asm__ volatile(code : "+r"(value), "+r"(to)::"memory");            \
    }
#define FP(code) ".option push\n\t.option arch, +d\n\t" code "\n\t.option pop"
LOAD(lh, ".option norvc\n\tlh a0, (a1)\n\t.option rvc")
LOAD(lhu, ".option norvc\n\tlhu a0, (a1)\n\t.option rvc")
LOAD(lw, ".option norvc\n\tlw a0, -2048(a1)\n\t.option rvc")
LOAD(lwu, "lwu a0, 2047(a1)")
LOAD(ld, ".option norvc\n\tld a0, (a1)\n\t.option rvc")
LOAD(c_lw, "c.lw a0, 124(a1)")
LOAD(c_ld, "c.ld a0, 248(a1)")
LOAD(c_lwsp, "mv t0, sp\n\taddi sp, a1, -252\n\tc.lwsp a0, 252(sp)\n\tmv sp, t0")
LOAD(c_ldsp, "mv t0, sp\n\taddi sp, a1, -504\n\tc.ldsp a0, 504(sp)\n\tmv sp, t0")
LOAD(fld, FP("fld ft0, (a1)\n\tfmv.x.d a0, ft0"))
LOAD(flw, FP("flw ft0, (a1)\n\tfmv.x.d a0, ft0"))
STORE(sh, "sh a0, (a1)")
STORE(sw, ".option norvc\n\tsw a0, -2048(a1)\n\t.option rvc")
STORE(sd, ".option norvc\n\tsd a0, 2047(a1)\n\t.option rvc")
STORE(c_sw, "c.sw a0, 124(a1)")
STORE(c_sd, "c.sd a0, 248(a1)")
STORE(fsd, FP("fmv.d.x ft0, a0\n\tfsd ft0, (a1)"))
STORE(fsw, FP("fmv.d.x ft0, a0\n\tfsw ft0, (a1)"))

static const struct load {
    uint64_t (*run)(uint64_t at);
    int64_t minus; /* its offset, taken from the address */
    unsigned bytes;
    bool sign, fp;
} loads[] = {
    {lh, 0, 2, true, false},      {lhu, 0, 2, false, false},   {lw, -2048, 4, true, false},
    {lwu, 2047, 4, false, false}, {ld, 0, 8, false, false},    {c_lw, 124, 4, true, false},
    {c_ld, 248, 8, false, false}, {c_lwsp, 0, 4, true, false}, {c_ldsp, 0, 8, false, false},
    {fld, 0, 8, false, true},     {flw, 0, 4, false, true},
};
static const struct store {
    void (*run)(uint64_t at, uint64_t what);
    int64_t minus;
    unsigned bytes;
} stores[] = {
    {sh, 0, 2},     {sw, -2048, 4}, {sd, 2047, 8}, {c_sw, 124, 4},
    {c_sd, 248, 8}, {fsd, 0, 8},    {fsw, 0, 4},
};

static uint8_t byte_at(uint64_t at)
{
    return (uint8_t)(at * 37 + 0x81);
}
static uint64_t expected(const struct load *load, uint64_t at)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < load->bytes; i++)
        value |= (uint64_t)byte_at(at + i) << 8 * i;
    if (load->sign)
        value = sign_extend(value, load->bytes * 8);
    else if (load->fp && load->bytes == 4)
        value |= 0xffffffff00000000;
    return value;
}

/* All loads and stores that begin in the 16 bytes from AT on, byte by byte compared. */
static void all_of(uint64_t at)
{
    for (uint64_t start = at; start < at + 16; start++) {
        for (unsigned i = 0; i < ARRAY_SIZE(loads); i++)
            CHECK_EQ(loads[i].run(start - (uint64_t)loads[i].minus), expected(&loads[i], start));
        for (unsigned i = 0; i < ARRAY_SIZE(stores); i++) {
            uint64_t value = 0x1122334455667788ULL * (i + 1);
            unsigned bytes = stores[i].bytes;

            stores[i].run(start - (uint64_t)stores[i].minus, value);
            for (unsigned b = 0; b < bytes; b++) {
                CHECK_EQ(read8(start + b), value >> 8 * b & 0xff);
                write8(start + b, byte_at(start + b));
            }
            CHECK_EQ(read8(start - 1), byte_at(start - 1));
            CHECK_EQ(read8(start + bytes), byte_at(start + bytes));
        }
    }
}
static void fill(uint64_t from)
{
    for (uint64_t at = from; at < from + 64; at++)
        write8(at, byte_at(at));
}

static void test_within_a_page(void)
{
    CSR_SET(sstatus, FS);
    fill((uint64_t)pages[1] + 2048);
    all_of((uint64_t)pages[1] + 2048 + 8);
    CSR_CLEAR(sstatus, FS);
}

static void test_across_pages(void)
{
    mmu_on();
    CSR_SET(sstatus, FS);
    fill(BOUNDARY - 32);
    all_of(BOUNDARY - 8);
    CSR_CLEAR(sstatus, FS);
    mmu_off();
}

/* Neither page, only the first, only the second has been touched since the fence; and clean ones,
 * to be written. */
static void test_pages_one_by_one(void)
{
    mmu_on();
    for (unsigned touched = 0; touched < 4; touched++) {
        fill(BOUNDARY - 32);
        leaf[0] = pte((uint64_t)first_page, PTE_RW);
        leaf[1] = pte((uint64_t)second_page, PTE_RW);
        fence();
        if (touched & 1)
            (void)read8(WINDOW);
        if (touched & 2)
            (void)read8(BOUNDARY + 2048);
        CHECK_EQ(ld(BOUNDARY - 3), expected(&loads[4], BOUNDARY - 3));
        fence();
        if (touched & 1)
            (void)read8(WINDOW);
        if (touched & 2)
            (void)read8(BOUNDARY + 2048);
        sd(BOUNDARY - 3 - 2047, 0x0102030405060708);
        CHECK_EQ(first_page[4093], 8);
        CHECK_EQ(first_page[4095], 6);
        CHECK_EQ(second_page[0], 5);
        CHECK_EQ(second_page[4], 1);
    }
    mmu_off();
}

/* ---- one page is not there, or may not be accessed */

static void load_target(void)
{
    (void)ld(target);
}
static void store_target(void)
{
    sd(target - 2047, 0x1111111111111111);
}

/* Two bytes of it would be a register's, were it taken for an access that begins there. */
static void load_word_target(void)
{
    (void)lw(target + 2048);
}
static void store_word_target(void)
{
    sw(target + 2048, 0);
}

static void check_fault(void (*fn)(void), uint64_t cause, uint64_t value)
{
    struct seen seen = expect(fn);

    CHECK_EQ(seen.cause, cause);
    CHECK_EQ(seen.value, value);
}

static void test_second_page_refused(void)
{
    uint64_t first = pte((uint64_t)first_page, PTE_RW),
             second = pte((uint64_t)second_page, PTE_V | PTE_R | PTE_AD);

    mmu_on();
    fill(BOUNDARY - 32);
    for (unsigned before = 1; before < 8; before++) {
        target = BOUNDARY - before;
        map(first, 0);
        check_fault(load_target, CAUSE_LOAD_PAGE, BOUNDARY);
        check_fault(store_target, CAUSE_STORE_PAGE, BOUNDARY);
        map(first, second);
        CHECK_EQ(expect(load_target).cause, CAUSE_NONE);
        check_fault(store_target, CAUSE_STORE_PAGE, BOUNDARY);
        /* Nothing of it was stored. */
        for (unsigned i = 1; i <= before; i++)
            CHECK_EQ(first_page[4096 - i], byte_at(BOUNDARY - i));
    }
    mmu_off();
}

static void test_first_page_refused(void)
{
    uint64_t second = pte((uint64_t)second_page, PTE_RW);

    mmu_on();
    for (unsigned before = 1; before < 8; before++) {
        target = BOUNDARY - before;
        map(0, second);
        check_fault(load_target, CAUSE_LOAD_PAGE, target);
        check_fault(store_target, CAUSE_STORE_PAGE, target);
        map(0, 0);
        check_fault(load_target, CAUSE_LOAD_PAGE, target);
        check_fault(store_target, CAUSE_STORE_PAGE, target);
    }
    mmu_off();
}

/* No memory, which is an access fault; and a device, which is not accessed by half. */
static void test_no_memory(void)
{
    uint64_t memory = pte((uint64_t)first_page, PTE_RW);

    if (is_bare()) /* there the device is accessed */
        return;
    mmu_on();
    fill(BOUNDARY - 32);
    target = BOUNDARY - 4;
    map(memory, pte(NOWHERE, PTE_RW));
    check_fault(load_target, CAUSE_LOAD_ACCESS, BOUNDARY);
    check_fault(store_target, CAUSE_STORE_ACCESS, BOUNDARY);
    map(memory, pte(PLIC, PTE_RW));
    check_fault(load_target, CAUSE_LOAD_ACCESS, BOUNDARY);
    check_fault(store_target, CAUSE_STORE_ACCESS, BOUNDARY);
    target = BOUNDARY - 2;
    check_fault(load_word_target, CAUSE_LOAD_ACCESS, BOUNDARY);
    check_fault(store_word_target, CAUSE_STORE_ACCESS, BOUNDARY);
    map(pte(PLIC, PTE_RW), memory);
    check_fault(load_target, CAUSE_LOAD_ACCESS, target);
    check_fault(store_target, CAUSE_STORE_ACCESS, target);
    mmu_off();
}

/* ---- atomic instructions, which machines do not split */

static void amo(void)
{
    __asm__ volatile("amoadd.w zero, zero, (%0)" ::"r"(target) : "memory");
}
static void amo_double(void)
{
    __asm__ volatile("amoadd.d zero, zero, (%0)" ::"r"(target) : "memory");
}
static void reserve(void)
{
    __asm__ volatile("lr.w zero, (%0)" ::"r"(target) : "memory");
}

/* The exception of a store, but QEMU with one CPU does it as a load, then a store. */
static void check_amo(void (*fn)(void))
{
    struct seen seen = expect(fn);

    CHECK(seen.cause == CAUSE_STORE_MISALIGNED || seen.cause == CAUSE_LOAD_MISALIGNED);
    CHECK_EQ(seen.value, target);
}

static bool has_zama16b; /* whose harts do split them, within 16 bytes */
static void test_atomics(void)
{
    if (has_zama16b)
        return;
    for (unsigned i = 1; i < 8; i++) {
        target = (uint64_t)pages[1] + 16 + i;
        if (i % 4 != 0) {
            check_amo(amo);
            check_fault(reserve, CAUSE_LOAD_MISALIGNED, target);
        }
        check_amo(amo_double);
    }
}

/* ---- instructions across two pages, one of them privileged */

static void run_across(void)
{
    __asm__ volatile("jalr %0" ::"r"(target) : "ra", "a0", "memory");
}

static void test_code_across_pages(void)
{
    static const uint16_t code[] = {0x2573, 0x1400, 0x8082}; /* csrr a0, sscratch; ret */
    uint64_t first = pte((uint64_t)first_page, PTE_ALL),
             second = pte((uint64_t)second_page, PTE_ALL);

    mmu_on();
    *(uint16_t *)&first_page[4094] = code[0];
    *(uint16_t *)&second_page[0] = code[1];
    *(uint16_t *)&second_page[2] = code[2];
    __asm__ volatile("fence.i" ::: "memory");
    map(first, second);
    target = BOUNDARY - 2;
    CSR_WRITE(sscratch, 0x5c5c);
    CHECK_EQ(expect(run_across).cause, CAUSE_NONE);
    map(first, 0);
    check_fault(run_across, CAUSE_FETCH_PAGE, BOUNDARY);
    map(first, pte((uint64_t)second_page, PTE_RW));
    check_fault(run_across, CAUSE_FETCH_PAGE, BOUNDARY);
    map(0, second);
    check_fault(run_across, CAUSE_FETCH_PAGE, target);
    mmu_off();
}

void guest_main(uint64_t hart, uint64_t fdt)
{
    static const struct test tests[] = {
        TEST(test_within_a_page),
        TEST(test_across_pages),
        TEST(test_pages_one_by_one),
        TEST(test_second_page_refused),
        TEST(test_first_page_refused),
        TEST(test_no_memory),
        TEST(test_atomics),
        TEST(test_code_across_pages),
    };

    has_zama16b = has_extension(fdt, "zama16b");
    check_run(hart, tests, ARRAY_SIZE(tests));
}
