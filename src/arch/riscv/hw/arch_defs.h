/* SPDX-License-Identifier: Apache-2.0 */
/* What RISC-V adds to the portable structures. */
#pragma once

#include "arch/riscv/model/rv_state.h"

struct crossing;
struct arch_vcpu {
    struct rv_state rv; /* first: entry.S addresses it */
};
struct arch_vm {
    struct rv_vm rv;
};
struct arch_pcpu {
    uint64_t stack_top; /* first: entry.S loads it */
    uint64_t emergency_stack_top;
    uint64_t hartid;
    struct crossing *crossing; /* of the trampoline */
    uint32_t intc_hart;        /* UINT32_MAX: none */
    bool counts_instructions;  /* instret.h */
    struct vcpu *vector_owner; /* whose vector registers are in the hardware */
};
