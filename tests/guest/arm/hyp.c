/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The mechanisms of ARMv7's Virtualization Extensions, as a guest sees them: calls, identity,
 * trapped registers, coprocessors, aborts, virtual interrupts, timers, other CPUs. Arm ARM DDI
 * 0406C, B1.8, B1.14, B3.13.
 */
#include "guest/lib/arm/guest.h"

#include "lib/bits.h"

#define NOWHERE       0x10000000u /* no device, no memory */
#define SGI           5u
#define PPI_VTIMER    27u
#define PPI_PTIMER    30u
#define NOT_SUPPORTED UINT32_MAX

/* ---- entry by HVC and SMC */

static void test_calls(void)
{
    CHECK_EQ(hvc(PSCI_VERSION, 0, 0, 0), 0x10001);
    CHECK_EQ(smc(PSCI_VERSION, 0, 0, 0), 0x10001);
    CHECK_EQ(hvc(0x80000000, 0, 0, 0), 0x10001); /* SMCCC_VERSION */
    CHECK_EQ(hvc(0x8fffffff, 0, 0, 0), NOT_SUPPORTED);
    /* A 64-bit form is not for 32-bit callers. */
    CHECK_EQ(hvc(PSCI_CPU_ON | 0x40000000, 1, 0x40000000, 0), NOT_SUPPORTED);
    CHECK_EQ(hvc(PSCI_CPU_ON, 7, 0x40000000, 0), (uint32_t)-2);
    CHECK_EQ(hvc(PSCI_CPU_ON, 1, 0x10000000, 0), (uint32_t)-9);
    CHECK_EQ(hvc(PSCI_CPU_ON, 1, 0x40000002, 0), (uint32_t)-9);
}

static void hvc_1(void)
{
    __asm__ volatile(".arch_extension virt\n\thvc #1" ::: "memory");
}

static void test_other_hvc_is_undefined(void)
{
    struct seen seen = expect(hvc_1);

    CHECK_EQ(seen.kind, EXC_UNDEF);
    CHECK_EQ(*(uint32_t *)(uintptr_t)seen.frame.pc, 0xe1400071); /* returns to behind the HVC */
}

/* ---- identity */

static void test_identity(void)
{
    uint32_t midr = CP_READ(p15, 0, c0, c0, 0);

    CHECK_EQ(CP_READ(p15, 0, c0, c0, 5), 0x80000000); /* VMPIDR */
    CHECK((midr >> 4 & 0xfff) == 0xc0f || (midr >> 4 & 0xfff) == 0xc07);
    CHECK_EQ(CP_READ(p15, 0, c0, c0, 6) & ~midr, 0); /* REVIDR: 0, or MIDR where there is none */
    CHECK_EQ(CP_READ(p15, 1, c0, c0, 7), 0);         /* AIDR */
    CHECK_EQ(CP_READ(p15, 0, c1, c0, 1), 0x40);      /* ACTLR: SMP */
    CP_WRITE(p15, 0, c1, c0, 1, 0);
    CHECK_EQ(CP_READ(p15, 0, c1, c0, 1), 0x40);
    CHECK_EQ(CP_READ(p14, 7, c0, c0, 0), 0);           /* JIDR */
    CHECK_EQ(CP_READ(p14, 0, c0, c0, 0), 0);           /* DBGDIDR */
    CHECK_EQ(CP_READ(p15, 1, c9, c0, 2) >> 24 & 3, 1); /* L2CTLR: two CPUs */
}

/* CSSELR is each vCPU's own, and CCSIDR what it names. */
static volatile uint32_t second_ccsidr;

static void second_selects(void)
{
    CP_WRITE(p15, 2, c0, c0, 0, 1); /* CSSELR: instructions, level 1 */
    barrier();
    second_ccsidr = CP_READ(p15, 1, c0, c0, 0);
    cpu_off();
}

static void test_cache_identity(void)
{
    uint32_t data, instructions;

    CHECK_EQ(CP_READ(p15, 0, c0, c0, 1) >> 29, 4); /* CTR's format */
    CHECK_EQ(CP_READ(p15, 1, c0, c0, 1) & 7, 3);   /* CLIDR: two caches at level 1 */
    CP_WRITE(p15, 2, c0, c0, 0, 1);
    instructions = CP_READ(p15, 1, c0, c0, 0);
    CP_WRITE(p15, 2, c0, c0, 0, 0xfffffff0);
    CHECK_EQ(CP_READ(p15, 2, c0, c0, 0), 0);
    data = CP_READ(p15, 1, c0, c0, 0);
    CHECK(data != 0 && instructions != 0);
    CHECK(second_cpu(second_selects, false));
    CHECK(second_cpu_wait_off());
    CHECK_EQ(second_ccsidr, instructions);
    CHECK_EQ(CP_READ(p15, 2, c0, c0, 0), 0);
    CHECK_EQ(CP_READ(p15, 1, c0, c0, 0), data);
}

