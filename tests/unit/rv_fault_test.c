/* SPDX-License-Identifier: Apache-2.0 */
/* Guest-page faults of harts that leave htval 0: where they were, by the guest's tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/host/rv_hook_record.h"
#include "arch/riscv/model/rv_fault.h"
#include "arch/riscv/model/rv_pt.h"
#include "core/guest_mem.h"
#include "core/vm.h"

/* Four tables: a root, one below it, one of pages, and one that may be read only. */
#define RAM       0x80000000ULL
#define RAM_BYTES (4 * PAGE_SIZE)
#define ROOT      RAM
#define MIDDLE    (RAM + PAGE_SIZE)
#define PAGES     (RAM + 2 * PAGE_SIZE)
#define SEALED    (RAM + 3 * PAGE_SIZE)
#define DEVICE    0x10000000ULL
#define NOWHERE   0x5000000000ULL
#define VA        0x40201000ULL /* slot 1 of each level */
#define LEAF      (RV_PTE_V | RV_PTE_R | RV_PTE_W | RV_PTE_X)
#define SEEN      (RV_PTE_A | RV_PTE_D)

static struct vm vm;
static struct vcpu vcpu;
static uint64_t ram[RAM_BYTES / sizeof(uint64_t)];
static struct rv_syndrome syndrome;

static uint64_t *at(uint64_t gpa)
{
    return &ram[(gpa - RAM) / sizeof(uint64_t)];
}
const uint64_t *guest_mem_where_u64(struct vm *v, gpa_t from)
{
    return from.raw - RAM < RAM_BYTES ? at(from.raw) : NULL;
}
enum err guest_mem_exchange_u64(struct vm *v, gpa_t to, uint64_t *expected, uint64_t value)
{
    if (to.raw - RAM >= RAM_BYTES || to.raw >= SEALED)
        return ERR_RANGE;
    assert_int_equal(*at(to.raw), *expected);
    *at(to.raw) = value;
    return ERR_NONE;
}

static uint64_t entry(uint64_t gpa, uint64_t flags)
{
    return REG_PUT(RV_PTE, PPN, gpa >> PAGE_SHIFT) | flags;
}

static int start(void **state)
{
    memset(&vm, 0, sizeof(vm));
    memset(&vcpu, 0, sizeof(vcpu));
    memset(ram, 0, sizeof(ram));
    memset(&rv_hook_record, 0, sizeof(rv_hook_record));
    vcpu.vm = &vm;
    vcpu.id = 3;
    vcpu.arch.rv.super.in_supervisor = true;
    vcpu.arch.rv.super.satp = REG_PUT(SATP, MODE, RV_MODE_SV39) | ROOT >> PAGE_SHIFT;
    ram[1] = entry(MIDDLE, RV_PTE_V);
    *at(MIDDLE + 8) = entry(PAGES, RV_PTE_V);
    *at(PAGES + 8) = entry(DEVICE, LEAF | SEEN);
    syndrome = (struct rv_syndrome){.cause = RV_CAUSE_LOAD_GUEST_PAGE, .tval = VA + 0x125};
    return 0;
}

static void assert_found(uint64_t gpa, uint64_t htinst)
{
    assert_true(rv_fault_find(&vcpu, &syndrome));
    assert_int_equal(rv_fault_gpa(&syndrome).raw, gpa);
    assert_int_equal(syndrome.htinst, htinst);
    assert_int_equal(rv_hook_record.fence_count, 0);
}
/* The instruction is to run again, and finds nothing old on this hart. */
static void assert_gone(void)
{
    assert_false(rv_fault_find(&vcpu, &syndrome));
    assert_int_equal(rv_hook_record.fence_count, 1);
    assert_int_equal(rv_hook_record.fence, RV_FENCE_VMA);
    assert_int_equal(rv_hook_record.targets, 1 << 3);
    assert_int_equal(rv_hook_record.size_bytes, UINT64_MAX);
}

static void only_guest_page_faults_without_address(void **state)
{
    assert_true(rv_fault_is_untold(&syndrome));
    syndrome.cause = RV_CAUSE_FETCH_GUEST_PAGE;
    assert_true(rv_fault_is_untold(&syndrome));
    syndrome.htval = 1;
    assert_false(rv_fault_is_untold(&syndrome));
    syndrome = (struct rv_syndrome){.cause = RV_CAUSE_VIRTUAL};
    assert_false(rv_fault_is_untold(&syndrome));
}

static void without_translation(void **state)
{
    vcpu.arch.rv.super.satp = 0;
    assert_found(VA + 0x125, 0);
    /* Zero can be true. */
    syndrome = (struct rv_syndrome){.cause = RV_CAUSE_STORE_GUEST_PAGE, .tval = 2};
    assert_found(2, 0);
}

