/* SPDX-License-Identifier: Apache-2.0 */
/* The generic timer's EL1 side (Arm ARM DDI 0487, D12): the counter, the virtual and the physical
 * timer. */
#pragma once

#include "guest/lib/sysreg.h"
#include "lib/types.h"

/* CNTV_CTL_EL0 and CNTP_CTL_EL0 share their layout. */
/* clang-format off */
#define CNT_CTL_FIELDS(F)                                                                         \
    F(CNT_CTL, ENABLE, 0, 0) F(CNT_CTL, IMASK, 1, 1) F(CNT_CTL, ISTATUS, 2, 2)                    \
    F(CNT_CTL, RES0_a, 63, 3)
/* clang-format on */
REG_DEFINE64(CNT_CTL, CNT_CTL_FIELDS);

/* The virtual count, not read ahead of what comes before. */
static __always_inline uint64_t counter(void)
{
    barrier_context();
    return READ_SYSREG(cntvct_el0);
}
static __always_inline uint64_t counter_hz(void)
{
    return READ_SYSREG(cntfrq_el0);
}
static __always_inline uint64_t ticks_of_us(uint64_t us)
{
    return us * counter_hz() / 1000000;
}
static inline void delay_us(uint64_t us)
{
    uint64_t end = counter() + ticks_of_us(us);
    while (counter() < end)
        ;
}

/* What a test is ready to wait for something that ought to happen soon, on a loaded machine too. */
#define WAIT_MAX_US 3000000

/* Poll CONDITION; false if it has not become true in WAIT_MAX_US. */
#define WAIT_UNTIL(condition)                                 \
    ({                                                        \
        uint64_t end_ = counter() + ticks_of_us(WAIT_MAX_US); \
        bool met_;                                            \
        while (!(met_ = (condition)) && counter() < end_)     \
            ;                                                 \
        met_;                                                 \
    })
