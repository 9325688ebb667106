/* SPDX-License-Identifier: Apache-2.0 */
/* SBI's legacy calls: who has them, what they answer, masks in the guest's virtual memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/host/rv_hook_record.h"
#include "arch/riscv/model/rv_csr.h"
#include "arch/riscv/model/rv_pt.h"
#include "arch/riscv/model/rv_sbi_legacy.h"
#include "core/guest_mem.h"
#include "core/vm.h"

#define HARTS     3
#define RAM       0x80000000ULL
#define RAM_BYTES (3 * PAGE_SIZE)
#define SECOND    (RAM + PAGE_SIZE)
#define TABLE     (RAM + 2 * PAGE_SIZE)
#define HIGH      0x4000000000ULL /* not canonical in Sv39 */

static struct vm vm;
static struct vm_config config;
static struct vcpu vcpus[HARTS];
static uint8_t ram[RAM_BYTES] __attribute__((aligned(8)));
static unsigned kicks[HARTS], stops;

void watch_cpu_refused(struct vm *asking, uint32_t index, uint64_t entry) {}
void vcpu_kick(struct vcpu *vcpu, uint32_t requests)
{
    kicks[vcpu->id]++;
}
enum err vm_cpu_on(struct vm *v, uint32_t index, uint64_t entry, uint64_t argument)
{
    return ERR_EXISTS;
}
void vm_cpu_off(struct vcpu *vcpu) {}
bool vm_cpu_is_on(struct vm *v, uint32_t index)
{
    return true;
}
void vm_stop(struct vm *v, enum vm_stop_reason reason)
{
    stops++;
    assert_int_equal(reason, VM_STOP_POWEROFF);
}
enum err guest_mem_read(struct vm *v, gpa_t from, void *to, uint64_t size_bytes)
{
    if (!range_within(from.raw, size_bytes, RAM, RAM_BYTES))
        return ERR_RANGE;
    memcpy(to, ram + (from.raw - RAM), size_bytes);
    return ERR_NONE;
}
enum err guest_mem_write(struct vm *v, gpa_t to, const void *from, uint64_t size_bytes)
{
    return ERR_RANGE;
}
const uint64_t *guest_mem_where_u64(struct vm *v, gpa_t at)
{
    static uint64_t word;

    return guest_mem_read(v, at, &word, sizeof(word)) == ERR_NONE ? &word : NULL;
}
enum err guest_mem_exchange_u64(struct vm *v, gpa_t at, uint64_t *expected, uint64_t value)
{
    return ERR_RANGE;
}

static void put_mask(uint64_t gpa, uint64_t mask)
{
    memcpy(ram + (gpa - RAM), &mask, sizeof(mask));
}

static int start(void **state)
{
    memset(&vm, 0, sizeof(vm));
    memset(vcpus, 0, sizeof(vcpus));
    memset(ram, 0, sizeof(ram));
    memset(kicks, 0, sizeof(kicks));
    memset(&rv_hook_record, 0, sizeof(rv_hook_record));
    stops = 0;
    config = (struct vm_config){.sbi_legacy = true};
    vm.config = &config;
    vm.vcpu_count = HARTS;
    vm.bank_count = 1;
    vm.banks[0] = (struct guest_bank){.base = GPA(RAM), .size_bytes = RAM_BYTES};
    for (uint32_t i = 0; i < HARTS; i++) {
        vcpus[i].vm = &vm;
        vcpus[i].id = i;
        vm.vcpus[i] = &vcpus[i];
    }
    vcpus[0].arch.rv.super.in_supervisor = true;
    vcpus[0].arch.rv.super.stvec = 0x4000;
    vcpus[0].arch.rv.gprs.pc = 0x1000;
    return 0;
}

/* Of the last call. */
static enum trap_result result;
static int64_t call(uint64_t id, uint64_t a0, uint64_t a1, uint64_t a2, uint64_t a3)
{
    uint64_t *x = vcpus[0].arch.rv.gprs.x;
    struct trap trap = {.kind = TRAP_HYPERCALL};

    for (unsigned i = 1; i < 32; i++)
        x[i] = 0x1000 + i;
    x[RV_A7] = id;
    x[RV_A6] = 99; /* no function: it is ignored */
    x[RV_A0] = a0;
    x[RV_A1] = a1;
    x[RV_A2] = a2;
    x[RV_A3] = a3;
    result = rv_sbi_call(&vcpus[0], &trap);
    /* All registers but a0 are preserved. */
    for (unsigned i = 1; i < 32; i++)
        if (i != RV_A0 && i != RV_A7 && i != RV_A6 && !(i >= RV_A1 && i <= RV_A3))
            assert_int_equal(x[i], 0x1000 + i);
    if (config.sbi_legacy) {
        assert_int_equal(x[RV_A1], a1);
        assert_int_equal(x[RV_A2], a2);
    }
    return (int64_t)x[RV_A0];
}

