/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3's redistributors, 128 KiB for each vCPU in the order of their indices: control frame and
 * SGI frame (IHI 0069H, 12.10 tables 12-27 and 12-29). No LPIs: their registers are RAZ/WI.
 */
#include "vdev/vgic_gicd.h"
#include "vdev/vgic_regs.h"

#define FRAME_BYTES  KIB(64)
#define REDIST_BYTES (2 * FRAME_BYTES)

static uint64_t typer_read(const struct vgic_access *a)
{
    bool last = a->frame->index == a->vgic->config.cpu_count - 1;
    return REG_PUT(GICR_TYPER, Affinity_Value, a->frame->affinity) |
           REG_PUT(GICR_TYPER, Processor_Number, a->frame->index) | REG_PUT(GICR_TYPER, Last, last);
}

/* Power-down needs no quiescence here: ChildrenAsleep follows ProcessorSleep at once. */
static uint64_t waker_read(const struct vgic_access *a)
{
    return a->frame->asleep ? GICR_WAKER_ProcessorSleep | GICR_WAKER_ChildrenAsleep : 0;
}

static void waker_write(const struct vgic_access *a, uint64_t value)
{
    a->frame->asleep = value & GICR_WAKER_ProcessorSleep;
}

static const struct vgic_row typer = {.name = "GICR_TYPER", .read = typer_read, .sizes = 4 | 8};
static const struct vgic_row waker =
    VGIC_ROW("GICR_WAKER", waker_read, waker_write, 0, 0, 4, false);
/* PROPBASER and PENDBASER without LPIs */
static const struct vgic_row no_lpis = {.name = "GICR_xBASER", .sizes = 4 | 8};

#define FIELD(offset) ((offset) >> VGIC_FIELD_SHIFT)
static const struct vgic_row *const fields[VGIC_FIELD_ROWS] = {
    [FIELD(0x080)] = &vgic_igroupr,   [FIELD(0x100)] = &vgic_isenabler,
    [FIELD(0x180)] = &vgic_icenabler, [FIELD(0x200)] = &vgic_ispendr,
    [FIELD(0x280)] = &vgic_icpendr,   [FIELD(0x300)] = &vgic_isactiver,
    [FIELD(0x380)] = &vgic_icactiver, [FIELD(0x400)] = &vgic_ipriorityr,
    [FIELD(0xc00)] = &vgic_icfgr,
};

/* GICR_CTLR has no bit that would mean something without LPIs. */
static const struct vgic_row *row_at(uint32_t offset)
{
    if (offset >= FRAME_BYTES) {
        offset -= FRAME_BYTES;
        return offset < 0x1000 ? fields[FIELD(offset)] : NULL;
    }
    if (offset >= FRAME_BYTES - VGIC_ID_BYTES)
        return &vgic_pidr;
    switch (offset & ~3u) {
    case 0x0004:
        return &vgic_iidr;
    case 0x0008 ... 0x000c:
        return &typer;
    case 0x0014:
        return &waker;
    case 0x0070 ... 0x007c:
        return &no_lpis;
    default:
        return NULL;
    }
}

__no_stack_protector bool vgic_v3_redist_mmio(void *device, struct mmio_access *access)
{
    struct vgic *vgic = device;
    if (access->offset >= vgic->config.cpu_count * REDIST_BYTES)
        return false;
    struct vgic_cpu *frame = &vgic->cpus[access->offset / REDIST_BYTES];
    uint32_t offset = access->offset % REDIST_BYTES;
    const struct vgic_row *row = row_at(offset);
    /* Within its own frame the SGI frame's rows are those of the distributor. */
    return vgic_row_access(vgic, row, access, offset % FRAME_BYTES, frame, true);
}
