/* SPDX-License-Identifier: Apache-2.0 */
/* A physical CPU: what runs on it, its queue, its timers. Reached by arch_this_cpu(); others' by
 * pcpus[]. */
#pragma once

#include "arch_defs.h"
#include "core/board.h"
#include "core/call.h"
#include "core/sched.h"
#include "core/timer.h"
#include "core/vcpu.h"
#include "lib/types.h"

enum ipi { IPI_RESCHED = 1, IPI_CALL = 2, IPI_STOP = 4 };

#define EXIT_RING 16
/* What this CPU's guests did last, for last words. */
struct exit_record {
    uintptr_t pc, syndrome, fault; /* as wide as the machine's registers */
    const struct vcpu *vcpu;
};

struct pcpu {
    struct arch_pcpu arch; /* first: entry.S reads it */
    uint32_t exit_next;
    struct exit_record exits[EXIT_RING];
    uint32_t id; /* index in board.cpu_ids */
    bool online;
    uint32_t ipi_pending; /* enum ipi, atomic */
    struct call *call;    /* a call from another CPU (core/call.h), atomic */
    struct vcpu *current; /* who runs, NULL when idle */
    struct vcpu *loaded;  /* whose EL1 state is on the CPU: current, or the last one while idle */
    struct runq runq;
    struct timer_queue timers;
    uint64_t programmed_ticks; /* arch_timer_program's: what the hardware's timer is set to */
    struct vcpu *fp_owner;     /* whose floating-point state is in the hardware */
};

extern struct pcpu *pcpus[BOARD_CPU_MAX];
extern uint32_t pcpu_count; /* of the board, whether they came up (`online`) or not */

/* Of each trap: VCPU, which runs on PCPU, was at PC; SYNDROME and FAULT are the architecture's. */
static __always_inline void exit_note(struct pcpu *pcpu, const struct vcpu *vcpu, uintptr_t pc,
                                      uintptr_t syndrome, uintptr_t fault)
{
    pcpu->exits[pcpu->exit_next++ % EXIT_RING] = (struct exit_record){pc, syndrome, fault, vcpu};
}
