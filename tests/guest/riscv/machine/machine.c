/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that starts in M-mode, on two harts, without firmware: as a VM with trapeze,start-mode =
 * "machine", or bare on QEMU's virt machine (-bios none).
 */
#include "guest/lib/riscv/guest.h"

/* ---- the machine */

#define CLINT_MSIP(hart)     (0x02000000u + 4u * (hart))
#define CLINT_MTIMECMP(hart) (0x02004000u + 8u * (hart))
#define CLINT_MTIME          0x0200bff8u
#define FINISHER             0x00100000u
#define FINISHER_PASS        0x5555u
#define DISK                 0x10001000u
#define DISK_SOURCE          1u
/* Hart 0's machine context is the first. */
#define PLIC_M_ENABLE (PLIC + 0x2000u)
#define PLIC_M_CLAIM  (PLIC + 0x200004u)

enum { U_MODE = 0, S_MODE = 1, M_MODE = 3 };
enum { CAUSE_ECALL_S = 9, CAUSE_ECALL_M = 11 };
#define M_INTERRUPT(code) (1ULL << 63 | (code))
#define SSI               0x2ULL
#define MSI               0x8ULL
#define STI               0x20ULL
#define MTI               0x80ULL
#define MEI               0x800ULL
#define MIE               0x8ULL
#define SPIE              0x20ULL
#define MPP               0x1800ULL
#define MPP_S             0x800ULL
#define MPRV              0x20000ULL
#define TVM               0x100000ULL
#define TW                0x200000ULL
#define TSR               0x400000ULL
#define STCE              (1ULL << 63)

static inline uint64_t read64(uint64_t at)
{
    return *(volatile uint64_t *)at;
}
static inline void write64(uint64_t at, uint64_t value)
{
    *(volatile uint64_t *)at = value;
}

/* ---- traps */

struct machine_frame {
    uint64_t x[32], pc, status;
};
void machine_trap(struct machine_frame *frame);
void lower_call(void (*fn)(void), uint64_t mode);
extern char lower_return[], machine_vector[], machine_vector_table[], supervisor_vector[];

void (*volatile machine_work)(void); /* of hart 1 */
volatile uint64_t machine_vectored;  /* set by the vector's entry for the timer */
struct {
    uint64_t cause, pc, value, status, scratch;
} volatile supervisor_seen;
static struct {
    uint64_t cause, pc, value, status;
    unsigned count;
} volatile machine_seen;

/* The calls of the runtime that firmware would answer: only the last one, to switch off. */
static void answer_call(struct machine_frame *frame)
{
    if (frame->x[17] == EXT_SRST)
        write32(FINISHER, FINISHER_PASS);
    frame->pc += 4;
}

void machine_trap(struct machine_frame *frame)
{
    uint64_t cause = CSR_READ(mcause);

    if (cause == CAUSE_ECALL_M && frame->x[17] != 0) {
        answer_call(frame);
        return;
    }
    machine_seen.cause = cause;
    machine_seen.pc = frame->pc;
    machine_seen.value = CSR_READ(mtval);
    machine_seen.status = frame->status;
    machine_seen.count++;
    if (cause >> 63) {
        CSR_CLEAR(mie, 1ULL << (cause & 63));
    } else if ((cause == CAUSE_ECALL_S || cause == CAUSE_ECALL_U) && frame->x[17] == 0) {
        frame->pc = (uint64_t)lower_return;
        frame->status |= MPP;
    } else {
        frame->pc += 4; /* nothing here that traps is compressed */
    }
}

static void forget(void)
{
    machine_seen.cause = supervisor_seen.cause = CAUSE_NONE;
    machine_seen.count = 0;
}

/* ---- tests */

/* QEMU itself, told by the finer grain of its memory protection, lets fields be written that cannot
 * have a meaning. */
static bool lax(void)
{
    CSR_WRITE(pmpcfg0, 0);
    CSR_WRITE(pmpaddr0, ~0ULL);
    return (CSR_READ(pmpaddr0) & 1) != 0;
}

static void state_at_the_start(void)
{
    CHECK_EQ(CSR_READ(mhartid), 0);
    CHECK_EQ(CSR_READ(mstatus) & (MIE | MPRV), 0);
    CHECK_EQ(CSR_READ(satp), 0);
    CHECK_EQ(CSR_READ(misa) >> 62, 2);
    CHECK((CSR_READ(misa) & (1u << ('s' - 'a'))) != 0);
    CHECK((CSR_READ(misa) & (1u << ('u' - 'a'))) != 0);
}

