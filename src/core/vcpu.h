/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual CPU: registers, what it waits for, and its place in the scheduler.
 */
#pragma once

#include "arch_defs.h"
#include "core/mmio.h"
#include "core/sched.h"
#include "core/stat.h"
#include "core/timer.h"
#include "core/trap.h"
#include "lib/err.h"
#include "lib/types.h"

struct vm;

/* Reasons to leave the straight way back into the guest; bits of vcpu->requests, set from any CPU.
 */
enum vcpu_request {
    VCPU_REQ_VIRQ = 1,    /* the interrupt controller has something new for this vCPU */
    VCPU_REQ_STOP = 2,    /* stop running: powered off, or its VM ends */
    VCPU_REQ_WAIT = 4,    /* it executed WFI: let others run until something is pending */
    VCPU_REQ_PAUSE = 16,  /* its VM is paused: leave the CPU until vm_resume */
    VCPU_REQ_RESCHED = 8, /* ask the scheduler who is next */
};

struct vcpu_cost {
    uint64_t count, ticks, max_ticks;
};

/* Written by the CPU that runs the vCPU. */
struct vcpu_stats {
    uint64_t traps[TRAP_KIND_COUNT];
    uint64_t interrupts; /* exits by a physical interrupt */
    uint64_t switches;
    uint32_t forget_costs; /* asked for by anyone, atomic: costs start anew */
    struct vcpu_cost costs[STAT_REASON_COUNT];
};

struct vcpu {
    struct arch_vcpu arch; /* first: entry.S addresses registers from the vcpu's own address */
    struct vm *vm;
    uint32_t id;
    uint32_t requests;       /* enum vcpu_request, atomic */
    uint32_t observers;      /* enum observer (core/trace.h), atomic: who is shown its traps */
    struct mmio_window mmio; /* of the CPU that runs it */
    struct sched_entity sched;
    struct timer wake_timer; /* the guest's virtual timer while the vCPU does not run */
    bool powered;            /* under vm->lock */
    bool starting;           /* it loads its VM's images first; of its CPU, once it is powered */
    bool parked;             /* powered, but off its CPU while the VM is paused; under vm->lock */
    struct vcpu_stats stats;
};

/*
 * Post REQUESTS (VCPU_REQ_*) and see that VCPU notices: wakes it if it waits, interrupts its CPU if
 * it runs elsewhere. Any context.
 */
void vcpu_kick(struct vcpu *vcpu, uint32_t requests);
/* Set up VCPU, zeroed memory, as number ID of VM; the architecture's part is arch_vcpu_init. */
void vcpu_init(struct vcpu *vcpu, struct vm *vm, uint32_t id);