/* ---- what there is not */

static void read_pmcr(void)
{
    (void)CP_READ(p15, 0, c9, c12, 0);
}
static void read_c15(void)
{
    (void)CP_READ(p15, 0, c15, c0, 0);
}
static void read_cp8(void)
{
    __asm__ volatile("mrc p8, 0, r0, c0, c0, 0" ::: "r0");
}
static void read_trace(void)
{
    (void)CP_READ(p14, 1, c0, c0, 0);
}
static void read_hcr(void)
{
    (void)CP_READ(p15, 4, c1, c1, 0);
}
/* HDCR.TDE routes it to Hyp mode, and it comes back as what it is. */
static void do_bkpt(void)
{
    __asm__ volatile("bkpt #0x5eed");
}
static void do_thumb_bkpt(void)
{
    __asm__ volatile(".syntax unified\n\tadr r5, 1f + 1\n\tblx r5\n\tb 2f\n\t"
                     ".thumb\n\t.balign 4\n1:\tbkpt #0xad\n\tbx lr\n\t.balign 4\n\t.arm\n2:" ::
                         : "r5", "lr");
}
static void do_bxj(void)
{
    __asm__ volatile("adr r0, 1f\n\tbxj r0\n1:" ::: "r0");
}
static void read_jmcr(void)
{
    (void)CP_READ(p14, 7, c2, c0, 0);
}

static void test_hidden(void)
{
    CHECK_EQ(expect(read_pmcr).kind, EXC_UNDEF);
    CHECK_EQ(expect(read_c15).kind, EXC_UNDEF);
    CHECK_EQ(expect(read_cp8).kind, EXC_UNDEF);
    CHECK_EQ(expect(read_trace).kind, EXC_UNDEF);
    CHECK_EQ(expect(read_hcr).kind, EXC_UNDEF);
    CHECK_EQ(expect(do_bxj).kind, EXC_UNDEF);
    CHECK_EQ(expect(read_jmcr).kind, EXC_UNDEF);
}

static void test_debug_exception(void)
{
    struct seen seen = expect(do_bkpt);

    CHECK_EQ(seen.kind, EXC_PREFETCH);
    CHECK_EQ(seen.ifsr, 0x002); /* debug event */
    CHECK_EQ(*(uint32_t *)(uintptr_t)seen.frame.pc, 0xe125ee7d);
    CHECK_EQ(seen.frame.cpsr & 0x1f, 0x13);
    seen = expect(do_thumb_bkpt);
    CHECK_EQ(seen.kind, EXC_PREFETCH);
    CHECK_EQ(seen.ifsr, 0x002);
    CHECK_EQ(*(uint16_t *)(uintptr_t)seen.frame.pc, 0xbead);
    CHECK_EQ(seen.frame.cpsr & 0x20, 0x20);
}

/* A trap that the condition forbids has no effect, whether it is taken or not. */
static void test_condition(void)
{
    uint32_t value = 7;

    __asm__ volatile("cmp %0, #7\n\tmrcne p15, 0, %0, c1, c0, 1" : "+r"(value)::"cc");
    CHECK_EQ(value, 7);
    __asm__ volatile("cmp %0, #7\n\tmrceq p15, 0, %0, c1, c0, 1" : "+r"(value)::"cc");
    CHECK_EQ(value, 0x40);
}

static void test_set_way(void)
{
    static volatile uint32_t word = 0x5eed;

    word = 0xcafe;
    CP_WRITE(p15, 0, c7, c6, 2, 0);  /* DCISW: cleans as well (HCR.SWIO) */
    CP_WRITE(p15, 0, c7, c10, 2, 0); /* DCCSW */
    CP_WRITE(p15, 0, c7, c14, 2, 0); /* DCCISW */
    barrier();
    CHECK_EQ(word, 0xcafe);
}

/* ---- VFP, Advanced SIMD, ThumbEE: lazily */

