/* SPDX-License-Identifier: Apache-2.0 */
/* The scheduling policy: order, slices, priorities, wake-ups that race with waiting. */
#include "core/sched.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/timer.h"

#define SLICE 100

static struct runq rq;
static struct sched_entity e[4];
static uint64_t end;

static int setup(void **state)
{
    runq_init(&rq, 0);
    for (unsigned i = 0; i < ARRAY_SIZE(e); i++) {
        e[i] = (struct sched_entity){.priority = 16};
        list_init(&e[i].node);
        runq_assign(&rq, &e[i]);
    }
    return 0;
}

static void assert_picks(uint64_t now, const struct sched_entity *expected)
{
    assert_ptr_equal(runq_pick(&rq, now, SLICE, &end), expected);
}

static void test_idle_when_nothing_is_ready(void **state)
{
    assert_picks(0, NULL);
    assert_true(end == TIMER_NEVER);
    assert_int_equal(runq_wake(&e[0], false), RUNQ_NOTHING); /* off: only a start wakes it */
    assert_picks(0, NULL);
}

static void test_alone_has_no_slice(void **state)
{
    assert_int_equal(runq_wake(&e[0], true), RUNQ_PREEMPT);
    assert_picks(0, &e[0]);
    assert_true(end == TIMER_NEVER);
    assert_picks(10 * SLICE, &e[0]);
    assert_true(end == TIMER_NEVER);
}

static void test_equals_take_turns(void **state)
{
    for (unsigned i = 0; i < 3; i++)
        runq_wake(&e[i], true);
    assert_picks(0, &e[0]);
    assert_int_equal(end, SLICE);
    assert_picks(SLICE - 1, &e[0]);
    assert_picks(SLICE, &e[1]);
    assert_int_equal(end, 2 * SLICE);
    assert_picks(2 * SLICE, &e[2]);
    assert_picks(3 * SLICE, &e[0]);
}

static void test_higher_priority_preempts_and_the_preempted_goes_on_first(void **state)
{
    e[2].priority = 20;
    runq_wake(&e[0], true);
    runq_wake(&e[1], true);
    assert_picks(0, &e[0]);
    assert_int_equal(runq_wake(&e[2], true), RUNQ_PREEMPT);
    assert_picks(50, &e[2]);
    assert_true(end == TIMER_NEVER);
    assert_true(runq_wait(&rq));
    assert_picks(60, &e[0]); /* not e[1]: its slice was not over */
    assert_int_equal(end, SLICE);
}

static void test_lower_priority_waits(void **state)
{
    e[0].priority = 20;
    runq_wake(&e[0], true);
    assert_picks(0, &e[0]);
    assert_int_equal(runq_wake(&e[1], true), RUNQ_NOTHING);
    assert_picks(10 * SLICE, &e[0]);
    assert_true(runq_wait(&rq));
    assert_picks(10 * SLICE, &e[1]);
}

static void test_wake_while_running_cancels_the_wait(void **state)
{
    runq_wake(&e[0], true);
    assert_picks(0, &e[0]);
    assert_int_equal(runq_wake(&e[0], false), RUNQ_NOTIFY_RUNNING);
    assert_false(runq_wait(&rq));
    assert_picks(1, &e[0]);
    /* Used up: the next wait waits. */
    assert_true(runq_wait(&rq));
    assert_picks(2, NULL);
    assert_int_equal(runq_wake(&e[0], false), RUNQ_PREEMPT);
    assert_picks(3, &e[0]);
}

static void test_rest_is_over_when_woken(void **state)
{
    runq_wake(&e[0], true);
    assert_picks(0, &e[0]);
    assert_true(runq_rest(&rq));
    assert_int_equal(e[0].state, SCHED_WAITING);
    assert_ptr_equal(rq.running, &e[0]);
    assert_int_equal(runq_wake(&e[0], false), RUNQ_NOTIFY_RUNNING);
    assert_int_equal(e[0].state, SCHED_RUNNING);
    runq_rest_end(&rq);
    /* That was for the rest: the next one is not over at once. */
    assert_true(runq_rest(&rq));
    runq_rest_end(&rq);
    assert_int_equal(e[0].state, SCHED_RUNNING);
    assert_true(runq_wait(&rq));
    assert_picks(1, NULL);
}

static void test_nobody_rests_whom_others_wait_for(void **state)
{
    runq_wake(&e[0], true);
    assert_picks(0, &e[0]);
    assert_int_equal(runq_wake(&e[0], false), RUNQ_NOTIFY_RUNNING);
    assert_false(runq_rest(&rq)); /* woken */
    assert_false(runq_wait(&rq));
    /* Of lower priority, and it wants the CPU of one that rests. */
    e[0].priority = 20;
    assert_true(runq_rest(&rq));
    assert_int_equal(runq_wake(&e[1], true), RUNQ_PREEMPT);
    runq_rest_end(&rq);
    assert_false(runq_rest(&rq));
    assert_int_equal(e[0].state, SCHED_RUNNING);
    assert_true(runq_wait(&rq));
    assert_picks(1, &e[1]);
}

