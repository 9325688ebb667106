/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SBI for guests: checks the arguments by the book and asks the VM's life cycle (core/vm.h), the
 * vCPUs' interrupts (rv_virq.h) and the hardware (rv_hooks.h). RISC-V Supervisor Binary Interface
 * Specification 2.0; the chapters are named at each extension.
 */
#include "arch/riscv/model/rv_sbi.h"

#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_virq.h"
#include "core/guest_mem.h"
#include "core/vm.h"
#include "lib/bits.h"

/* No number is registered for us (chapter 4, table 5). */
#define IMPL_ID      0x545250u
#define IMPL_VERSION 1u

/* Bytes that one console call moves; the guest asks again for the rest (chapter 12). */
#define DBCN_CHUNK 128u

struct sbi {
    struct vcpu *vcpu;
    uint64_t function;
    const uint64_t *arg;
    uint64_t value; /* of a success */
};

/* An extension: the call's error, or RETRY in *RESULT when it does not come back. */
typedef int64_t extension_fn(struct sbi *sbi, enum trap_result *result);

/* The vCPUs of MASK from BASE on; every one for BASE -1 (chapter 3.1). False: one is not there. */
static bool harts(const struct vm *vm, uint64_t mask, uint64_t base, uint64_t *targets)
{
    uint64_t all = low_bits(vm->vcpu_count);

    if (base == UINT64_MAX) {
        *targets = all;
        return true;
    }
    if (base >= 64 || (mask != 0 && base + bit_highest(mask) >= 64))
        return false;
    *targets = mask << base;
    return (*targets & ~all) == 0;
}

/* ---- chapter 4, base */

static extension_fn base, timer, ipi, rfence, hsm, srst, dbcn;

/* NULL: there is no such extension. */
static extension_fn *find(uint64_t id)
{
    switch (id) {
    case SBI_BASE:
        return base;
    case SBI_TIME:
        return timer;
    case SBI_IPI:
        return ipi;
    case SBI_RFENCE:
        return rfence;
    case SBI_HSM:
        return hsm;
    case SBI_SRST:
        return srst;
    case SBI_DBCN:
        return dbcn;
    default:
        return NULL;
    }
}

static int64_t base(struct sbi *sbi, enum trap_result *result)
{
    switch (sbi->function) {
    case SBI_BASE_SPEC_VERSION:
        sbi->value = RV_SBI_VERSION;
        return SBI_SUCCESS;
    case SBI_BASE_IMPL_ID:
        sbi->value = IMPL_ID;
        return SBI_SUCCESS;
    case SBI_BASE_IMPL_VERSION:
        sbi->value = IMPL_VERSION;
        return SBI_SUCCESS;
    case SBI_BASE_PROBE:
        sbi->value = find(sbi->arg[0]) != NULL;
        return SBI_SUCCESS;
    case SBI_BASE_MVENDORID: /* 0 is always legal: a guest looks for no errata of the host's */
    case SBI_BASE_MARCHID:
    case SBI_BASE_MIMPID:
        return SBI_SUCCESS;
    default:
        return SBI_ERR_NOT_SUPPORTED;
    }
}

/* ---- chapter 6, timer */

static int64_t timer(struct sbi *sbi, enum trap_result *result)
{
    if (sbi->function != 0)
        return SBI_ERR_NOT_SUPPORTED;
    rv_hook_set_timer(sbi->vcpu, sbi->arg[0]);
    return SBI_SUCCESS;
}

/* ---- chapter 7, interrupts between harts */

static int64_t ipi(struct sbi *sbi, enum trap_result *result)
{
    struct vm *vm = sbi->vcpu->vm;
    uint64_t targets;

    if (sbi->function != 0)
        return SBI_ERR_NOT_SUPPORTED;
    if (!harts(vm, sbi->arg[0], sbi->arg[1], &targets))
        return SBI_ERR_INVALID_PARAM;
    for (; targets != 0; targets &= targets - 1)
        rv_virq_post(vm->vcpus[bit_lowest(targets)]);
    return SBI_SUCCESS;
}

/* ---- chapter 8, fences on other harts */

