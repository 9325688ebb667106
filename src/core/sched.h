/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs next on a physical CPU. Each CPU has its own queue of runnable vCPUs: highest priority
 * first, equals in turn by time slices. A vCPU that waits is on no queue and costs nothing; a vCPU
 * alone at its priority gets no slice timer, so there is no tick.
 *
 * The policy (struct runq) is pure: time is a parameter. Locks: one for each runq; a vcpu's entity
 * is guarded by the lock of the runq it is assigned to.
 */
#pragma once

#include "core/lock.h"
#include "lib/list.h"
#include "lib/types.h"

struct vcpu;
struct pcpu;

#define SCHED_PRIORITY_COUNT 32
#define SCHED_SLICE_NS       4000000ULL

enum sched_state {
    SCHED_OFF,     /* powered off or paused: only sched_start makes it runnable */
    SCHED_READY,   /* on a queue */
    SCHED_RUNNING, /* current on its CPU */
    SCHED_WAITING, /* in WFI: sched_wake makes it runnable; on its CPU still (runq_rest) or not */
};

struct sched_entity {
    struct list node;
    struct runq *runq; /* assigned CPU's queue */
    uint64_t affinity;
    uint64_t slice_end_ticks;
    uint64_t run_ticks;       /* total time it ran, up to run_start_ticks while it runs */
    uint64_t run_start_ticks; /* both are core/run.c's */
    uint32_t state;           /* enum sched_state; read by others without the lock */
    uint8_t priority;
    bool wake_pending; /* woken while running: the next wait returns at once */
};

struct runq {
    struct spinlock lock;
    struct list ready[SCHED_PRIORITY_COUNT];
    uint32_t ready_mask; /* bit per priority with ready entities */
    uint32_t load;       /* entities assigned, for placement */
    uint32_t cpu;
    struct sched_entity *running; /* or rests: it changes on this CPU only */
};

void runq_init(struct runq *runq, uint32_t cpu);
/* Assign ENTITY, which is off, to RUNQ. Takes the lock. */
void runq_assign(struct runq *runq, struct sched_entity *entity);
/* What runq_wake found: who must be told. */
enum runq_wake { RUNQ_NOTHING, RUNQ_PREEMPT, RUNQ_NOTIFY_RUNNING };
/*
 * ENTITY has something to do. Waiting or (START) off: it becomes ready at the tail of its priority;
 * RUNQ_PREEMPT if its CPU should look again. Running: its next wait will return,
 * RUNQ_NOTIFY_RUNNING; so if it rests, which it does no longer. Ready: nothing.
 */
enum runq_wake runq_wake(struct sched_entity *entity, bool start);
/* The running entity wants to wait. False: something woke it meanwhile and it goes on running. */
bool runq_wait(struct runq *runq);
/*
 * The same where it is: nobody else is ready, so it keeps the CPU, which is to sleep until an
 * interrupt comes. False: somebody is, or something woke it; nothing has changed.
 */
bool runq_rest(struct runq *runq);
/* The running entity rests no longer, whether it was woken or not. */
void runq_rest_end(struct runq *runq);
/* The running entity stops for good, until runq_wake(START). */
void runq_stop(struct runq *runq);
/*
 * Choose who runs from NOW_TICKS on. The running entity stays unless one of higher priority is
 * ready, or one of equal priority and its slice of SLICE_TICKS is over. NULL: idle. *slice_end is
 * when to look again, TIMER_NEVER if the chosen one has no equal waiting.
 */
struct sched_entity *runq_pick(struct runq *runq, uint64_t now_ticks, uint64_t slice_ticks,
                               uint64_t *slice_end);

/* ---- what the policy is used for (core/run.c) */
/*
 * Place VCPU, which is off, on the least loaded CPU its affinity allows; of equals, on one where no
 * other of its VM is. The caller holds its VM's lock.
 */
void sched_place(struct vcpu *vcpu);
/* Make VCPU runnable, from any CPU; START also when it is off. */
void sched_wake(struct vcpu *vcpu, bool start);
/* The current vCPU waits for an interrupt; effective at run_resume. */
void sched_wait(struct vcpu *vcpu);
