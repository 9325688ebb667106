/* SPDX-License-Identifier: Apache-2.0 */
/* A trap from its syndrome to the registers the guest goes on with; the handlers are the test's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/host/rv_hook_record.h"
#include "arch/riscv/model/rv_pt.h"
#include "arch/riscv/model/rv_trap.h"
#include "core/guest_mem.h"
#include "core/vm.h"

#define RAM    0x80000000ULL
#define DEVICE 0x10000000ULL

static struct vm vm;
static struct vm_config config;
static struct vcpu vcpu;
static struct trap seen;
static unsigned dispatched, stopped;
static enum trap_result answer;
static uint64_t answer_value;
static struct s2_mapping mapping;
static enum err mapped;

static enum trap_result note(struct trap *trap)
{
    dispatched++;
    seen = *trap;
    if (trap->kind == TRAP_SYSREG)
        trap->value = answer_value;
    return answer;
}
enum trap_result arch_trap_sysreg(struct vcpu *v, struct trap *trap)
{
    return note(trap);
}
enum trap_result arch_trap_call(struct vcpu *v, struct trap *trap)
{
    return note(trap);
}
enum trap_result trap_dispatch_other(struct vcpu *v, struct trap *trap)
{
    return note(trap);
}
static bool device(void *ctx, struct mmio_access *access)
{
    dispatched++;
    seen = (struct trap){.kind = TRAP_MMIO, .value = access->value};
    seen.mmio.gpa = GPA(DEVICE + access->offset);
    if (!access->write)
        access->value = answer_value;
    return answer == TRAP_DONE;
}
enum err s2_lookup(struct s2 *s2, gpa_t gpa, struct s2_mapping *out)
{
    *out = mapping;
    return mapped;
}
/* Of the walk of the guest's tables: all that is in its memory, it has none of a page. */
static uint64_t table_entry;
const uint64_t *guest_mem_where_u64(struct vm *v, gpa_t from)
{
    return from.raw - RAM < MIB(4) ? &table_entry : NULL;
}
enum err guest_mem_exchange_u64(struct vm *v, gpa_t to, uint64_t *expected, uint64_t value)
{
    return ERR_RANGE;
}
void vm_stop(struct vm *v, enum vm_stop_reason reason)
{
    stopped++;
    assert_int_equal(reason, VM_STOP_CRASH);
}

static int start(void **state)
{
    memset(&vm, 0, sizeof(vm));
    memset(&vcpu, 0, sizeof(vcpu));
    memset(&seen, 0, sizeof(seen));
    memset(&config, 0, sizeof(config));
    vm.config = &config;
    assert_int_equal(mmio_bus_add(&vm.mmio, &(struct mmio_region){.base = GPA(DEVICE),
                                                                  .size_bytes = PAGE_SIZE,
                                                                  .handler = device,
                                                                  .name = "device"}),
                     ERR_NONE);
    vm.bank_count = 1;
    vm.banks[0] = (struct guest_bank){GPA(RAM), MIB(4)};
    vcpu.vm = &vm;
    vcpu.arch.rv.gprs.pc = 0x1000;
    vcpu.arch.rv.super.stvec = 0x4000;
    for (unsigned i = 1; i < 32; i++)
        vcpu.arch.rv.gprs.x[i] = 0x1111111111111100 + i;
    dispatched = stopped = 0;
    answer = TRAP_DONE;
    answer_value = 0;
    mapped = ERR_NOT_FOUND;
    return 0;
}

static enum trap_result handle(uint64_t cause, uint64_t gpa, uint32_t insn)
{
    struct rv_syndrome syndrome = {
        .cause = cause,
        .tval = cause == RV_CAUSE_VIRTUAL || cause == RV_CAUSE_ILLEGAL ? insn
                                                                       : 0xffc0000000 | (gpa & 3),
        .htval = gpa >> 2,
        .insn = insn,
        .pc = vcpu.arch.rv.gprs.pc,
    };
    struct trap trap;

    return rv_trap_handle(&vcpu, &syndrome, &trap);
}

/* lb, lh, lw, ld, lbu, lhu, lwu a0, 0(a1) of what a device answers with bits too many. */
static void loads(void **state)
{
    static const uint64_t want[] = {0xfffffffffffffff8,
                                    0xffffffffffff86f8,
                                    0xffffffffa5b486f8,
                                    0x91c3d2f0a5b486f8,
                                    0xf8,
                                    0x86f8,
                                    0xa5b486f8};

    for (uint32_t funct3 = 0; funct3 < 7; funct3++) {
        start(NULL);
        answer_value = 0x91c3d2f0a5b486f8;
        assert_int_equal(handle(RV_CAUSE_LOAD_GUEST_PAGE, DEVICE, 0x00058503 | funct3 << 12),
                         TRAP_DONE);
        assert_int_equal(vcpu.arch.rv.gprs.x[10], want[funct3]);
        assert_int_equal(vcpu.arch.rv.gprs.pc, 0x1004);
        assert_int_equal(seen.mmio.gpa.raw, DEVICE);
    }
}

