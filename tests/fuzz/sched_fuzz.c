/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scheduling: any order of what core/run.c does with two queues, as a model of the rules sees it.
 * Nobody is lost, nobody runs twice, the most urgent runs, equals take turns, and whoever was woken
 * does not sleep.
 */
#include <string.h>

#include "core/sched.h"
#include "core/timer.h"
#include "lib/bits.h"
#include "lib/panic.h"
#include "tests/fuzz/input.h"

#define QUEUES   2
#define ENTITIES 6
#define SLICE    100

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct runq queues[QUEUES];
static struct sched_entity entities[ENTITIES];
/* The model: what each entity was told, and how long it has been ready and passed over by its
 * equals. */
static struct {
    bool on, waits, woken, rests;
    unsigned passed_over;
} model[ENTITIES];
static uint64_t now;

static unsigned index_of(const struct sched_entity *entity)
{
    return (unsigned)(entity - entities);
}

static void check_queue(const struct runq *runq)
{
    uint32_t load = 0, ready = 0;

    BUG_ON(runq->lock.next != runq->lock.owner);
    for (unsigned i = 0; i < ENTITIES; i++) {
        const struct sched_entity *entity = &entities[i];

        if (entity->runq != runq)
            continue;
        load++;
        BUG_ON((entity->state == SCHED_RUNNING || model[i].rests) != (runq->running == entity));
        BUG_ON((entity->state == SCHED_OFF) != !model[i].on);
        BUG_ON((entity->state == SCHED_WAITING) != (model[i].waits || model[i].rests));
        if (entity->state == SCHED_READY) {
            const struct list *pos;
            bool found = false;

            ready |= bit32(entity->priority);
            list_for_each(pos, &runq->ready[entity->priority]) found |= pos == &entity->node;
            BUG_ON(!found);
        }
    }
    BUG_ON(load != runq->load || ready != runq->ready_mask);
}

static void rest_end(struct runq *runq)
{
    if (runq->running == NULL)
        return;
    runq_rest_end(runq);
    model[index_of(runq->running)].rests = false;
}

/* Whoever rests does so no longer when its CPU does anything. */
static void pick(struct runq *runq)
{
    struct sched_entity *before = runq->running, *chosen;
    uint64_t slice_end;

    rest_end(runq);
    chosen = runq_pick(runq, now, SLICE, &slice_end);
    BUG_ON(chosen != runq->running);
    BUG_ON(slice_end != TIMER_NEVER && slice_end <= now && before != chosen);
    for (unsigned i = 0; i < ENTITIES; i++) {
        const struct sched_entity *other = &entities[i];

        if (other->runq != runq || other->state != SCHED_READY)
            continue;
        /* Somebody is ready: the CPU is not idle, and nobody less urgent runs. */
        BUG_ON(chosen == NULL || chosen->priority < other->priority);
        if (chosen->priority == other->priority) {
            BUG_ON(slice_end == TIMER_NEVER);
            model[i].passed_over += chosen != before;
            BUG_ON(model[i].passed_over > ENTITIES * 4);
        } else {
            model[i].passed_over = 0;
        }
    }
    if (chosen != NULL) {
        model[index_of(chosen)].passed_over = 0;
        if (chosen != before)
            model[index_of(chosen)].woken = false;
    }
}

static void wake(unsigned i, bool start)
{
    struct sched_entity *entity = &entities[i];
    uint32_t before = entity->state;
    enum runq_wake result;

    if (entity->runq == NULL)
        return;
    result = runq_wake(entity, start);
    if (before == SCHED_RUNNING || model[i].rests) {
        BUG_ON(result != RUNQ_NOTIFY_RUNNING);
        model[i].woken |= before == SCHED_RUNNING;
        model[i].rests = false;
    } else if (before == SCHED_WAITING || (before == SCHED_OFF && start)) {
        const struct sched_entity *running = entity->runq->running;
        bool gives_way = running == NULL || model[index_of(running)].rests ||
                         running->priority <= entity->priority;

        model[i].on = true;
        model[i].waits = false;
        model[i].passed_over = 0;
        BUG_ON(result != (gives_way ? RUNQ_PREEMPT : RUNQ_NOTHING));
    } else {
        BUG_ON(result != RUNQ_NOTHING);
    }
}

static void leave(struct runq *runq, bool stop)
{
    struct sched_entity *running = runq->running;
    bool waits;

    if (running == NULL)
        return;
    rest_end(runq);
    if (stop) {
        runq_stop(runq);
        model[index_of(running)].on = false;
        model[index_of(running)].woken = false;
    } else {
        waits = runq_wait(runq);
        BUG_ON(waits == model[index_of(running)].woken);
        model[index_of(running)].waits = waits;
        model[index_of(running)].woken = false;
    }
    pick(runq);
}

/* Where it is: only if nobody else is ready, and nothing woke it. */
static void rest(struct runq *runq)
{
    struct sched_entity *running = runq->running;
    bool may;

    if (running == NULL)
        return;
    rest_end(runq);
    may = runq->ready_mask == 0 && !model[index_of(running)].woken;
    BUG_ON(runq_rest(runq) != may);
    model[index_of(running)].rests = may;
}

static void assign(unsigned i, struct runq *runq)
{
    if (entities[i].state == SCHED_OFF)
        runq_assign(runq, &entities[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};

    now = 0;
    memset(model, 0, sizeof(model));
    for (unsigned i = 0; i < QUEUES; i++)
        runq_init(&queues[i], i);
    for (unsigned i = 0; i < ENTITIES; i++) {
        entities[i] = (struct sched_entity){.priority = input_below(&in, 3)};
        list_init(&entities[i].node);
    }
    while (in.left != 0) {
        uint8_t what = input_u8(&in);
        unsigned i = (what >> 3) % ENTITIES;
        struct runq *runq = &queues[what >> 7];

        switch (what & 7) {
        case 0:
            assign(i, runq);
            break;
        case 1:
            wake(i, true);
            break;
        case 2:
            wake(i, false);
            break;
        case 3:
            leave(runq, true);
            break;
        case 4:
            leave(runq, false);
            break;
        case 6:
            rest(runq);
            break;
        case 5:
            now += 1 + (what >> 3 & 15) * 10;
            break;
        default:
            pick(runq);
        }
        for (unsigned n = 0; n < QUEUES; n++)
            check_queue(&queues[n]);
    }
    return 0;
}
