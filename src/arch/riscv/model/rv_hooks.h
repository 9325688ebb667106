/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the models ask of whoever has the hardware: hw/ on the target, a recorder in the tests
 * (arch/host/rv_hooks.c). VCPU is current, no lock is held.
 */
#pragma once

#include "lib/types.h"

struct rv_context;
struct rv_super;
struct vcpu;
struct vm;

/* The registers that taking an exception uses, from where they are, and back. */
void rv_hook_exception_load(struct vcpu *vcpu, struct rv_super *super);
void rv_hook_exception_store(struct vcpu *vcpu, const struct rv_super *super);
/* VCPU is in S-mode, not in U-mode. */
bool rv_hook_in_supervisor(const struct vcpu *vcpu);
/* How VCPU's accesses to data are translated, at the privilege it is in. */
void rv_hook_context(const struct vcpu *vcpu, struct rv_context *context);
/* scounteren, as VCPU has set it. */
uint64_t rv_hook_scounteren(const struct vcpu *vcpu);
/* VCPU's timer is to fire at DEADLINE of the guest's time; what is pending is taken back. */
void rv_hook_set_timer(struct vcpu *vcpu, uint64_t deadline_ticks);
/* VCPU is emulated, and rv_priv_deadline gives another value. */
void rv_hook_timer_changed(struct vcpu *vcpu);
/* The guest's time, now. */
uint64_t rv_hook_time(const struct vcpu *vcpu);
/* VCPU has sent itself a software interrupt: as rv_virq_post, but it is here. */
void rv_hook_post_self(struct vcpu *vcpu);
/* Take back VCPU's software interrupt, from whomever. False: it had none. */
bool rv_hook_clear_self(struct vcpu *vcpu);
/* VCPU's MMU and its interrupts are off (satp 0, sstatus.SIE 0), and it is in S-mode, as it is. */
void rv_hook_forget_mmu(struct vcpu *vcpu);
/* VCPU's floating-point registers are in its struct rv_fp, and are read from there when it next
 * uses them. */
void rv_hook_fp_to_memory(struct vcpu *vcpu);
/* VCPU waits as by WFI. */
void rv_hook_wait(struct vcpu *vcpu);

enum rv_fence { RV_FENCE_I, RV_FENCE_VMA, RV_FENCE_VMA_ASID };
/*
 * FENCE on the vCPUs in TARGETS (a bit each), of VCPU's VM: done on return. START, SIZE in bytes of
 * guest-virtual addresses; SIZE UINT64_MAX: all.
 */
void rv_hook_fence(struct vcpu *vcpu, uint64_t targets, enum rv_fence fence, uint64_t start,
                   uint64_t size_bytes, uint64_t asid);
/* A byte for VM's console. False: no room now. */
bool rv_hook_console_put(struct vm *vm, char byte);
/* A byte of input for VM's firmware, where that has the console; negative: there is none. */
int rv_hook_console_get(struct vm *vm);
