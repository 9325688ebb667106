/* SPDX-License-Identifier: Apache-2.0 */
/* The host tests' physical memory, and what was asked of the fake architecture about it. */
#pragma once

#include "lib/types.h"

/* Physical memory of SIZE bytes at BASE, zero, in place of what was there before. */
void host_mem_init(hpa_t base, uint64_t size_bytes);
/* Not 0: the direct map ends there, and other memory is seen in pieces. */
extern hpa_t host_direct_end;
#define HOST_WINDOW_BYTES KIB(64)
/* True if all of [p, p + size) was covered by arch_publish_code since. */
bool host_mem_is_published(const void *p, uint64_t size_bytes);
void host_mem_forget_published(void);

/* Width of intermediate addresses, before the first use; 40. */
extern unsigned host_s2_ipa_bits;
/* Calls so far of arch_s2_publish and arch_s2_forget, and the last range forgotten. */
struct host_s2_log {
    uint32_t publish_count, forget_count;
    uint16_t vmid;
    gpa_t gpa;
    uint64_t size_bytes;
};
extern struct host_s2_log host_s2_log;

/* What arch_counter says. */
extern uint64_t host_counter;
