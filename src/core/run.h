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
 * What is asked of VCPU (VCPU_REQ_*), which is current and loaded here. If that is to look at its
 * interrupts and nothing else, they are shown to it: nobody is to be chosen anew for that.
 */
uint32_t run_show_virqs(struct vcpu *vcpu);
static __always_inline uint32_t run_asked(struct vcpu *vcpu)
{
    uint32_t asked = read_once(vcpu->requests);

    return unlikely(asked == VCPU_REQ_VIRQ) ? run_show_virqs(vcpu) : asked;
}
/*
 * After a trap or an interrupt of VCPU, which is current: the vcpu to enter next, its state loaded.
 * The common case, nothing asked for, is two instructions.
 */
struct vcpu *run_loop(struct pcpu *pcpu);
static inline struct vcpu *run_resume(struct pcpu *pcpu, struct vcpu *vcpu)
{
    if (likely(run_asked(vcpu) == 0))
        return vcpu;
    return run_loop(pcpu);
}
/*
 * VCPU, which is current, executed WFI. While nobody else wants this CPU it waits right here, its
 * state and whatever registers were not saved for the trap left where they are, and goes on if this
 * returns with nothing asked of it. Else that is asked, or VCPU_REQ_WAIT: the run loop's business.
 * Interrupts are taken meanwhile.
 */
void run_wait(struct vcpu *vcpu);
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