static void fp_put(uint32_t seed)
{
    __asm__ volatile(".fpu neon\n\tvmsr fpexc, %1\n\tvdup.32 q0, %0\n\tvdup.32 q15, %0" ::"r"(seed),
                     "r"(0x40000000));
}
static uint32_t fp_get(void)
{
    uint32_t low, high;

    __asm__ volatile(".fpu neon\n\tvmov.32 %0, d0[0]\n\tvmov.32 %1, d31[1]"
                     : "=r"(low), "=r"(high));
    return low == high ? low : 0;
}
static void fp_off(void)
{
    __asm__ volatile(".fpu neon\n\tvmsr fpexc, %0" ::"r"(0));
}
static void fp_use(void)
{
    __asm__ volatile(".fpu neon\n\tvmov.32 r0, d0[0]" ::: "r0");
}

static volatile uint32_t second_fp, second_tee;

static void second_uses(void)
{
    CP_WRITE(p15, 0, c1, c0, 2, 0x00f00000); /* CPACR: cp10, cp11 */
    barrier();
    fp_put(0x22222222);
    CP_WRITE(p14, 6, c1, c0, 0, 0x2000); /* TEEHBR */
    for (unsigned i = 0; i < 20; i++) {
        uint64_t until = counter() + CP_READ(p15, 0, c14, c0, 0) / 1000;

        while (counter() < until)
            ;
        second_fp = fp_get();
        second_tee = CP_READ(p14, 6, c1, c0, 0);
        if (second_fp != 0x22222222)
            break;
    }
    cpu_off();
}

static void test_lazy_state(void)
{
    CP_WRITE(p15, 0, c1, c0, 2, 0x00f00000);
    barrier();
    fp_put(0x11111111);
    CP_WRITE(p14, 6, c1, c0, 0, 0x1000);
    CHECK_EQ(fp_get(), 0x11111111);
    CHECK(second_cpu(second_uses, false));
    /* On one real CPU the two take turns meanwhile. */
    CHECK(second_cpu_wait_off());
    CHECK_EQ(fp_get(), 0x11111111);
    CHECK_EQ(second_fp, 0x22222222);
    CHECK_EQ(CP_READ(p14, 6, c1, c0, 0), 0x1000);
    CHECK_EQ(second_tee, 0x2000);
    /* What the guest itself has switched off is undefined to it. */
    fp_off();
    CHECK_EQ(expect(fp_use).kind, EXC_UNDEF);
}

/* ---- accesses to devices, and to nothing */

static void test_widths(void)
{
    uint32_t value, at = GICD + GICD_IPRIORITYR + 4;

    mmio_write(at, 0xa0b0c0d0);
    CHECK_EQ(mmio_read(at), 0xa0b0c0d0);
    __asm__ volatile("ldrb %0, [%1, #1]" : "=r"(value) : "r"(at));
    CHECK_EQ(value, 0xc0);
    __asm__ volatile("ldrsb %0, [%1, #1]" : "=r"(value) : "r"(at));
    CHECK_EQ(value, 0xffffffc0);
    __asm__ volatile("strb %1, [%0, #3]" ::"r"(at), "r"(0x4450));
    CHECK_EQ(mmio_read(at), 0x50b0c0d0);
    /* Into the registers of other modes: SP of SVC mode, R8 of FIQ mode. */
    __asm__ volatile("mov r4, sp\n\tldr sp, [%1]\n\tmov %0, sp\n\tmov sp, r4"
                     : "=r"(value)
                     : "r"(at)
                     : "r4");
    CHECK_EQ(value, 0x50b0c0d0);
    __asm__ volatile(
        "mov r5, %1\n\tcps #0x11\n\tldr r8, [r5]\n\tmov r6, r8\n\tcps #0x13\n\tmov %0, r6"
        : "=r"(value)
        : "r"(at)
        : "r5", "r6");
    CHECK_EQ(value, 0x50b0c0d0);
    /* In an IT block of Thumb code, taken and not taken. */
    __asm__ volatile(".syntax unified\n\tadr r5, 1f + 1\n\tmov r6, #0\n\tmov r7, #0\n\tbx r5\n\t"
                     ".thumb\n\t.balign 4\n1:\tcmp r5, r5\n\titte eq\n\t"
                     "ldreq r6, [%1]\n\taddeq r7, r6, #1\n\tldrne r7, [%1]\n\t"
                     "adr r5, 2f\n\tbx r5\n\t.balign 4\n\t.arm\n2:\tmov %0, r7"
                     : "=&r"(value)
                     : "r"(at)
                     : "r5", "r6", "r7", "cc");
    CHECK_EQ(value, 0x50b0c0d1);
}

