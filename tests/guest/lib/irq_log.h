/* SPDX-License-Identifier: Apache-2.0 */
/* An interrupt handler that acknowledges, writes down what it saw, and ends the interrupt; one log
 * for each CPU. */
#pragma once

#include "guest/lib/layout.h"
#include "lib/types.h"

#define IRQ_LOG_MAX 64

struct irq_record {
    uint32_t intid, source;
    bool active, pending; /* as the distributor says while it is handled */
    uint8_t running_priority;
    uint64_t time; /* virtual count on entry */
};
struct irq_log {
    uint32_t count; /* also of those that no longer fit */
    struct irq_record records[IRQ_LOG_MAX];
};

/* Empty the calling CPU's log, install the handler. */
void irq_log_start(void);
/* To be called in the handler with what gic_ack gave, before the interrupt is ended: make its
 * source quiet. */
void irq_log_set_quiesce(void (*quiesce)(uint32_t intid));
/* Interrupts CPU has handled. */
uint32_t irq_log_count(unsigned cpu);
const struct irq_record *irq_log_at(unsigned cpu, uint32_t index);
/* Unmask until COUNT interrupts are in the calling CPU's log, or long enough; then mask. False if
 * they did not come. */
bool irq_log_wait(uint32_t count);
/* The same, asleep in between: for what is to come whatever else does, as there is no giving up. */
void irq_log_wait_asleep(uint32_t count);
/* Unmask for some milliseconds and mask again: nothing is expected. */
void irq_log_linger(void);
