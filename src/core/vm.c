/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a VM: on, off, restart. A VM ends in two steps: vm_stop asks every vCPU to leave, and
 * the one that leaves last, on its own CPU, finishes.
 */
#include "core/vm.h"

#include "arch/arch.h"
#include "core/console.h"
#include "core/pcpu.h"
#include "lib/fmt.h"
#include "lib/panic.h"

struct vm *vms[VM_COUNT_MAX];
uint32_t vm_count;

const char *vm_state_name(enum vm_state state)
{
    static const char *const names[] = {
        [VM_BUILT] = "built",       [VM_STARTING] = "starting", [VM_RUNNING] = "running",
        [VM_STOPPING] = "stopping", [VM_OFF] = "off",           [VM_CRASHED] = "crashed",
    };
    return names[state];
}

static uint64_t now_ns(void)
{
    uint64_t hz = arch_counter_hz(), ticks = arch_counter();

    return ticks / hz * 1000000000 + ticks % hz * 1000000000 / hz;
}

void vm_log(struct vm *vm, const char *format, ...)
{
    char line[LOG_LINE_MAX];
    va_list args;

    va_start(args, format);
    fmt_vprint(line, sizeof(line), format, args);
    va_end(args);
    log_guest(&vm->log_budget, now_ns(), vm->name, "%s", line);
}

enum err vm_cpu_on(struct vm *vm, uint32_t index, uint64_t entry, uint64_t argument)
{
    struct vcpu *vcpu;
    enum err err = ERR_NONE;

    if (index >= vm->vcpu_count)
        return ERR_INVALID;
    vcpu = vm->vcpus[index];
    spin_lock(&vm->lock);
    if (vcpu->powered) {
        err = ERR_EXISTS;
    } else if (vm->state != VM_RUNNING) {
        err = ERR_DENIED;
    } else {
        vcpu->powered = true;
        vm->powered_count++;
        vcpu->requests = 0;
        arch_vcpu_reset(vcpu, entry, argument);
        sched_place(vcpu);
        if (vm->paused)
            vcpu->requests = VCPU_REQ_PAUSE;
        /* Publishes all of the above: the target CPU takes the vCPU from its queue under the same
         * lock. */
        sched_wake(vcpu, true);
    }
    spin_unlock(&vm->lock);
    return err;
}

void vm_cpu_off(struct vcpu *vcpu)
{
    vcpu_kick(vcpu, VCPU_REQ_STOP);
}

bool vm_cpu_is_on(struct vm *vm, uint32_t index)
{
    bool on;

    spin_lock(&vm->lock);
    on = index < vm->vcpu_count && vm->vcpus[index]->powered;
    spin_unlock(&vm->lock);
    return on;
}

/* Have a parked vCPU run again. */
static void unpark(struct vm *vm, struct vcpu *vcpu) REQUIRES(vm->lock)
{
    if (vcpu->parked) {
        vcpu->parked = false;
        sched_wake(vcpu, true);
    }
}

void vm_stop(struct vm *vm, enum vm_stop_reason reason)
{
    spin_lock(&vm->lock);
    if (vm->state == VM_RUNNING || vm->state == VM_STARTING) {
        vm->state = VM_STOPPING;
        vm->stop_reason = reason;
        vm->paused = false;
        for (uint32_t i = 0; i < vm->vcpu_count; i++) {
            if (!vm->vcpus[i]->powered)
                continue;
            vcpu_kick(vm->vcpus[i], VCPU_REQ_STOP);
            unpark(vm, vm->vcpus[i]);
        }
    } else if (vm->state == VM_STOPPING && reason != VM_STOP_RESET) {
        /* It is about to start anew: now it will not. */
        vm->stop_reason = reason;
    }
    spin_unlock(&vm->lock);
}

enum err vm_pause(struct vm *vm)
{
    enum err err = ERR_DENIED;

    spin_lock(&vm->lock);
    if (vm->state == VM_RUNNING && !vm->paused) {
        vm->paused = true;
        for (uint32_t i = 0; i < vm->vcpu_count; i++)
            if (vm->vcpus[i]->powered)
                vcpu_kick(vm->vcpus[i], VCPU_REQ_PAUSE);
        err = ERR_NONE;
    }
    spin_unlock(&vm->lock);
    return err;
}

