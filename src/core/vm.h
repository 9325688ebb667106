/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual machine and its life: built once from its configuration, started, stopped, restarted.
 */
#pragma once

#include "arch_defs.h"
#include "core/guest_fdt.h"
#include "core/lock.h"
#include "core/mmio.h"
#include "core/s2.h"
#include "core/vcpu.h"
#include "core/vm_config.h"
#include "core/watch.h"
#include "lib/err.h"
#include "lib/log.h"
#include "lib/types.h"

enum vm_state { VM_BUILT, VM_STARTING, VM_RUNNING, VM_STOPPING, VM_OFF, VM_CRASHED };
enum vm_stop_reason { VM_STOP_POWEROFF, VM_STOP_RESET, VM_STOP_CRASH };

#define VM_BANK_MAX 2

struct vm {
    const struct vm_config *config;
    const char *name;
    uint32_t id;
    struct spinlock lock; /* state, stop_reason, every vcpu's `powered` */
    enum vm_state state;
    enum vm_stop_reason stop_reason;
    bool paused; /* under lock; state is VM_RUNNING */
    struct s2 s2;
    struct mmio_bus mmio;
    struct arch_vm arch;
    struct guest_bank banks[VM_BANK_MAX];
    uint32_t bank_count;
    gpa_t entry, fdt;
    uint32_t vcpu_count;
    struct vcpu *vcpus[VM_VCPU_MAX];
    uint64_t time_zero_ticks; /* host counter when the VM's time began */
    uint32_t console_owner;
    struct log_budget log_budget;
    struct vm_disk *disk;   /* NULL: it has none (core/vm_disk.h) */
    struct vm_image *image; /* pristine modules, for a restart (core/vm_image.c) */
    uint32_t powered_count; /* vCPUs that are on, under lock */
    struct trace *trace;    /* last traps (core/trace.c); NULL until it was traced */
    struct watch watch;     /* why it may be silent */
};

extern struct vm *vms[VM_COUNT_MAX];
extern uint32_t vm_count;

/*
 * Build a VM of CONFIG: memory, stage 2, devices, vCPUs; it does not run yet. NULL: refused, the
 * cause is reported. Boot CPU only.
 */
struct vm_image_params;
struct vm *vm_create(const struct vm_config *config, const struct vm_image_params *params,
                     const struct config_sink *sink);
/*
 * Have VM's vCPU 0 load the images, as its CPU finds time, and then run; no vCPU of it runs yet.
 * ERR_BUSY: it was to start anew and has been told to stop meanwhile (vm->stop_reason); other
 * ERR_*: the images cannot be loaded.
 */
enum err vm_start(struct vm *vm) __must_check;
/*
 * The next step of that, short; called by the run loop for vCPU 0 until it does not say
 * vcpu->starting any more: then it can be entered, and the VM's time begins. What goes wrong ends
 * the VM: the vCPU has been asked to stop.
 */
void vm_start_step(struct vcpu *vcpu);
/* VCPU has left its CPU for good; called by the run loop. The last one ends the VM. */
void vm_vcpu_stopped(struct vcpu *vcpu);
/* VCPU has left its CPU because its VM is paused; called by the run loop. */
void vm_vcpu_parked(struct vcpu *vcpu);
/* Stop VM's vCPUs where they are, and let them go on. Its time goes on meanwhile. ERR_DENIED if it
 * does not run, or is not paused. */
enum err vm_pause(struct vm *vm) __must_check;
enum err vm_resume(struct vm *vm) __must_check;
/* End it, if it runs, and start it anew from its images. ERR_DENIED while it is about to stop. */
enum err vm_restart(struct vm *vm) __must_check;
/* Text of STATE for the shell. */
const char *vm_state_name(enum vm_state state);

/*
 * Power management as firmware interfaces (PSCI, SBI HSM) see it. All take vm->lock.
 * vm_cpu_on: ERR_INVALID for no such vCPU, ERR_EXISTS if it is on. The vCPU starts at ENTRY with
 * ARGUMENT in its first argument register.
 */
enum err vm_cpu_on(struct vm *vm, uint32_t index, uint64_t entry, uint64_t argument) __must_check;
/* Power VCPU, which is current, off; the caller answers TRAP_RETRY and the vCPU will not run again
 * until it is on. */
void vm_cpu_off(struct vcpu *vcpu);
bool vm_cpu_is_on(struct vm *vm, uint32_t index);
/*
 * End the VM: all vCPUs stop; then off, restart or crash by REASON. One that is about to restart
 * ends for good if REASON says so. From any vCPU's context or the shell.
 */
void vm_stop(struct vm *vm, enum vm_stop_reason reason);
/* A line in the log about what the guest did, within its budget. */
void vm_log(struct vm *vm, const char *format, ...) __printf(2, 3);
