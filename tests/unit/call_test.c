/* SPDX-License-Identifier: Apache-2.0 */
/* Calls between CPUs that are busy with calls of their own. One thread: the other CPU moves on when
 * this one waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "arch/arch.h"
#include "core/call.h"
#include "core/pcpu.h"

static struct pcpu cpus[2];
static unsigned here, sent;
static void (*other_does)(void);

struct pcpu *arch_this_cpu(void)
{
    return &cpus[here];
}
void arch_ipi_send(uint32_t cpu)
{
    assert_int_equal(cpu, 1);
    sent++;
}
/* CPU 0 waits: CPU 1 has a moment. */
void arch_cpu_relax(void)
{
    here = 1;
    other_does();
    here = 0;
}

static unsigned order, first_at, second_at, ours_at;
static void first(void *argument)
{
    first_at = ++order;
}
static void second(void *argument)
{
    assert_ptr_equal(arch_this_cpu(), &cpus[1]);
    second_at = ++order;
}
static void ours(void *argument)
{
    assert_ptr_equal(arch_this_cpu(), &cpus[0]);
    ours_at = ++order;
}

static void serve(void)
{
    call_serve(&cpus[1]);
}

/* Another CPU's call is in the slot: it is served first, then ours, each once. */
static void a_slot_that_is_taken(void **state)
{
    struct call theirs = {.fn = first};

    order = sent = 0;
    other_does = serve;
    cpus[1] = (struct pcpu){.id = 1, .call = &theirs};
    call_run(&cpus[1], second, NULL);
    assert_int_equal(theirs.done, 1);
    assert_int_equal(first_at, 1);
    assert_int_equal(second_at, 2);
    assert_int_equal(order, 2);
    assert_int_equal(sent, 1);
    assert_true(cpus[1].ipi_pending & IPI_CALL);
    assert_null(cpus[1].call);
}

/* Two CPUs call each other: who waits serves, or both would wait for ever. */
static struct call to_us = {.fn = ours};
static unsigned moments;
static void call_us_then_serve(void)
{
    if (moments++ == 0)
        cpus[0].call = &to_us;
    else if (to_us.done)
        call_serve(&cpus[1]);
}
static void each_other(void **state)
{
    order = sent = moments = 0;
    other_does = call_us_then_serve;
    cpus[0] = (struct pcpu){.id = 0};
    cpus[1] = (struct pcpu){.id = 1};
    call_run(&cpus[1], second, NULL);
    assert_int_equal(ours_at, 1);
    assert_int_equal(second_at, 2);
    assert_int_equal(to_us.done, 1);
    assert_null(cpus[0].call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slot_that_is_taken),
        cmocka_unit_test(each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
