/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual CPU interface of each physical CPU, as the manuals have it (IHI 0048B, 5.2 and 5.3;
 * IHI 0069H, 6.2 and 12.4), and the guest's side of it.
 */
#include <string.h>

#include "arch/arch.h"
#include "arch/arm/hw/gic.h"
#include "lib/bits.h"
#include "lib/panic.h"
#include "tests/fuzz/world.h"
#include "vdev/vgic_lr.h"

const struct gic_ops *gic;
hpa_t gic_vcpu_interface = {WORLD_GICV};
static struct gic_ops ops;

static bool is_v2(void)
{
    return world.hw.version == 2;
}
static unsigned lr_state(uint64_t lr)
{
    return (unsigned)(is_v2() ? REG_GET(GICH_LR, State, lr) : REG_GET(ICH_LR_EL2, State, lr));
}
static uint64_t lr_set_state(uint64_t lr, unsigned state)
{
    return is_v2() ? REG_SET(GICH_LR, State, lr, state) : REG_SET(ICH_LR_EL2, State, lr, state);
}
static bool lr_hw(uint64_t lr)
{
    return is_v2() ? lr & GICH_LR_HW : lr & ICH_LR_EL2_HW;
}
static bool lr_eoi(uint64_t lr)
{
    return !lr_hw(lr) && (is_v2() ? lr & GICH_LR_SW_EOI : lr & ICH_LR_SW_EOI);
}
static bool lr_group1(uint64_t lr)
{
    return is_v2() ? lr & GICH_LR_Grp1 : lr & ICH_LR_EL2_Group;
}
static unsigned lr_priority(uint64_t lr)
{
    return (unsigned)(is_v2() ? REG_GET(GICH_LR, Priority, lr) << 3
                              : REG_GET(ICH_LR_EL2, Priority, lr));
}
static uint32_t lr_intid(uint64_t lr)
{
    return (uint32_t)(is_v2() ? REG_GET(GICH_LR, VirtualID, lr) : REG_GET(ICH_LR_EL2, vINTID, lr));
}
static uint32_t lr_pirq(uint64_t lr)
{
    return (uint32_t)(is_v2() ? REG_GET(GICH_LR, PhysicalID, lr) : REG_GET(ICH_LR_EL2, pINTID, lr));
}
/* What IAR says: on v2 with the sender of an SGI in bits 12 to 10. */
static uint32_t lr_iar(uint64_t lr)
{
    uint32_t intid = lr_intid(lr);

    return !is_v2() || lr_hw(lr) ? intid : intid | (uint32_t)REG_GET(GICH_LR_SW, CPUID, lr) << 10;
}

static struct world_cpu *here(void)
{
    return &world.cpus[world_here];
}

static bool *phys(uint32_t pirq)
{
    BUG_ON(pirq >= VGIC_INTID_MAX);
    return pirq < 32 ? &here()->phys_active[pirq] : &world.spi_active[pirq];
}

static uint64_t lr_read(unsigned index)
{
    BUG_ON(index >= world.hw.lr_count);
    return here()->lrs[index];
}
static void lr_write(unsigned index, uint64_t value)
{
    BUG_ON(index >= world.hw.lr_count);
    /* The architecture has no such state. */
    BUG_ON(lr_hw(value) && lr_state(value) == VGIC_LR_PENDING_ACTIVE);
    here()->lrs[index] = value;
}
static bool lr_renew(unsigned index)
{
    uint64_t *lr = &here()->lrs[index];

    BUG_ON(index >= world.hw.lr_count);
    if (lr_state(*lr) != VGIC_LR_INVALID)
        return false;
    *lr |= world.hw.version == 2 ? REG_PUT(GICH_LR, State, VGIC_LR_PENDING)
                                 : REG_PUT(ICH_LR_EL2, State, VGIC_LR_PENDING);
    return true;
}
static uint64_t empty_lrs(void)
{
    uint64_t empty = 0;

    for (unsigned n = 0; n < world.hw.lr_count; n++)
        if (lr_state(here()->lrs[n]) == 0 && !lr_eoi(here()->lrs[n]))
            empty |= bit64(n);
    return empty;
}
static void hcr_write(uint32_t value)
{
    here()->hcr = value;
}
static uint32_t hcr_read(void)
{
    return here()->hcr;
}
static uint32_t vmcr_read(void)
{
    return here()->vmcr;
}
static void image_save(struct vgic_image *image)
{
    image->vmcr = here()->vmcr;
    for (unsigned group = 0; group < (is_v2() ? 1 : 2); group++)
        for (unsigned i = 0; i < world.hw.apr_count; i++)
            image->apr[group][i] = here()->aprs[group][i];
}
static void image_load(const struct vgic_image *image)
{
    here()->vmcr = image->vmcr;
    for (unsigned group = 0; group < (is_v2() ? 1 : 2); group++)
        for (unsigned i = 0; i < world.hw.apr_count; i++)
            here()->aprs[group][i] = image->apr[group][i];
}
static void phys_active(uint32_t pirq, bool active)
{
    *phys(pirq) = active;
}

void world_gic_init(void)
{
    world.hw = (struct vgic_hw){
        .version = world.config.gic_version,
        .lr_count = world.config.lr_count,
        .apr_count = world.config.apr_count,
        .lr_read = lr_read,
        .lr_write = lr_write,
        .lr_renew = lr_renew,
        .empty_lrs = empty_lrs,
        .hcr_write = hcr_write,
        .hcr_read = hcr_read,
        .vmcr_read = vmcr_read,
        .image_save = image_save,
        .image_load = image_load,
        .phys_active = phys_active,
    };
    ops.vgic = &world.hw;
    gic = &ops;
}

