/* SPDX-License-Identifier: Apache-2.0 */
/* SBI by the book, with a VM life cycle and vCPUs that only note what they were asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/host/rv_hook_record.h"
#include "arch/riscv/model/rv_csr.h"
#include "arch/riscv/model/rv_sbi.h"
#include "arch/riscv/model/rv_state.h"
#include "core/guest_mem.h"
#include "core/vm.h"
#include "lib/bits.h"

#define HARTS     3
#define RAM       0x80000000ULL
#define RAM_BYTES MIB(64)

static struct vm vm;
static struct vcpu vcpus[HARTS];

static struct {
    unsigned on_calls, off_calls, stop_calls, kicks[HARTS];
    uint32_t index;
    uint64_t entry, argument;
    enum vm_stop_reason reason;
    enum err answer;
} asked;

void watch_cpu_refused(struct vm *asking, uint32_t index, uint64_t entry) {}
void vcpu_kick(struct vcpu *vcpu, uint32_t requests)
{
    assert_int_equal(requests, VCPU_REQ_VIRQ);
    asked.kicks[vcpu->id]++;
}
enum err vm_cpu_on(struct vm *v, uint32_t index, uint64_t entry, uint64_t argument)
{
    asked.on_calls++;
    asked.index = index;
    asked.entry = entry;
    asked.argument = argument;
    return asked.answer;
}
void vm_cpu_off(struct vcpu *vcpu)
{
    assert_ptr_equal(vcpu, &vcpus[0]);
    asked.off_calls++;
}
bool vm_cpu_is_on(struct vm *v, uint32_t index)
{
    return vcpus[index].powered;
}
void vm_stop(struct vm *v, enum vm_stop_reason reason)
{
    asked.stop_calls++;
    asked.reason = reason;
}
enum err guest_mem_read(struct vm *v, gpa_t from, void *to, uint64_t size_bytes)
{
    if (!range_within(from.raw, size_bytes, RAM, RAM_BYTES))
        return ERR_RANGE;
    for (uint64_t i = 0; i < size_bytes; i++)
        ((char *)to)[i] = (char)('a' + (from.raw - RAM + i) % 26);
    return ERR_NONE;
}

/* What the last write left, in the place of the guest's memory. */
static char written[200];
enum err guest_mem_write(struct vm *v, gpa_t to, const void *from, uint64_t size_bytes)
{
    if (!range_within(to.raw, size_bytes, RAM, RAM_BYTES) || size_bytes > sizeof(written))
        return ERR_RANGE;
    memcpy(written, from, size_bytes);
    return ERR_NONE;
}
/* Only legacy calls would read through the guest's tables. */
const uint64_t *guest_mem_where_u64(struct vm *v, gpa_t at)
{
    return NULL;
}
enum err guest_mem_exchange_u64(struct vm *v, gpa_t at, uint64_t *expected, uint64_t new)
{
    return ERR_RANGE;
}
static int start(void **state)
{
    static const struct vm_config config;

    memset(&vm, 0, sizeof(vm));
    memset(vcpus, 0, sizeof(vcpus));
    memset(&asked, 0, sizeof(asked));
    memset(&rv_hook_record, 0, sizeof(rv_hook_record));
    vm.config = &config;
    vm.vcpu_count = HARTS;
    vm.bank_count = 1;
    vm.banks[0] = (struct guest_bank){.base = GPA(RAM), .size_bytes = RAM_BYTES};
    for (uint32_t i = 0; i < HARTS; i++) {
        vcpus[i].vm = &vm;
        vcpus[i].id = i;
        vm.vcpus[i] = &vcpus[i];
    }
    vcpus[0].powered = true;
    return 0;
}

