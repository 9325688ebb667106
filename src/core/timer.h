/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Software timers of one physical CPU: a deadline-ordered queue over the CPU's own hardware timer.
 * Time is in ticks of the architecture's counter and is always a parameter.
 */
#pragma once

#include "core/lock.h"
#include "lib/list.h"
#include "lib/types.h"

#define TIMER_NEVER UINT64_MAX

struct timer;
struct timer_queue;

/* Called on the queue's CPU after the deadline, without locks held; the timer may be armed anew. */
typedef void timer_fn(struct timer *timer, uint64_t now_ticks);

struct timer {
    struct list node; /* on queue->armed while armed */
    struct timer_queue *queue;
    uint64_t deadline_ticks;
    timer_fn *fn;
};

struct timer_queue {
    struct spinlock lock;
    struct list armed;   /* ascending deadline */
    uint64_t next_ticks; /* of the first, TIMER_NEVER if there is none; read without the lock */
};

void timer_queue_init(struct timer_queue *queue);
void timer_init(struct timer *timer, timer_fn *fn);
/*
 * Arm TIMER on QUEUE (its CPU is the caller's), replacing an earlier deadline wherever that was.
 * A deadline in the past fires at the next timer_queue_expire. Callers reprogram the hardware by
 * timer_queue_next afterwards; the scheduler does it before it enters a guest.
 */
void timer_arm(struct timer_queue *queue, struct timer *timer, uint64_t deadline_ticks);
/* Disarm, from any CPU. On return the function may still be running elsewhere once. */
void timer_cancel_armed(struct timer *timer, struct timer_queue *queue);
static inline void timer_cancel(struct timer *timer)
{
    struct timer_queue *queue = __atomic_load_n(&timer->queue, __ATOMIC_ACQUIRE);

    /* Only its own vCPU's CPU arms a timer, so `queue` changes under us only to NULL (it expired).
     */
    if (queue != NULL)
        timer_cancel_armed(timer, queue);
}
/* The earliest deadline, TIMER_NEVER if there is none. A timer that another CPU disarms meanwhile
 * may still be it. */
static inline uint64_t timer_queue_next(const struct timer_queue *queue)
{
    return read_once(queue->next_ticks);
}
/* Run every timer whose deadline is at or before NOW_TICKS. */
void timer_queue_run(struct timer_queue *queue, uint64_t now_ticks);
static inline void timer_queue_expire(struct timer_queue *queue, uint64_t now_ticks)
{
    if (unlikely(now_ticks >= timer_queue_next(queue)))
        timer_queue_run(queue, now_ticks);
}
