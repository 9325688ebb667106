/* SPDX-License-Identifier: Apache-2.0 */
/* Timer arithmetic at the edges: equal counts, masks, wraps. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_state.h"
#include "arch/arm/model/a64_vtimer.h"

#define ON     CNT_CTL_ENABLE
#define MASKED (CNT_CTL_ENABLE | CNT_CTL_IMASK)

static void status_and_line(void **state)
{
    assert_int_equal(a64_timer_ctl(ON, 100, 99), ON);
    assert_int_equal(a64_timer_ctl(ON, 100, 100), ON | CNT_CTL_ISTATUS);
    assert_int_equal(a64_timer_ctl(MASKED, 100, 100), MASKED | CNT_CTL_ISTATUS);
    assert_int_equal(a64_timer_ctl(CNT_CTL_IMASK, 100, 200), CNT_CTL_IMASK);
    assert_int_equal(a64_timer_ctl(~0ULL, 100, 99), MASKED); /* stored rubbish does not show */

    assert_false(a64_timer_line(ON, 100, 99));
    assert_true(a64_timer_line(ON, 100, 100));
    assert_false(a64_timer_line(MASKED, 100, 101));
    assert_false(a64_timer_line(0, 100, 101));
    assert_true(a64_timer_line(ON, 0, 0));
    assert_false(a64_timer_line(ON, UINT64_MAX, UINT64_MAX - 1));
}

static void deadline(void **state)
{
    assert_int_equal(a64_timer_deadline(ON, 100), 100);
    assert_int_equal(a64_timer_deadline(MASKED, 100), TIMER_NEVER);
    assert_int_equal(a64_timer_deadline(0, 100), TIMER_NEVER);
    assert_int_equal(a64_timer_deadline(ON | CNT_CTL_ISTATUS, 7), 7);
}

static void tval_is_a_signed_view(void **state)
{
    assert_int_equal(a64_timer_cval_of_tval(10, 1000), 1010);
    assert_int_equal(a64_timer_cval_of_tval(0xffffffff, 1000), 999);
    assert_int_equal(a64_timer_cval_of_tval(0xabcd00000000ffff, 1), 0x10000); /* 32 bits count */
    assert_int_equal(a64_timer_cval_of_tval(0x80000000, 0x80000000), 0);
    assert_int_equal(a64_timer_tval(1010, 1000), 10);
    assert_int_equal(a64_timer_tval(999, 1000), 0xffffffff);
    assert_int_equal(a64_timer_tval(0x100000005, 0), 5);
}

static void virtual_deadline_is_in_host_ticks(void **state)
{
    struct a64_el1 el1 = {.cntv_ctl = ON, .cntv_cval = 500};

    assert_int_equal(a64_vtimer_deadline(&el1, 0), 500);
    assert_int_equal(a64_vtimer_deadline(&el1, 10000), 10500);
    el1.cntv_cval = UINT64_MAX - 10000;
    assert_int_equal(a64_vtimer_deadline(&el1, 10000), TIMER_NEVER); /* the same value */
    el1.cntv_cval = UINT64_MAX - 9999;
    assert_int_equal(a64_vtimer_deadline(&el1, 10000), TIMER_NEVER); /* does not wrap to 0 */
    el1.cntv_cval = UINT64_MAX;
    assert_int_equal(a64_vtimer_deadline(&el1, 1), TIMER_NEVER);
    el1.cntv_cval = 500;
    el1.cntv_ctl = MASKED;
    assert_int_equal(a64_vtimer_deadline(&el1, 10000), TIMER_NEVER);
    el1.cntv_ctl = 0;
    assert_int_equal(a64_vtimer_deadline(&el1, 0), TIMER_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(status_and_line),
        cmocka_unit_test(deadline),
        cmocka_unit_test(tval_is_a_signed_view),
        cmocka_unit_test(virtual_deadline_is_in_host_ticks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
