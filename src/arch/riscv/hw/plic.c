/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts of devices: all go to the boot hart, all with one priority. Claim, handle, complete
 * (PLIC Specification, chapters 9 and 10).
 */
#include "arch/riscv/hw/intc.h"

#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "core/board.h"
#include "core/dtb.h"
#include "lib/bits.h"
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
static char *regs __section(".sealed");

static volatile char *context_reg(uint32_t context, uint32_t reg)
{
    return regs + PLIC_CONTEXT + (uint64_t)context * PLIC_CONTEXT_STRIDE + reg;
}

static void set_enabled(uint32_t context, uint32_t irq, bool on)
{
    volatile char *at =
        regs + PLIC_ENABLE + (uint64_t)context * PLIC_ENABLE_STRIDE + irq / 32 * 4ULL;
    uint32_t enabled = mmio_read32(at);

    mmio_write32(at, on ? enabled | bit32(irq % 32) : enabled & ~bit32(irq % 32));
}

static void plic_init_cpu(const struct pcpu *pcpu)
{
    uint32_t context = pcpu->arch.intc_hart;

    /* Whatever firmware has left enabled is not for us. */
    for (uint32_t word = 0; word < PLIC_ENABLE_STRIDE; word += 4)
        mmio_write32(regs + PLIC_ENABLE + (uint64_t)context * PLIC_ENABLE_STRIDE + word, 0);
    mmio_write32(context_reg(context, PLIC_THRESHOLD), 0);
}

static void plic_enable(uint32_t irq, bool edge)
{
    mmio_write32(regs + PLIC_PRIORITY + irq * 4ULL, 1);
    set_enabled(pcpus[0]->arch.intc_hart, irq, true);
}

static void plic_interrupt(void)
{
    uint32_t context = arch_this_cpu()->arch.intc_hart, irq;

    while ((irq = mmio_read32(context_reg(context, PLIC_CLAIM))) != 0) {
        if (!intc_handle(irq))
            set_enabled(context, irq, false);
        /* The device has been served before its next interrupt is let through. */
        fence_io();
        mmio_write32(context_reg(context, PLIC_CLAIM), irq);
    }
}

const char *plic_init(const void *fdt, const struct intc **intc, int *node)
{
    static const struct intc plic = {plic_init_cpu, plic_enable, plic_interrupt};
    static const char *const compatible[] = {"sifive,plic-1.0.0", "riscv,plic0"};
    struct hpa_range range;

    *node = -1;
    for (unsigned i = 0; i < ARRAY_SIZE(compatible) && *node < 0; i++)
        *node = dtb_next_compatible(fdt, DTB_NONE, compatible[i]);
    if (*node < 0 || board_node_reg(fdt, *node, 0, &range) != ERR_NONE)
        return "the device tree has neither a PLIC (\"sifive,plic-1.0.0\" or \"riscv,plic0\") nor "
               "an APLIC (\"riscv,aplic\") with reg that supervisors may use";
    regs = arch_map_device(range.base, range.size_bytes);
    if (regs == NULL)
        return "the PLIC's registers cannot be mapped";
    *intc = &plic;
    return NULL;
}