static void only_where_asked(void **state)
{
    for (unsigned asked = 0; asked < 2; asked++) {
        start(NULL);
        config.sbi_legacy = asked != 0;
        for (uint64_t id = 0; id <= 16; id++) {
            uint64_t args[7] = {id, [6] = SBI_BASE_PROBE};

            memcpy(&vcpus[0].arch.rv.gprs.x[RV_A0], args, sizeof(args));
            vcpus[0].arch.rv.gprs.x[RV_A7] = SBI_BASE;
            (void)rv_sbi_call(&vcpus[0], NULL);
            assert_int_equal(vcpus[0].arch.rv.gprs.x[RV_A1],
                             id == SBI_BASE || (asked && id <= SBI_LEGACY_SHUTDOWN));
        }
    }
    config.sbi_legacy = false;
    for (uint64_t id = 0; id <= SBI_LEGACY_SHUTDOWN; id++)
        assert_int_equal(call(id, 0, 1, 2, 3), SBI_ERR_NOT_SUPPORTED);
    config.sbi_legacy = true;
    assert_int_equal(call(SBI_LEGACY_SHUTDOWN + 1, 0, 0, 0, 0), SBI_ERR_NOT_SUPPORTED);
    assert_int_equal(stops, 0);
}

static void timer(void **state)
{
    assert_int_equal(call(SBI_LEGACY_SET_TIMER, 0x123456789abcdef, 0, 0, 0), 0);
    assert_int_equal(rv_hook_record.timer_count, 1);
    assert_int_equal(rv_hook_record.deadline_ticks, 0x123456789abcdef);
    assert_int_equal(vcpus[0].arch.rv.events[RV_EVENT_SET_TIMER], 1);
}

static void console(void **state)
{
    rv_hook_record.put_room = 1;
    assert_int_equal(call(SBI_LEGACY_CONSOLE_PUTCHAR, 0x141, 0, 0, 0), 0);
    assert_int_equal(rv_hook_record.bytes[0], 0x41);
    /* It blocks: the call is made again. */
    assert_int_equal(call(SBI_LEGACY_CONSOLE_PUTCHAR, 0x42, 0, 0, 0), 0x42);
    assert_int_equal(result, TRAP_RETRY);
    assert_int_equal(rv_hook_record.put_count, 1);
    assert_int_equal(call(SBI_LEGACY_CONSOLE_GETCHAR, 7, 0, 0, 0), -1);
    rv_hook_record.typed = "\xffz";
    assert_int_equal(call(SBI_LEGACY_CONSOLE_GETCHAR, 7, 0, 0, 0), 0xff);
    assert_int_equal(result, TRAP_DONE);
    assert_int_equal(call(SBI_LEGACY_CONSOLE_GETCHAR, 7, 0, 0, 0), 'z');
    assert_int_equal(call(SBI_LEGACY_CONSOLE_GETCHAR, 7, 0, 0, 0), -1);
}

static void shutdown_does_not_return(void **state)
{
    (void)call(SBI_LEGACY_SHUTDOWN, 0, 0, 0, 0);
    assert_int_equal(result, TRAP_RETRY);
    assert_int_equal(stops, 1);
}

static void interrupts(void **state)
{
    put_mask(RAM, 5);
    assert_int_equal(call(SBI_LEGACY_SEND_IPI, RAM, 0, 0, 0), 0);
    assert_int_equal(vcpus[0].arch.rv.posted, RV_IRQ_SSI);
    assert_int_equal(kicks[1], 0);
    assert_int_equal(kicks[2], 1);
    assert_int_equal(call(SBI_LEGACY_CLEAR_IPI, 0, 0, 0, 0), 1);
    assert_int_equal(result, TRAP_DONE);
    assert_int_equal(call(SBI_LEGACY_CLEAR_IPI, 0, 0, 0, 0), 0);
    /* No mask: all. */
    assert_int_equal(call(SBI_LEGACY_SEND_IPI, 0, 0, 0, 0), 0);
    assert_int_equal(kicks[1], 1);
    assert_int_equal(kicks[2], 2);
    put_mask(RAM, 8);
    assert_int_equal(call(SBI_LEGACY_SEND_IPI, RAM, 0, 0, 0), SBI_ERR_INVALID_PARAM);
    assert_int_equal(kicks[1] + kicks[2], 3);
}

