/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets for the assembly files: the Makefile turns the "->" lines of this file's output into
 * offsets.h. */
#include "arch/arm/a64/boot_params.h"
#include "arch/arm/a64/fast.h"
#include "arch/arm/a64/fatal.h"
#include "core/pcpu.h"
#include "core/vcpu.h"

#define OFFSET(name, value) __asm__ volatile("\n->" #name " %0" ::"i"(value))

static_assert(offsetof(struct vcpu, arch.a64.gprs) == 0, "SP_EL2 points at the registers");
static_assert(offsetof(struct a64_gprs, x[30]) == 240, "entry.S has the registers' offsets");
static_assert(offsetof(struct a64_gprs, spsr) == offsetof(struct a64_gprs, pc) + 8,
              "entry.S moves PC and SPSR as a pair");

void offsets(void);
void offsets(void)
{
    OFFSET(VCPU_PCPU, offsetof(struct vcpu, arch.a64.pcpu));
    OFFSET(VCPU_PC, offsetof(struct vcpu, arch.a64.gprs.pc));
    OFFSET(PCPU_STACK_TOP, offsetof(struct pcpu, arch.stack_top));
    OFFSET(PCPU_EMERGENCY_TOP, offsetof(struct pcpu, arch.emergency_stack_top));
    OFFSET(BOOT_PARAMS_TTBR, offsetof(struct boot_params, ttbr));
    OFFSET(BOOT_PARAMS_MAIR, offsetof(struct boot_params, mair));
    OFFSET(BOOT_PARAMS_PCPU, offsetof(struct boot_params, pcpu));
    OFFSET(LEFT_REG_SHIFT, A64_LEFT_REG_SHIFT);
    OFFSET(LEFT_LOAD_SHIFT, A64_LEFT_LOAD_SHIFT);
    OFFSET(FATAL_FRAME_BYTES, sizeof(struct fatal_frame));
}
