/* SPDX-License-Identifier: Apache-2.0 */
/* GICv2 hosts (IHI 0048B): everything by MMIO. Without virtualization extensions gicv2_emulated.c
 * takes their place. */
#include "arch/arm/hw/gicv2.h"
#include "arch/arch.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/hw/gic_regs.h"
#include "core/irq.h"
#include "io.h"
#include "lib/bits.h"
#include "sysreg.h"

static void *gicd, *gicc;
static void *gich; /* NULL: without virtualization extensions */

static uint64_t v2_lr_read(unsigned index)
{
    return io_read32(gich, GICH_LR + 4 * index);
}

static void v2_lr_write(unsigned index, uint64_t value)
{
    io_write32(gich, GICH_LR + 4 * index, (uint32_t)value);
}

static bool v2_lr_renew(unsigned index)
{
    uint32_t value = io_read32(gich, GICH_LR + 4 * index);

    if ((value & GICH_LR_State) != 0)
        return false;
    io_write32(gich, GICH_LR + 4 * index, value | REG_PUT(GICH_LR, State, VGIC_LR_PENDING));
    return true;
}

static uint64_t v2_empty_lrs(void)
{
    /* At most 16 list registers are used, so the second word is not needed. */
    return io_read32(gich, GICH_ELRSR0);
}

static void v2_hcr_write(uint32_t value)
{
    io_write32(gich, GICH_HCR, value);
}

static uint32_t v2_hcr_read(void)
{
    return io_read32(gich, GICH_HCR);
}

static uint32_t v2_vmcr_read(void)
{
    return io_read32(gich, GICH_VMCR);
}

static void v2_image_save(struct vgic_image *image)
{
    image->vmcr = v2_vmcr_read();
    image->apr[0][0] = io_read32(gich, GICH_APR);
}

static void v2_image_load(const struct vgic_image *image)
{
    io_write32(gich, GICH_VMCR, image->vmcr);
    io_write32(gich, GICH_APR, image->apr[0][0]);
}

static void write_bit(uint64_t registers, uint32_t irq)
{
    io_write32(gicd, registers + irq / 32 * 4, bit32(irq % 32));
}

void gicv2_phys_active(uint32_t pirq, bool active)
{
    write_bit(active ? GICD_ISACTIVER : GICD_ICACTIVER, pirq);
}

bool gicv2_phys_pending(uint32_t pirq)
{
    return (io_read32(gicd, GICD_ISPENDR + pirq / 32 * 4) & bit32(pirq % 32)) != 0;
}

static struct vgic_hw v2_hw __section(".sealed") = {
    .version = 2,
    .apr_count = 1,
    .lr_read = v2_lr_read,
    .lr_write = v2_lr_write,
    .lr_renew = v2_lr_renew,
    .empty_lrs = v2_empty_lrs,
    .hcr_write = v2_hcr_write,
    .hcr_read = v2_hcr_read,
    .vmcr_read = v2_vmcr_read,
    .image_save = v2_image_save,
    .image_load = v2_image_load,
    .phys_active = gicv2_phys_active,
    .phys_pending = gicv2_phys_pending,
};

static uint32_t v2_take(void)
{
    uint32_t iar = io_read32(gicc, GICC_IAR);

    dsb(sy);
    if (likely((iar & GICC_IAR_INTID) < IRQ_MAX))
        io_write32(gicc, GICC_EOIR, iar);
    return iar;
}

void gicv2_deactivate(uint32_t iar)
{
    io_write32(gicc, GICC_DIR, iar);
}

/*
 * A guest that ends a hardware-backed interrupt whose level is still high makes the physical one
 * pending again. QEMU (hw/intc/arm_gic.c, gic_complete_irq) looks at the virtual interface only, so
 * that the physical one is not seen before the next write to the GIC, which in sleep may never
 * come. This write changes nothing.
 */
static void v2_before_wait(void)
{
    io_write32(gicc, GICC_PMR, GIC_PMR_ALL);
}

static void v2_enable(uint32_t irq, bool edge)
{
    uint64_t config = GICD_ICFGR + irq / 16 * 4;
    uint32_t edge_bit = bit32(irq % 16 * 2 + 1);

    if (irq >= GIC_SPI_FIRST) {
        io_write32(gicd, config, (io_read32(gicd, config) & ~edge_bit) | (edge ? edge_bit : 0));
        io_write8(gicd, GICD_ITARGETSR + irq, pcpus[0]->arch.gicv2_mask);
    }
    io_write8(gicd, GICD_IPRIORITYR + irq, GIC_PRIORITY);
    write_bit(GICD_ISENABLER, irq);
}