static void stores_are_as_narrow_as_the_access(void **state)
{
    /* sb a0, 0(a1); c.sw a2, 0(a0) */
    assert_int_equal(handle(RV_CAUSE_STORE_GUEST_PAGE, DEVICE + 3, 0x00a58023), TRAP_DONE);
    assert_int_equal(seen.value, 0x0a);
    assert_int_equal(seen.mmio.gpa.raw, DEVICE + 3);
    assert_int_equal(handle(RV_CAUSE_STORE_GUEST_PAGE, DEVICE, 0xc110), TRAP_DONE);
    assert_int_equal(seen.value, 0x1111110c);
    assert_int_equal(vcpu.arch.rv.gprs.pc, 0x1006);
    /* sw x0 writes 0. */
    assert_int_equal(handle(RV_CAUSE_STORE_GUEST_PAGE, DEVICE, 0x0005a023), TRAP_DONE);
    assert_int_equal(seen.value, 0);
}

static void x0_stays_0(void **state)
{
    answer_value = 7;
    assert_int_equal(handle(RV_CAUSE_LOAD_GUEST_PAGE, DEVICE, 0x0005a003), TRAP_DONE);
    assert_int_equal(handle(RV_CAUSE_VIRTUAL, 0, 0xc0002073), TRAP_DONE);
    assert_int_equal(vcpu.arch.rv.gprs.x[0], 0);
    assert_int_equal(vcpu.arch.rv.gprs.pc, 0x1008);
}

static void a_csr_that_is_written_gives_its_old_value(void **state)
{
    answer_value = 0x77;
    assert_int_equal(handle(RV_CAUSE_VIRTUAL, 0, 0x140516f3), TRAP_DONE);
    assert_int_equal(seen.kind, TRAP_SYSREG);
    assert_int_equal(vcpu.arch.rv.gprs.x[13], 0x77);
}

static void what_is_refused_is_injected(void **state)
{
    static const struct {
        uint64_t cause;
        uint32_t insn;
        enum trap_result result;
        uint64_t injected, tval;
    } cases[] = {
        {RV_CAUSE_LOAD_GUEST_PAGE, 0x0005a503, TRAP_ABORT, RV_CAUSE_LOAD_ACCESS, 0xffc0000000},
        {RV_CAUSE_STORE_GUEST_PAGE, 0x00a5a023, TRAP_ABORT, RV_CAUSE_STORE_ACCESS, 0xffc0000000},
        {RV_CAUSE_FETCH_GUEST_PAGE, 0, TRAP_ABORT, RV_CAUSE_FETCH_ACCESS, 0xffc0000000},
        {RV_CAUSE_VIRTUAL, 0x62000073, TRAP_UNDEF, RV_CAUSE_ILLEGAL, 0x62000073},
        {RV_CAUSE_ILLEGAL, 0xc0001073, TRAP_UNDEF, RV_CAUSE_ILLEGAL, 0xc0001073},
        {RV_CAUSE_LOAD_MISALIGNED, 0, TRAP_UNDEF, RV_CAUSE_LOAD_MISALIGNED, 0xffc0000000},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct rv_super *super = &vcpu.arch.rv.super;

        start(NULL);
        answer = cases[i].result;
        assert_int_equal(handle(cases[i].cause, DEVICE, cases[i].insn), cases[i].result);
        assert_int_equal(super->scause, cases[i].injected);
        assert_int_equal(super->stval, cases[i].tval);
        assert_int_equal(super->sepc, 0x1000);
        assert_int_equal(vcpu.arch.rv.gprs.pc, 0x4000);
        assert_true(super->in_supervisor);
        assert_int_equal(vcpu.arch.rv.gprs.x[10], 0x111111111111110a);
    }
}

static void retry_changes_nothing_and_kill_stops(void **state)
{
    answer = TRAP_RETRY;
    answer_value = 9;
    assert_int_equal(handle(RV_CAUSE_ECALL_VS, 0, 0), TRAP_RETRY);
    assert_int_equal(vcpu.arch.rv.gprs.pc, 0x1000);
    assert_int_equal(stopped, 0);
    answer = TRAP_KILL;
    handle(RV_CAUSE_ECALL_VS, 0, 0);
    assert_int_equal(stopped, 1);
}

