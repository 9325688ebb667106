/* SPDX-License-Identifier: Apache-2.0 */
/* What AArch64 adds to the portable structures. */
#pragma once

#include "arch/arm/model/a64_state.h"
#include "arch/arm/model/arm_state.h"

struct arch_vcpu {
    struct a64_state a64; /* first: entry.S addresses it */
    struct arm_vcpu arm;
};
struct arch_vm {
    struct arm_vm arm;
};
struct arch_pcpu {
    uint64_t stack_top; /* first: entry.S loads it */
    uint64_t emergency_stack_top;
    uint64_t mpidr;
    void *gicr;         /* this CPU's redistributor (GICv3) */
    uint64_t sgi1r;     /* what is written to ICC_SGI1R_EL1 to interrupt it, but for the number */
    uint8_t gicv2_mask; /* this CPU in a GICv2 target list */
};
