/* SPDX-License-Identifier: Apache-2.0 */
/* What ARMv7 adds to the portable structures. */
#pragma once

#include "arch/arm/model/a32_state.h"
#include "arch/arm/model/arm_state.h"

struct arch_vcpu {
    struct a32_state a32; /* first: entry.S addresses it */
    struct arm_vcpu arm;
};
struct arch_vm {
    struct arm_vm arm;
};
struct arch_pcpu {
    uintptr_t stack_top; /* first: entry.S loads it */
    uintptr_t emergency_stack_top;
    uint64_t mpidr;
    uint8_t gicv2_mask; /* this CPU in a GICv2 target list */
};
