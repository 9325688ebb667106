/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory as a VM has it: all RAM the tree promises and clean, nothing outside it, faults of the
 * guest's own tables and of EL0 its own. Under a hypervisor an access to nothing is a synchronous
 * external abort (Arm ARM DDI 0487, D19.2.37, DFSC and IFSC 0x10) at the address the guest used.
 */
#include "guest/lib/mmu.h"

#include "guest/lib/gic_regs.h"
#include "guest/lib/guest.h"
#include "guest/lib/mmio.h"
#include "guest/lib/ram.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"

/* Instructions that tests place in memory. */
enum {
    INSN_RET = 0xd65f03c0,
    INSN_MOV_X0_42 = 0xd2800540,
    INSN_SVC_7 = 0xd40000e1,
    INSN_HVC_0 = 0xd4000002,
    INSN_LDR_X0_X0 = 0xf9400000,
    INSN_STR_X0_X0 = 0xf9000000,
    INSN_MRS_X0_SCTLR = 0xd5381000,
    INSN_BR_X0 = 0xd61f0000,
};

static void banks_make_sense(void)
{
    bool image_inside = false;

    REQUIRE(machine.bank_count >= 1);
    for (unsigned i = 0; i < machine.bank_count; i++) {
        const struct range *bank = &machine.banks[i];
        CHECK(is_aligned(bank->base | bank->bytes, PAGE_SIZE) && bank->bytes != 0);
        image_inside |=
            range_within(machine.image.base, machine.image.bytes, bank->base, bank->bytes);
    }
    CHECK(image_inside);
    CHECK(is_aligned(machine.image.base, MIB(2)));
}

static void free_memory_is_zero(void)
{
    uint64_t bad = 0;

    if (!machine.is_vm)
        SKIP("a bare machine promises nothing");
    CHECK(ram_each_free_page(page_is_zero, &bad) > 0);
    CHECK_EQ(bad, 0);
}

static void all_memory_keeps_what_is_written(void)
{
    uint64_t bad = 0;
    uint64_t pages = ram_each_free_page(page_fill, &bad);

    CHECK(pages > 0);
    CHECK_EQ(ram_each_free_page(page_matches, &bad), pages);
    CHECK_EQ(bad, 0);
}

static uint64_t *shared_page;
static void fill_on_second(void *unused)
{
    page_fill(shared_page);
}

static uint64_t last_page(void)
{
    const struct range *bank = &machine.banks[machine.bank_count - 1];
    return bank->base + bank->bytes - PAGE_SIZE;
}

static void memory_is_shared_by_cpus(void)
{
    shared_page = (uint64_t *)last_page();
    for (unsigned i = 0; i < PAGE_SIZE / 8; i++)
        shared_page[i] = 0;
    REQUIRE(cpu_run(1, fill_on_second, NULL));
    REQUIRE(cpu_wait_off(1));
    CHECK(page_matches(shared_page));
}

static void unaligned_accesses(void)
{
    uint8_t *at = (uint8_t *)last_page();
    uint64_t value;

    for (unsigned i = 0; i < 32; i++)
        at[i] = (uint8_t)i;
    __asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(at + 3) : "memory");
    CHECK_EQ(value, 0x0a09080706050403);
    __asm__ volatile("str %0, [%1]" ::"r"(0x1122334455667788ULL), "r"(at + 13) : "memory");
    CHECK_EQ(at[13], 0x88);
    CHECK_EQ(at[20], 0x11);
    /* Over the border of two pages of the image. */
    static uint8_t two[2 * PAGE_SIZE] __aligned(PAGE_SIZE);
    __asm__ volatile("str %0, [%1]" ::"r"(0x1122334455667788ULL), "r"(two + PAGE_SIZE - 3)
                     : "memory");
    CHECK_EQ(two[PAGE_SIZE - 1], 0x66);
    CHECK_EQ(two[PAGE_SIZE], 0x55);
}

static void place_code(uint64_t at, uint32_t first, uint32_t second)
{
    uint32_t *code = (uint32_t *)at;
    code[0] = first;
    code[1] = second;
    mmu_publish_code(code, 8);
}

static void code_runs_from_memory(void)
{
    place_code(last_page(), INSN_MOV_X0_42, INSN_RET);
    CHECK_EQ(((uint64_t(*)(void))(uintptr_t)last_page())(), 42);
}

/* ---- faults */

static void load(void *at)
{
    *(volatile uint64_t *)at;
}
static void store(void *at)
{
    *(volatile uint64_t *)at = 1;
}
static void fetch(void *at)
{
    ((void (*)(void))(uintptr_t)at)();
}