static void fields(void)
{
    uint64_t status = CSR_READ(mstatus);

    CSR_WRITE(mstatus, status | MPP);
    CSR_CLEAR(mstatus, 0x800); /* 2 is no mode */
    CHECK((CSR_READ(mstatus) & MPP) != 0x1000);
    CSR_WRITE(mstatus, status);
    CSR_WRITE(medeleg, ~0ULL);
    CHECK_EQ(CSR_READ(medeleg) & 0xb3ff, 0xb3ff);
    CHECK(lax() || (CSR_READ(medeleg) & 1u << CAUSE_ECALL_M) == 0);
    CSR_WRITE(medeleg, 0);
    CSR_WRITE(mideleg, 0x222);
    CHECK_EQ(CSR_READ(mideleg) & 0xaaa, 0x222);
    CSR_WRITE(mie, 0xaaa);
    CHECK_EQ(CSR_READ(sie), 0x222);
    CSR_WRITE(sie, 0);
    CHECK_EQ(CSR_READ(mie), 0x888);
    CSR_WRITE(mie, 0);
    CSR_WRITE(mideleg, 0);
    CSR_WRITE(mepc, 0x80000003);
    CHECK(lax() || CSR_READ(mepc) == 0x80000002);
    CSR_WRITE(mscratch, ~0ULL);
    CHECK_EQ(CSR_READ(mscratch), ~0ULL);
    CSR_WRITE(mcounteren, 2);
    CHECK_EQ(CSR_READ(mcounteren), 2);
}

static void nothing(void) {}
static void read_mstatus(void)
{
    (void)CSR_READ(mstatus);
}
static void read_sstatus(void)
{
    (void)CSR_READ(sstatus);
}
static void breakpoint(void)
{
    __asm__ volatile(".option push; .option norvc; ebreak; .option pop" ::: "memory");
}

/* Open all of memory to the modes below, as every kernel that has them must. */
static void open_memory(void)
{
    CSR_WRITE(pmpaddr0, ~0ULL >> 10);
    CSR_WRITE(pmpcfg0, 0x1f);
}

static void exceptions_by_mode(void)
{
    open_memory();
    CSR_WRITE(medeleg, 0);
    forget();
    lower_call(nothing, S_MODE);
    CHECK_EQ(machine_seen.cause, CAUSE_ECALL_S);
    CHECK_EQ(machine_seen.status & MPP, MPP_S);
    lower_call(nothing, U_MODE);
    CHECK_EQ(machine_seen.cause, CAUSE_ECALL_U);
    CHECK_EQ(machine_seen.status & MPP, 0);
    forget();
    lower_call(read_mstatus, S_MODE);
    CHECK_EQ(machine_seen.count, 2);
    CHECK(machine_seen.cause == CAUSE_ECALL_S);
    forget();
    lower_call(read_sstatus, S_MODE);
    CHECK_EQ(machine_seen.count, 1);
    forget();
    lower_call(read_sstatus, U_MODE);
    CHECK_EQ(machine_seen.count, 2);
}

static void delegation(void)
{
    open_memory();
    CSR_WRITE(stvec, supervisor_vector);
    CSR_WRITE(medeleg, 1u << CAUSE_ILLEGAL | 1u << CAUSE_BREAKPOINT);
    forget();
    lower_call(read_mstatus, S_MODE);
    CHECK_EQ(supervisor_seen.cause, CAUSE_ILLEGAL);
    CHECK_EQ(supervisor_seen.status & SPP, SPP);
    CHECK_EQ(machine_seen.count, 1);
    forget();
    lower_call(breakpoint, U_MODE);
    CHECK_EQ(supervisor_seen.cause, CAUSE_BREAKPOINT);
    CHECK_EQ(supervisor_seen.status & SPP, 0);
    CHECK_EQ(supervisor_seen.value, supervisor_seen.pc);
    /* Never downwards. */
    forget();
    breakpoint();
    CHECK_EQ(machine_seen.cause, CAUSE_BREAKPOINT);
    CHECK_EQ(supervisor_seen.cause, CAUSE_NONE);
    CSR_WRITE(medeleg, 0);
}

