/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets for the assembly files: the Makefile turns the "->" lines of this file's output into
 * offsets.h. */
#include "arch/arm/a32/boot_params.h"
#include "arch/arm/a32/fatal.h"
#include "core/pcpu.h"
#include "core/vcpu.h"

#define OFFSET(name, value) __asm__ volatile("\n->" #name " %0" ::"i"(value))

static_assert(offsetof(struct vcpu, arch.a32.gprs) == 0, "SP_hyp points at the registers");
static_assert(offsetof(struct a32_gprs, lr) == 13 * 4 && offsetof(struct a32_gprs, cpsr) == 15 * 4,
              "entry.S stores r0 to r12 and lr in a row, ELR and SPSR as a pair");
static_assert(offsetof(struct boot_params, httbr) == 0, "loaded as a pair");

void offsets(void);
void offsets(void)
{
    OFFSET(VCPU_PC, offsetof(struct vcpu, arch.a32.gprs.pc));
    OFFSET(VCPU_PCPU, offsetof(struct vcpu, arch.a32.pcpu));
    OFFSET(PCPU_STACK_TOP, offsetof(struct pcpu, arch.stack_top));
    OFFSET(PCPU_EMERGENCY_TOP, offsetof(struct pcpu, arch.emergency_stack_top));
    OFFSET(BOOT_AREA_PARAMS, offsetof(struct boot_area, params));
    OFFSET(BOOT_PARAMS_HTTBR, offsetof(struct boot_params, httbr));
    OFFSET(BOOT_PARAMS_HTCR, offsetof(struct boot_params, htcr));
    OFFSET(BOOT_PARAMS_HMAIR, offsetof(struct boot_params, hmair));
    OFFSET(BOOT_PARAMS_HSCTLR, offsetof(struct boot_params, hsctlr));
    OFFSET(BOOT_PARAMS_PCPU, offsetof(struct boot_params, pcpu));
    OFFSET(FATAL_FRAME_SP, offsetof(struct fatal_frame, sp));
    OFFSET(FATAL_FRAME_LR, offsetof(struct fatal_frame, lr));
    OFFSET(FATAL_FRAME_BYTES, sizeof(struct fatal_frame));
}
