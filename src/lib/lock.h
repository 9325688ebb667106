/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ticket spin lock. The hypervisor runs with interrupts masked whenever it runs, so there is no
 * interrupt-saving variant. The order of locks stands in docs/locking.md; clang checks the
 * annotations (-Wthread-safety).
 */
#pragma once

#include "lib/types.h"

#if defined(__clang__)
#define LOCK_ATTR(x) __attribute__((x))
#else
#define LOCK_ATTR(x)
#endif
#define LOCKABLE         LOCK_ATTR(capability("spinlock"))
#define ACQUIRES(...)    LOCK_ATTR(acquire_capability(__VA_ARGS__))
#define RELEASES(...)    LOCK_ATTR(release_capability(__VA_ARGS__))
#define REQUIRES(...)    LOCK_ATTR(requires_capability(__VA_ARGS__))
#define EXCLUDES(...)    LOCK_ATTR(locks_excluded(__VA_ARGS__))
#define NO_LOCK_ANALYSIS LOCK_ATTR(no_thread_safety_analysis)

struct LOCKABLE spinlock {
    uint32_t next;  /* next ticket to hand out */
    uint32_t owner; /* ticket that holds the lock */
};

/* clang-format off */
#define SPINLOCK_INIT {0, 0}
/* clang-format on */

/* Of arch/arch.h, which lib does not include. */
void arch_cpu_relax(void);

/* Spins until held; acquire ordering. Not recursive. */
static inline void spin_lock(struct spinlock *lock) ACQUIRES(lock) NO_LOCK_ANALYSIS
{
    uint32_t ticket = __atomic_fetch_add(&lock->next, 1, __ATOMIC_RELAXED);
    while (unlikely(__atomic_load_n(&lock->owner, __ATOMIC_ACQUIRE) != ticket))
        arch_cpu_relax();
}
/* Release ordering. */
static inline void spin_unlock(struct spinlock *lock) RELEASES(lock) NO_LOCK_ANALYSIS
{
    __atomic_store_n(&lock->owner, lock->owner + 1, __ATOMIC_RELEASE);
}
/* Take the lock if nobody holds it: for last words, which must not wait for a CPU that is gone. */
static inline bool spin_trylock(struct spinlock *lock) NO_LOCK_ANALYSIS
{
    uint32_t ticket = __atomic_load_n(&lock->owner, __ATOMIC_RELAXED);
    uint32_t expected = ticket;
    return __atomic_compare_exchange_n(&lock->next, &expected, ticket + 1, false, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}
