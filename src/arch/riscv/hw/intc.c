/* SPDX-License-Identifier: Apache-2.0 */
/* Which controller the board has, and what all of them have in common. */
#include "arch/riscv/hw/intc.h"

#include "arch/arch.h"
#include "arch/riscv/hw/host.h"
#include "core/dtb.h"
#include "core/irq.h"
#include "lib/bits.h"
#include "lib/log.h"

/* In `interrupts-extended`: a hart's supervisor external interrupt. */
#define EXTERNAL_S 9u

static const struct intc *intc __section(".sealed");
static const void *tree __section(".sealed");
static int harts_node __section(".sealed");

const char *intc_init(const void *fdt)
{
    const char *why = aplic_init(fdt, &intc, &harts_node);

    tree = fdt;
    /* Without an APLIC nothing was found that could be wrong. */
    if (why == NULL && intc == NULL)
        why = plic_init(fdt, &intc, &harts_node);
    return why;
}

/* ---- the tree */

bool intc_is_supervisors(const void *fdt, int node)
{
    int length;
    const void *cells = dtb_property(fdt, node, "interrupts-extended", &length);

    for (int i = 1; cells != NULL && i < length / 4; i += 2)
        if (dtb_cell(cells, i) == EXTERNAL_S)
            return true;
    return false;
}

/* The phandle of the interrupt controller in the hart's node. */
static uint32_t hart_phandle(uint64_t hartid)
{
    int node = host_cpu_node(tree, hartid), child;

    if (node < 0)
        return 0;
    dtb_for_each_child(child, tree, node)
    {
        if (dtb_property(tree, child, "interrupt-controller", NULL) != NULL)
            return dtb_phandle(tree, child);
    }
    return 0;
}

uint32_t intc_hart(uint64_t hartid)
{
    int length;
    const void *cells = dtb_property(tree, harts_node, "interrupts-extended", &length);
    uint32_t phandle = hart_phandle(hartid);

    for (int i = 0; cells != NULL && phandle != 0 && i + 1 < length / 4; i += 2)
        if (dtb_cell(cells, i) == phandle && dtb_cell(cells, i + 1) == EXTERNAL_S)
            return (uint32_t)i / 2;
    return UINT32_MAX;
}

/* ---- interrupts */

void intc_init_cpu(const struct pcpu *pcpu)
{
    if (pcpu->arch.intc_hart != UINT32_MAX)
        intc->init_cpu(pcpu);
}

void arch_irq_enable(uint32_t irq, bool edge)
{
    if (irq != 0 && irq < IRQ_MAX && pcpus[0]->arch.intc_hart != UINT32_MAX)
        intc->enable(irq, edge);
}

void intc_interrupt(void)
{
    if (arch_this_cpu()->arch.intc_hart != UINT32_MAX)
        intc->interrupt();
}

bool intc_handle(uint32_t irq)
{
    struct irq_action *action = irq_action(irq % IRQ_MAX);

    if (action->handler == NULL) {
        log_warn("interrupt %u has no handler: it is turned off", irq);
        return false;
    }
    action->count++;
    action->handler(action->context);
    return true;
}