static void v2_disable(uint32_t irq)
{
    write_bit(GICD_ICENABLER, irq);
}

static void v2_send_sgi(uint32_t sgi, const struct pcpu *target)
{
    /* What we ask for must be seen by the CPU that is interrupted. */
    dsb(ishst);
    io_write32(gicd, GICD_SGIR,
               (uint32_t)(REG_PUT(GICD_SGIR, INTID, sgi) |
                          REG_PUT(GICD_SGIR, TargetList, target->arch.gicv2_mask)));
}

static void v2_init_cpu(struct pcpu *pcpu)
{
    /* A read of a private ITARGETSR tells this CPU's own number as a mask (4.3.12). */
    uint32_t mask = io_read32(gicd, GICD_ITARGETSR);

    /* One CPU only: the registers read as zero, and there is no one to send to. */
    pcpu->arch.gicv2_mask = (uint8_t)(mask | mask >> 8 | mask >> 16 | mask >> 24);
    if (pcpu->arch.gicv2_mask == 0)
        pcpu->arch.gicv2_mask = (uint8_t)bit32(pcpu->id);
    io_write32(gicd, GICD_ICENABLER, UINT32_MAX);
    io_write32(gicd, GICD_ICACTIVER, UINT32_MAX);
    io_write32(gicd, GICD_ICPENDR, UINT32_MAX);
    for (unsigned i = 0; i < 32; i += 4)
        io_write32(gicd, GICD_IPRIORITYR + i, GIC_PRIORITY_WORD);
    io_write32(gicd, GICD_ISENABLER, bit32(GIC_SGI_REQUEST));
    io_write32(gicc, GICC_PMR, GIC_PMR_ALL);
    io_write32(gicc, GICC_BPR, 0);
    io_write32(gicc, GICC_CTLR, GICC_CTLR_EnableGrp1 | GICC_CTLR_EOImodeNS);
    if (gich == NULL)
        return;
    io_write32(gich, GICH_HCR, 0);
    for (unsigned i = 0; i < v2_hw.lr_count; i++)
        v2_lr_write(i, 0);
}

static struct gic_ops v2_ops __section(".sealed") = {
    .vgic = &gicv2_emulated,
    .vgic_emulated = &gicv2_emulated,
    .gicc_mmio = gicv2_emulated_mmio,
    .init_cpu = v2_init_cpu,
    .take = v2_take,
    .deactivate = gicv2_deactivate,
    .enable = v2_enable,
    .disable = v2_disable,
    .before_wait = v2_before_wait,
    .send_sgi = v2_send_sgi,
};

static void init_distributor(void)
{
    uint32_t lines;

    io_write32(gicd, GICD_CTLR, 0);
    lines = 32 * ((uint32_t)REG_GET(GICD_TYPER, ITLinesNumber, io_read32(gicd, GICD_TYPER)) + 1);
    for (uint32_t i = GIC_SPI_FIRST; i < MIN(lines, 1020); i += 32) {
        io_write32(gicd, GICD_ICENABLER + i / 8, UINT32_MAX);
        io_write32(gicd, GICD_ICACTIVER + i / 8, UINT32_MAX);
        io_write32(gicd, GICD_ICPENDR + i / 8, UINT32_MAX);
        for (uint32_t p = i; p < i + 32; p += 4)
            io_write32(gicd, GICD_IPRIORITYR + p, GIC_PRIORITY_WORD);
    }
    io_write32(gicd, GICD_CTLR, GICD_CTLR_EnableGrp0);
}

/* The hardware's virtual interface, if REGIONS have it. False: they name what cannot be it. */
static bool init_virtual_interface(const struct gic_regions *regions)
{
    if (regions->count < 4)
        return regions->count == 2;
    gich = arch_map_device(regions->reg[2].base, regions->reg[2].size_bytes);
    if (gich == NULL || regions->reg[3].size_bytes < KIB(8))
        return false;
    gic_vcpu_interface = regions->reg[3].base;
    v2_hw.lr_count =
        (uint8_t)MIN(REG_GET(GICH_VTR, ListRegs, io_read32(gich, GICH_VTR)) + 1, VGIC_LR_MAX);
    v2_ops.vgic = &v2_hw;
    v2_ops.maintains = true;
    return true;
}

const struct gic_ops *gicv2_init(const struct gic_regions *regions)
{
    if (regions->count < 2)
        return NULL;
    gicd = arch_map_device(regions->reg[0].base, regions->reg[0].size_bytes);
    gicc = arch_map_device(regions->reg[1].base, regions->reg[1].size_bytes);
    if (gicd == NULL || gicc == NULL || !init_virtual_interface(regions))
        return NULL;
    init_distributor();
    return &v2_ops;
}
