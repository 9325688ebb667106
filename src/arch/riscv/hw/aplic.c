/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Advanced Interrupt Architecture (The RISC-V Advanced Interrupt Architecture, version 1.0): an
 * APLIC's domain for supervisors that interrupts harts by itself (chapter 4, direct delivery) or by
 * messages to their IMSICs (chapter 3). Source N is message N.
 */

#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/imsic.h"
#include "arch/riscv/hw/intc.h"
#include "core/board.h"
#include "core/dtb.h"
#include "lib/aplic_regs.h"
#include "lib/bits.h"
#include "lib/mmio_io.h"
#include "lib/regdef.h"

/* A hart's registers in direct delivery (4.8.1). */
enum { IDC_IDELIVERY = 0x0, IDC_ITHRESHOLD = 0x8, IDC_CLAIMI = 0x1c };
/* clang-format off */
#define TARGET_FIELDS(F) /* direct */ \
    F(TARGET, IPRIO, 7, 0) F(TARGET, RES0_a, 17, 8) F(TARGET, HART, 31, 18)
/* claimi and stopei: what interrupts. */
#define CLAIM_FIELDS(F) \
    F(CLAIM, PRIORITY, 10, 0) F(CLAIM, RES0_a, 15, 11) F(CLAIM, ID, 26, 16) F(CLAIM, RES0_b, 31, 27)
/* clang-format on */
REG_DEFINE32(TARGET, TARGET_FIELDS);
REG_DEFINE32(CLAIM, CLAIM_FIELDS);
#define OUR_PRIORITY 1u

#define EIE_NUMBERS 32u /* of interrupts for each number of a register */

static char *regs __section(".sealed");
static uint32_t source_count __section(".sealed");

static volatile char *idc(uint32_t hart, uint32_t reg)
{
    return regs + APLIC_IDC + (uint64_t)hart * APLIC_IDC_STRIDE + reg;
}

static void set_source(uint32_t irq, uint32_t target, bool edge)
{
    mmio_write32(regs + APLIC_SOURCECFG + irq * 4ULL, edge ? SOURCE_EDGE_RISES : SOURCE_LEVEL_HIGH);
    mmio_write32(regs + APLIC_TARGET + irq * 4ULL, target);
    mmio_write32(regs + APLIC_SETIENUM, irq);
}

/* ---- delivered by itself */

static void direct_init_cpu(const struct pcpu *pcpu)
{
    mmio_write32(idc(pcpu->arch.intc_hart, IDC_ITHRESHOLD), 0);
    mmio_write32(idc(pcpu->arch.intc_hart, IDC_IDELIVERY), 1);
}

static void direct_enable(uint32_t irq, bool edge)
{
    if (irq <= source_count)
        set_source(irq,
                   (uint32_t)(REG_PUT(TARGET, HART, pcpus[0]->arch.intc_hart) |
                              REG_PUT(TARGET, IPRIO, OUR_PRIORITY)),
                   edge);
}

static void direct_interrupt(void)
{
    uint32_t hart = arch_this_cpu()->arch.intc_hart, claim;

    /* An edge is not pending any more once it is claimed; a level, when the device is served. */
    while ((claim = mmio_read32(idc(hart, IDC_CLAIMI))) != 0) {
        uint32_t irq = (uint32_t)REG_GET(CLAIM, ID, claim);

        if (irq != 0 && !intc_handle(irq))
            mmio_write32(regs + APLIC_CLRIENUM, irq);
        fence_io();
    }
}

/* ---- by messages */

static void imsic_write(uint64_t number, uint64_t value)
{
    csr_write(siselect, number);
    csr_write(sireg, value);
}

static uint64_t imsic_read(uint64_t number)
{
    csr_write(siselect, number);
    return csr_read(sireg);
}

static void msi_init_cpu(const struct pcpu *pcpu)
{
    for (uint32_t id = 0; id <= source_count; id += 2 * EIE_NUMBERS)
        imsic_write(IMSIC_EIE + id / EIE_NUMBERS, 0);
    imsic_write(IMSIC_EITHRESHOLD, 0);
    imsic_write(IMSIC_EIDELIVERY, 1);
}

