/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions as a guest sees them, delegated by the hardware or injected, and which CSRs and
 * instructions a supervisor has. Privileged Architecture 2.1, 10.1, 10.3; bare without H.
 */
#include "guest/lib/riscv/guest.h"
#include "guest/lib/text.h"

/* Illegal for a supervisor without H, and its encoding in stval. */
#define ILLEGAL_LIST(X)          \
    X(read_mstatus, 0x300025f3)  \
    X(read_mhartid, 0xf14025f3)  \
    X(read_hstatus, 0x600025f3)  \
    X(write_hgatp, 0x68059073)   \
    X(read_vsstatus, 0x200025f3) \
    X(write_vsatp, 0x28059073)   \
    X(write_cycle, 0xc0059073)   \
    X(set_time, 0xc015a073)      \
    X(hfence_gvma, 0x62000073)   \
    X(hfence_vvma, 0x22000073)   \
    X(hlv_w, 0x6805c5f3)         \
    X(no_such_csr, 0x5c0025f3)   \
    X(custom_csr, 0x800025f3)    \
    X(all_ones, 0xffffffff)

#define CODE(name, word)                                      \
    static void name(void)                                    \
    {                                                         \
        __asm__ volatile(".4byte " #word ::: "a1", "memory"); \
    }
ILLEGAL_LIST(CODE)

static void test_illegal_instructions(void)
{
    static const struct {
        void (*fn)(void);
        uint32_t word;
    } list[] = {
#define ROW(name, word) {name, word},
        ILLEGAL_LIST(ROW)
#undef ROW
    };

    for (unsigned i = 0; i < ARRAY_SIZE(list); i++) {
        struct seen seen = expect(list[i].fn);

        CHECK_EQ(seen.cause, CAUSE_ILLEGAL);
        CHECK_EQ(seen.value, list[i].word);
        CHECK_EQ(seen.pc, (uint64_t)list[i].fn);
        CHECK(seen.sstatus & SPP);
    }
}

static void mret(void)
{
    __asm__ volatile("mret" ::: "memory");
}
static void c_illegal(void)
{
    __asm__ volatile(".2byte 0" ::: "memory");
}
static void breakpoint(void)
{
    __asm__ volatile("ebreak" ::: "memory");
}

static void test_delegated(void)
{
    struct seen seen = expect(c_illegal);

    CHECK_EQ(seen.cause, CAUSE_ILLEGAL);
    CHECK_EQ(seen.value, 0);
    CHECK_EQ(expect(mret).cause, CAUSE_ILLEGAL);
    seen = expect(breakpoint);
    CHECK_EQ(seen.cause, CAUSE_BREAKPOINT);
    CHECK_EQ(seen.pc, (uint64_t)breakpoint);
}

/* What an exception does to sstatus: SIE to SPIE and off. */
static uint64_t inside;
static void interrupt_state(enum irq irq)
{
    inside = CSR_READ(sstatus);
    CSR_CLEAR(sie, IRQ_ALL);
}
static void test_interrupts_masked_inside(void)
{
    irq_set_handler(interrupt_state);
    inside = SIE;
    CSR_SET(sie, IRQ_BIT(IRQ_SOFTWARE));
    CSR_SET(sip, IRQ_BIT(IRQ_SOFTWARE));
    CSR_SET(sstatus, SIE);
    CHECK(WAIT_UNTIL(inside != SIE));
    CHECK(CSR_READ(sstatus) & SIE);
    CSR_CLEAR(sstatus, SIE);
    CSR_CLEAR(sip, IRQ_BIT(IRQ_SOFTWARE));
    CHECK_EQ(inside & SIE, 0);
    CHECK(inside & SPP);
    irq_set_handler(NULL);
}

static void test_registers(void)
{
    uint64_t vector = CSR_READ(stvec);

    CSR_WRITE(sscratch, 0x123456789abcdef0);
    CHECK_EQ(CSR_READ(sscratch), 0x123456789abcdef0);
    CSR_WRITE(sepc, 0x80200002);
    CHECK_EQ(CSR_READ(sepc), 0x80200002);
    CSR_WRITE(stvec, vector | 1); /* vectored */
    CHECK_EQ(CSR_READ(stvec), vector | 1);
    CSR_WRITE(stvec, vector);
    CSR_WRITE(sie, UINT64_MAX);
    CHECK_EQ(CSR_READ(sie) & 0xfff, IRQ_ALL);
    CSR_WRITE(sie, 0);
    CHECK_EQ(CSR_READ(sie), 0);
    CSR_SET(sip, IRQ_BIT(IRQ_TIMER) | IRQ_BIT(IRQ_EXTERNAL)); /* not a supervisor's to write */
    CHECK_EQ(CSR_READ(sip) & 0xfff, 0);
    CHECK_EQ(CSR_READ(sstatus) >> 32 & 3, 2); /* UXL: 64 bits */
}

/* ---- the floating-point unit */

static void use_fp(void)
{
    __asm__ volatile(".option push\n\t.option arch, +d\n\tfmv.d.x fa0, zero\n\t.option pop");
}
static void test_fp(void)
{
    uint64_t value = 0x4045000000000000, back;

    CSR_CLEAR(sstatus, FS);
    CHECK_EQ(expect(use_fp).cause, CAUSE_ILLEGAL);
    CSR_SET(sstatus, FS);
    CHECK_EQ(expect(use_fp).cause, CAUSE_NONE);
    __asm__ volatile(
        ".option push\n\t.option arch, +d\n\tfmv.d.x fs3, %0\n\t.option pop" ::"r"(value));
    /* It outlives whoever else runs meanwhile. */
    timer_set(counter() + COUNTER_HZ / 100);
    CSR_SET(sie, IRQ_BIT(IRQ_TIMER));
    wait_for_interrupt();
    CSR_CLEAR(sie, IRQ_BIT(IRQ_TIMER));
    timer_set(UINT64_MAX);
    __asm__ volatile(".option push\n\t.option arch, +d\n\tfmv.x.d %0, fs3\n\t.option pop"
                     : "=r"(back));
    CHECK_EQ(back, value);
    CSR_CLEAR(sstatus, FS);
}

/* ---- vectors, where the hart has them */

#define VECTOR(code) ".option push\n\t.option arch, +v\n\t" code "\n\t.option pop"

static void use_vector(void)
{
    __asm__ volatile(VECTOR("vsetvli zero, zero, e64, m1, ta, ma"));
}

static void test_vector(void)
{
    uint64_t value = 0x123456789abcdef0, first, last, length, type;

    CSR_SET(sstatus, VS | FS);
    if ((CSR_READ(sstatus) & VS) == 0)
        return;
    CSR_CLEAR(sstatus, VS);
    CHECK_EQ(expect(use_vector).cause, CAUSE_ILLEGAL);
    CSR_SET(sstatus, VS);
    CHECK_EQ(expect(use_vector).cause, CAUSE_NONE);
    __asm__ volatile(VECTOR("vsetivli zero, 2, e64, m1, ta, ma\n\t"
                            "vmv.v.x v0, %0\n\t"
                            "vmv.v.x v31, %1")::"r"(value),
                     "r"(~value));
    /* They outlive whoever else runs meanwhile. */
    timer_set(counter() + COUNTER_HZ / 100);
    CSR_SET(sie, IRQ_BIT(IRQ_TIMER));
    wait_for_interrupt();
    CSR_CLEAR(sie, IRQ_BIT(IRQ_TIMER));
    timer_set(UINT64_MAX);
    __asm__ volatile(VECTOR("csrr %2, vl\n\t"
                            "csrr %3, vtype\n\t"
                            "vmv.x.s %0, v0\n\t"
                            "vslidedown.vi v1, v31, 1\n\t"
                            "vmv.x.s %1, v1")
                     : "=r"(first), "=r"(last), "=r"(length), "=r"(type));
    CHECK_EQ(first, value);
    CHECK_EQ(last, ~value);
    CHECK_EQ(length, 2);
    CHECK_EQ(type, 0xd8); /* e64, m1, ta, ma */
    CSR_CLEAR(sstatus, VS | FS);
}

/* ---- user mode */

#define USER(name, instruction)                           \
    static void name(void)                                \
    {                                                     \
        __asm__ volatile(instruction ::: "a1", "memory"); \
        user_end();                                       \
    }
USER(user_nothing, "nop")
USER(user_breakpoint, "ebreak")
USER(user_sscratch, "csrr a1, sscratch")
USER(user_satp, "csrw satp, zero")
USER(user_hstatus, ".4byte 0x600025f3")
USER(user_sret, "sret")
USER(user_wfi, "wfi")
USER(user_sfence, "sfence.vma")
USER(user_time, "rdtime a1")
USER(user_cycle, "rdcycle a1")
USER(user_load_nowhere, "li a1, 0x11000000\n\tlw a1, (a1)")

static void test_user_mode(void)
{
    static void (*const illegal[])(void) = {user_sscratch, user_satp, user_hstatus,
                                            user_sret,     user_wfi,  user_sfence};
    struct seen seen;

    CHECK_EQ(expect_user(user_nothing).cause, CAUSE_NONE);
    seen = expect_user(user_breakpoint);
    CHECK_EQ(seen.cause, CAUSE_BREAKPOINT);
    CHECK_EQ(seen.sstatus & SPP, 0);
    for (unsigned i = 0; i < ARRAY_SIZE(illegal); i++) {
        seen = expect_user(illegal[i]);
        CHECK_EQ(seen.cause, CAUSE_ILLEGAL);
        CHECK_EQ(seen.sstatus & SPP, 0);
    }
    seen = expect_user(user_load_nowhere);
    CHECK_EQ(seen.cause, CAUSE_LOAD_ACCESS);
    CHECK_EQ(seen.value, NOWHERE);
    CHECK_EQ(seen.sstatus & SPP, 0);
}

/* scounteren (10.1.5). */
enum { COUNTER_CY = 1, COUNTER_TM = 2, COUNTER_IR = 4 };
static bool time_is_kept;
static void test_user_counters(void)
{
    /* As firmware leaves it; kernels rely on TM. */
    CHECK_EQ(CSR_READ(scounteren), COUNTER_CY | COUNTER_TM | COUNTER_IR);
    CSR_WRITE(scounteren, 0);
    /* Where U-mode is the machine's own, OpenSBI reads it for us whatever this says: bare, and
     * emulated. */
    CHECK_EQ(expect_user(user_time).cause, time_is_kept ? CAUSE_ILLEGAL : CAUSE_NONE);
    CHECK_EQ(expect_user(user_cycle).cause, CAUSE_ILLEGAL);
    CSR_WRITE(scounteren, COUNTER_TM);
    CHECK_EQ(expect_user(user_time).cause, CAUSE_NONE);
    CHECK_EQ(expect_user(user_cycle).cause, CAUSE_ILLEGAL);
    CSR_WRITE(scounteren, COUNTER_CY);
    CHECK_EQ(expect_user(user_cycle).cause, CAUSE_NONE);
}

/*
 * A read, masks and writes of CSRs one behind the other, in each register that has a place of its
 * own somewhere: who emulates one of them may do all. C.ANDI is for x8 to x15.
 */
#define ROW_REGISTERS(X) X(t0) X(t1) X(t2) X(t3) X(t4) X(t5) X(t6) X(a0) X(a5) X(s1) X(s11) X(ra)
#define IN_A_ROW(reg)                                        \
    static void row_##reg(uint64_t value)                    \
    {                                                        \
        __asm__ volatile("mv " #reg ", %0\n\t"               \
                         "csrw sscratch, " #reg "\n\t"       \
                         "csrr " #reg ", sscratch\n\t"       \
                         "andi " #reg ", " #reg ", -3\n\t"   \
                         "ori " #reg ", " #reg ", 0x404\n\t" \
                         "csrw stval, " #reg "\n\t"          \
                         "andi " #reg ", " #reg ", 30\n\t"   \
                         "csrw sepc, " #reg ::"r"(value)     \
                         : #reg, "memory");                  \
    }
ROW_REGISTERS(IN_A_ROW)

static void test_rows(void)
{
    static void (*const rows[])(uint64_t value) = {
#define ROW(reg) row_##reg,
        ROW_REGISTERS(ROW)
#undef ROW
    };
    uint64_t kept = CSR_READ(sscratch);

    for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
        uint64_t value = 0xfedcba9876543210ULL + i * 0x0101010101010101ULL;

        rows[i](value);
        CHECK_EQ(CSR_READ(sscratch), value);
        CHECK_EQ(CSR_READ(stval), (value & ~2ULL) | 0x404);
        CHECK_EQ(CSR_READ(sepc), ((value & ~2ULL) | 0x404) & 30);
    }
    CSR_WRITE(sscratch, kept);
}

void guest_main(uint64_t hart, uint64_t fdt)
{
    static const struct test tests[] = {
        TEST(test_illegal_instructions),
        TEST(test_delegated),
        TEST(test_interrupts_masked_inside),
        TEST(test_registers),
        TEST(test_rows),
        TEST(test_fp),
        TEST(test_vector),
        TEST(test_user_mode),
        TEST(test_user_counters),
    };

    time_is_kept = text_argument(bootargs(fdt), "time_is_kept", 0) != 0;
    check_run(hart, tests, ARRAY_SIZE(tests));
}
