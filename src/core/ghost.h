/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ghost check: who owns each page is worked out anew from what the hardware walks (every
 * stage-2 table and the hypervisor's own) and from the allocator's books, and compared. Holds, or
 * we panic:
 *   - no page has two owners: two VMs, a VM and the hypervisor, a VM and the free memory;
 *   - no VM sees one page at two addresses;
 *   - at EL2 nothing is writable and executable, not by way of two mappings either.
 * For tests: built with CONFIG_GHOST (make GHOST=1, and the fuzzers), the hooks here report and
 * check; without, they are nothing and the check is not linked. Locks: its own around a check, each
 * s2->lock in turn inside; a hook is called with neither held.
 */
#pragma once

#include "lib/types.h"

struct s2;

/*
 * Look for what is wrong now: NULL, or a sentence, good until the next call. Nobody takes a page
 * away from one and gives it to another meanwhile: VMs are not built or destroyed.
 */
const char *ghost_find(void);
/* Panic with that sentence, if there is one. */
void ghost_check(void);

/* ---- behind the hooks */
void ghost_take(hpa_t base, uint64_t size_bytes);
void ghost_give(hpa_t base, uint64_t size_bytes);
void ghost_reset(void);
void ghost_add(struct s2 *s2);
void ghost_remove(struct s2 *s2);
void ghost_count_trap(void);

#ifdef CONFIG_GHOST
#define GHOST_ON 1
#else
#define GHOST_ON 0
#endif

/* ---- hooks */
/* Pages of the hypervisor's: tables, structures. */
static __always_inline void ghost_pages_taken(hpa_t base, uint64_t size_bytes)
{
    if (GHOST_ON)
        ghost_take(base, size_bytes);
}
static __always_inline void ghost_pages_given(hpa_t base, uint64_t size_bytes)
{
    if (GHOST_ON)
        ghost_give(base, size_bytes);
}
/* The allocator has forgotten all. */
static __always_inline void ghost_forget(void)
{
    if (GHOST_ON)
        ghost_reset();
}
static __always_inline void ghost_space_added(struct s2 *s2)
{
    if (GHOST_ON)
        ghost_add(s2);
}
static __always_inline void ghost_space_removed(struct s2 *s2)
{
    if (GHOST_ON)
        ghost_remove(s2);
}
static __always_inline void ghost_map_changed(void)
{
    if (GHOST_ON)
        ghost_check();
}
/* A trap was handled: every so many, a check. */
static __always_inline void ghost_trap(void)
{
    if (GHOST_ON)
        ghost_count_trap();
}
