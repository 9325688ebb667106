/* SPDX-License-Identifier: Apache-2.0 */
#include "core/irq.h"

static struct irq_action actions[IRQ_HANDLER_MAX];
static uint32_t action_count;
static uint8_t action_of[IRQ_MAX]; /* 1 + index into actions */

enum err irq_request(uint32_t irq, irq_handler_fn *handler, void *context, bool guest_ends,
                     const char *name)
{
    if (irq >= IRQ_MAX)
        return ERR_RANGE;
    if (action_of[irq] != 0)
        return ERR_EXISTS;
    if (action_count == IRQ_HANDLER_MAX)
        return ERR_NO_MEMORY;
    actions[action_count++] = (struct irq_action){
        .handler = handler, .context = context, .name = name, .guest_ends = guest_ends};
    action_of[irq] = (uint8_t)action_count;
    return ERR_NONE;
}

struct irq_action *irq_action(uint32_t irq)
{
    return irq < IRQ_MAX && action_of[irq] != 0 ? &actions[action_of[irq] - 1] : NULL;
}