static void load_nowhere(void)
{
    (void)mmio_read(NOWHERE + 4);
}
static void store_nowhere(void)
{
    mmio_write(NOWHERE + 8, 0);
}
static void jump_nowhere(void)
{
    ((void (*)(void))NOWHERE)();
}
static void load_exclusive(void)
{
    __asm__ volatile("mov r2, %0\n\tldrex r4, [r2]" ::"r"(GICD) : "r2", "r4");
}
static void load_over_the_end(void)
{
    __asm__ volatile("mov r2, %0\n\tldmdb r2!, {r4, r5}" ::"r"(GICD + 4) : "r2", "r4", "r5");
}

static void test_aborts(void)
{
    struct seen seen = expect(load_nowhere);

    CHECK_EQ(seen.kind, EXC_DATA);
    CHECK_EQ(seen.dfar, NOWHERE + 4);
    CHECK_EQ(seen.dfsr, 0x008); /* synchronous external abort */
    seen = expect(store_nowhere);
    CHECK_EQ(seen.kind, EXC_DATA);
    CHECK_EQ(seen.dfar, NOWHERE + 8);
    CHECK_EQ(seen.dfsr, 0x808);
    seen = expect(jump_nowhere);
    CHECK_EQ(seen.kind, EXC_PREFETCH);
    CHECK_EQ(seen.ifar, NOWHERE);
    CHECK_EQ(seen.ifsr, 0x008);
    /* No device takes these, nor half of one that has a part somewhere else. */
    CHECK_EQ(expect(load_exclusive).kind, EXC_DATA);
    CHECK_EQ(expect(load_over_the_end).kind, EXC_DATA);
}

/* ---- instructions that the syndrome does not describe: the hypervisor reads them */

static void test_undescribed(void)
{
    uint32_t at = GICD + GICD_IPRIORITYR + 4, end, a, b;

    mmio_write(at, 0x50b0c0d0);
    mmio_write(at + 4, 0x10203040);
    __asm__ volatile("mov r2, %3\n\tldrd r4, r5, [r2], #8\n\tmov %0, r4\n\tmov %1, r5\n\tmov %2, r2"
                     : "=&r"(a), "=&r"(b), "=&r"(end)
                     : "r"(at)
                     : "r2", "r4", "r5");
    CHECK_EQ(a, 0x50b0c0d0);
    CHECK_EQ(b, 0x10203040);
    CHECK_EQ(end, at + 8);
    __asm__ volatile("mov r2, %1\n\tldrsb %0, [r2, #1]!" : "=&r"(a) : "r"(at) : "r2");
    CHECK_EQ(a, 0xffffffc0);
    __asm__ volatile("mov r2, %0\n\tmov r4, #0x60\n\tmov r5, #0x70\n\tstmia r2!, {r4, r5}\n\t"
                     "strb r5, [r2, #-5]!" ::"r"(at)
                     : "r2", "r4", "r5", "memory");
    CHECK_EQ(mmio_read(at), 0x70000060);
    CHECK_EQ(mmio_read(at + 4), 0x70);
    /* A block that ends with the page, as a driver's memcpy reads it: the identification. */
    __asm__ volatile("mov r2, %2\n\tldmia r2!, {r4-r7}\n\tmov %0, r4\n\tmov %1, r7"
                     : "=&r"(a), "=&r"(b)
                     : "r"(GICD + 0xff0)
                     : "r2", "r4", "r5", "r6", "r7");
    CHECK_EQ(a, 0x0d);
    CHECK_EQ(b, 0xb1);
    /* Thumb: 16 bits, 32 bits, in an IT block. */
    __asm__ volatile(".syntax unified\n\tmov r2, %2\n\tmov r3, %2\n\tadr r5, 1f + 1\n\tbx r5\n\t"
                     ".thumb\n\t.balign 4\n1:\tldmia r2!, {r4, r6}\n\tcmp r2, r2\n\titt eq\n\t"
                     "ldrdeq r7, r4, [r3], #4\n\taddeq r3, r3, #1\n\tstr.w r6, [r3, #-5]!\n\t"
                     "adr r5, 2f\n\tbx r5\n\t.balign 4\n\t.arm\n2:\tmov %0, r7\n\tmov %1, r4"
                     : "=&r"(a), "=&r"(b)
                     : "r"(at)
                     : "r2", "r3", "r4", "r5", "r6", "r7", "cc", "memory");
    CHECK_EQ(a, 0x70000060);
    CHECK_EQ(b, 0x70);
    CHECK_EQ(mmio_read(at), 0x70);
}

