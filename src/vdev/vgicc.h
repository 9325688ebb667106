/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A GICv2's CPU interface without the hardware's help: over list registers in memory it does what
 * the GIC's virtualization extensions do over theirs (IHI 0048B, 5.2 to 5.5). A guest's accesses to
 * GICC then trap, and whether it is to be interrupted is for its owner to tell the CPU.
 *
 * It takes the place of the hardware below a vGIC (struct vgic_hw) on a GICv2 without these
 * extensions, and for a VM that asks for it. Must not know an interrupt's origin, a vCPU or the
 * hardware.
 *
 * Locks: none; one is used on one physical CPU, by the vCPU that is loaded there.
 */
#pragma once

#include "core/mmio.h"
#include "lib/types.h"
#include "vdev/vgic.h"

#define VGICC_SIZE     0x2000u
#define VGICC_LR_COUNT 4

/* GICH_LR, HCR, VMCR and APR. */
struct vgicc {
    uint32_t lr[VGICC_LR_COUNT];
    uint32_t hcr, vmcr, apr;
};

/* What it signals to the CPU. */
enum vgicc_signal {
    VGICC_IRQ = 1,
    VGICC_FIQ = 2,
    VGICC_MAINTENANCE = 4, /* GICH_MISR is not zero */
};
uint32_t vgicc_signals(const struct vgicc *gicc);
/* GICH_ELRSR0. */
uint32_t vgicc_empty_lrs(const struct vgicc *gicc);

/* No physical interrupt. */
#define VGICC_NO_PIRQ UINT32_MAX
/*
 * ACCESS by the guest, 32 bits, aligned: others are an external abort (false). *PIRQ: the physical
 * interrupt that it has deactivated by it, which is the caller's to do, or VGICC_NO_PIRQ.
 * Afterwards what it signals may be another.
 */
bool vgicc_access(struct vgicc *gicc, struct mmio_access *access, uint32_t *pirq);
