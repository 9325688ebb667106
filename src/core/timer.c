/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Software timers: a list in order of deadline, which is short (a slice, a few sleeping vCPUs), so
 * walking it beats a heap.
 */
#include "core/timer.h"

static void update_next(struct timer_queue *queue) REQUIRES(queue->lock)
{
    uint64_t next = list_empty(&queue->armed)
                        ? TIMER_NEVER
                        : list_entry(queue->armed.next, struct timer, node)->deadline_ticks;

    __atomic_store_n(&queue->next_ticks, next, __ATOMIC_RELAXED);
}

void timer_queue_init(struct timer_queue *queue)
{
    *queue = (struct timer_queue){.lock = SPINLOCK_INIT, .next_ticks = TIMER_NEVER};
    list_init(&queue->armed);
}

void timer_init(struct timer *timer, timer_fn *fn)
{
    *timer = (struct timer){.deadline_ticks = TIMER_NEVER, .fn = fn};
    list_init(&timer->node);
}

void timer_cancel_armed(struct timer *timer, struct timer_queue *queue)
{
    spin_lock(&queue->lock);
    if (timer->queue == queue) {
        list_remove(&timer->node);
        update_next(queue);
        __atomic_store_n(&timer->queue, NULL, __ATOMIC_RELEASE);
    }
    spin_unlock(&queue->lock);
}

void timer_arm(struct timer_queue *queue, struct timer *timer, uint64_t deadline_ticks)
{
    struct list *pos;

    timer_cancel(timer);
    if (deadline_ticks == TIMER_NEVER)
        return;
    spin_lock(&queue->lock);
    timer->deadline_ticks = deadline_ticks;
    list_for_each(pos, &queue->armed)
    {
        if (list_entry(pos, struct timer, node)->deadline_ticks > deadline_ticks)
            break;
    }
    list_insert_before(pos, &timer->node);
    update_next(queue);
    __atomic_store_n(&timer->queue, queue, __ATOMIC_RELEASE);
    spin_unlock(&queue->lock);
}

__noinline void timer_queue_run(struct timer_queue *queue, uint64_t now_ticks)
{
    while (now_ticks >= timer_queue_next(queue)) {
        struct timer *timer = NULL;

        spin_lock(&queue->lock);
        if (!list_empty(&queue->armed)) {
            timer = list_entry(queue->armed.next, struct timer, node);
            if (timer->deadline_ticks > now_ticks) {
                timer = NULL;
            } else {
                list_remove(&timer->node);
                update_next(queue);
                __atomic_store_n(&timer->queue, NULL, __ATOMIC_RELEASE);
            }
        }
        spin_unlock(&queue->lock);
        if (timer != NULL)
            timer->fn(timer, now_ticks);
    }
}