static void through_the_tables(void **state)
{
    assert_found(DEVICE + 0x125, 0);
    /* A larger page. */
    start(NULL);
    *at(MIDDLE + 8) = entry(MIB(512), LEAF | SEEN);
    assert_found(MIB(512) + 0x1125, 0);
    /* The instruction that htinst tells of stays. */
    start(NULL);
    syndrome.htinst = 0x00004683;
    assert_found(DEVICE + 0x125, 0x00004683);
}

/* An entry of the tables that is in no memory: the fault is its, with no low bits. */
static void tables_that_are_not_there(void **state)
{
    vcpu.arch.rv.super.satp = REG_PUT(SATP, MODE, RV_MODE_SV39) | NOWHERE >> PAGE_SHIFT;
    assert_found(NOWHERE + 8, HTINST_WALK_READ);
    start(NULL);
    ram[1] = entry(NOWHERE, RV_PTE_V);
    syndrome.cause = RV_CAUSE_STORE_GUEST_PAGE;
    assert_found(NOWHERE + 8, HTINST_WALK_READ);
    start(NULL);
    *at(MIDDLE + 8) = entry(0, RV_PTE_V); /* GPA 0 itself would be slot 0 */
    syndrome.cause = RV_CAUSE_FETCH_GUEST_PAGE;
    assert_found(8, HTINST_WALK_READ);
    assert_true(rv_is_table_walk(&syndrome));
}

/* A and D that the hart could not write, because the page may not be written yet or at all. */
static void bits_that_are_to_be_set(void **state)
{
    syndrome.cause = RV_CAUSE_STORE_GUEST_PAGE;
    *at(PAGES + 8) = entry(DEVICE, LEAF);
    assert_found(DEVICE + 0x125, 0);
    assert_int_equal(*at(PAGES + 8), entry(DEVICE, LEAF | SEEN));
    start(NULL);
    *at(PAGES + 8) = entry(DEVICE, LEAF);
    assert_found(DEVICE + 0x125, 0);
    assert_int_equal(*at(PAGES + 8), entry(DEVICE, LEAF | RV_PTE_A));
    /* Where the tables may only be read. */
    start(NULL);
    *at(MIDDLE + 8) = entry(SEALED, RV_PTE_V);
    *at(SEALED + 8) = entry(DEVICE, LEAF);
    assert_found(SEALED + 8, HTINST_WALK_READ);
    /* The hart said that it was its own access, but not where: done, and to be tried again. */
    start(NULL);
    syndrome.htinst = HTINST_WALK_WRITE;
    *at(PAGES + 8) = entry(DEVICE, LEAF);
    assert_gone();
    assert_int_equal(*at(PAGES + 8), entry(DEVICE, LEAF | RV_PTE_A));
}

/* Others have changed the tables since. */
static void tables_that_say_otherwise_now(void **state)
{
    *at(PAGES + 8) = 0;
    assert_gone();
    start(NULL);
    syndrome.cause = RV_CAUSE_STORE_GUEST_PAGE;
    *at(PAGES + 8) = entry(DEVICE, RV_PTE_V | RV_PTE_R | SEEN);
    assert_gone();
    start(NULL);
    syndrome.tval = 1ULL << 40;
    assert_gone();
}

static void by_the_guests_privilege(void **state)
{
    *at(PAGES + 8) |= RV_PTE_U;
    assert_gone();
    start(NULL);
    *at(PAGES + 8) |= RV_PTE_U;
    vcpu.arch.rv.super.sstatus = SSTATUS_SUM;
    assert_found(DEVICE + 0x125, 0);
    vcpu.arch.rv.super = (struct rv_super){.satp = vcpu.arch.rv.super.satp};
    assert_found(DEVICE + 0x125, 0);
    start(NULL);
    *at(PAGES + 8) = entry(DEVICE, RV_PTE_V | RV_PTE_X | SEEN);
    vcpu.arch.rv.super.sstatus = SSTATUS_MXR;
    assert_found(DEVICE + 0x125, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(only_guest_page_faults_without_address, start),
        cmocka_unit_test_setup(without_translation, start),
        cmocka_unit_test_setup(through_the_tables, start),
        cmocka_unit_test_setup(tables_that_are_not_there, start),
        cmocka_unit_test_setup(bits_that_are_to_be_set, start),
        cmocka_unit_test_setup(tables_that_say_otherwise_now, start),
        cmocka_unit_test_setup(by_the_guests_privilege, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