static void check_fault(void (*access)(void *), uint64_t at, unsigned ec, unsigned fsc)
{
    struct fault fault = {0};

    if (!CHECK(expect_fault(access, (void *)at, &fault)))
        return;
    CHECK_EQ(esr_class(fault.esr), ec);
    CHECK_EQ(esr_fsc(fault.esr), fsc);
    CHECK_EQ(fault.far, at);
    CHECK_EQ(REG_GET(ABORT_ISS, S1PTW, fault.esr), 0);
    if (ec == EC_DABORT_SAME)
        CHECK_EQ(REG_GET(ABORT_ISS, WnR, fault.esr), access == store);
    if (ec == EC_IABORT_SAME)
        CHECK_EQ(fault.elr, at);
}

static void own_tables_fault(void)
{
    static uint8_t page[PAGE_SIZE] __aligned(PAGE_SIZE);
    uint64_t va = MMU_TEST_VA;

    check_fault(load, va + 8, EC_DABORT_SAME, FSC_TRANSLATION_L1);
    REQUIRE(mmu_map(va, (uint64_t)page, PAGE_SIZE, MMU_READ_ONLY));
    check_fault(store, va + 16, EC_DABORT_SAME, FSC_PERMISSION_L3);
    check_fault(load, va + PAGE_SIZE, EC_DABORT_SAME, FSC_TRANSLATION_L3);
    mmu_unmap(va, PAGE_SIZE);
    REQUIRE(mmu_map(va, (uint64_t)page, PAGE_SIZE, MMU_NO_EXECUTE));
    check_fault(fetch, va, EC_IABORT_SAME, FSC_PERMISSION_L3);
    mmu_unmap(va, PAGE_SIZE);
    check_fault(fetch, va, EC_IABORT_SAME, FSC_TRANSLATION_L3);
}

/* Guest-physical addresses where a VM has nothing. */
static unsigned holes(uint64_t at[4])
{
    at[0] = MIB(256);
    at[1] = align_down(last_page() + MIB(64), MIB(2));
    at[2] = GIB(200);
    at[3] = last_page() + PAGE_SIZE; /* the very next byte */
    return 4;
}

static void nothing_outside(enum mmu_kind kind, bool with_fetch)
{
    uint64_t at[4];
    uint64_t va = MMU_TEST_VA + GIB(1);

    if (!machine.is_vm)
        SKIP("what a bare machine has elsewhere is its own affair");
    for (unsigned i = 0; i < holes(at); i++, va += MIB(2)) {
        REQUIRE(mmu_map(va, at[i], PAGE_SIZE, kind));
        check_fault(load, va + 0x238, EC_DABORT_SAME, FSC_SYNC_EXTERNAL);
        check_fault(store, va + 0x240, EC_DABORT_SAME, FSC_SYNC_EXTERNAL);
        if (with_fetch)
            check_fault(fetch, va + 0x248, EC_IABORT_SAME, FSC_SYNC_EXTERNAL);
        mmu_unmap(va, PAGE_SIZE);
    }
}

static void nothing_outside_memory(void)
{
    nothing_outside(MMU_NORMAL, true);
}
static void nothing_outside_devices(void)
{
    nothing_outside(MMU_DEVICE, false);
}

static void maintain(void *at)
{
    __asm__ volatile("dc civac, %0\n dc cvac, %0\n dsb sy" ::"r"(at) : "memory");
}
static void translate(void *at)
{
    __asm__ volatile("at s1e1r, %0\n isb" ::"r"(at) : "memory");
}
static void load_pair(void *at)
{
    __asm__ volatile("ldp x9, x10, [%0]" ::"r"(at) : "x9", "x10", "memory");
}
static void load_writeback(void *at)
{
    __asm__ volatile("ldr w9, [%0], #4" : "+r"(at)::"x9", "memory");
}
static void load_exclusive(void *at)
{
    __asm__ volatile("ldxr w9, [%0]\n clrex" ::"r"(at) : "x9", "memory");
}

/* Accesses a hypervisor may refuse, but must survive: nothing for the guest or a fault of its own.
 */
static void odd_accesses_are_survived(void)
{
    static void (*const accesses[])(void *) = {maintain, translate, load_pair, load_writeback,
                                               load_exclusive};
    uint64_t at[4];
    uint64_t va = MMU_TEST_VA + GIB(2);
    struct fault fault;

    if (!machine.is_vm)
        SKIP("there is no hypervisor to survive it");
    REQUIRE(holes(at) == 4 && mmu_map(va, at[0], PAGE_SIZE, MMU_NORMAL));
    for (unsigned i = 0; i < ARRAY_SIZE(accesses); i++) {
        if (expect_fault(accesses[i], (void *)va, &fault))
            CHECK_EQ(fault.far, va);
        if (expect_fault(accesses[i], (void *)(machine.gicd + GICD_IPRIORITYR + 40), &fault))
            CHECK_EQ(fault.far, machine.gicd + GICD_IPRIORITYR + 40);
    }
    mmu_unmap(va, PAGE_SIZE);
}

/* ---- EL0 */

struct el0_run {
    uint64_t pc, x0;
};