/* ---- the guest's own MMU, in both formats; its aborts come in the format of its choice */

static uint32_t sections[4096] __aligned(16384);
static uint64_t blocks[4] __aligned(4096);

static void mmu_switch(bool on)
{
    uint32_t sctlr = CP_READ(p15, 0, c1, c0, 0);

    barrier();
    CP_WRITE(p15, 0, c8, c7, 0, 0); /* TLBIALL */
    CP_WRITE(p15, 0, c1, c0, 0, on ? sctlr | 0x1005 : sctlr & ~0x1005u);
    barrier();
}

#define ALIAS 0x40100000u

/* ALIAS, not global, is another MiB from here on, and what was known of it is dropped by DROP. */
#define REMAPPED(mib, drop)                                              \
    ({                                                                   \
        sections[ALIAS >> 20] = (0x40000000u + ((mib) << 20)) | 0x31c0e; \
        barrier();                                                       \
        drop;                                                            \
        barrier();                                                       \
        mmio_read(ALIAS);                                                \
    })
#define DROP(crm, op2, value) CP_WRITE(p15, 0, c8, crm, op2, value)

/* Each operation on TLBs, which are the CPU's own or trapped (HCR.TTLB). */
static void test_tlb_operations(void)
{
    mmio_write(0x40200000, 0x200);
    mmio_write(0x40300000, 0x300);
    CHECK_EQ(REMAPPED(2, DROP(c7, 0, 0)), 0x200);     /* TLBIALL */
    CHECK_EQ(REMAPPED(3, DROP(c7, 1, ALIAS)), 0x300); /* TLBIMVA */
    CHECK_EQ(REMAPPED(2, DROP(c7, 2, 0)), 0x200);     /* TLBIASID */
    CHECK_EQ(REMAPPED(3, DROP(c7, 3, ALIAS)), 0x300); /* TLBIMVAA */
    CHECK_EQ(REMAPPED(2, DROP(c3, 0, 0)), 0x200);     /* the same, of all CPUs */
    CHECK_EQ(REMAPPED(3, DROP(c3, 1, ALIAS)), 0x300);
    CHECK_EQ(REMAPPED(2, DROP(c3, 2, 0)), 0x200);
    CHECK_EQ(REMAPPED(3, DROP(c3, 3, ALIAS)), 0x300);
    CHECK_EQ(REMAPPED(2, DROP(c6, 0, 0)), 0x200); /* DTLBIALL */
    CHECK_EQ(REMAPPED(3, DROP(c6, 1, ALIAS)), 0x300);
    CHECK_EQ(REMAPPED(2, DROP(c6, 2, 0)), 0x200);
    DROP(c5, 0, 0); /* ITLBIALL */
    DROP(c5, 1, ALIAS);
    DROP(c5, 2, 0);
    CHECK_EQ(REMAPPED(0, DROP(c7, 0, 0)), mmio_read(0x40000000));
}

static void test_short_format(void)
{
    for (uint32_t i = 0; i < ARRAY_SIZE(sections); i++) /* devices below RAM; all access */
        sections[i] = i << 20 | (i < 0x400 ? 0xc16 : 0x11c0e);
    sections[0x400 + 1] = 0x40000000u | 0x11c0e; /* the first MiB a second time */
    CP_WRITE(p15, 0, c2, c0, 2, 0);
    CP_WRITE(p15, 0, c2, c0, 0, (uint32_t)(uintptr_t)sections);
    CP_WRITE(p15, 0, c3, c0, 0, 1); /* DACR: client */
    mmu_switch(true);
    CHECK_EQ(mmio_read(0x40100000), mmio_read(0x40000000));
    test_tlb_operations();
    CHECK_EQ(expect(load_nowhere).dfsr, 0x008);
    mmu_switch(false);
    CHECK_EQ(mmio_read(GICD + GICD_TYPER) >> 5 & 7, 1); /* two CPUs */
}

