/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3's distributor with one security state and affinity routing always on: its register summary
 * (IHI 0069H, 12.8 table 12-25), routing, and SGIs, which come by a system register (12.2). No
 * LPIs, no message-based SPIs, no extended ranges. What GICv2 kept here for SGIs and PPIs is RES0:
 * the redistributors have it.
 */
#include "vdev/vgic_gicd.h"
#include "vdev/vgic_regs.h"

static uint64_t ctlr_read(const struct vgic_access *a)
{
    return a->vgic->ctlr | GICD_CTLR_ARE | GICD_CTLR_DS;
}

static void ctlr_write(const struct vgic_access *a, uint64_t value)
{
    vgic_set_ctlr(a->here, (uint32_t)value);
}

static uint64_t irouter_read(const struct vgic_access *a)
{
    return a->bank->irqs[a->first].route;
}

static void irouter_write(const struct vgic_access *a, uint64_t value)
{
    a->bank->irqs[a->first].route =
        value & (GICD_IROUTER_Aff3 | GICD_IROUTER_IRM | GICD_IROUTER_Aff210);
    vgic_irqs_changed(a->vgic, a->here, a->bank,
                      a->mask & (vgic_pending_word(a->bank) | a->bank->in_lr));
}

static const struct vgic_row ctlr = VGIC_ROW("GICD_CTLR", ctlr_read, ctlr_write, 0, 0, 4, false);
static const struct vgic_row typer = {
    .name = "GICD_TYPER", .word = offsetof(struct vgic, typer), .sizes = 4};
static const struct vgic_row irouter =
    VGIC_ROW("GICD_IROUTER", irouter_read, irouter_write, 0x6000, 64, 4 | 8, false);

#define FIELD(offset) ((offset) >> VGIC_FIELD_SHIFT)
static const struct vgic_row *const fields[VGIC_FIELD_ROWS] = {
    [FIELD(0x080)] = &vgic_igroupr,
    [FIELD(0x100)] = &vgic_isenabler,
    [FIELD(0x180)] = &vgic_icenabler,
    [FIELD(0x200)] = &vgic_ispendr,
    [FIELD(0x280)] = &vgic_icpendr,
    [FIELD(0x300)] = &vgic_isactiver,
    [FIELD(0x380)] = &vgic_icactiver,
    [FIELD(0x400)... FIELD(0x780)] = &vgic_ipriorityr,
    [FIELD(0xc00)... FIELD(0xc80)] = &vgic_icfgr,
};

/* TYPER2, STATUSR, SETSPI and the like are not implemented. */
static const struct vgic_row *const words[VGIC_WORD_ROWS] = {
    [0x000 / 4] = &ctlr,
    [0x004 / 4] = &typer,
    [0x008 / 4] = &vgic_iidr,
};

/* With one security state IGRPMODR and NSACR are RES0; with ARE set so are ITARGETSR, SGIR,
 * SPENDSGIR. */
static const struct vgic_row *row_at(uint32_t offset)
{
    if (offset < 0x80)
        return words[offset / 4];
    if (offset < 0x1000)
        return fields[FIELD(offset)];
    if (offset >= 0x6000 && offset < 0x8000)
        return &irouter;
    if (offset >= KIB(64))
        return &vgic_nowhere;
    return offset >= KIB(64) - VGIC_ID_BYTES ? &vgic_pidr : NULL;
}

__no_stack_protector bool vgic_v3_dist_mmio(void *device, struct mmio_access *access)
{
    uint32_t offset = access->offset;

    return vgic_row_access(device, row_at(offset), access, offset, NULL, false);
}

/* ---- ICC_SGI1R_EL1, ICC_ASGI1R_EL1, ICC_SGI0R_EL1 */

/* Affinity of the target list's bit 0. */
static uint32_t list_base(uint64_t value)
{
    return (uint32_t)(REG_GET(ICC_SGI1R_EL1, Aff3, value) << 24 |
                      REG_GET(ICC_SGI1R_EL1, Aff2, value) << 16 |
                      REG_GET(ICC_SGI1R_EL1, Aff1, value) << 8 |
                      REG_GET(ICC_SGI1R_EL1, RS, value) << 4);
}

/* The vCPUs that a write of VALUE by CPU is for, a bit each. */
static uint32_t sgi_targets(const struct vgic_cpu *cpu, uint64_t value)
{
    const struct vgic *vgic = cpu->vgic;
    uint32_t all = (uint32_t)low_bits(vgic->config.cpu_count), targets = 0;
    uint32_t list = (uint32_t)REG_GET(ICC_SGI1R_EL1, TargetList, value);
    uint64_t elsewhere = ICC_SGI1R_EL1_Aff3 | ICC_SGI1R_EL1_Aff2 | ICC_SGI1R_EL1_Aff1 |
                         ICC_SGI1R_EL1_RS | ICC_SGI1R_EL1_IRM;

    /* As our VMs have it: vCPU n is 0.0.0.n. */
    if (likely((value & elsewhere) == 0 && vgic->simple_affinity))
        return list & all;
    if (value & ICC_SGI1R_EL1_IRM)
        return all & ~bit32(cpu->index);
    for (uint32_t n = 0; n < vgic->config.cpu_count; n++) {
        uint32_t place = vgic->cpus[n].affinity - list_base(value);

        if (place < 16 && (list & bit32(place)))
            targets |= bit32(n);
    }
    return targets;
}

/*
 * With one security state a write to SGI1R sends the SGI whichever group the target has it in;
 * SGI0R, and ASGI1R as there is no other state, only to targets that have it in group 0.
 */
void vgic_sgi1r(struct vgic_cpu *cpu, uint64_t value, bool group0)
{
    struct vgic *vgic = cpu->vgic;
    unsigned sgi = (unsigned)REG_GET(ICC_SGI1R_EL1, INTID, value);
    uint32_t targets = sgi_targets(cpu, value);

    spin_lock(&vgic->lock);
    for (uint32_t m = group0 ? targets : 0; m != 0; m &= m - 1)
        if (vgic->cpus[bit_lowest(m)].bank.group1 & bit32(sgi))
            targets &= ~(m & -m);
    vgic_irq_send_sgi(cpu, targets, sgi);
    spin_unlock(&vgic->lock);
}
