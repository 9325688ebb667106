/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the GIC, and what both versions share: taking interrupts and sending requests. */
#include "arch/arm/hw/gic.h"

#include "arch/arch.h"
#include "arch/boot.h"
#include "core/board_irq.h"
#include "core/dtb.h"
#include "core/irq.h"
#include "core/run.h"
#include "core/vm.h"
#include "lib/log.h"
#include "lib/panic.h"

#define GIC_IRQ_CELLS 3 /* in a device tree: arm,gic.yaml */

const struct gic_ops *gic __section(".sealed");
hpa_t gic_vcpu_interface __section(".sealed");

static uint32_t maintenance_irq __section(".sealed"); /* if gic->maintains */

static void maintenance(void *context)
{
    struct vcpu *loaded = arch_this_cpu()->loaded;

    if (loaded != NULL)
        vgic_maintenance(loaded->arch.arm.vgic);
}

const char *gic_init(const void *fdt)
{
    struct gic_regions regions = {.count = 0};
    const void *interrupts;
    int node = -1, length;
    const struct gic_driver *driver;

    for (driver = gic_drivers; driver->compatible != NULL; driver++) {
        node = dtb_next_compatible(fdt, DTB_NONE, driver->compatible);
        if (node >= 0)
            break;
    }
    if (node < 0)
        return "the device tree has no interrupt controller that is a GICv2 or GICv3";
    regions.count = board_node_regs(fdt, node, regions.reg, ARRAY_SIZE(regions.reg));
    regions.redistributor_regions = dtb_cell_or(fdt, node, "#redistributor-regions", 1);
    regions.redistributor_stride = 0;
    gic = driver->init(&regions);
    if (gic == NULL)
        return "the GIC's node does not list its registers: those of the distributor and the CPU "
               "interface, then those of the virtualization extensions if it has them";
    if (!gic->maintains)
        return NULL;
    interrupts = dtb_property(fdt, node, "interrupts", &length);
    if (interrupts == NULL || length < 12)
        return "the GIC's node has no `interrupts`: the maintenance interrupt is needed";
    maintenance_irq = GIC_PPI_FIRST + dtb_cell(interrupts, 1);
    if (irq_request(maintenance_irq, maintenance, NULL, false, "gic-maintenance") != ERR_NONE)
        return "the GIC's maintenance interrupt is in use";
    return NULL;
}

void gic_init_cpu(struct pcpu *pcpu)
{
    gic->init_cpu(pcpu);
    if (gic->maintains)
        gic->enable(maintenance_irq, false);
}

uint32_t boot_fdt_irq(const void *fdt, int node)
{
    struct board_irq irq;

    /* Our three cells: 0 shared or 1 private, number, flags. */
    if (board_node_irq(fdt, node, &irq) != ERR_NONE || irq.count < GIC_IRQ_CELLS)
        return IRQ_MAX;
    return irq.cells[1] + (irq.cells[0] == 0 ? GIC_SPI_FIRST : GIC_PPI_FIRST);
}

void arch_irq_enable(uint32_t irq, bool edge)
{
    gic->enable(irq, edge);
}

void arch_ipi_send(uint32_t cpu)
{
    gic->send_sgi(GIC_SGI_REQUEST, pcpus[cpu]);
}

/* A request of another CPU. Deactivated first: one that comes while we serve this one interrupts
 * again. */
static __noinline void take_request(uint32_t iar)
{
    gic->deactivate(iar);
    run_ipi(arch_this_cpu());
}

/* Nobody will quieten it either. */
static __noinline __cold void refuse(uint32_t irq, uint32_t iar)
{
    gic->disable(irq);
    log_warn("interrupt %u has no handler: it is turned off", irq);
    gic->deactivate(iar);
}

inline void arch_irq_take(void)
{
    uint32_t iar = gic->take();
    uint32_t irq = iar & GIC_INTID_MASK;
    struct irq_action *action;

    if (irq >= IRQ_MAX)
        return;
    if (irq == GIC_SGI_REQUEST) {
        take_request(iar);
        return;
    }
    action = irq_action(irq);
    if (unlikely(action->handler == NULL)) {
        refuse(irq, iar);
        return;
    }
    action->count++;
    action->handler(action->context);
    if (!action->guest_ends)
        gic->deactivate(iar);
}
