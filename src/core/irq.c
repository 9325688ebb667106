/* SPDX-License-Identifier: Apache-2.0 */
#include "core/irq.h"

struct irq_action irq_actions[1 + IRQ_HANDLER_MAX];
uint8_t irq_action_of[IRQ_MAX];
static uint32_t action_count;

enum err irq_request(uint32_t irq, irq_handler_fn *handler, void *context, bool guest_ends,
                     const char *name)
{
    if (irq >= IRQ_MAX)
        return ERR_RANGE;
    if (irq_action_of[irq] != 0)
        return ERR_EXISTS;
    if (action_count == IRQ_HANDLER_MAX)
        return ERR_NO_MEMORY;
    irq_actions[++action_count] = (struct irq_action){
        .handler = handler, .context = context, .name = name, .guest_ends = guest_ends};
    irq_action_of[irq] = (uint8_t)action_count;
    return ERR_NONE;
}