static void fences(void **state)
{
    put_mask(RAM + 8, 6);
    assert_int_equal(call(SBI_LEGACY_REMOTE_FENCE_I, RAM + 8, 0, 0, 0), 0);
    assert_int_equal(rv_hook_record.fence, RV_FENCE_I);
    assert_int_equal(rv_hook_record.targets, 6);
    assert_int_equal(call(SBI_LEGACY_REMOTE_SFENCE_VMA, RAM + 8, 0x5000, 0x2000, 0), 0);
    assert_int_equal(rv_hook_record.fence, RV_FENCE_VMA);
    assert_int_equal(rv_hook_record.start, 0x5000);
    assert_int_equal(rv_hook_record.size_bytes, 0x2000);
    assert_int_equal(call(SBI_LEGACY_REMOTE_SFENCE_VMA_ASID, 0, 0, 0, 77), 0);
    assert_int_equal(rv_hook_record.fence, RV_FENCE_VMA_ASID);
    assert_int_equal(rv_hook_record.targets, 7);
    assert_int_equal(rv_hook_record.size_bytes, UINT64_MAX);
    assert_int_equal(rv_hook_record.asid, 77);
    assert_int_equal(call(SBI_LEGACY_REMOTE_SFENCE_VMA, RAM + 8, 1, UINT64_MAX, 0), 0);
    assert_int_equal(rv_hook_record.size_bytes, UINT64_MAX);
    assert_int_equal(rv_hook_record.fence_count, 4);
}

static void assert_taken(uint64_t cause, uint64_t tval)
{
    const struct rv_super *super = &vcpus[0].arch.rv.super;

    assert_int_equal(result, TRAP_RETRY);
    assert_int_equal(super->scause, cause);
    assert_int_equal(super->stval, tval);
    assert_int_equal(super->sepc, 0x1000); /* the ECALL's */
    assert_int_equal(vcpus[0].arch.rv.gprs.pc, 0x4000);
    assert_int_equal(kicks[1] + kicks[2] + rv_hook_record.fence_count, 0);
}

/* Faults of the mask are the guest's, as of a load. */
static void masks_that_are_not_there(void **state)
{
    (void)call(SBI_LEGACY_SEND_IPI, RAM - 8, 0, 0, 0);
    assert_taken(RV_CAUSE_LOAD_ACCESS, RAM - 8);
    start(NULL);
    (void)call(SBI_LEGACY_REMOTE_FENCE_I, RAM + RAM_BYTES - 4, 0, 0, 0);
    assert_taken(RV_CAUSE_LOAD_ACCESS, RAM + RAM_BYTES);
    start(NULL);
    vcpus[0].arch.rv.super.satp = REG_PUT(SATP, MODE, RV_MODE_SV39) | TABLE >> PAGE_SHIFT;
    (void)call(SBI_LEGACY_SEND_IPI, 0x1238, 0, 0, 0);
    assert_taken(RV_CAUSE_LOAD_PAGE, 0x1238);
    start(NULL);
    vcpus[0].arch.rv.super.satp = REG_PUT(SATP, MODE, RV_MODE_SV39) | TABLE >> PAGE_SHIFT;
    (void)call(SBI_LEGACY_SEND_IPI, HIGH, 0, 0, 0);
    assert_taken(RV_CAUSE_LOAD_PAGE, HIGH);
}

static void masks_are_translated(void **state)
{
    uint64_t entry = RV_PTE_V | RV_PTE_R | RV_PTE_A | REG_PUT(RV_PTE, PPN, GIB(2) >> PAGE_SHIFT);

    vcpus[0].arch.rv.super.satp = REG_PUT(SATP, MODE, RV_MODE_SV39) | TABLE >> PAGE_SHIFT;
    memcpy(ram + 2 * PAGE_SIZE + 5 * sizeof(entry), &entry, sizeof(entry));
    /* Over the end of a page. */
    put_mask(SECOND - 3, 4);
    assert_int_equal(call(SBI_LEGACY_SEND_IPI, GIB(5) + PAGE_SIZE - 3, 0, 0, 0), 0);
    assert_int_equal(kicks[2], 1);
    /* The user's pages only where the supervisor may read them. */
    entry |= RV_PTE_U;
    memcpy(ram + 2 * PAGE_SIZE + 5 * sizeof(entry), &entry, sizeof(entry));
    vcpus[0].arch.rv.super.sstatus = SSTATUS_SUM;
    assert_int_equal(call(SBI_LEGACY_SEND_IPI, GIB(5) + PAGE_SIZE - 3, 0, 0, 0), 0);
    assert_int_equal(kicks[2], 2);
    kicks[2] = 0;
    vcpus[0].arch.rv.super.sstatus = 0;
    (void)call(SBI_LEGACY_SEND_IPI, GIB(5) + PAGE_SIZE - 3, 0, 0, 0);
    assert_taken(RV_CAUSE_LOAD_PAGE, GIB(5) + PAGE_SIZE - 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(only_where_asked, start),
        cmocka_unit_test_setup(timer, start),
        cmocka_unit_test_setup(console, start),
        cmocka_unit_test_setup(shutdown_does_not_return, start),
        cmocka_unit_test_setup(interrupts, start),
        cmocka_unit_test_setup(fences, start),
        cmocka_unit_test_setup(masks_that_are_not_there, start),
        cmocka_unit_test_setup(masks_are_translated, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
