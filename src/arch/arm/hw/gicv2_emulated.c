/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A GICv2 CPU interface for guests without the GIC's virtualization extensions: each CPU has one in
 * memory, of the vCPU that is loaded there, and what it signals is made a virtual interrupt by
 * HCR.VI and VF (Arm ARM DDI 0406C, B1.8.11; DDI 0487, D1.3.6). The maintenance interrupt needs no
 * wire: it can only come up in what we do ourselves.
 */
#include "arch/arch.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/hw/gicv2.h"
#include "core/pcpu.h"
#include "lib/bits.h"
#include "vdev/vgic_lr.h"
#include "vdev/vgicc.h"

static struct vgicc interfaces[BOARD_CPU_MAX];

static struct vgicc *here(void)
{
    return &interfaces[arch_this_cpu()->id];
}

static void signal_here(void)
{
    uint32_t signals = vgicc_signals(here());

    arm_virtual_interrupts((signals & VGICC_IRQ) != 0, (signals & VGICC_FIQ) != 0);
}

static uint64_t lr_read(unsigned index)
{
    return here()->lr[index];
}

static void lr_write(unsigned index, uint64_t value)
{
    here()->lr[index] = (uint32_t)value;
    signal_here();
}

static bool lr_renew(unsigned index)
{
    uint32_t value = here()->lr[index];

    if ((value & GICH_LR_State) != 0)
        return false;
    lr_write(index, value | REG_PUT(GICH_LR, State, VGIC_LR_PENDING));
    return true;
}

static uint64_t empty_lrs(void)
{
    return vgicc_empty_lrs(here());
}

static void hcr_write(uint32_t value)
{
    here()->hcr = value;
    signal_here();
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
    image->apr[0][0] = here()->apr;
}

static void image_load(const struct vgic_image *image)
{
    here()->vmcr = image->vmcr;
    here()->apr = image->apr[0][0];
    signal_here();
}

const struct vgic_hw gicv2_emulated = {
    .version = 2,
    .apr_count = 1,
    .lr_count = VGICC_LR_COUNT,
    .lr_read = lr_read,
    .lr_write = lr_write,
    .lr_renew = lr_renew,
    .empty_lrs = empty_lrs,
    .hcr_write = hcr_write,
    .hcr_read = hcr_read,
    .vmcr_read = vmcr_read,
    .image_save = image_save,
    .image_load = image_load,
    .phys_active = gicv2_phys_active,
    .phys_pending = gicv2_phys_pending,
};

bool gicv2_emulated_mmio(void *device, struct mmio_access *access)
{
    uint32_t pirq;

    if (!vgicc_access(here(), access, &pirq))
        return false;
    if (pirq != VGICC_NO_PIRQ)
        gicv2_deactivate(pirq);
    if (vgicc_signals(here()) & VGICC_MAINTENANCE)
        vgic_maintenance(vgic_cpu_of(device, access->vcpu));
    signal_here();
    return true;
}