static void sret_here(void)
{
    __asm__ volatile(".option push; .option norvc\n la t0, 1f; csrw sepc, t0; csrs sstatus, %0\n"
                     "csrc sstatus, %1; sret\n 1: .option pop" ::"r"(SPP),
                     "r"(SPIE)
                     : "t0", "memory");
}
static void write_satp(void)
{
    CSR_WRITE(satp, 0);
}
static void fence(void)
{
    __asm__ volatile("sfence.vma" ::: "memory");
}

static void kept_from_the_supervisor(void)
{
    static const struct {
        uint64_t bit;
        void (*fn)(void);
    } cases[] = {{TVM, write_satp}, {TVM, fence}, {TSR, sret_here}, {TW, wait_for_interrupt}};

    open_memory();
    CSR_SET(mideleg, SSI); /* so that WFI ends; not taken, as SIE is clear */
    CSR_SET(mip, SSI);
    CSR_SET(mie, SSI);
    for (unsigned i = 0; i < ARRAY_SIZE(cases); i++) {
        forget();
        lower_call(cases[i].fn, S_MODE);
        CHECK_EQ(machine_seen.count, 1);
        CSR_SET(mstatus, cases[i].bit);
        CSR_CLEAR(mie, SSI); /* a WFI that could end at once may be let through */
        forget();
        lower_call(cases[i].fn, S_MODE);
        CHECK_EQ(machine_seen.count, 2);
        CSR_CLEAR(mstatus, cases[i].bit);
        CSR_SET(mie, SSI);
    }
    CSR_WRITE(mie, 0);
    CSR_WRITE(mip, 0);
    CSR_WRITE(mideleg, 0);
}

static void machine_timer(void)
{
    uint64_t before = read64(CLINT_MTIME);

    CHECK(counter() >= before);
    forget();
    write64(CLINT_MTIMECMP(0), before + COUNTER_HZ / 100);
    CHECK_EQ(CSR_READ(mip) & MTI, 0);
    CSR_WRITE(mie, MTI);
    while ((CSR_READ(mip) & MTI) == 0)
        wait_for_interrupt();
    CHECK(read64(CLINT_MTIME) >= before + COUNTER_HZ / 100);
    CHECK_EQ(machine_seen.count, 0); /* MIE is clear */
    CSR_WRITE(mtvec, (uint64_t)machine_vector_table | 1);
    CSR_SET(mstatus, MIE);
    CSR_CLEAR(mstatus, MIE);
    CSR_WRITE(mtvec, machine_vector);
    CHECK_EQ(machine_seen.cause, M_INTERRUPT(7));
    CHECK(machine_vectored != 0);
    /* By halves. */
    write32(CLINT_MTIMECMP(0) + 4, ~0u);
    CHECK_EQ(CSR_READ(mip) & MTI, 0);
    write32(CLINT_MTIMECMP(0), 0);
    write32(CLINT_MTIMECMP(0) + 4, 0);
    CHECK(WAIT_UNTIL(CSR_READ(mip) & MTI));
    write64(CLINT_MTIMECMP(0), ~0ULL);
    CHECK_EQ(CSR_READ(mip) & MTI, 0);
}

static void nop_in_supervisor(void)
{
    CSR_SET(sstatus, SIE);
    (void)WAIT_UNTIL(supervisor_seen.cause != CAUSE_NONE);
    CSR_CLEAR(sstatus, SIE);
}

/* Sstc: the supervisor's own timer, once it may. (stimecmp, by its number for older assemblers.) */
static void supervisor_timer(void)
{
    open_memory();
    CSR_WRITE(stvec, supervisor_vector);
    CSR_WRITE(mcounteren, 2);
    CSR_SET(0x30a, STCE);
    CSR_WRITE(0x14d, ~0ULL);
    CHECK_EQ(CSR_READ(mip) & STI, 0);
    CSR_WRITE(0x14d, counter() + COUNTER_HZ / 100);
    CSR_WRITE(mie, STI);
    while ((CSR_READ(mip) & STI) == 0)
        wait_for_interrupt();
    CSR_WRITE(mip, 0);
    CHECK_EQ(CSR_READ(mip) & STI, STI); /* it is the comparison's, not software's */
    CSR_WRITE(0x14d, ~0ULL);
    CHECK_EQ(CSR_READ(mip) & STI, 0);
    CSR_CLEAR(0x30a, STCE);
    /* Without Sstc software in M-mode makes it pending. */
    CSR_WRITE(mideleg, STI);
    CSR_SET(mip, STI);
    forget();
    lower_call(nop_in_supervisor, S_MODE);
    CHECK_EQ(supervisor_seen.cause, M_INTERRUPT(5));
    CSR_WRITE(mip, 0);
    CSR_WRITE(mideleg, 0);
    CSR_WRITE(mie, 0);
}

