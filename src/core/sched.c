/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduling policy: see sched.h. Knows neither vCPUs nor the hardware. */
#include "core/sched.h"

#include "core/timer.h"
#include "lib/bits.h"
#include "lib/panic.h"

void runq_init(struct runq *runq, uint32_t cpu)
{
    *runq = (struct runq){.lock = SPINLOCK_INIT, .cpu = cpu};
    for (unsigned i = 0; i < SCHED_PRIORITY_COUNT; i++)
        list_init(&runq->ready[i]);
}

/* At the tail of its priority, or at the head: one preempted within its slice goes on first. */
static void ready_put(struct runq *runq, struct sched_entity *entity, bool head)
    REQUIRES(runq->lock)
{
    struct list *list = &runq->ready[entity->priority];

    entity->state = SCHED_READY;
    list_insert_before(head ? list->next : list, &entity->node);
    runq->ready_mask |= bit32(entity->priority);
}

static struct sched_entity *ready_take(struct runq *runq, unsigned priority) REQUIRES(runq->lock)
{
    struct list *head = &runq->ready[priority];
    struct sched_entity *entity = list_entry(head->next, struct sched_entity, node);

    list_remove(&entity->node);
    if (list_empty(head))
        runq->ready_mask &= ~bit32(priority);
    return entity;
}

/* Its slice is over: the RUNNING one goes behind its equals, of whom the first is returned. */
static struct sched_entity *take_turns(struct runq *runq, struct sched_entity *running)
    REQUIRES(runq->lock)
{
    struct list *list = &runq->ready[running->priority];
    struct sched_entity *first = list_entry(list->next, struct sched_entity, node);

    list_remove(&first->node);
    list_insert_before(list, &running->node);
    running->state = SCHED_READY;
    return first;
}

void runq_assign(struct runq *runq, struct sched_entity *entity)
{
    struct runq *old = entity->runq;

    BUG_ON(entity->state != SCHED_OFF);
    if (old != NULL) {
        spin_lock(&old->lock);
        old->load--;
        spin_unlock(&old->lock);
    }
    spin_lock(&runq->lock);
    runq->load++;
    entity->runq = runq;
    spin_unlock(&runq->lock);
}

enum runq_wake runq_wake(struct sched_entity *entity, bool start)
{
    struct runq *runq = entity->runq;
    enum runq_wake result = RUNQ_NOTHING;

    spin_lock(&runq->lock);
    if (runq->running == entity) {
        if (entity->state == SCHED_RUNNING)
            entity->wake_pending = true;
        else
            entity->state = SCHED_RUNNING;
        result = RUNQ_NOTIFY_RUNNING;
    } else if (entity->state == SCHED_WAITING || (entity->state == SCHED_OFF && start)) {
        ready_put(runq, entity, false);
        /* An equal needs the CPU's attention too: the running one has had no slice so far. And who
         * rests gives way to anybody. */
        if (runq->running == NULL || read_once(runq->running->state) == SCHED_WAITING ||
            runq->running->priority <= entity->priority)
            result = RUNQ_PREEMPT;
    }
    spin_unlock(&runq->lock);
    return result;
}

static void running_leaves(struct runq *runq, enum sched_state state)
{
    runq->running->state = state;
    runq->running->wake_pending = false;
    runq->running = NULL;
}

bool runq_wait(struct runq *runq)
{
    bool waits;

    spin_lock(&runq->lock);
    waits = !runq->running->wake_pending;
    if (waits)
        running_leaves(runq, SCHED_WAITING);
    else
        runq->running->wake_pending = false;
    spin_unlock(&runq->lock);
    return waits;
}

bool runq_rest(struct runq *runq)
{
    bool rests;

    spin_lock(&runq->lock);
    rests = runq->ready_mask == 0 && !runq->running->wake_pending;
    if (rests)
        runq->running->state = SCHED_WAITING;
    spin_unlock(&runq->lock);
    return rests;
}

/* Without the lock: who takes it to rest still interrupts this CPU once more than it need. */
void runq_rest_end(struct runq *runq)
{
    __atomic_store_n(&runq->running->state, (uint32_t)SCHED_RUNNING, __ATOMIC_RELAXED);
}

void runq_stop(struct runq *runq)
{
    spin_lock(&runq->lock);
    running_leaves(runq, SCHED_OFF);
    spin_unlock(&runq->lock);
}

struct sched_entity *runq_pick(struct runq *runq, uint64_t now_ticks, uint64_t slice_ticks,
                               uint64_t *slice_end)
{
    struct sched_entity *running, *chosen;

    /* Nobody else is ready. Who becomes so from now on has this CPU look again (runq_wake), and
     * `running` changes on this CPU only. */
    if (read_once(runq->ready_mask) == 0) {
        *slice_end = TIMER_NEVER;
        return runq->running;
    }
    spin_lock(&runq->lock);
    running = chosen = runq->running;
    if (runq->ready_mask != 0) {
        unsigned best = bit_highest(runq->ready_mask);

        if (running == NULL || best > running->priority ||
            (best == running->priority && now_ticks >= running->slice_end_ticks)) {
            if (running != NULL && best == running->priority) {
                chosen = take_turns(runq, running);
            } else {
                if (running != NULL)
                    ready_put(runq, running, now_ticks < running->slice_end_ticks);
                chosen = ready_take(runq, best);
            }
            chosen->state = SCHED_RUNNING;
            /* A wake-up before it ran has made it ready: it sees the cause by itself. */
            chosen->wake_pending = false;
            if (now_ticks >= chosen->slice_end_ticks)
                chosen->slice_end_ticks = now_ticks + slice_ticks;
            runq->running = chosen;
        }
    }
    *slice_end = TIMER_NEVER;
    if (chosen != NULL && (runq->ready_mask & bit32(chosen->priority)) != 0)
        *slice_end = chosen->slice_end_ticks;
    spin_unlock(&runq->lock);
    return chosen;
}
