/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts of devices: all go to the boot hart, all with one priority. Claim, handle, complete
 * (PLIC Specification, chapters 9 and 10).
 */
#include "arch/riscv/hw/plic.h"

#include <libfdt.h>

#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/host.h"
#include "core/board.h"
#include "core/irq.h"
#include "lib/bits.h"
#include "lib/log.h"
#include "lib/mmio_io.h"

/* The memory map (chapter 3). */
enum {
    PLIC_PRIORITY = 0x0,
    PLIC_ENABLE = 0x2000,
    PLIC_ENABLE_STRIDE = 0x80,
    PLIC_CONTEXT = 0x200000,
    PLIC_CONTEXT_STRIDE = 0x1000,
    PLIC_THRESHOLD = 0,
    PLIC_CLAIM = 4,
};
/* In `interrupts-extended`: a hart's supervisor external interrupt. */
#define EXTERNAL_S 9u

static char *regs __section(".sealed");
static const void *tree __section(".sealed");
static int plic_node __section(".sealed");

static volatile char *context_reg(uint32_t context, uint32_t reg)
{
    return regs + PLIC_CONTEXT + (uint64_t)context * PLIC_CONTEXT_STRIDE + reg;
}

const char *plic_init(const void *fdt)
{
    static const char *const compatible[] = {"sifive,plic-1.0.0", "riscv,plic0"};
    struct hpa_range range;
    int node = -1;

    for (unsigned i = 0; i < ARRAY_SIZE(compatible) && node < 0; i++)
        node = fdt_node_offset_by_compatible(fdt, -1, compatible[i]);
    if (node < 0 || board_node_reg(fdt, node, 0, &range) != ERR_NONE)
        return "the device tree has no PLIC (\"sifive,plic-1.0.0\" or \"riscv,plic0\") with reg";
    regs = arch_map_device(range.base, range.size_bytes);
    if (regs == NULL)
        return "the PLIC's registers cannot be mapped";
    tree = fdt;
    plic_node = node;
    return NULL;
}

/* The phandle of the interrupt controller in the hart's node. */
static uint32_t hart_phandle(uint64_t hartid)
{
    int node = host_cpu_node(tree, hartid), child;

    if (node < 0)
        return 0;
    fdt_for_each_subnode(child, tree, node)
    {
        if (fdt_getprop(tree, child, "interrupt-controller", NULL) != NULL)
            return fdt_get_phandle(tree, child);
    }
    return 0;
}

uint32_t plic_context_of(uint64_t hartid)
{
    int length;
    const fdt32_t *cells = fdt_getprop(tree, plic_node, "interrupts-extended", &length);
    uint32_t phandle = hart_phandle(hartid);

    for (int i = 0; cells != NULL && phandle != 0 && i + 1 < length / 4; i += 2)
        if (fdt32_to_cpu(cells[i]) == phandle && fdt32_to_cpu(cells[i + 1]) == EXTERNAL_S)
            return (uint32_t)i / 2;
    return UINT32_MAX;
}

void plic_init_cpu(const struct pcpu *pcpu)
{
    uint32_t context = pcpu->arch.plic_context;

    if (context == UINT32_MAX)
        return;
    /* Whatever firmware has left enabled is not for us. */
    for (uint32_t word = 0; word < PLIC_ENABLE_STRIDE; word += 4)
        mmio_write32(regs + PLIC_ENABLE + (uint64_t)context * PLIC_ENABLE_STRIDE + word, 0);
    mmio_write32(context_reg(context, PLIC_THRESHOLD), 0);
}

static void set_enabled(uint32_t context, uint32_t irq, bool on)
{
    volatile char *at =
        regs + PLIC_ENABLE + (uint64_t)context * PLIC_ENABLE_STRIDE + irq / 32 * 4ULL;
    uint32_t enabled = mmio_read32(at);

    mmio_write32(at, on ? enabled | bit32(irq % 32) : enabled & ~bit32(irq % 32));
}

void arch_irq_enable(uint32_t irq, bool edge)
{
    uint32_t context = pcpus[0]->arch.plic_context;

    if (irq == 0 || irq >= IRQ_MAX || context == UINT32_MAX)
        return;
    mmio_write32(regs + PLIC_PRIORITY + irq * 4ULL, 1);
    set_enabled(context, irq, true);
}

void plic_interrupt(void)
{
    uint32_t context = arch_this_cpu()->arch.plic_context;
    uint32_t irq;

    if (context == UINT32_MAX)
        return;
    while ((irq = mmio_read32(context_reg(context, PLIC_CLAIM))) != 0) {
        struct irq_action *action = irq_action(irq % IRQ_MAX);

        if (action->handler != NULL) {
            action->count++;
            action->handler(action->context);
        } else {
            /* Nobody will quieten it either. */
            set_enabled(context, irq, false);
            log_warn("interrupt %u has no handler: it is turned off", irq);
        }
        /* The device has been served before its next interrupt is let through. */
        fence_io();
        mmio_write32(context_reg(context, PLIC_CLAIM), irq);
    }
}
