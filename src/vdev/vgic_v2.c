/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv2's distributor without Security Extensions: its register summary (IHI 0048B, 4.1.2 table
 * 4-1), and the registers GICv3 does not have. The CPU interface is the hardware's GICV, mapped
 * into the guest.
 */
#include "vdev/vgic_gicd.h"
#include "vdev/vgic_regs.h"

static uint64_t ctlr_read(const struct vgic_access *a)
{
    return a->vgic->ctlr;
}

static void ctlr_write(const struct vgic_access *a, uint64_t value)
{
    vgic_set_ctlr(a->here, (uint32_t)value);
}

/* ---- routing */

static uint64_t itargetsr_read(const struct vgic_access *a)
{
    uint64_t value = 0;
    if (a->vgic->config.cpu_count == 1)
        return 0;
    for (uint32_t m = a->mask; m != 0; m &= m - 1) {
        unsigned i = bit_lowest(m);
        uint64_t targets = a->bank->index == 0 ? bit32(a->frame->index) : a->bank->irqs[i].targets;
        value |= targets << (i - a->first) * 8;
    }
    return value;
}

static void itargetsr_write(const struct vgic_access *a, uint64_t value)
{
    uint8_t existing = (uint8_t)low_bits(a->vgic->config.cpu_count);
    if (a->bank->index == 0 || a->vgic->config.cpu_count == 1)
        return;
    for (uint32_t m = a->mask; m != 0; m &= m - 1) {
        unsigned i = bit_lowest(m);
        a->bank->irqs[i].targets = (uint8_t)(value >> (i - a->first) * 8) & existing;
    }
    vgic_irqs_changed(a->vgic, a->here, a->bank,
                      a->mask & (vgic_pending_word(a->bank) | a->bank->in_lr));
}

/* ---- SGIs */

#define SGIR 0xf00

static uint32_t all_cpus(const struct vgic *vgic)
{
    return bit32(vgic->config.cpu_count) - 1; /* at most 8 */
}

static void sgir_write(const struct vgic_access *a, uint64_t value)
{
    unsigned sgi = (unsigned)REG_GET(GICD_SGIR, SGIINTID, value);
    uint32_t targets;
    if (a->offset != SGIR) /* the words behind it are reserved */
        return;
    switch (REG_GET(GICD_SGIR, TargetListFilter, value)) {
    case GICD_SGIR_LIST:
        targets = REG_GET(GICD_SGIR, CPUTargetList, value) & all_cpus(a->vgic);
        break;
    case GICD_SGIR_OTHERS:
        targets = all_cpus(a->vgic) & ~bit32(a->here->index);
        break;
    case GICD_SGIR_SELF:
        targets = bit32(a->here->index);
        break;
    default: /* reserved */
        return;
    }
    vgic_irq_send_sgi(a->here, targets, sgi);
}

/* A byte for each SGI, a bit in it for each sender. */
static uint64_t pendsgir_read(const struct vgic_access *a)
{
    uint64_t value = 0;
    for (uint32_t m = a->mask; m != 0; m &= m - 1) {
        unsigned i = bit_lowest(m);
        const struct vgic_irq *irq = &a->bank->irqs[i];
        uint64_t senders = irq->sources;
        if (a->bank->offered & bit32(i))
            senders |= bit32(irq->source);
        value |= senders << (i - a->first) * 8;
    }
    return value;
}

static void pendsgir_write(const struct vgic_access *a, uint64_t value, bool set)
{
    for (uint32_t m = a->mask; m != 0; m &= m - 1) {
        unsigned i = bit_lowest(m);
        struct vgic_irq *irq = &a->bank->irqs[i];
        uint8_t senders = (uint8_t)(value >> (i - a->first) * 8);
        senders &= (uint8_t)low_bits(a->vgic->config.cpu_count);
        if (senders == 0)
            continue;
        vgic_irq_begin(a->here, a->bank, i);
        irq->sources = set ? irq->sources | senders : irq->sources & (uint8_t)~senders;
        a->bank->latch &= ~bit32(i);
        a->bank->latch |= irq->sources != 0 ? bit32(i) : 0;
        vgic_irq_end(a->vgic, a->here, a->bank, i);
    }
}

static void spendsgir_write(const struct vgic_access *a, uint64_t value)
{
    pendsgir_write(a, value, true);
}

static void cpendsgir_write(const struct vgic_access *a, uint64_t value)
{
    pendsgir_write(a, value, false);
}

/* ---- the register summary */

static const struct vgic_row ctlr = VGIC_ROW("GICD_CTLR", ctlr_read, ctlr_write, 0, 0, 4, false);
static const struct vgic_row typer = {
    .name = "GICD_TYPER", .word = offsetof(struct vgic, typer), .sizes = 4};
static const struct vgic_row itargetsr =
    VGIC_ROW("GICD_ITARGETSR", itargetsr_read, itargetsr_write, 0x800, 8, 1 | 4, false);
static const struct vgic_row sgir = {.name = "GICD_SGIR", .write = sgir_write, .sizes = 4};
static const struct vgic_row cpendsgir =
    VGIC_ROW("GICD_CPENDSGIR", pendsgir_read, cpendsgir_write, 0xf10, 8, 1 | 4, true);
static const struct vgic_row spendsgir =
    VGIC_ROW("GICD_SPENDSGIR", pendsgir_read, spendsgir_write, 0xf20, 8, 1 | 4, true);

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
    [FIELD(0x800)... FIELD(0xb80)] = &itargetsr,
    [FIELD(0xc00)... FIELD(0xc80)] = &vgic_icfgr,
};

static const struct vgic_row *const words[VGIC_WORD_ROWS] = {
    [0x000 / 4] = &ctlr,
    [0x004 / 4] = &typer,
    [0x008 / 4] = &vgic_iidr,
};

#define LAST(offset) (((offset)-SGIR) / 16)
static const struct vgic_row *const last[] = {
    [LAST(SGIR)] = &sgir,
    [LAST(0xf10)] = &cpendsgir,
    [LAST(0xf20)] = &spendsgir,
    [LAST(0x1000 - VGIC_ID_BYTES)... LAST(0xff0)] = &vgic_pidr,
};

/* 0xd00 to 0xeff: PPISR and SPISRs are implementation defined, NSACRs need Security Extensions. */
static const struct vgic_row *row_at(uint32_t offset)
{
    if (offset < 0x80)
        return words[offset / 4];
    if (likely(offset < SGIR))
        return fields[FIELD(offset)];
    return last[LAST(offset)];
}

__no_stack_protector bool vgic_v2_dist_mmio(void *device, struct mmio_access *access)
{
    struct vgic *vgic = device;
    uint32_t offset = access->offset;
    if (offset >= KIB(4))
        return false;
    /* What is private is the accessing vCPU's own. */
    return vgic_row_access(vgic, row_at(offset), access, offset, &vgic->cpus[access->vcpu], false);
}