/* GICH_MISR, ICH_MISR_EL2. */
bool world_misr(const struct world_cpu *cpu)
{
    uint32_t hcr = cpu->hcr, vmcr = cpu->vmcr;
    bool eoi = false, pending = false;

    if (!(hcr & ICH_HCR_EL2_En))
        return false;
    for (unsigned n = 0; n < world.hw.lr_count; n++) {
        eoi |= lr_state(cpu->lrs[n]) == 0 && lr_eoi(cpu->lrs[n]);
        pending |= lr_state(cpu->lrs[n]) == VGIC_LR_PENDING;
    }
    return eoi || ((hcr & ICH_HCR_EL2_NPIE) && !pending) ||
           ((hcr & ICH_HCR_EL2_LRENPIE) && REG_GET(ICH_HCR_EL2, EOIcount, hcr) != 0) ||
           ((hcr & ICH_HCR_EL2_VGrp0EIE) && (vmcr & ICH_VMCR_EL2_VENG0)) ||
           ((hcr & ICH_HCR_EL2_VGrp0DIE) && !(vmcr & ICH_VMCR_EL2_VENG0)) ||
           ((hcr & ICH_HCR_EL2_VGrp1EIE) && (vmcr & ICH_VMCR_EL2_VENG1)) ||
           ((hcr & ICH_HCR_EL2_VGrp1DIE) && !(vmcr & ICH_VMCR_EL2_VENG1));
}

bool world_vtimer_line(const struct world_cpu *cpu)
{
    const struct vcpu *vcpu = cpu->pcpu.loaded;
    const struct a64_el1 *el1;

    if (vcpu == NULL || cpu->phys_active[ARM_PPI_VTIMER])
        return false;
    el1 = &vcpu->arch.a64.el1;
    return (el1->cntv_ctl & 3) == 1 &&
           arch_counter() - vcpu->vm->arch.arm.cntvoff >= el1->cntv_cval;
}

static unsigned running_priority(const struct world_cpu *cpu)
{
    uint32_t apr = cpu->aprs[0][0] | cpu->aprs[1][0];

    return apr != 0 ? bit_lowest(apr) * 8 : 0x100;
}

uint32_t world_ack(uint32_t index)
{
    struct world_cpu *cpu = &world.cpus[index];
    int best = -1;

    if (!(cpu->hcr & ICH_HCR_EL2_En))
        return WORLD_SPURIOUS;
    for (unsigned n = 0; n < world.hw.lr_count; n++) {
        uint64_t lr = cpu->lrs[n];

        if (lr_state(lr) == VGIC_LR_PENDING &&
            (cpu->vmcr & (lr_group1(lr) ? ICH_VMCR_EL2_VENG1 : ICH_VMCR_EL2_VENG0)) &&
            (best < 0 || lr_priority(lr) < lr_priority(cpu->lrs[best])))
            best = (int)n;
    }
    if (best < 0 || lr_priority(cpu->lrs[best]) >= REG_GET(ICH_VMCR_EL2, VPMR, cpu->vmcr) ||
        lr_priority(cpu->lrs[best]) >= running_priority(cpu))
        return WORLD_SPURIOUS;
    cpu->aprs[!is_v2() && lr_group1(cpu->lrs[best])][0] |= bit32(lr_priority(cpu->lrs[best]) / 8);
    cpu->lrs[best] = lr_set_state(cpu->lrs[best], VGIC_LR_ACTIVE);
    return lr_iar(cpu->lrs[best]);
}

void world_dir(uint32_t index, uint32_t iar)
{
    struct world_cpu *cpu = &world.cpus[index];
    uint64_t count;

    for (unsigned n = 0; n < world.hw.lr_count; n++) {
        uint64_t *lr = &cpu->lrs[n];
        unsigned state = lr_state(*lr);

        if (!(state & VGIC_LR_ACTIVE) || lr_iar(*lr) != iar)
            continue;
        *lr = lr_set_state(*lr, state & ~(unsigned)VGIC_LR_ACTIVE);
        if (lr_hw(*lr)) {
            world_here = index;
            *phys(lr_pirq(*lr)) = false;
        }
        return;
    }
    if (!(cpu->hcr & ICH_HCR_EL2_En))
        return;
    count = REG_GET(ICH_HCR_EL2, EOIcount, cpu->hcr);
    cpu->hcr = (uint32_t)REG_SET(ICH_HCR_EL2, EOIcount, cpu->hcr, (count + 1) & 31);
}

void world_eoi(uint32_t index, uint32_t iar)
{
    struct world_cpu *cpu = &world.cpus[index];
    uint32_t *apr = &cpu->aprs[0][0];

    if (cpu->aprs[1][0] != 0 && (*apr == 0 || bit_lowest(cpu->aprs[1][0]) < bit_lowest(*apr)))
        apr = &cpu->aprs[1][0];
    *apr &= *apr - 1;
    if (!(cpu->vmcr & ICH_VMCR_EL2_VEOIM))
        world_dir(index, iar);
}

void world_vmcr(uint32_t index, uint32_t value)
{
    world.cpus[index].vmcr = value;
}
