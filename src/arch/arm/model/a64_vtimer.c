/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual timer in the host's time, for a vCPU that does not run. Arm ARM DDI 0487, D12.2.4
 * "Timers".
 */
#include "arch/arm/model/a64_vtimer.h"

#include "arch/arm/model/a64_state.h"

uint64_t a64_vtimer_deadline(const struct a64_el1 *el1, uint64_t cntvoff)
{
    return a64_timer_host_deadline(el1->cntv_ctl, el1->cntv_cval, cntvoff);
}