static void test_wake_of_a_ready_one_is_nothing(void **state)
{
    runq_wake(&e[0], true);
    assert_int_equal(runq_wake(&e[0], true), RUNQ_NOTHING);
    assert_picks(0, &e[0]);
    assert_true(runq_wait(&rq));
    assert_picks(0, NULL); /* it was queued once */
}

static void test_stop_and_move(void **state)
{
    struct runq other;

    runq_init(&other, 1);
    runq_wake(&e[0], true);
    assert_picks(0, &e[0]);
    runq_stop(&rq);
    assert_picks(0, NULL);
    assert_int_equal(rq.load, 4);
    runq_assign(&other, &e[0]);
    assert_int_equal(rq.load, 3);
    assert_int_equal(other.load, 1);
    runq_wake(&e[0], true);
    assert_picks(0, NULL);
    assert_ptr_equal(runq_pick(&other, 0, SLICE, &end), &e[0]);
}

/* Random histories: the one who runs is always of the highest ready priority, and equals get equal
 * time. */
static void test_fair_over_random_wakes(void **state)
{
    uint64_t ran[4] = {0}, now = 0;

    srand(1);
    for (unsigned i = 0; i < 4; i++)
        runq_wake(&e[i], true);
    for (unsigned step = 0; step < 40000; step++) {
        struct sched_entity *running = runq_pick(&rq, now, SLICE, &end);
        uint64_t until = now + (uint64_t)(rand() % 30) + 1;

        assert_non_null(running);
        ran[running - e] += until - now;
        now = until;
        /* Wake-ups of those that are ready or run change nothing. */
        runq_wake(&e[rand() % 4], false);
    }
    for (unsigned i = 0; i < 4; i++)
        assert_in_range(ran[i], now / 4 - now / 50, now / 4 + now / 50);
}

/* ---- timers */

static unsigned fired[3];
static struct timer_queue tq;
static struct timer t[3];

static void fire(struct timer *timer, uint64_t now_ticks)
{
    fired[timer - t]++;
    if (timer == &t[2] && fired[2] < 3)
        timer_arm(&tq, timer, now_ticks);
}

static int setup_timers(void **state)
{
    timer_queue_init(&tq);
    for (unsigned i = 0; i < 3; i++) {
        timer_init(&t[i], fire);
        fired[i] = 0;
    }
    return 0;
}

static void test_timers_fire_in_order_and_once(void **state)
{
    timer_arm(&tq, &t[0], 20);
    timer_arm(&tq, &t[1], 10);
    assert_int_equal(timer_queue_next(&tq), 10);
    timer_queue_expire(&tq, 9);
    assert_int_equal(fired[0] + fired[1], 0);
    timer_queue_expire(&tq, 10);
    assert_int_equal(fired[1], 1);
    assert_int_equal(timer_queue_next(&tq), 20);
    timer_queue_expire(&tq, 100);
    timer_queue_expire(&tq, 200);
    assert_int_equal(fired[0], 1);
    assert_int_equal(fired[1], 1);
    assert_true(timer_queue_next(&tq) == TIMER_NEVER);
}

static void test_timer_rearm_cancel_never(void **state)
{
    timer_arm(&tq, &t[0], 20);
    timer_arm(&tq, &t[0], 30); /* replaces */
    timer_queue_expire(&tq, 25);
    assert_int_equal(fired[0], 0);
    timer_cancel(&t[0]);
    timer_cancel(&t[0]);
    timer_queue_expire(&tq, 100);
    assert_int_equal(fired[0], 0);
    timer_arm(&tq, &t[0], 5);
    timer_arm(&tq, &t[0], TIMER_NEVER);
    assert_true(timer_queue_next(&tq) == TIMER_NEVER);
}

static void test_timer_armed_anew_by_its_function(void **state)
{
    timer_arm(&tq, &t[2], 1);
    timer_queue_expire(&tq, 1);
    assert_int_equal(fired[2], 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_idle_when_nothing_is_ready, setup),
        cmocka_unit_test_setup(test_alone_has_no_slice, setup),
        cmocka_unit_test_setup(test_equals_take_turns, setup),
        cmocka_unit_test_setup(test_higher_priority_preempts_and_the_preempted_goes_on_first,
                               setup),
        cmocka_unit_test_setup(test_lower_priority_waits, setup),
        cmocka_unit_test_setup(test_wake_while_running_cancels_the_wait, setup),
        cmocka_unit_test_setup(test_rest_is_over_when_woken, setup),
        cmocka_unit_test_setup(test_nobody_rests_whom_others_wait_for, setup),
        cmocka_unit_test_setup(test_wake_of_a_ready_one_is_nothing, setup),
        cmocka_unit_test_setup(test_stop_and_move, setup),
        cmocka_unit_test_setup(test_fair_over_random_wakes, setup),
        cmocka_unit_test_setup(test_timers_fire_in_order_and_once, setup_timers),
        cmocka_unit_test_setup(test_timer_rearm_cancel_never, setup_timers),
        cmocka_unit_test_setup(test_timer_armed_anew_by_its_function, setup_timers),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
