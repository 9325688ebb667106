/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fake architecture of the host tests: a vCPU carries the state of every real one, so that
 * all models link into one binary.
 */
#pragma once

#include "arch/arm/model/a32_state.h"
#include "arch/arm/model/a64_state.h"
#include "arch/arm/model/arm_state.h"
#include "arch/riscv/model/rv_state.h"

struct arch_vcpu {
    struct a64_state a64;
    struct a32_state a32;
    struct arm_vcpu arm;
    struct rv_state rv;
};
struct arch_vm {
    struct arm_vm arm;
    struct rv_vm rv;
};
struct arch_pcpu {
    uint32_t id;
};
