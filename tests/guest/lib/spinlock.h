/* SPDX-License-Identifier: Apache-2.0 */
/* A lock between CPUs that masks interrupts while held. With the MMU off there is one CPU and no
 * exclusives: a no-op. */
#pragma once

#include "guest/lib/sysreg.h"
#include "lib/types.h"

struct spinlock {
    uint32_t taken;
};

static inline bool mmu_is_on(void)
{
    return READ_SYSREG(sctlr_el1) & 1;
}

/* Returns what spin_unlock needs. */
static inline uint64_t spin_lock(struct spinlock *lock)
{
    uint64_t daif = READ_SYSREG(daif);

    irq_mask();
    while (mmu_is_on() && __atomic_exchange_n(&lock->taken, 1, __ATOMIC_ACQUIRE) != 0)
        ;
    return daif;
}

static inline void spin_unlock(struct spinlock *lock, uint64_t daif)
{
    if (mmu_is_on())
        __atomic_store_n(&lock->taken, 0, __ATOMIC_RELEASE);
    WRITE_SYSREG(daif, daif);
}