static volatile uint64_t second_hartid, second_count;
static void note_hart(void)
{
    second_hartid = CSR_READ(mhartid);
    second_count++;
    write32(CLINT_MSIP(0), 1);
}

static void interrupts_between_harts(void)
{
    for (unsigned i = 1; i <= 100; i++) {
        machine_work = note_hart;
        __asm__ volatile("fence" ::: "memory");
        write32(CLINT_MSIP(1), 1);
        if (!CHECK(WAIT_UNTIL(CSR_READ(mip) & MSI)))
            return;
        write32(CLINT_MSIP(0), 0);
        CHECK_EQ(CSR_READ(mip) & MSI, 0);
        CHECK(WAIT_UNTIL(machine_work == NULL));
        CHECK_EQ(second_count, i);
    }
    CHECK_EQ(second_hartid, 1);
}

static uint8_t protected[8192] __attribute__((aligned(4096)));
static uint64_t loaded;
static void load_protected(void)
{
    __asm__ volatile(".option push; .option norvc; ld %0, (%1); .option pop"
                     : "=r"(loaded)
                     : "r"(protected));
}
static void store_protected(void)
{
    __asm__ volatile(".option push; .option norvc; sd %0, (%1); .option pop" ::"r"(loaded),
                     "r"(protected)
                     : "memory");
}

static void memory_protection(void)
{
    CSR_WRITE(pmpaddr0, (uint64_t) protected >> 2 | 0x1ff); /* 4 KiB */
    CSR_WRITE(pmpaddr1, ~0ULL >> 10);
    CSR_WRITE(pmpcfg0, 0x1f18);
    forget();
    lower_call(load_protected, S_MODE);
    CHECK_EQ(machine_seen.count, 2);
    load_protected(); /* M-mode itself may */
    CHECK_EQ(machine_seen.count, 2);
    CSR_WRITE(pmpcfg0, 0x1f19);
    fence();
    forget();
    lower_call(load_protected, S_MODE);
    CHECK_EQ(machine_seen.count, 1);
    lower_call(store_protected, S_MODE);
    CHECK_EQ(machine_seen.count, 3);
    CSR_WRITE(pmpcfg0, 0x1f1f);
    fence();
    forget();
    lower_call(store_protected, U_MODE);
    CHECK_EQ(machine_seen.count, 1);
    CSR_WRITE(pmpcfg0, 0);
    fence();
    open_memory();
}

/* ---- translation, and M-mode's loads by the supervisor's eyes */

#define PTE_V     1u
#define PTE_LEAF  0xcfu /* V R W X A D */
#define SV39      (8ULL << 60)
#define HIGH_PAGE 0x40000000ULL

static uint64_t root[512] __attribute__((aligned(4096)));
static uint64_t middle[512] __attribute__((aligned(4096)));
static uint64_t last[512] __attribute__((aligned(4096)));

static void translate(void)
{
    root[0] = 0x0u << 10 | PTE_LEAF;         /* devices */
    root[2] = (0x80000000u >> 2) | PTE_LEAF; /* RAM where it is */
    root[1] = (uint64_t)middle >> 2 | PTE_V; /* HIGH_PAGE: one page */
    middle[0] = (uint64_t)last >> 2 | PTE_V;
    last[0] = (uint64_t) protected >> 2 | PTE_LEAF;
    fence();
    CSR_WRITE(satp, SV39 | (uint64_t)root >> 12);
    fence();
}

static volatile uint64_t from_high;
static void load_high(void)
{
    from_high = *(volatile uint64_t *)HIGH_PAGE;
}

