/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SBI for guests: checks the arguments by the book and asks the VM's life cycle (core/vm.h), the
 * vCPUs' interrupts (rv_virq.h) and the hardware (rv_hooks.h). RISC-V Supervisor Binary Interface
 * Specification 2.0; the chapters are named at each extension.
 */
#include "arch/riscv/model/rv_sbi.h"

#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_sbi_legacy.h"
#include "arch/riscv/model/rv_sbi_pmu.h"
#include "arch/riscv/model/rv_virq.h"
#include "core/guest_mem.h"
#include "core/vm.h"
#include "lib/bits.h"

/* Bytes that one console call moves; the guest asks again for the rest (chapter 12). */
#define DBCN_CHUNK 128u

static struct rv_sbi_answer answer(int64_t error)
{
    return (struct rv_sbi_answer){.error = error};
}
static struct rv_sbi_answer answer_value(uint64_t value)
{
    return (struct rv_sbi_answer){.error = SBI_SUCCESS, .value = value};
}

/* Arguments of a call: a0 to a5, and the function's number behind them. */
enum { FUNCTION = RV_A6 - RV_A0 };

/* The vCPUs of MASK from BASE on; every one for BASE -1 (chapter 3.1). False: one is not there. */
static bool harts(const struct vm *vm, uint64_t mask, uint64_t base, uint64_t *targets)
{
    uint64_t all = low_bits(vm->vcpu_count);

    if (base == UINT64_MAX) {
        *targets = all;
        return true;
    }
    if (base >= 64 || mask << base >> base != mask)
        return false;
    *targets = mask << base;
    return (*targets & ~all) == 0;
}

/* ---- chapter 4, base */

static bool is_extension(const struct vcpu *vcpu, uint64_t id)
{
    switch (id) {
    case SBI_BASE:
    case SBI_TIME:
    case SBI_IPI:
    case SBI_RFENCE:
    case SBI_HSM:
    case SBI_SRST:
    case SBI_DBCN:
    case SBI_SUSP:
    case SBI_PMU:
        return true;
    default:
        return rv_sbi_legacy_has(vcpu, id);
    }
}

static struct rv_sbi_answer base(struct vcpu *vcpu, const uint64_t *arg)
{
    uint64_t value;

    if (rv_sbi_identity(arg[FUNCTION], &value))
        return answer_value(value);
    switch (arg[FUNCTION]) {
    case SBI_BASE_PROBE:
        return answer_value(is_extension(vcpu, arg[0]));
    case SBI_BASE_MVENDORID: /* 0 is always legal: a guest looks for no errata of the host's */
    case SBI_BASE_MARCHID:
    case SBI_BASE_MIMPID:
        return answer(SBI_SUCCESS);
    default:
        return answer(SBI_ERR_NOT_SUPPORTED);
    }
}

/* ---- chapter 6, timer */

static struct rv_sbi_answer timer(struct vcpu *vcpu, const uint64_t *arg)
{
    if (arg[FUNCTION] != 0)
        return answer(SBI_ERR_NOT_SUPPORTED);
    vcpu->arch.rv.events[RV_EVENT_SET_TIMER]++;
    rv_hook_set_timer(vcpu, arg[0]);
    return answer(SBI_SUCCESS);
}

/* ---- chapter 7, interrupts between harts */

struct rv_sbi_answer rv_sbi_ipi(struct vcpu *vcpu, const uint64_t *arg)
{
    struct vm *vm = vcpu->vm;
    uint64_t targets;

    if (arg[FUNCTION] != 0)
        return answer(SBI_ERR_NOT_SUPPORTED);
    if (!harts(vm, arg[0], arg[1], &targets))
        return answer(SBI_ERR_INVALID_PARAM);
    vcpu->arch.rv.events[RV_EVENT_IPI_SENT]++;
    if (targets & bit64(vcpu->id))
        rv_hook_post_self(vcpu);
    for (targets &= ~bit64(vcpu->id); targets != 0; targets &= targets - 1)
        rv_virq_post(vm->vcpus[bit_lowest(targets)]);
    return answer(SBI_SUCCESS);
}

/* ---- chapter 8, fences on other harts */

__noinline struct rv_sbi_answer rv_sbi_rfence(struct vcpu *vcpu, const uint64_t *arg)
{
    static const enum rv_fence fences[] = {RV_FENCE_I, RV_FENCE_VMA, RV_FENCE_VMA_ASID};
    static const uint8_t events[] = {RV_EVENT_FENCE_I_SENT, RV_EVENT_SFENCE_VMA_SENT,
                                     RV_EVENT_SFENCE_VMA_ASID_SENT};
    uint64_t targets, size;

    /* Guests have no H extension, so the fences that belong to it are not supported. */
    if (arg[FUNCTION] >= ARRAY_SIZE(fences))
        return answer(SBI_ERR_NOT_SUPPORTED);
    if (!harts(vcpu->vm, arg[0], arg[1], &targets))
        return answer(SBI_ERR_INVALID_PARAM);
    vcpu->arch.rv.events[events[arg[FUNCTION]]]++;
    size = arg[2] == 0 && arg[3] == 0 ? UINT64_MAX : arg[3];
    rv_hook_fence(vcpu, targets, fences[arg[FUNCTION]], arg[2], size, arg[4]);
    return answer(SBI_SUCCESS);
}

