/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The arithmetic of the EL1 generic timers: what CTL reads, when a timer fires. Must not know who
 * waits for it or how time is read. Arm ARM DDI 0487, D12.2 "The AArch64 view of the Generic
 * Timer".
 *
 * A timer is CTL (CNT_CTL's ENABLE and IMASK) and CVAL in its own count: the virtual one counts
 * from CNTVOFF_EL2, the emulated physical one is the host's counter. Inline: guests read CTL often.
 */
#pragma once

#include "arch/arm/model/a64_regs.h"
#include "core/timer.h"
#include "lib/bits.h"
#include "lib/types.h"

struct a64_el1;

/* Interrupt IDs of the timers, as every board and our guests' device trees have them. */
#define A64_PPI_CNTV 27
#define A64_PPI_CNTP 30

/* ENABLE set and IMASK clear: its line follows the condition. */
static inline bool a64_timer_is_armed(uint64_t ctl)
{
    return (ctl & (CNT_CTL_ENABLE | CNT_CTL_IMASK)) == CNT_CTL_ENABLE;
}

/* CTL as the guest reads it at count NOW: with ISTATUS, which IMASK does not hide; 0 while
 * disabled. */
static inline uint64_t a64_timer_ctl(uint64_t ctl, uint64_t cval, uint64_t now)
{
    ctl &= CNT_CTL_ENABLE | CNT_CTL_IMASK;
    return (ctl & CNT_CTL_ENABLE) != 0 && now >= cval ? ctl | CNT_CTL_ISTATUS : ctl;
}

/* The level of the timer's interrupt at count NOW. */
static inline bool a64_timer_line(uint64_t ctl, uint64_t cval, uint64_t now)
{
    return a64_timer_is_armed(ctl) && now >= cval;
}

/* The count from which its line is high, in the timer's own count; TIMER_NEVER. */
static inline uint64_t a64_timer_deadline(uint64_t ctl, uint64_t cval)
{
    return a64_timer_is_armed(ctl) ? cval : TIMER_NEVER;
}

/*
 * The same in ticks of the host's counter, for a timer that counts from CNTVOFF, a value the host's
 * counter had; it may be in the past.
 */
static inline uint64_t a64_timer_host_deadline(uint64_t ctl, uint64_t cval, uint64_t cntvoff)
{
    uint64_t deadline = a64_timer_deadline(ctl, cval);

    /* A sum past 2^64 is centuries away; the addition must not make it a time in the past. */
    return deadline > TIMER_NEVER - cntvoff ? TIMER_NEVER : deadline + cntvoff;
}

/* TVAL, a signed 32-bit view of CVAL, relative to NOW. */
static inline uint64_t a64_timer_tval(uint64_t cval, uint64_t now)
{
    return REG_GET(CNT_TVAL, TimerValue, cval - now);
}

static inline uint64_t a64_timer_cval_of_tval(uint64_t tval, uint64_t now)
{
    return now + sign_extend(tval, CNT_TVAL_TimerValue_WIDTH);
}

/*
 * When the virtual timer in EL1 fires, in ticks of the host's counter; it may be in the past.
 * CNTVOFF is a value the host's counter had. TIMER_NEVER for never.
 */
uint64_t a64_vtimer_deadline(const struct a64_el1 *el1, uint64_t cntvoff);