static enum trap_result last_result;
/* The call's error; its value is in value(). */
static int64_t call(uint64_t extension, uint64_t function, uint64_t a0, uint64_t a1, uint64_t a2,
                    uint64_t a3, uint64_t a4)
{
    uint64_t *x = vcpus[0].arch.rv.gprs.x;
    struct trap trap = {.kind = TRAP_HYPERCALL};

    for (unsigned i = 0; i < 32; i++)
        x[i] = 0x1000 + i;
    x[RV_A7] = extension;
    x[RV_A6] = function;
    x[RV_A0] = a0;
    x[RV_A1] = a1;
    x[RV_A2] = a2;
    x[RV_A3] = a3;
    x[RV_A4] = a4;
    last_result = rv_sbi_call(&vcpus[0], &trap);
    /* All registers but a0 and a1 are preserved (chapter 3). */
    assert_int_equal(x[RV_A7], extension);
    assert_int_equal(x[RV_A6], function);
    assert_int_equal(x[RV_A2], a2);
    assert_int_equal(x[RV_RA], 0x1001);
    return (int64_t)x[RV_A0];
}
static uint64_t value(void)
{
    return vcpus[0].arch.rv.gprs.x[RV_A1];
}

static void base(void **state)
{
    static const uint32_t there[] = {SBI_BASE, SBI_TIME, SBI_IPI,  SBI_RFENCE, SBI_HSM,
                                     SBI_SRST, SBI_DBCN, SBI_SUSP, SBI_PMU};

    assert_int_equal(call(SBI_BASE, SBI_BASE_SPEC_VERSION, 0, 0, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(value(), 0x02000000);
    for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++) {
        assert_int_equal(call(SBI_BASE, SBI_BASE_PROBE, there[i], 0, 0, 0, 0), SBI_SUCCESS);
        assert_int_not_equal(value(), 0);
    }
    assert_int_equal(call(SBI_BASE, SBI_BASE_PROBE, 0x43505043, 0, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(value(), 0);
    for (unsigned i = SBI_BASE_MVENDORID; i <= SBI_BASE_MIMPID; i++) {
        assert_int_equal(call(SBI_BASE, i, 0, 7, 0, 0, 0), SBI_SUCCESS);
        assert_int_equal(value(), 0);
    }
    assert_int_equal(call(SBI_BASE, 7, 0, 0, 0, 0, 0), SBI_ERR_NOT_SUPPORTED);
}

static void unknown_extensions(void **state)
{
    static const uint64_t ids[] = {0,          1,          8,          0xf,         0x11,
                                   0x43505043, 0x08000000, 0x0a000000, 0x100000010, UINT64_MAX};

    for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
        assert_int_equal(call(ids[i], 0, 0, 0, 0, 0, 0), SBI_ERR_NOT_SUPPORTED);
        assert_int_equal(last_result, TRAP_DONE);
    }
}

static void timer(void **state)
{
    assert_int_equal(call(SBI_TIME, 0, 0x123456789, 0, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(rv_hook_record.deadline_ticks, 0x123456789);
    assert_int_equal(call(SBI_TIME, 1, 0, 0, 0, 0, 0), SBI_ERR_NOT_SUPPORTED);
    assert_int_equal(rv_hook_record.timer_count, 1);
}

static void interrupts_between_harts(void **state)
{
    assert_int_equal(call(SBI_IPI, 0, 0b101, 0, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(asked.kicks[0], 0); /* it is here */
    assert_int_equal(asked.kicks[1], 0);
    assert_int_equal(asked.kicks[2], 1);
    assert_int_equal(vcpus[0].arch.rv.posted, RV_IRQ_SSI);
    assert_int_equal(vcpus[2].arch.rv.posted, RV_IRQ_SSI);
    assert_int_equal(vcpus[1].arch.rv.posted, 0);
    assert_int_equal(call(SBI_IPI, 0, 0b1, 1, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(asked.kicks[1], 1);
    assert_int_equal(call(SBI_IPI, 0, 0, UINT64_MAX, 0, 0, 0), SBI_SUCCESS); /* all */
    assert_int_equal(asked.kicks[0] + asked.kicks[1] + asked.kicks[2], 4);
}

static void masks_with_harts_that_are_not_there(void **state)
{
    static const uint64_t bad[][2] = {
        {0b1000, 0},         {1, 3},    {1, 63},        {1, 64}, {2, 63}, {UINT64_MAX, 0},
        {1, UINT64_MAX - 1}, {0b11, 2}, {1ULL << 63, 1}};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        assert_int_equal(call(SBI_IPI, 0, bad[i][0], bad[i][1], 0, 0, 0), SBI_ERR_INVALID_PARAM);
        assert_int_equal(call(SBI_RFENCE, 0, bad[i][0], bad[i][1], 0, 0, 0), SBI_ERR_INVALID_PARAM);
    }
    assert_int_equal(asked.kicks[0] + asked.kicks[1] + asked.kicks[2], 0);
    assert_int_equal(rv_hook_record.fence_count, 0);
    assert_int_equal(call(SBI_IPI, 0, 0, 0, 0, 0, 0), SBI_SUCCESS); /* nobody */
}

static void fences(void **state)
{
    assert_int_equal(call(SBI_RFENCE, SBI_RFENCE_VMA_ASID, 6, 0, 0x1000, 0x2000, 77), SBI_SUCCESS);
    assert_int_equal(rv_hook_record.fence, RV_FENCE_VMA_ASID);
    assert_int_equal(rv_hook_record.targets, 6);
    assert_int_equal(rv_hook_record.start, 0x1000);
    assert_int_equal(rv_hook_record.size_bytes, 0x2000);
    assert_int_equal(rv_hook_record.asid, 77);
    /* Start and size 0 mean everything, and so does size -1. */
    assert_int_equal(call(SBI_RFENCE, SBI_RFENCE_VMA, 1, 0, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(rv_hook_record.size_bytes, UINT64_MAX);
    assert_int_equal(call(SBI_RFENCE, SBI_RFENCE_I, 1, 0, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(rv_hook_record.fence, RV_FENCE_I);
    for (unsigned i = SBI_RFENCE_GVMA_VMID; i <= SBI_RFENCE_VVMA + 1; i++)
        assert_int_equal(call(SBI_RFENCE, i, 1, 0, 0, 0, 0), SBI_ERR_NOT_SUPPORTED);
}

static void harts_start(void **state)
{
    assert_int_equal(call(SBI_HSM, SBI_HSM_START, 1, RAM + 0x200000, 0xabc, 0, 0), SBI_SUCCESS);
    assert_int_equal(asked.index, 1);
    assert_int_equal(asked.entry, RAM + 0x200000);
    assert_int_equal(asked.argument, 0xabc);
    asked.answer = ERR_EXISTS;
    assert_int_equal(call(SBI_HSM, SBI_HSM_START, 1, RAM, 0, 0, 0), SBI_ERR_ALREADY_AVAILABLE);
    asked.answer = ERR_DENIED;
    assert_int_equal(call(SBI_HSM, SBI_HSM_START, 1, RAM, 0, 0, 0), SBI_ERR_FAILED);
    assert_int_equal(asked.on_calls, 3);
    assert_int_equal(call(SBI_HSM, SBI_HSM_START, 3, RAM, 0, 0, 0), SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_HSM, SBI_HSM_START, bit64(32), RAM, 0, 0, 0), SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_HSM, SBI_HSM_START, 1, 0x10000000, 0, 0, 0), SBI_ERR_INVALID_ADDRESS);
    assert_int_equal(call(SBI_HSM, SBI_HSM_START, 1, RAM + 1, 0, 0, 0), SBI_ERR_INVALID_ADDRESS);
    assert_int_equal(call(SBI_HSM, SBI_HSM_START, 1, UINT64_MAX - 1, 0, 0, 0),
                     SBI_ERR_INVALID_ADDRESS);
    assert_int_equal(asked.on_calls, 3);
}

static void harts_stop_and_tell(void **state)
{
    assert_int_equal(call(SBI_HSM, SBI_HSM_STATUS, 0, 0, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(value(), SBI_HSM_STARTED);
    assert_int_equal(call(SBI_HSM, SBI_HSM_STATUS, 1, 0, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(value(), SBI_HSM_STOPPED);
    assert_int_equal(call(SBI_HSM, SBI_HSM_STATUS, 3, 0, 0, 0, 0), SBI_ERR_INVALID_PARAM);
    call(SBI_HSM, SBI_HSM_STOP, 0, 0, 0, 0, 0);
    assert_int_equal(last_result, TRAP_RETRY);
    assert_int_equal(asked.off_calls, 1);
    assert_int_equal(call(SBI_HSM, SBI_HSM_SUSPEND, 0, 0, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(rv_hook_record.wait_count, 1);
    assert_int_equal(call(SBI_HSM, SBI_HSM_SUSPEND, 1, 0, 0, 0, 0), SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_HSM, 4, 0, 0, 0, 0, 0), SBI_ERR_NOT_SUPPORTED);
}

static void reset(void **state)
{
    static const enum vm_stop_reason reasons[] = {VM_STOP_POWEROFF, VM_STOP_RESET, VM_STOP_RESET};

    for (unsigned type = 0; type < 3; type++) {
        call(SBI_SRST, 0, type, 0, 0, 0, 0);
        assert_int_equal(last_result, TRAP_RETRY);
        assert_int_equal(asked.reason, reasons[type]);
    }
    assert_int_equal(call(SBI_SRST, 0, 3, 0, 0, 0, 0), SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_SRST, 0, 0, 2, 0, 0, 0), SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_SRST, 1, 0, 0, 0, 0, 0), SBI_ERR_NOT_SUPPORTED);
    assert_int_equal(asked.stop_calls, 3);
}

static void console(void **state)
{
    rv_hook_record.put_room = 3;
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_WRITE, 5, RAM + 2, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(value(), 3); /* the rest is the guest's to write again */
    assert_memory_equal(rv_hook_record.bytes, "cde", 3);
    rv_hook_record.put_room = 1000;
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_WRITE, RAM_BYTES, RAM, 0, 0, 0), SBI_SUCCESS);
    assert_in_range(value(), 1, 256); /* a call does not take for ever */
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_WRITE, 0, RAM, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(value(), 0);
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_WRITE, 1, 0x1000, 0, 0, 0), SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_WRITE, 1, RAM, 1, 0, 0), SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_WRITE, RAM_BYTES + 1, RAM, 0, 0, 0),
                     SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_WRITE, UINT64_MAX, RAM + 1, 0, 0, 0),
                     SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_READ, 9, RAM, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(value(), 0);
}

/* Of a VM whose console the firmware is. */
static void console_input(void **state)
{
    rv_hook_record.typed = "typed";
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_READ, 3, RAM_BYTES + RAM - 2, 0, 0, 0),
                     SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_READ, 3, RAM, 1, 0, 0), SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_READ, 3, RAM, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(value(), 3);
    assert_memory_equal(written, "typ", 3);
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_READ, RAM_BYTES, RAM, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(value(), 2);
    assert_memory_equal(written, "ed", 2);
}

static void console_byte_waits_for_room(void **state)
{
    call(SBI_DBCN, SBI_DBCN_WRITE_BYTE, '!', 0, 0, 0, 0);
    assert_int_equal(last_result, TRAP_RETRY);
    rv_hook_record.put_room = 1;
    assert_int_equal(call(SBI_DBCN, SBI_DBCN_WRITE_BYTE, '!', 0, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(rv_hook_record.bytes[0], '!');
    assert_int_equal(call(SBI_DBCN, 3, 0, 0, 0, 0, 0), SBI_ERR_NOT_SUPPORTED);
}

/* Registers are lost but for the two that are promised, and the call does not come back. */
static void suspension_that_loses_registers(void **state)
{
    uint64_t *x = vcpus[0].arch.rv.gprs.x;

    vcpus[0].arch.rv.super.satp = 0x8000000000080000;
    vcpus[0].arch.rv.super.sstatus = SSTATUS_SIE | SSTATUS_SPIE;
    vcpus[0].arch.rv.super.sie = RV_IRQ_STI;
    (void)call(SBI_HSM, SBI_HSM_SUSPEND, SBI_HSM_SUSPEND_NON_RETENTIVE, RAM + 0x1000, 77, 0, 0);
    assert_int_equal(last_result, TRAP_RETRY);
    assert_int_equal(vcpus[0].arch.rv.gprs.pc, RAM + 0x1000);
    assert_int_equal(x[RV_A0], 0);
    assert_int_equal(x[RV_A1], 77);
    assert_int_equal(vcpus[0].arch.rv.super.satp, 0);
    assert_int_equal(vcpus[0].arch.rv.super.sstatus & SSTATUS_SIE, 0);
    assert_int_equal(vcpus[0].arch.rv.super.sie, RV_IRQ_STI); /* what wakes it */
    assert_int_equal(rv_hook_record.wait_count, 1);
    /* Only the lower half of the type counts. */
    assert_int_equal(call(SBI_HSM, SBI_HSM_SUSPEND, 0x80000001, RAM, 0, 0, 0),
                     SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_HSM, SBI_HSM_SUSPEND, 1, RAM, 0, 0, 0), SBI_ERR_INVALID_PARAM);
    assert_int_equal(
        call(SBI_HSM, SBI_HSM_SUSPEND, SBI_HSM_SUSPEND_NON_RETENTIVE, RAM + 1, 0, 0, 0),
        SBI_ERR_INVALID_ADDRESS);
    assert_int_equal(
        call(SBI_HSM, SBI_HSM_SUSPEND, SBI_HSM_SUSPEND_NON_RETENTIVE, RAM + RAM_BYTES, 0, 0, 0),
        SBI_ERR_INVALID_ADDRESS);
    assert_int_equal(rv_hook_record.wait_count, 1);
}

static void a_suspended_hart_says_so(void **state)
{
    (void)call(SBI_HSM, SBI_HSM_SUSPEND, SBI_HSM_SUSPEND_RETENTIVE, 0, 0, 0, 0);
    vcpus[0].sched.state = SCHED_WAITING;
    (void)call(SBI_HSM, SBI_HSM_STATUS, 0, 0, 0, 0, 0);
    assert_int_equal(value(), SBI_HSM_SUSPENDED);
    vcpus[0].sched.state = SCHED_RUNNING;
    (void)call(SBI_HSM, SBI_HSM_STATUS, 0, 0, 0, 0, 0);
    assert_int_equal(value(), SBI_HSM_STARTED);
    vcpus[0].stats.traps[TRAP_WAIT]++; /* a WFI of its own */
    vcpus[0].sched.state = SCHED_WAITING;
    (void)call(SBI_HSM, SBI_HSM_STATUS, 0, 0, 0, 0, 0);
    assert_int_equal(value(), SBI_HSM_STARTED);
}

static void the_system_is_suspended_by_its_last_hart(void **state)
{
    vcpus[1].powered = true;
    assert_int_equal(call(SBI_SUSP, 0, SBI_SUSP_TO_RAM, RAM, 1, 0, 0), SBI_ERR_DENIED);
    vcpus[1].powered = false;
    assert_int_equal(call(SBI_SUSP, 0, 1, RAM, 1, 0, 0), SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_SUSP, 0, 0x80000000, RAM, 1, 0, 0), SBI_ERR_INVALID_PARAM);
    assert_int_equal(call(SBI_SUSP, 0, SBI_SUSP_TO_RAM, RAM - 2, 1, 0, 0), SBI_ERR_INVALID_ADDRESS);
    assert_int_equal(call(SBI_SUSP, 1, SBI_SUSP_TO_RAM, RAM, 1, 0, 0), SBI_ERR_NOT_SUPPORTED);
    assert_int_equal(rv_hook_record.wait_count, 0);
    (void)call(SBI_SUSP, 0, SBI_SUSP_TO_RAM, RAM + 2, 0xabc, 0, 0);
    assert_int_equal(last_result, TRAP_RETRY);
    assert_int_equal(vcpus[0].arch.rv.gprs.pc, RAM + 2);
    assert_int_equal(value(), 0xabc);
    assert_int_equal(rv_hook_record.wait_count, 1);
}

enum { PMU_NUM, PMU_INFO, PMU_CONFIG, PMU_START, PMU_STOP, PMU_READ, PMU_READ_HI, PMU_SHMEM };
#define FW_SET_TIMER 0xf0005u
#define FW_IPI_SENT  0xf0006u

static void counters_count_what_was_asked_for(void **state)
{
    uint64_t index;

    assert_int_equal(call(SBI_PMU, PMU_NUM, 0, 0, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(value(), RV_COUNTER_FW_COUNT);
    assert_int_equal(call(SBI_PMU, PMU_INFO, 0, 0, 0, 0, 0), SBI_SUCCESS);
    assert_true(value() >> 63 == 1);
    assert_int_equal(call(SBI_PMU, PMU_INFO, RV_COUNTER_FW_COUNT, 0, 0, 0, 0),
                     SBI_ERR_INVALID_PARAM);
    (void)call(SBI_TIME, 0, 1, 0, 0, 0, 0);
    /* Of all, cleared, started. */
    assert_int_equal(call(SBI_PMU, PMU_CONFIG, 0, 0xff, 6, FW_SET_TIMER, 0), SBI_SUCCESS);
    index = value();
    assert_int_equal(call(SBI_PMU, PMU_CONFIG, 0, 0xff, 0, FW_IPI_SENT, 0), SBI_SUCCESS);
    assert_int_equal(value(), index + 1);
    for (unsigned i = 0; i < 3; i++) {
        (void)call(SBI_TIME, 0, 1, 0, 0, 0, 0);
        (void)call(SBI_IPI, 0, 1, 0, 0, 0, 0);
    }
    assert_int_equal(call(SBI_PMU, PMU_READ, index, 0, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(value(), 3);
    (void)call(SBI_PMU, PMU_READ, index + 1, 0, 0, 0, 0);
    assert_int_equal(value(), 0); /* not started */
    assert_int_equal(call(SBI_PMU, PMU_START, index + 1, 1, 1, 100, 0), SBI_SUCCESS);
    assert_int_equal(call(SBI_PMU, PMU_START, index + 1, 1, 0, 0, 0), SBI_ERR_ALREADY_STARTED);
    (void)call(SBI_IPI, 0, 1, 0, 0, 0, 0);
    assert_int_equal(call(SBI_PMU, PMU_STOP, index, 3, 0, 0, 0), SBI_SUCCESS);
    assert_int_equal(call(SBI_PMU, PMU_STOP, index, 1, 0, 0, 0), SBI_ERR_ALREADY_STOPPED);
    (void)call(SBI_IPI, 0, 1, 0, 0, 0, 0);
    (void)call(SBI_PMU, PMU_READ, index + 1, 0, 0, 0, 0);
    assert_int_equal(value(), 101);
    (void)call(SBI_PMU, PMU_READ_HI, index + 1, 0, 0, 0, 0);
    assert_int_equal(value(), 0);
    /* Started again without a value it goes on. */
    (void)call(SBI_PMU, PMU_START, index + 1, 1, 0, 0, 0);
    (void)call(SBI_IPI, 0, 1, 0, 0, 0, 0);
    (void)call(SBI_PMU, PMU_READ, index + 1, 0, 0, 0, 0);
    assert_int_equal(value(), 102);
    /* Given back. */
    (void)call(SBI_PMU, PMU_STOP, index, 3, 1, 0, 0);
    assert_int_equal(call(SBI_PMU, PMU_READ, index, 0, 0, 0, 0), SBI_ERR_INVALID_PARAM);
}

static void counters_refuse(void **state)
{
    static const struct {
        uint64_t function, a[5];
        int64_t error;
    } cases[] = {
        {PMU_CONFIG, {0, 0, 0, FW_SET_TIMER}, SBI_ERR_INVALID_PARAM},     /* none */
        {PMU_CONFIG, {0, 0x1ff, 0, FW_SET_TIMER}, SBI_ERR_INVALID_PARAM}, /* one too many */
        {PMU_CONFIG, {64, 1, 0, FW_SET_TIMER}, SBI_ERR_INVALID_PARAM},
        {PMU_CONFIG, {UINT64_MAX, 1, 0, FW_SET_TIMER}, SBI_ERR_INVALID_PARAM},
        {PMU_CONFIG, {0, 1, 0x100, FW_SET_TIMER}, SBI_ERR_INVALID_PARAM},
        {PMU_CONFIG, {0, 1, 1, FW_SET_TIMER}, SBI_ERR_INVALID_PARAM}, /* not configured */
        {PMU_CONFIG, {0, 1, 0, 1}, SBI_ERR_NOT_SUPPORTED},            /* cycles */
        {PMU_CONFIG, {0, 1, 0, 0xf0007}, SBI_ERR_NOT_SUPPORTED},
        {PMU_CONFIG, {0, 1, 0, 0x1000f0005}, SBI_ERR_NOT_SUPPORTED},
        {PMU_START, {0, 1, 0, 0}, SBI_ERR_INVALID_PARAM}, /* not configured */
        {PMU_START, {0, 1, 2, 0}, SBI_ERR_NO_SHMEM},
        {PMU_STOP, {0, 1, 0, 0}, SBI_ERR_INVALID_PARAM},
        {PMU_STOP, {0, 1, 2, 0}, SBI_ERR_NO_SHMEM},
        {PMU_READ, {0}, SBI_ERR_INVALID_PARAM},
        {PMU_READ, {UINT64_MAX}, SBI_ERR_INVALID_PARAM},
        {PMU_READ_HI, {8}, SBI_ERR_INVALID_PARAM},
        {PMU_SHMEM, {0}, SBI_ERR_NOT_SUPPORTED},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const uint64_t *a = cases[i].a;

        assert_int_equal(call(SBI_PMU, cases[i].function, a[0], a[1], a[2], a[3], a[4]),
                         cases[i].error);
        assert_int_equal(last_result, TRAP_DONE);
    }
    /* All in use. */
    for (unsigned i = 0; i < RV_COUNTER_FW_COUNT; i++)
        assert_int_equal(call(SBI_PMU, PMU_CONFIG, 0, 0xff, 0, FW_SET_TIMER, 0), SBI_SUCCESS);
    assert_int_equal(call(SBI_PMU, PMU_CONFIG, 0, 0xff, 0, FW_SET_TIMER, 0), SBI_ERR_NOT_SUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(base, start),
        cmocka_unit_test_setup(suspension_that_loses_registers, start),
        cmocka_unit_test_setup(a_suspended_hart_says_so, start),
        cmocka_unit_test_setup(the_system_is_suspended_by_its_last_hart, start),
        cmocka_unit_test_setup(counters_count_what_was_asked_for, start),
        cmocka_unit_test_setup(counters_refuse, start),
        cmocka_unit_test_setup(unknown_extensions, start),
        cmocka_unit_test_setup(timer, start),
        cmocka_unit_test_setup(interrupts_between_harts, start),
        cmocka_unit_test_setup(masks_with_harts_that_are_not_there, start),
        cmocka_unit_test_setup(fences, start),
        cmocka_unit_test_setup(harts_start, start),
        cmocka_unit_test_setup(harts_stop_and_tell, start),
        cmocka_unit_test_setup(reset, start),
        cmocka_unit_test_setup(console, start),
        cmocka_unit_test_setup(console_input, start),
        cmocka_unit_test_setup(console_byte_waits_for_room, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