/* ---- chapter 9, hart state management */

static bool is_guest_ram(const struct vm *vm, uint64_t address, uint64_t size_bytes)
{
    for (uint32_t i = 0; i < vm->bank_count; i++)
        if (range_within(address, size_bytes, vm->banks[i].base.raw, vm->banks[i].size_bytes))
            return true;
    return false;
}

static int64_t hart_start(struct vm *vm, const uint64_t *arg)
{
    enum err err;

    if (arg[0] >= vm->vcpu_count)
        return SBI_ERR_INVALID_PARAM;
    if (!is_aligned(arg[1], 2) || !is_guest_ram(vm, arg[1], 2)) {
        watch_cpu_refused(vm, (uint32_t)arg[0], arg[1]);
        return SBI_ERR_INVALID_ADDRESS;
    }
    err = vm_cpu_on(vm, (uint32_t)arg[0], arg[1], arg[2]);
    if (err == ERR_EXISTS)
        return SBI_ERR_ALREADY_AVAILABLE;
    return err == ERR_NONE ? SBI_SUCCESS : SBI_ERR_FAILED;
}

/*
 * VCPU waits, and then begins at ENTRY as a hart that was started does, but with what wakes it
 * still enabled. Its registers are undefined until then (chapters 9.4 and 13.1), so they are that
 * state already while it waits.
 */
static struct rv_sbi_answer suspend_at(struct vcpu *vcpu, uint64_t entry, uint64_t opaque)
{
    struct rv_gprs *gprs = &vcpu->arch.rv.gprs;

    if (!is_aligned(entry, 2) || !is_guest_ram(vcpu->vm, entry, 2))
        return answer(SBI_ERR_INVALID_ADDRESS);
    gprs->pc = entry;
    gprs->x[RV_A0] = vcpu->id;
    gprs->x[RV_A1] = opaque;
    rv_hook_forget_mmu(vcpu);
    rv_hook_wait(vcpu);
    return answer(RV_SBI_RETRY);
}

static struct rv_sbi_answer hart_suspend(struct vcpu *vcpu, const uint64_t *arg)
{
    uint32_t type = (uint32_t)arg[0];

    vcpu->arch.rv.suspended_at = vcpu->stats.traps[TRAP_WAIT] + 1;
    if (type == SBI_HSM_SUSPEND_NON_RETENTIVE)
        return suspend_at(vcpu, arg[1], arg[2]);
    if (type != SBI_HSM_SUSPEND_RETENTIVE)
        return answer(SBI_ERR_INVALID_PARAM);
    rv_hook_wait(vcpu);
    return answer(SBI_SUCCESS);
}

/* Of a hart that is on. It waits, and has not executed WFI since it called. */
static uint64_t status(const struct vcpu *vcpu)
{
    bool suspended = vcpu->sched.state == SCHED_WAITING &&
                     vcpu->arch.rv.suspended_at == vcpu->stats.traps[TRAP_WAIT] + 1;

    return suspended ? SBI_HSM_SUSPENDED : SBI_HSM_STARTED;
}

static __noinline struct rv_sbi_answer hsm(struct vcpu *vcpu, const uint64_t *arg)
{
    struct vm *vm = vcpu->vm;

    switch (arg[FUNCTION]) {
    case SBI_HSM_START:
        return answer(hart_start(vm, arg));
    case SBI_HSM_STOP:
        vm_cpu_off(vcpu);
        return answer(RV_SBI_RETRY);
    case SBI_HSM_STATUS:
        if (arg[0] >= vm->vcpu_count)
            return answer(SBI_ERR_INVALID_PARAM);
        return answer_value(vm_cpu_is_on(vm, (uint32_t)arg[0]) ? status(vm->vcpus[arg[0]])
                                                               : SBI_HSM_STOPPED);
    case SBI_HSM_SUSPEND:
        return hart_suspend(vcpu, arg);
    default:
        return answer(SBI_ERR_NOT_SUPPORTED);
    }
}

/* ---- chapter 10, system reset */

