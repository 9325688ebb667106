/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets for the assembly files: the Makefile turns the "->" lines of this file's output into
 * offsets.h. */
#include "arch/riscv/hw/boot_params.h"
#include "arch/riscv/hw/fatal.h"
#include "core/pcpu.h"
#include "core/vcpu.h"

#define OFFSET(name, value) __asm__ volatile("\n->" #name " %0" ::"i"(value))

static_assert(offsetof(struct vcpu, arch.rv.gprs) == 0, "sscratch points at the registers");
static_assert(offsetof(struct rv_gprs, x[31]) == 31 * 8, "entry.S stores xN at 8 * N");

void offsets(void);
void offsets(void)
{
    OFFSET(VCPU_PC, offsetof(struct vcpu, arch.rv.gprs.pc));
    OFFSET(VCPU_PCPU, offsetof(struct vcpu, arch.rv.pcpu));
    OFFSET(PCPU_STACK_TOP, offsetof(struct pcpu, arch.stack_top));
    OFFSET(PCPU_EMERGENCY_TOP, offsetof(struct pcpu, arch.emergency_stack_top));
    OFFSET(PCPU_CURRENT, offsetof(struct pcpu, current));
    OFFSET(BOOT_PARAMS_SATP, offsetof(struct boot_params, satp));
    OFFSET(BOOT_PARAMS_PCPU, offsetof(struct boot_params, pcpu));
    OFFSET(FATAL_FRAME_BYTES, sizeof(struct fatal_frame));
}