static void test_long_format(void)
{
    for (uint32_t i = 0; i < ARRAY_SIZE(blocks);
         i++) /* valid block, AF, inner shareable, normal or device */
        blocks[i] = (uint64_t)i << 30 | (i == 1 ? 0x701 : 0x705);
    CP_WRITE(p15, 0, c10, c2, 0, 0x04ff);    /* MAIR0 */
    CP_WRITE(p15, 0, c2, c0, 2, 0x80000000); /* TTBCR.EAE */
    CP_WRITE64(0, c2, (uint32_t)(uintptr_t)blocks);
    mmu_switch(true);
    CHECK_EQ(expect(load_nowhere).dfsr, 0x210);
    CHECK_EQ(expect(jump_nowhere).kind, EXC_PREFETCH);
    mmu_switch(false);
    CP_WRITE(p15, 0, c2, c0, 2, 0);
}

/* ---- virtual interrupts */

static volatile uint32_t taken, taken_how;

static void woken(uint32_t intid, enum exception how)
{
    taken = intid;
    taken_how = how;
    if (intid == PPI_VTIMER)
        CP_WRITE(p15, 0, c14, c3, 1, 0);
    if (intid == PPI_PTIMER)
        CP_WRITE(p15, 0, c14, c2, 1, 0);
}

static bool wait_taken(uint32_t intid)
{
    uint64_t until = counter() + CP_READ(p15, 0, c14, c0, 0);

    irq_unmask();
    while (taken != intid && counter() < until)
        __asm__ volatile("wfi" ::: "memory");
    irq_mask();
    return taken == intid;
}

static void wake_later(void)
{
    CP_WRITE64(3, c14, counter() + CP_READ(p15, 0, c14, c0, 0) / 100); /* CNTV_CVAL */
    CP_WRITE(p15, 0, c14, c3, 1, 1);                                   /* CNTV_CTL */
}

static void test_virtual_irq(void)
{
    irq_set_handler(woken);
    gic_enable(SGI);
    gic_enable(PPI_VTIMER);
    gic_enable(PPI_PTIMER);
    taken = UINT32_MAX;
    mmio_write(GICD + GICD_SGIR, GICD_SGIR_SELF | SGI);
    CHECK(wait_taken(SGI));
    CHECK_EQ(taken_how, EXC_IRQ);
    wake_later();
    CHECK(wait_taken(PPI_VTIMER));
    CHECK_EQ(taken_how, EXC_IRQ);
    CP_WRITE64(2, c14, CP_READ64(0, c14) + CP_READ(p15, 0, c14, c0, 0) / 100); /* CNTP */
    CP_WRITE(p15, 0, c14, c2, 1, 1);
    CHECK(wait_taken(PPI_PTIMER));
    CHECK_EQ(CP_READ64(2, c14) > 0, 1);
}

/* Group 0 as FIQ, which GICC_CTLR.FIQEn asks for. */
static void test_virtual_fiq(void)
{
    taken = UINT32_MAX;
    mmio_write(GICC + GICC_CTLR, 0x9);
    mmio_write(GICD + GICD_SGIR, GICD_SGIR_SELF | SGI);
    CHECK(wait_taken(SGI));
    CHECK_EQ(taken_how, EXC_FIQ);
    mmio_write(GICC + GICC_CTLR, 1);
}

/* WFE must not hang for ever, whatever it does. */
static void test_wfe(void)
{
    __asm__ volatile("sev\n\twfe\n\twfe" ::: "memory");
    CHECK(true);
}

/* ---- other CPUs */

static volatile uint32_t second_mpidr;

static void second_says(void)
{
    second_mpidr = CP_READ(p15, 0, c0, c0, 5);
    cpu_off();
}

static void test_second_cpu(void)
{
    for (unsigned thumb = 0; thumb < 2; thumb++) {
        second_mpidr = 0;
        CHECK(second_cpu(second_says, thumb != 0));
        CHECK(second_cpu_wait_off());
        CHECK_EQ(second_mpidr, 0x80000001);
    }
}

void guest_main(void)
{
    static const struct test tests[] = {
        TEST(test_calls),       TEST(test_other_hvc_is_undefined),
        TEST(test_identity),    TEST(test_cache_identity),
        TEST(test_hidden),      TEST(test_condition),
        TEST(test_set_way),     TEST(test_widths),
        TEST(test_aborts),      TEST(test_undescribed),
        TEST(test_virtual_irq), TEST(test_virtual_fiq),
        TEST(test_wfe),         TEST(test_second_cpu),
        TEST(test_lazy_state),  TEST(test_short_format),
        TEST(test_long_format), TEST(test_debug_exception),
    };

    gic_init();
    check_run(tests, ARRAY_SIZE(tests));
}
