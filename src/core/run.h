/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loop of a physical CPU: what happens between a trap and the next entry into a guest.
 * Context of all: this CPU, interrupts masked, no lock held.
 */
#pragma once

#include "arch/arch.h"
#include "core/pcpu.h"
#include "core/vcpu.h"

/*
 * After a trap or an interrupt of VCPU, which is current: the vcpu to enter next, its state loaded.
 * The common case, nothing asked for, is two instructions.
 */
struct vcpu *run_loop(struct pcpu *pcpu);
static inline struct vcpu *run_resume(struct pcpu *pcpu, struct vcpu *vcpu)
{
    if (likely(read_once(vcpu->requests) == 0))
        return vcpu;
    return run_loop(pcpu);
}
/* Make PCPU look at its queue again: from itself, before it enters a guest; another one is
 * interrupted. */
void run_reschedule(struct pcpu *pcpu);
/* A timer of PCPU's, which is this one, was armed for the current vCPU. What is programmed stays if
 * it comes first: it may be the end of a slice, which is in no queue. */
static inline void run_timer_armed(struct pcpu *pcpu)
{
    uint64_t next = timer_queue_next(&pcpu->timers);

    if (next < pcpu->programmed_ticks)
        arch_timer_program(next);
}
/* The IPI has come: act on what was asked of this CPU. */
void run_ipi(struct pcpu *pcpu);
/* Set up PCPU's queue and timers, before it is online. */
void run_init(struct pcpu *pcpu);
