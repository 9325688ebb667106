/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual timer in the host's time, for a vCPU that does not run. Arm ARM DDI 0487, D12.2.4
 * "Timers".
 */
#include "arch/arm/model/a64_vtimer.h"

uint64_t a64_vtimer_deadline(const struct a64_el1 *el1, uint64_t cntvoff)
{
    uint64_t cval = a64_timer_deadline(el1->cntv_ctl, el1->cntv_cval);

    /* A sum past 2^64 is centuries away; the addition must not make it a time in the past. */
    if (cval > TIMER_NEVER - cntvoff)
        return TIMER_NEVER;
    return cval + cntvoff;
}
