/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Physical interrupts: who handles which. Registered at boot or by an interrupt controller's
 * driver; handlers run with interrupts masked, on the CPU that took it, with no lock held.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

#define IRQ_MAX         1020 /* numbers below this */
#define IRQ_HANDLER_MAX 32

typedef void irq_handler_fn(void *context);

/* A cache line, which is also found by one shift. */
struct __aligned(64) irq_action
{
    irq_handler_fn *handler;
    void *context;
    const char *name;
    bool guest_ends; /* stays active until a guest deactivates it (hardware-backed virtual
                        interrupt) */
    uint64_t count;
};

/* Have HANDLER called for IRQ. ERR_EXISTS, ERR_RANGE, ERR_NO_MEMORY. The controller is not told:
 * arch_irq_enable. */
enum err irq_request(uint32_t irq, irq_handler_fn *handler, void *context, bool guest_ends,
                     const char *name) __must_check;

extern struct irq_action irq_actions[1 + IRQ_HANDLER_MAX]; /* the first is of no interrupt */
extern uint8_t irq_action_of[IRQ_MAX];
/* The action of IRQ, below IRQ_MAX; its handler is NULL if nobody asked for it. */
static __always_inline struct irq_action *irq_action(uint32_t irq)
{
    return &irq_actions[irq_action_of[irq]];
}