static void memory_that_is_there_by_now_is_tried_again(void **state)
{
    mapped = ERR_NONE;
    mapping.attr.rights = PT_READ | PT_WRITE;
    assert_int_equal(handle(RV_CAUSE_STORE_GUEST_PAGE, RAM + 8, 0x00a5a023), TRAP_RETRY);
    assert_int_equal(dispatched, 0);
    assert_int_equal(vcpu.arch.rv.gprs.pc, 0x1000);
}

static void a_write_to_what_may_be_read_is_a_fault_of_permission(void **state)
{
    mapped = ERR_NONE;
    mapping.attr.rights = PT_READ | PT_EXEC;
    answer = TRAP_RETRY;
    handle(RV_CAUSE_STORE_GUEST_PAGE, RAM + 8, 0x00a5a023);
    assert_int_equal(seen.kind, TRAP_S2_FAULT);
    assert_true(seen.fault.permission);
    assert_int_equal(seen.fault.access, TRAP_WRITE);
    assert_int_equal(seen.fault.gpa.raw, RAM + 8);
    assert_int_equal(handle(RV_CAUSE_LOAD_GUEST_PAGE, RAM + 8, 0x0005a503), TRAP_RETRY);
    assert_int_equal(dispatched, 1);
}

static void memory_that_is_not_there(void **state)
{
    /* A bank's page that nothing backs: as any device that does not exist. */
    answer = TRAP_ABORT;
    handle(RV_CAUSE_LOAD_GUEST_PAGE, RAM, 0x0005a503);
    assert_int_equal(dispatched, 0);
    assert_int_equal(vcpu.arch.rv.super.scause, RV_CAUSE_LOAD_ACCESS);
}

/* A hart that says nothing but the guest's address, through one page of a GiB. */
static void a_fault_that_is_not_told(void **state)
{
    struct rv_syndrome syndrome = {
        .cause = RV_CAUSE_LOAD_GUEST_PAGE,
        .tval = GIB(3) + 8,
        .insn = 0x0005a503,
        .pc = 0x1000,
    };
    struct trap trap;

    memset(&rv_hook_record, 0, sizeof(rv_hook_record));
    vcpu.arch.rv.super.in_supervisor = true;
    vcpu.arch.rv.super.satp = REG_PUT(SATP, MODE, RV_MODE_SV39) | RAM >> PAGE_SHIFT;
    table_entry = RV_PTE_V | RV_PTE_R | RV_PTE_A;
    answer_value = 0x55;
    vm.mmio.regions[0].base = GPA(0);
    assert_int_equal(rv_trap_handle(&vcpu, &syndrome, &trap), TRAP_DONE);
    assert_int_equal(trap.mmio.gpa.raw, 8);
    assert_int_equal(vcpu.arch.rv.gprs.x[10], 0x55);
    assert_int_equal(vcpu.arch.rv.gprs.pc, 0x1004);
    /* Its tables say by now that there is nothing: again, and it sees for itself. */
    table_entry = 0;
    assert_int_equal(rv_trap_handle(&vcpu, &syndrome, &trap), TRAP_RETRY);
    assert_int_equal(vcpu.arch.rv.gprs.pc, 0x1004);
    assert_int_equal(rv_hook_record.fence_count, 1);
    assert_int_equal(dispatched, 1);
    /* They are nowhere: an access fault of what was tried, though the instruction looks like a
     * device's. */
    vcpu.arch.rv.super.satp = REG_PUT(SATP, MODE, RV_MODE_SV39) | GIB(1) >> PAGE_SHIFT;
    answer = TRAP_ABORT;
    assert_int_equal(rv_trap_handle(&vcpu, &syndrome, &trap), TRAP_ABORT);
    assert_true(trap.fault.on_table_walk);
    assert_int_equal(trap.fault.gpa.raw, GIB(1) + 8 * 3);
    assert_int_equal(vcpu.arch.rv.super.scause, RV_CAUSE_LOAD_ACCESS);
    assert_int_equal(vcpu.arch.rv.super.stval, GIB(3) + 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(loads, start),
        cmocka_unit_test_setup(stores_are_as_narrow_as_the_access, start),
        cmocka_unit_test_setup(x0_stays_0, start),
        cmocka_unit_test_setup(a_csr_that_is_written_gives_its_old_value, start),
        cmocka_unit_test_setup(what_is_refused_is_injected, start),
        cmocka_unit_test_setup(retry_changes_nothing_and_kill_stops, start),
        cmocka_unit_test_setup(memory_that_is_there_by_now_is_tried_again, start),
        cmocka_unit_test_setup(a_write_to_what_may_be_read_is_a_fault_of_permission, start),
        cmocka_unit_test_setup(memory_that_is_not_there, start),
        cmocka_unit_test_setup(a_fault_that_is_not_told, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