/* Ends by an exception of EL0's, which expect_fault catches. */
static void enter_el0(void *argument)
{
    const struct el0_run *run = argument;

    __asm__ volatile(
        "msr elr_el1, %0\n"
        "msr spsr_el1, %1\n"
        "mov x0, %2\n"
        "eret\n" ::"r"(run->pc),
        "r"((uint64_t)(SPSR_M_EL0T | SPSR_EL1_D | SPSR_EL1_A | SPSR_EL1_I | SPSR_EL1_F)),
        "r"(run->x0)
        : "x0", "memory");
    __builtin_unreachable();
}

/* Run FIRST and SECOND at EL0 with X0; how it ended. */
static struct fault run_el0(uint32_t first, uint32_t second, uint64_t x0)
{
    static uint32_t page[PAGE_SIZE / 4] __aligned(PAGE_SIZE);
    uint64_t va = MMU_TEST_VA + GIB(3);
    struct el0_run run = {va, x0};
    struct fault fault = {0};

    place_code((uint64_t)page, first, second);
    if (CHECK(mmu_map(va, (uint64_t)page, PAGE_SIZE, MMU_USER_CODE))) {
        CHECK(expect_fault(enter_el0, &run, &fault));
        CHECK_EQ(REG_GET(SPSR_EL1, M, fault.spsr), SPSR_M_EL0T);
        mmu_unmap(va, PAGE_SIZE);
    }
    return fault;
}

static void el0_calls(void)
{
    struct fault fault = run_el0(INSN_MOV_X0_42, INSN_SVC_7, 0);

    CHECK_EQ(esr_class(fault.esr), EC_SVC64);
    CHECK_EQ(REG_GET(ESR_EL1, ISS, fault.esr), 7);
    CHECK_EQ(fault.x0, 42);
    CHECK_EQ(fault.elr, MMU_TEST_VA + GIB(3) + 8);
}

static void el0_faults(void)
{
    uint64_t kernel = (uint64_t)image_start;
    struct fault fault = run_el0(INSN_LDR_X0_X0, INSN_SVC_7, kernel);

    CHECK_EQ(esr_class(fault.esr), EC_DABORT_LOWER);
    CHECK(esr_fsc(fault.esr) >= FSC_PERMISSION_L1 && esr_fsc(fault.esr) <= FSC_PERMISSION_L3);
    CHECK_EQ(fault.far, kernel);
    fault = run_el0(INSN_STR_X0_X0, INSN_SVC_7, MMU_TEST_VA);
    CHECK_EQ(esr_class(fault.esr), EC_DABORT_LOWER);
    CHECK_EQ(REG_GET(ABORT_ISS, WnR, fault.esr), 1);
    CHECK_EQ(fault.far, MMU_TEST_VA);
    fault = run_el0(INSN_BR_X0, INSN_SVC_7, kernel);
    CHECK_EQ(esr_class(fault.esr), EC_IABORT_LOWER);
    CHECK_EQ(fault.far, kernel);
}

static void el0_has_no_privilege(void)
{
    CHECK_EQ(esr_class(run_el0(INSN_MRS_X0_SCTLR, INSN_SVC_7, 0).esr), EC_UNKNOWN);
    CHECK_EQ(esr_class(run_el0(INSN_HVC_0, INSN_SVC_7, PSCI_SYSTEM_OFF).esr), EC_UNKNOWN);
}

static void el0_outside_memory(void)
{
    uint64_t va = MMU_TEST_VA + GIB(4);

    if (!machine.is_vm)
        SKIP("what a bare machine has elsewhere is its own affair");
    REQUIRE(mmu_map(va, MIB(256), PAGE_SIZE, MMU_USER));
    struct fault fault = run_el0(INSN_LDR_X0_X0, INSN_SVC_7, va);
    CHECK_EQ(esr_class(fault.esr), EC_DABORT_LOWER);
    CHECK_EQ(esr_fsc(fault.esr), FSC_SYNC_EXTERNAL);
    CHECK_EQ(fault.far, va);
    fault = run_el0(INSN_BR_X0, INSN_SVC_7, va);
    CHECK_EQ(esr_class(fault.esr), EC_IABORT_LOWER);
    CHECK_EQ(esr_fsc(fault.esr), FSC_SYNC_EXTERNAL);
    CHECK_EQ(fault.far, va);
    mmu_unmap(va, PAGE_SIZE);
}

void guest_main(void)
{
    static const struct test tests[] = {
        TEST(banks_make_sense),
        TEST(free_memory_is_zero), /* before anything is written */
        TEST(all_memory_keeps_what_is_written),
        TEST(memory_is_shared_by_cpus),
        TEST(unaligned_accesses),
        TEST(code_runs_from_memory),
        TEST(own_tables_fault),
        TEST(nothing_outside_memory),
        TEST(nothing_outside_devices),
        TEST(odd_accesses_are_survived),
        TEST(el0_calls),
        TEST(el0_faults),
        TEST(el0_has_no_privilege),
        TEST(el0_outside_memory),
    };
    check_run(tests, ARRAY_SIZE(tests));
}