/* Called on the boot hart, whose IMSIC it is. */
static void msi_enable(uint32_t irq, bool edge)
{
    uint64_t number = IMSIC_EIE + irq / (2 * EIE_NUMBERS) * 2;

    if (irq > source_count)
        return;
    imsic_write(number, imsic_read(number) | bit64(irq % (2 * EIE_NUMBERS)));
    set_source(irq,
               (uint32_t)(REG_PUT(APLIC_MSI_TARGET, HART, pcpus[0]->arch.intc_hart) |
                          REG_PUT(APLIC_MSI_TARGET, EIID, irq)),
               edge);
}

static uint32_t msi_claim(void)
{
    uint64_t claim;

    __asm__ volatile("csrrw %0, %1, zero" : "=r"(claim) : "i"(CSR_stopei) : "memory");
    return (uint32_t)REG_GET(CLAIM, ID, claim);
}

static void msi_interrupt(void)
{
    uint32_t irq;

    while ((irq = msi_claim()) != 0) {
        if (!intc_handle(irq))
            mmio_write32(regs + APLIC_CLRIENUM, irq);
        fence_io();
        /* A level that is still there is sent again (4.9.2); an edge would come twice. */
        if (irq <= source_count &&
            mmio_read32(regs + APLIC_SOURCECFG + irq * 4ULL) == SOURCE_LEVEL_HIGH)
            mmio_write32(regs + APLIC_SETIPNUM, irq);
    }
}

/* ---- finding it */

/* Supervisors' APLIC; its harts are listed at itself or at the IMSICs. Negative: there is none. */
static int find(const void *fdt, int *harts, bool *by_messages)
{
    for (int node = dtb_next_compatible(fdt, DTB_NONE, "riscv,aplic"); node >= 0;
         node = dtb_next_compatible(fdt, node, "riscv,aplic")) {
        uint32_t parent = dtb_cell_or(fdt, node, "msi-parent", 0);

        *by_messages = parent != 0;
        *harts = parent != 0 ? dtb_by_phandle(fdt, parent) : node;
        if (*harts >= 0 && intc_is_supervisors(fdt, *harts))
            return node;
    }
    return -1;
}

const char *aplic_init(const void *fdt, const struct intc **intc, int *node)
{
    static const struct intc direct = {direct_init_cpu, direct_enable, direct_interrupt};
    static const struct intc msi = {msi_init_cpu, msi_enable, msi_interrupt};
    struct hpa_range range;
    bool by_messages;
    int aplic = find(fdt, node, &by_messages);

    *intc = NULL;
    if (aplic < 0)
        return NULL;
    source_count = dtb_cell_or(fdt, aplic, "riscv,num-sources", 0);
    if (source_count == 0 || board_node_reg(fdt, aplic, 0, &range) != ERR_NONE)
        return "the device tree's APLIC for supervisors has no reg or no riscv,num-sources";
    if (by_messages && source_count > dtb_cell_or(fdt, *node, "riscv,num-ids", 0))
        return "the IMSICs have fewer numbers (riscv,num-ids) than the APLIC has sources";
    if (by_messages && dtb_cell_or(fdt, *node, "riscv,group-index-bits", 0) != 0)
        return "the IMSICs are in groups (riscv,group-index-bits), which are not supported: name "
               "one socket's harts only";
    regs = arch_map_device(range.base, range.size_bytes);
    if (regs == NULL)
        return "the APLIC's registers cannot be mapped";
    /* Whatever firmware has left enabled is not for us. */
    for (uint32_t irq = 0; irq <= source_count; irq += 32)
        mmio_write32(regs + APLIC_CLRIE + irq / 8, UINT32_MAX);
    for (uint32_t irq = 1; irq <= source_count; irq++)
        mmio_write32(regs + APLIC_SOURCECFG + irq * 4ULL, SOURCE_INACTIVE);
    mmio_write32(regs + APLIC_DOMAINCFG,
                 APLIC_DOMAINCFG_IE | (by_messages ? APLIC_DOMAINCFG_DM : 0));
    *intc = by_messages ? &msi : &direct;
    if (by_messages)
        imsic_init(fdt, *node);
    return NULL;
}
