/* SPDX-License-Identifier: Apache-2.0 */
/* What the two ways to give guests a GICv2 CPU interface share; for gicv2*.c only. */
#pragma once

#include "lib/types.h"
#include "vdev/vgic.h"

void gicv2_phys_active(uint32_t pirq, bool active);
bool gicv2_phys_pending(uint32_t pirq);
void gicv2_deactivate(uint32_t iar);

/* By software (vdev/vgicc.h), and a guest's accesses to its GICC, of VGICC_SIZE; device: its vgic.
 */
extern const struct vgic_hw gicv2_emulated;
mmio_handler_fn gicv2_emulated_mmio;
