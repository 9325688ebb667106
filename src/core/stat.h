/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the exits of guests cost. They are always counted (struct vcpu_stats); their time is taken
 * while stat_set_timing is on, because that makes each exit dearer. Measured is the handling
 * between the saving and the restoring of registers, in ticks of the architecture's counter.
 */
#pragma once

#include "core/trap.h"
#include "lib/types.h"

struct vm;
struct vcpu;

/* Exits by reason: the kinds of traps, and interrupts. */
#define STAT_INTERRUPT    TRAP_KIND_COUNT
#define STAT_REASON_COUNT (TRAP_KIND_COUNT + 1)

struct stat_sum {
    uint64_t count;                      /* exits */
    uint64_t timed_count;                /* those whose time was taken */
    uint64_t cost_ticks, cost_max_ticks; /* of those */
};

/* Time the exits of all VMs, or no longer. Turning it on forgets the times before. */
void stat_set_timing(bool on);
/* A timed exit of VCPU, which is current. */
void stat_cost(struct vcpu *vcpu, unsigned reason, uint64_t ticks);
/* All of VM's exits for REASON. The vCPUs may run: a sum is of about now. */
void stat_read(const struct vm *vm, unsigned reason, struct stat_sum *out);
/* The name of REASON. */
const char *stat_reason_name(unsigned reason);
/* TICKS of the architecture's counter in nanoseconds, without overflow for 500 years. */
uint64_t stat_ns(uint64_t ticks);