static __noinline struct rv_sbi_answer srst(struct vcpu *vcpu, const uint64_t *arg)
{
    if (arg[FUNCTION] != 0)
        return answer(SBI_ERR_NOT_SUPPORTED);
    if ((uint32_t)arg[0] > SBI_SRST_WARM_REBOOT || (uint32_t)arg[1] > SBI_SRST_SYSTEM_FAILURE)
        return answer(SBI_ERR_INVALID_PARAM);
    vm_stop(vcpu->vm, (uint32_t)arg[0] == SBI_SRST_SHUTDOWN ? VM_STOP_POWEROFF : VM_STOP_RESET);
    return answer(RV_SBI_RETRY);
}

/* ---- chapter 13, system suspend */

static __noinline struct rv_sbi_answer susp(struct vcpu *vcpu, const uint64_t *arg)
{
    struct vm *vm = vcpu->vm;

    if (arg[FUNCTION] != 0)
        return answer(SBI_ERR_NOT_SUPPORTED);
    if ((uint32_t)arg[0] != SBI_SUSP_TO_RAM)
        return answer(SBI_ERR_INVALID_PARAM);
    for (uint32_t i = 0; i < vm->vcpu_count; i++)
        if (i != vcpu->id && vm_cpu_is_on(vm, i))
            return answer(SBI_ERR_DENIED);
    return suspend_at(vcpu, arg[1], arg[2]);
}

/* ---- chapter 12, debug console */

static struct rv_sbi_answer console_write(struct vcpu *vcpu, const uint64_t *arg)
{
    char chunk[DBCN_CHUNK];
    struct vm *vm = vcpu->vm;
    uint64_t count = MIN(arg[0], (uint64_t)sizeof(chunk)), done = 0;

    if (arg[2] != 0 || !is_guest_ram(vm, arg[1], arg[0]) ||
        guest_mem_read(vm, GPA(arg[1]), chunk, count) != ERR_NONE)
        return answer(SBI_ERR_INVALID_PARAM);
    while (done < count && rv_hook_console_put(vm, chunk[done]))
        done++;
    return answer_value(done);
}

/* Input goes to the UART, if there is one: then there is never any here. */
static struct rv_sbi_answer console_read(struct vcpu *vcpu, const uint64_t *arg)
{
    char chunk[DBCN_CHUNK];
    struct vm *vm = vcpu->vm;
    uint64_t count = MIN(arg[0], (uint64_t)sizeof(chunk)), done = 0;
    int byte;

    if (arg[2] != 0 || !is_guest_ram(vm, arg[1], arg[0]))
        return answer(SBI_ERR_INVALID_PARAM);
    while (done < count && (byte = rv_hook_console_get(vm)) >= 0)
        chunk[done++] = (char)byte;
    if (guest_mem_write(vm, GPA(arg[1]), chunk, done) != ERR_NONE)
        return answer(SBI_ERR_FAILED);
    return answer_value(done);
}

static __noinline struct rv_sbi_answer dbcn(struct vcpu *vcpu, const uint64_t *arg)
{
    switch (arg[FUNCTION]) {
    case SBI_DBCN_WRITE:
        return console_write(vcpu, arg);
    case SBI_DBCN_READ:
        return console_read(vcpu, arg);
    case SBI_DBCN_WRITE_BYTE:
        /* Blocking by its definition: without room the call is made again. */
        return answer(rv_hook_console_put(vcpu->vm, (char)arg[0]) ? SBI_SUCCESS : RV_SBI_RETRY);
    default:
        return answer(SBI_ERR_NOT_SUPPORTED);
    }
}

static __always_inline struct rv_sbi_answer call(struct vcpu *vcpu, uint64_t id,
                                                 const uint64_t *arg)
{
    switch (id) {
    case SBI_BASE:
        return base(vcpu, arg);
    case SBI_TIME:
        return timer(vcpu, arg);
    case SBI_IPI:
        return rv_sbi_ipi(vcpu, arg);
    case SBI_RFENCE:
        return rv_sbi_rfence(vcpu, arg);
    case SBI_HSM:
        return hsm(vcpu, arg);
    case SBI_SRST:
        return srst(vcpu, arg);
    case SBI_DBCN:
        return dbcn(vcpu, arg);
    case SBI_SUSP:
        return susp(vcpu, arg);
    case SBI_PMU:
        return rv_sbi_pmu(vcpu, arg);
    default:
        if (rv_sbi_legacy_has(vcpu, id))
            return rv_sbi_legacy(vcpu, id, arg);
        return answer(SBI_ERR_NOT_SUPPORTED);
    }
}

/* The road of every call: no arrays here. */
__no_stack_protector enum trap_result rv_sbi_call(struct vcpu *vcpu, struct trap *trap)
{
    uint64_t *x = vcpu->arch.rv.gprs.x;
    struct rv_sbi_answer answer = call(vcpu, x[RV_A7], &x[RV_A0]);

    if (answer.error == RV_SBI_RETRY)
        return TRAP_RETRY;
    x[RV_A0] = (uint64_t)answer.error;
    x[RV_A1] = answer.value;
    return TRAP_DONE;
}
