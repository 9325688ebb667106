/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Generic timer arithmetic, see the header. Arm ARM DDI 0487, D12.2.4 "Timers".
 */
#include "arch/arm/model/a64_vtimer.h"

#include "arch/arm/model/a64_regs.h"
#include "lib/bits.h"

uint64_t a64_timer_ctl(uint64_t ctl, uint64_t cval, uint64_t now)
{
    ctl &= CNT_CTL_ENABLE | CNT_CTL_IMASK;
    /* The condition does not depend on IMASK; it reads UNKNOWN, here 0, while disabled. */
    if ((ctl & CNT_CTL_ENABLE) != 0 && now >= cval)
        ctl |= CNT_CTL_ISTATUS;
    return ctl;
}

bool a64_timer_line(uint64_t ctl, uint64_t cval, uint64_t now)
{
    return (ctl & (CNT_CTL_ENABLE | CNT_CTL_IMASK)) == CNT_CTL_ENABLE && now >= cval;
}

uint64_t a64_timer_deadline(uint64_t ctl, uint64_t cval)
{
    return (ctl & (CNT_CTL_ENABLE | CNT_CTL_IMASK)) == CNT_CTL_ENABLE ? cval : TIMER_NEVER;
}

uint64_t a64_timer_tval(uint64_t cval, uint64_t now)
{
    return REG_GET(CNT_TVAL, TimerValue, cval - now);
}

uint64_t a64_timer_cval_of_tval(uint64_t tval, uint64_t now)
{
    return now + sign_extend(tval, CNT_TVAL_TimerValue_WIDTH);
}

uint64_t a64_vtimer_deadline(const struct a64_el1 *el1, uint64_t cntvoff)
{
    uint64_t cval = a64_timer_deadline(el1->cntv_ctl, el1->cntv_cval);

    /* A sum past 2^64 is centuries away; the addition must not make it a time in the past. */
    if (cval > TIMER_NEVER - cntvoff)
        return TIMER_NEVER;
    return cval + cntvoff;
}