enum err vm_resume(struct vm *vm)
{
    enum err err = ERR_DENIED;

    spin_lock(&vm->lock);
    if (vm->state == VM_RUNNING && vm->paused) {
        vm->paused = false;
        for (uint32_t i = 0; i < vm->vcpu_count; i++)
            unpark(vm, vm->vcpus[i]);
        err = ERR_NONE;
    }
    spin_unlock(&vm->lock);
    return err;
}

void vm_vcpu_parked(struct vcpu *vcpu)
{
    struct vm *vm = vcpu->vm;

    spin_lock(&vm->lock);
    vcpu->parked = true;
    /* Resumed or stopped while it was on its way here. */
    if (!vm->paused)
        unpark(vm, vcpu);
    spin_unlock(&vm->lock);
}

enum err vm_restart(struct vm *vm)
{
    enum vm_state state;
    enum err err;

    spin_lock(&vm->lock);
    state = vm->state;
    spin_unlock(&vm->lock);
    if (state == VM_STARTING)
        return ERR_NONE; /* anew, as asked */
    if (state == VM_RUNNING) {
        vm_stop(vm, VM_STOP_RESET);
        return ERR_NONE;
    }
    if (state != VM_OFF && state != VM_CRASHED)
        return ERR_DENIED;
    console_open_owner(vm->console_owner);
    err = vm_start(vm);
    if (err)
        console_close_owner(vm->console_owner);
    return err;
}

/* Any VM that still runs or may come back? */
static bool any_vm_alive(void)
{
    for (uint32_t i = 0; i < vm_count; i++) {
        enum vm_state state = __atomic_load_n(&vms[i]->state, __ATOMIC_ACQUIRE);

        if (state != VM_OFF && state != VM_CRASHED)
            return true;
    }
    return false;
}

/* VM is in STATE, off for good. True for the last one, if two end on two CPUs as well. */
static bool ends_as_last(struct vm *vm, enum vm_state state)
{
    static struct spinlock lock = SPINLOCK_INIT;
    bool last;

    spin_lock(&lock);
    __atomic_store_n(&vm->state, state, __ATOMIC_RELEASE);
    last = !any_vm_alive();
    spin_unlock(&lock);
    return last;
}

static enum vm_stop_reason why_stopped(struct vm *vm)
{
    enum vm_stop_reason reason;

    spin_lock(&vm->lock);
    reason = vm->stop_reason;
    spin_unlock(&vm->lock);
    return reason;
}

static void vm_finish(struct vm *vm)
{
    enum vm_stop_reason reason = why_stopped(vm);

    while (reason == VM_STOP_RESET) {
        enum err err;

        vm_log(vm, "reset"); /* within its budget: a guest may do so without end */
        err = vm_start(vm);
        if (err == ERR_NONE)
            return;
        /* Told to stop just now; or it cannot be started. */
        reason = err == ERR_BUSY ? why_stopped(vm) : VM_STOP_CRASH;
    }
    console_close_owner(vm->console_owner);
    watch_stopped(vm);
    log_info(reason == VM_STOP_POWEROFF ? "%s: powered off" : "%s: stopped", vm->name);
    if (ends_as_last(vm, reason == VM_STOP_POWEROFF ? VM_OFF : VM_CRASHED)) {
        log_info("every VM is off: powering off");
        console_flush_polled();
        arch_machine_off();
    }
}

void vm_vcpu_stopped(struct vcpu *vcpu)
{
    struct vm *vm = vcpu->vm;
    bool last;

    spin_lock(&vm->lock);
    BUG_ON(!vcpu->powered || vm->powered_count == 0);
    vcpu->powered = false;
    last = --vm->powered_count == 0;
    if (last && vm->state == VM_RUNNING) {
        /* Every vCPU powered itself off and none is left to power one on again: that is off. */
        vm->state = VM_STOPPING;
        vm->stop_reason = VM_STOP_POWEROFF;
    }
    spin_unlock(&vm->lock);
    if (last)
        vm_finish(vm);
}
