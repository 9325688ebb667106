/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupt controllers that a machine in AArch64 state may have. */
#include "arch/arm/hw/gic.h"

const struct gic_driver gic_drivers[] = {
    {"arm,gic-v3", gicv3_init},
    {"arm,gic-400", gicv2_init},
    {"arm,cortex-a15-gic", gicv2_init},
    {"arm,cortex-a7-gic", gicv2_init},
    {"arm,cortex-a9-gic", gicv2_init},
    {"arm,gic-600", gicv3_init},
    {NULL, NULL},
};