static int64_t rfence(struct sbi *sbi, enum trap_result *result)
{
    static const enum rv_fence fences[] = {RV_FENCE_I, RV_FENCE_VMA, RV_FENCE_VMA_ASID};
    const uint64_t *arg = sbi->arg;
    uint64_t targets, size;

    /* Guests have no H extension, so the fences that belong to it are not supported. */
    if (sbi->function >= ARRAY_SIZE(fences))
        return SBI_ERR_NOT_SUPPORTED;
    if (!harts(sbi->vcpu->vm, arg[0], arg[1], &targets))
        return SBI_ERR_INVALID_PARAM;
    size = arg[2] == 0 && arg[3] == 0 ? UINT64_MAX : arg[3];
    rv_hook_fence(sbi->vcpu, targets, fences[sbi->function], arg[2], size, arg[4]);
    return SBI_SUCCESS;
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

static int64_t hart_suspend(struct sbi *sbi)
{
    if (sbi->arg[0] == SBI_HSM_SUSPEND_RETENTIVE) {
        rv_hook_wait(sbi->vcpu);
        return SBI_SUCCESS;
    }
    return sbi->arg[0] == SBI_HSM_SUSPEND_NON_RETENTIVE ? SBI_ERR_NOT_SUPPORTED
                                                        : SBI_ERR_INVALID_PARAM;
}

static int64_t hsm(struct sbi *sbi, enum trap_result *result)
{
    struct vm *vm = sbi->vcpu->vm;

    switch (sbi->function) {
    case SBI_HSM_START:
        return hart_start(vm, sbi->arg);
    case SBI_HSM_STOP:
        vm_cpu_off(sbi->vcpu);
        *result = TRAP_RETRY;
        return SBI_SUCCESS;
    case SBI_HSM_STATUS:
        if (sbi->arg[0] >= vm->vcpu_count)
            return SBI_ERR_INVALID_PARAM;
        sbi->value = vm_cpu_is_on(vm, (uint32_t)sbi->arg[0]) ? SBI_HSM_STARTED : SBI_HSM_STOPPED;
        return SBI_SUCCESS;
    case SBI_HSM_SUSPEND:
        return hart_suspend(sbi);
    default:
        return SBI_ERR_NOT_SUPPORTED;
    }
}

/* ---- chapter 10, system reset */

static int64_t srst(struct sbi *sbi, enum trap_result *result)
{
    if (sbi->function != 0)
        return SBI_ERR_NOT_SUPPORTED;
    if ((uint32_t)sbi->arg[0] > SBI_SRST_WARM_REBOOT ||
        (uint32_t)sbi->arg[1] > SBI_SRST_SYSTEM_FAILURE)
        return SBI_ERR_INVALID_PARAM;
    vm_stop(sbi->vcpu->vm,
            (uint32_t)sbi->arg[0] == SBI_SRST_SHUTDOWN ? VM_STOP_POWEROFF : VM_STOP_RESET);
    *result = TRAP_RETRY;
    return SBI_SUCCESS;
}

/* ---- chapter 12, debug console */

static int64_t console_write(struct sbi *sbi)
{
    char chunk[DBCN_CHUNK];
    struct vm *vm = sbi->vcpu->vm;
    uint64_t count = MIN(sbi->arg[0], (uint64_t)sizeof(chunk));

    if (sbi->arg[2] != 0 || !is_guest_ram(vm, sbi->arg[1], sbi->arg[0]) ||
        guest_mem_read(vm, GPA(sbi->arg[1]), chunk, count) != ERR_NONE)
        return SBI_ERR_INVALID_PARAM;
    while (sbi->value < count && rv_hook_console_put(vm, chunk[sbi->value]))
        sbi->value++;
    return SBI_SUCCESS;
}

static int64_t dbcn(struct sbi *sbi, enum trap_result *result)
{
    switch (sbi->function) {
    case SBI_DBCN_WRITE:
        return console_write(sbi);
    case SBI_DBCN_READ: /* input goes to the UART: there is never any here */
        return SBI_SUCCESS;
    case SBI_DBCN_WRITE_BYTE:
        /* Blocking by its definition: without room the call is made again. */
        if (!rv_hook_console_put(sbi->vcpu->vm, (char)sbi->arg[0]))
            *result = TRAP_RETRY;
        return SBI_SUCCESS;
    default:
        return SBI_ERR_NOT_SUPPORTED;
    }
}

/* The road of every call: no arrays here. */
__no_stack_protector enum trap_result rv_sbi_call(struct vcpu *vcpu, struct trap *trap)
{
    uint64_t *x = vcpu->arch.rv.gprs.x;
    struct sbi sbi = {.vcpu = vcpu, .function = x[RV_A6], .arg = &x[RV_A0]};
    extension_fn *extension = find(x[RV_A7]);
    enum trap_result result = TRAP_DONE;
    int64_t error = SBI_ERR_NOT_SUPPORTED;

    if (extension != NULL)
        error = extension(&sbi, &result);
    if (result == TRAP_DONE) {
        x[RV_A0] = (uint64_t)error;
        x[RV_A1] = sbi.value;
    }
    return result;
}
