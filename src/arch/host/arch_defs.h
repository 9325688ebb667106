/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fake architecture of the host tests: a vCPU carries the state of every real one, so that
 * all models link into one binary.
 */
#pragma once

#include "arch/arm/model/a64_state.h"
#include "arch/riscv/model/rv_state.h"

struct arch_vcpu {
    struct a64_state a64;
    struct rv_state rv;
};
struct arch_vm {
    struct a64_vm a64;
    struct rv_vm rv;
};
struct arch_pcpu {
    uint32_t id;
};
