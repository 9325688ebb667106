/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3 and GICv4 hosts (IHI 0069H): distributor and redistributors by MMIO, CPU interface and
 * virtual interface by system registers.
 */
#include "arch/arch.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/hw/gic_regs.h"
#include "arch/arm/model/a64_regs.h"
#include "core/irq.h"
#include "io.h"
#include "lib/bits.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "sysreg.h"

static void *gicd;
static struct {
    void *base;
    uint64_t size_bytes;
} gicr_regions[4];
static uint32_t gicr_region_count;

static void wait_rwp(const void *base, uint64_t offset, uint32_t bit)
{
    while (io_read32(base, offset) & bit)
        arch_cpu_relax();
}

/* ---- the virtual interface, for the vGIC */

#define LR_CASES(C) \
    C(0) C(1) C(2) C(3) C(4) C(5) C(6) C(7) C(8) C(9) C(10) C(11) C(12) C(13) C(14) C(15)

static uint64_t v3_lr_read(unsigned index)
{
    switch (index % VGIC_LR_MAX) {
#define CASE(n) \
    case n:     \
        return sysreg_read(ICH_LR##n##_EL2);
        LR_CASES(CASE)
#undef CASE
    }
    return 0;
}

static void v3_lr_write(unsigned index, uint64_t value)
{
    switch (index % VGIC_LR_MAX) {
#define CASE(n)                               \
    case n:                                   \
        sysreg_write(ICH_LR##n##_EL2, value); \
        break;
        LR_CASES(CASE)
#undef CASE
    }
}

static bool v3_lr_renew(unsigned index)
{
    uint64_t value;

    switch (index % VGIC_LR_MAX) {
#define CASE(n)                                                                             \
    case n:                                                                                 \
        value = sysreg_read(ICH_LR##n##_EL2);                                               \
        if (unlikely((value & ICH_LR_EL2_State) != 0))                                      \
            return false;                                                                   \
        sysreg_write(ICH_LR##n##_EL2, value | REG_PUT(ICH_LR_EL2, State, VGIC_LR_PENDING)); \
        return true;
        LR_CASES(CASE)
#undef CASE
    }
    return false;
}

static uint64_t v3_empty_lrs(void)
{
    /* A list register written just now is not to look empty (IHI 0069H, 12.1: writes need it). */
    isb();
    return sysreg_read(ICH_ELRSR_EL2);
}

static void v3_hcr_write(uint32_t value)
{
    sysreg_write(ICH_HCR_EL2, value);
}

static uint32_t v3_hcr_read(void)
{
    return (uint32_t)sysreg_read(ICH_HCR_EL2);
}

static uint32_t v3_vmcr_read(void)
{
    return (uint32_t)sysreg_read(ICH_VMCR_EL2);
}

/* How many active-priority registers there are depends on the bits of a preemption level. */
#define APR_FIRST(A)  A(0, 0, ICH_AP0R0_EL2) A(1, 0, ICH_AP1R0_EL2)
#define APR_SECOND(A) A(0, 1, ICH_AP0R1_EL2) A(1, 1, ICH_AP1R1_EL2)
#define APR_OTHERS(A) \
    A(0, 2, ICH_AP0R2_EL2) A(1, 2, ICH_AP1R2_EL2) A(0, 3, ICH_AP0R3_EL2) A(1, 3, ICH_AP1R3_EL2)

static struct vgic_hw v3_hw;

#define SAVE(group, index, name) image->apr[group][index] = (uint32_t)sysreg_read(name);
static void v3_image_save(struct vgic_image *image)
{
    image->vmcr = v3_vmcr_read();
    APR_FIRST(SAVE)
}

static void v3_large_image_save(struct vgic_image *image)
{
    v3_image_save(image);
    APR_SECOND(SAVE)
    if (v3_hw.apr_count > 2) {
        APR_OTHERS(SAVE)
    }
}
#undef SAVE

#define LOAD(group, index, name) sysreg_write(name, image->apr[group][index]);
static void v3_image_load(const struct vgic_image *image)
{
    sysreg_write(ICH_VMCR_EL2, image->vmcr);
    APR_FIRST(LOAD)
}

static void v3_large_image_load(const struct vgic_image *image)
{
    v3_image_load(image);
    APR_SECOND(LOAD)
    if (v3_hw.apr_count > 2) {
        APR_OTHERS(LOAD)
    }
}
#undef LOAD

/* The redistributor's SGI and PPI frame of this CPU, or the distributor, and the bit of IRQ in it.
 */
static void *frame_of(uint32_t irq)
{
    return irq < GIC_SPI_FIRST ? (char *)arch_this_cpu()->arch.gicr + GICR_SGI_FRAME : gicd;
}

static void write_bit(uint64_t registers, uint32_t irq)
{
    io_write32(frame_of(irq), registers + irq / 32 * 4, bit32(irq % 32));
}

static void v3_phys_active(uint32_t pirq, bool active)
{
    write_bit(active ? GICD_ISACTIVER : GICD_ICACTIVER, pirq);
}

static bool v3_phys_pending(uint32_t pirq)
{
    return (io_read32(frame_of(pirq), GICD_ISPENDR + pirq / 32 * 4) & bit32(pirq % 32)) != 0;
}

static struct vgic_hw v3_hw __section(".sealed") = {
    .version = 3,
    .lr_read = v3_lr_read,
    .lr_write = v3_lr_write,
    .lr_renew = v3_lr_renew,
    .empty_lrs = v3_empty_lrs,
    .hcr_write = v3_hcr_write,
    .hcr_read = v3_hcr_read,
    .vmcr_read = v3_vmcr_read,
    .image_save = v3_image_save,
    .image_load = v3_image_load,
    .phys_active = v3_phys_active,
    .phys_pending = v3_phys_pending,
};

/* ---- the physical interface */

static uint32_t v3_take(void)
{
    uint64_t iar = sysreg_read(ICC_IAR1_EL1);

    /* What the device or the other CPU wrote before it interrupted is visible from here (IHI
     * 0069H, 4.1). */
    dsb(sy);
    if (unlikely(iar >= IRQ_MAX))
        return GIC_NO_IRQ;
    sysreg_write(ICC_EOIR1_EL1, iar);
    isb();
    return (uint32_t)iar;
}

static void v3_deactivate(uint32_t iar)
{
    sysreg_write(ICC_DIR_EL1, iar);
    isb();
}

static void v3_enable(uint32_t irq, bool edge)
{
    void *base = frame_of(irq);
    uint64_t config = GICD_ICFGR + irq / 16 * 4;
    uint32_t edge_bit = bit32(irq % 16 * 2 + 1);

    if (irq >= GIC_SPI_FIRST) {
        io_write32(base, config, (io_read32(base, config) & ~edge_bit) | (edge ? edge_bit : 0));
        io_write64(gicd, GICD_IROUTER + 8ULL * irq, pcpus[0]->arch.mpidr & MPIDR_EL1_AFFINITY);
    }
    io_write8(base, GICD_IPRIORITYR + irq, GIC_PRIORITY);
    write_bit(GICD_ISENABLER, irq);
}

static void v3_disable(uint32_t irq)
{
    write_bit(GICD_ICENABLER, irq);
}

static uint64_t sgi1r_of(uint64_t mpidr)
{
    uint64_t aff0 = REG_GET(MPIDR_EL1, Aff0, mpidr);

    return REG_PUT(ICC_SGI1R_EL1, TargetList, bit64(aff0 % 16)) |
           REG_PUT(ICC_SGI1R_EL1, RS, aff0 / 16) |
           REG_PUT(ICC_SGI1R_EL1, Aff1, REG_GET(MPIDR_EL1, Aff1, mpidr)) |
           REG_PUT(ICC_SGI1R_EL1, Aff2, REG_GET(MPIDR_EL1, Aff2, mpidr)) |
           REG_PUT(ICC_SGI1R_EL1, Aff3, REG_GET(MPIDR_EL1, Aff3, mpidr));
}

static void v3_send_sgi(uint32_t sgi, const struct pcpu *target)
{
    /* What we ask for must be seen by the CPU that is interrupted. */
    dsb(ishst);
    sysreg_write(ICC_SGI1R_EL1, target->arch.sgi1r | REG_PUT(ICC_SGI1R_EL1, INTID, sgi));
    isb();
}

/* GICR_TYPER.Affinity is Aff3.Aff2.Aff1.Aff0 (12.11.35). */
static uint32_t gicr_affinity(uint64_t mpidr)
{
    return (uint32_t)(REG_GET(MPIDR_EL1, Aff3, mpidr) * 0x1000000 + (mpidr & 0xffffff));
}

static void *find_redistributor(uint64_t mpidr)
{
    for (uint32_t r = 0; r < gicr_region_count; r++) {
        char *frame = gicr_regions[r].base;
        char *end = frame + gicr_regions[r].size_bytes;

        for (; frame + GICR_FRAME_BYTES <= end;) {
            uint64_t typer = io_read64(frame, GICR_TYPER);

            if (REG_GET(GICR_TYPER, Affinity, typer) == gicr_affinity(mpidr))
                return frame;
            if (typer & GICR_TYPER_Last)
                break;
            /* GICv4 redistributors have two more frames. */
            frame += GICR_FRAME_BYTES * ((typer & GICR_TYPER_VLPIS) ? 2 : 1);
        }
    }
    return NULL;
}

static void init_redistributor(struct pcpu *pcpu)
{
    void *gicr = find_redistributor(pcpu->arch.mpidr);
    void *sgi;

    if (gicr == NULL)
        panic("CPU %u (MPIDR 0x%llx) has no GIC redistributor", pcpu->id,
              (unsigned long long)pcpu->arch.mpidr);
    pcpu->arch.gicr = gicr;
    pcpu->arch.sgi1r = sgi1r_of(pcpu->arch.mpidr);
    sgi = (char *)gicr + GICR_SGI_FRAME;
    io_write32(gicr, GICR_WAKER,
               io_read32(gicr, GICR_WAKER) & ~(uint32_t)GICR_WAKER_ProcessorSleep);
    wait_rwp(gicr, GICR_WAKER, GICR_WAKER_ChildrenAsleep);
    io_write32(sgi, GICD_ICENABLER, UINT32_MAX);
    io_write32(sgi, GICD_ICACTIVER, UINT32_MAX);
    io_write32(sgi, GICD_ICPENDR, UINT32_MAX);
    io_write32(sgi, GICD_IGROUPR, UINT32_MAX);
    for (unsigned i = 0; i < 32; i += 4)
        io_write32(sgi, GICD_IPRIORITYR + i, GIC_PRIORITY_WORD);
    wait_rwp(gicr, GICR_CTLR, GICR_CTLR_RWP);
    io_write32(sgi, GICD_ISENABLER, bit32(GIC_SGI_REQUEST));
}

static void v3_init_cpu(struct pcpu *pcpu)
{
    sysreg_write(ICC_SRE_EL2,
                 ICC_SRE_EL2_SRE | ICC_SRE_EL2_DFB | ICC_SRE_EL2_DIB | ICC_SRE_EL2_Enable);
    isb();
    init_redistributor(pcpu);
    sysreg_write(ICC_PMR_EL1, GIC_PMR_ALL);
    sysreg_write(ICC_BPR1_EL1, 0);
    sysreg_write(ICC_CTLR_EL1, ICC_CTLR_EL1_EOImode);
    sysreg_write(ICC_IGRPEN1_EL1, 1);
    sysreg_write(ICH_HCR_EL2, 0);
    for (unsigned i = 0; i < v3_hw.lr_count; i++)
        v3_lr_write(i, 0);
    isb();
}

static const struct gic_ops v3_ops = {
    .vgic = &v3_hw,
    .init_cpu = v3_init_cpu,
    .take = v3_take,
    .deactivate = v3_deactivate,
    .enable = v3_enable,
    .disable = v3_disable,
    .send_sgi = v3_send_sgi,
};

static void init_distributor(void)
{
    uint32_t lines;

    io_write32(gicd, GICD_CTLR, 0);
    wait_rwp(gicd, GICD_CTLR, GICD_CTLR_RWP);
    lines = 32 * ((uint32_t)REG_GET(GICD_TYPER, ITLinesNumber, io_read32(gicd, GICD_TYPER)) + 1);
    for (uint32_t i = GIC_SPI_FIRST; i < MIN(lines, 1020); i += 32) {
        io_write32(gicd, GICD_ICENABLER + i / 8, UINT32_MAX);
        io_write32(gicd, GICD_ICACTIVER + i / 8, UINT32_MAX);
        io_write32(gicd, GICD_ICPENDR + i / 8, UINT32_MAX);
        io_write32(gicd, GICD_IGROUPR + i / 8, UINT32_MAX);
        for (uint32_t p = i; p < i + 32; p += 4)
            io_write32(gicd, GICD_IPRIORITYR + p, GIC_PRIORITY_WORD);
    }
    wait_rwp(gicd, GICD_CTLR, GICD_CTLR_RWP);
    io_write32(gicd, GICD_CTLR, GICD_CTLR_ARE_NS);
    wait_rwp(gicd, GICD_CTLR, GICD_CTLR_RWP);
    io_write32(gicd, GICD_CTLR, GICD_CTLR_ARE_NS | GICD_CTLR_EnableGrp1A);
    wait_rwp(gicd, GICD_CTLR, GICD_CTLR_RWP);
}

const struct gic_ops *gicv3_init(const struct gic_regions *regions)
{
    uint64_t vtr;

    /* The system registers exist only if the CPU has the interface (ID_AA64PFR0_EL1.GIC). */
    if (REG_GET(ID_AA64PFR0, GIC, sysreg_read(ID_AA64PFR0_EL1)) == 0 ||
        regions->count < 1 + regions->redistributor_regions ||
        regions->redistributor_regions > ARRAY_SIZE(gicr_regions))
        return NULL;
    sysreg_write(ICC_SRE_EL2, ICC_SRE_EL2_SRE | ICC_SRE_EL2_Enable);
    isb();
    vtr = sysreg_read(ICH_VTR_EL2);
    v3_hw.lr_count = (uint8_t)(REG_GET(ICH_VTR_EL2, ListRegs, vtr) + 1);
    v3_hw.apr_count = (uint8_t)(REG_GET(ICH_VTR_EL2, PREbits, vtr) < 5    ? 1
                                : REG_GET(ICH_VTR_EL2, PREbits, vtr) == 5 ? 2
                                                                          : 4);
    if (v3_hw.apr_count > 1) {
        v3_hw.image_save = v3_large_image_save;
        v3_hw.image_load = v3_large_image_load;
    }
    v3_hw.dir_traps = vtr & ICH_VTR_EL2_TDS;
    gicd = arch_map_device(regions->reg[0].base, regions->reg[0].size_bytes);
    gicr_region_count = regions->redistributor_regions;
    for (uint32_t i = 0; i < gicr_region_count; i++) {
        gicr_regions[i].size_bytes = regions->reg[1 + i].size_bytes;
        gicr_regions[i].base =
            arch_map_device(regions->reg[1 + i].base, regions->reg[1 + i].size_bytes);
    }
    if (gicd == NULL || gicr_regions[0].base == NULL)
        return NULL;
    init_distributor();
    return &v3_ops;
}
