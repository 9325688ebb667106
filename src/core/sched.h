/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who runs next on a physical CPU. Each CPU has its own queue of runnable vCPUs: highest priority first,
 * equals in turn by time slices. A vCPU that waits is on no queue and costs nothing; a vCPU
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
    SCHED_WAITING, /* in WFI: sched_wake makes it runnable */
};

struct sched_entity {
    struct list node;
    struct runq *runq; /* assigned CPU's queue */
    uint64_t affinity;
    uint64_t slice_end_ticks;
    uint64_t run_ticks; /* total time it ran */
    uint64_t run_start_ticks;
    uint8_t priority;
    uint8_t state;
    bool wake_pending; /* woken while running: the next wait returns at once */
};

struct runq {
    struct spinlock lock;
    struct list ready[SCHED_PRIORITY_COUNT];
    uint32_t ready_mask; /* bit per priority with ready entities */
    uint32_t load;       /* entities assigned, for placement */
    uint32_t cpu;
    struct sched_entity *running;
};