static void loads_of_another_mode(void)
{
    open_memory();
    translate();
    *(volatile uint64_t *)protected = 0x1122334455667788;
    from_high = 0;
    lower_call(load_high, S_MODE);
    CHECK_EQ(from_high, 0x1122334455667788);
    CSR_CLEAR(mstatus, MPP);
    CSR_SET(mstatus, MPP_S);
    CSR_SET(mstatus, MPRV);
    __asm__ volatile("ld %0, (%1)" : "=r"(loaded) : "r"(HIGH_PAGE));
    CSR_CLEAR(mstatus, MPRV);
    CHECK_EQ(loaded, 0x1122334455667788);
    CSR_WRITE(satp, 0);
    fence();
}

/* ---- the disk: one request of three descriptors */

struct descriptor {
    uint64_t address;
    uint32_t size;
    uint16_t flags, next;
};
static struct {
    struct descriptor descriptors[8];
    uint16_t flags, index, ring[8];
    uint8_t pad[4096 - 8 * 16 - 20];
    volatile uint16_t used_flags, used_index;
    uint32_t used[16];
} queue __attribute__((aligned(4096)));
static struct {
    uint32_t type, reserved;
    uint64_t sector;
} request;
static uint8_t sector[512];
static volatile uint8_t result;

static void disk_start(void)
{
    write32(DISK + 0x70, 0);
    write32(DISK + 0x70, 3);
    write32(DISK + 0x20, 0);
    write32(DISK + 0x70, 11);
    write32(DISK + 0x30, 0);
    write32(DISK + 0x38, 8);
    write32(DISK + 0x80, (uint32_t)(uint64_t)queue.descriptors);
    write32(DISK + 0x90, (uint32_t)(uint64_t)&queue.flags);
    write32(DISK + 0xa0, (uint32_t)(uint64_t)&queue.used_flags);
    write32(DISK + 0x44, 1);
    write32(DISK + 0x70, 15);
}

static bool disk_do(uint32_t type, uint64_t number)
{
    uint16_t before = queue.used_index;

    request.type = type;
    request.sector = number;
    result = 0xff;
    queue.descriptors[0] = (struct descriptor){(uint64_t)&request, 16, 1, 1};
    queue.descriptors[1] = (struct descriptor){(uint64_t)sector, 512, type ? 1 : 3, 2};
    queue.descriptors[2] = (struct descriptor){(uint64_t)&result, 1, 2, 0};
    queue.ring[queue.index % 8] = 0;
    __asm__ volatile("fence" ::: "memory");
    queue.index++;
    __asm__ volatile("fence" ::: "memory");
    write32(DISK + 0x50, 0);
    return WAIT_UNTIL(queue.used_index != before) && result == 0;
}

static void disk_and_its_interrupt(void)
{
    static const char expected[] = "trapeze\n";

    CHECK_EQ(read32(DISK), 0x74726976);
    CHECK_EQ(read32(DISK + 8), 2);
    write32(PLIC + 4 * DISK_SOURCE, 1);
    write32(PLIC_M_ENABLE, 1u << DISK_SOURCE);
    disk_start();
    if (!CHECK(disk_do(0, 3)))
        return;
    for (unsigned i = 0; i < sizeof(sector); i++)
        if (sector[i] != (uint8_t)expected[i % 8] && CHECK_EQ(sector[i], expected[i % 8]))
            break;
    CHECK(WAIT_UNTIL(CSR_READ(mip) & MEI));
    CHECK_EQ(read32(PLIC_M_CLAIM), DISK_SOURCE);
    write32(DISK + 0x64, read32(DISK + 0x60));
    write32(PLIC_M_CLAIM, DISK_SOURCE);
    CHECK_EQ(CSR_READ(mip) & MEI, 0);
    for (unsigned i = 0; i < sizeof(sector); i++)
        sector[i] = (uint8_t)i;
    CHECK(disk_do(1, 4));
    sector[1] = 0;
    CHECK(disk_do(0, 4));
    CHECK_EQ(sector[1], 1);
    CHECK_EQ(sector[511], 255);
    write32(DISK + 0x70, 0);
}

void guest_main(uint64_t hart, uint64_t fdt)
{
    static const struct test tests[] = {
        TEST(state_at_the_start),       TEST(fields),
        TEST(exceptions_by_mode),       TEST(delegation),
        TEST(kept_from_the_supervisor), TEST(machine_timer),
        TEST(supervisor_timer),         TEST(interrupts_between_harts),
        TEST(memory_protection),        TEST(loads_of_another_mode),
        TEST(disk_and_its_interrupt),
    };

    check_run(hart, tests, ARRAY_SIZE(tests));
}
