/* SPDX-License-Identifier: Apache-2.0 */
/* Offsets for the assembly files: the Makefile turns the "->" lines of this file's output into
 * offsets.h. */
#include "arch/riscv/hw/boot_params.h"
#include "arch/riscv/hw/crossing.h"
#include "arch/riscv/hw/fatal.h"
#include "arch/riscv/model/rv_csr.h"
#include "core/pcpu.h"
#include "core/vcpu.h"

#define OFFSET(name, value) __asm__ volatile("\n->" #name " %0" ::"i"(value))

static_assert(offsetof(struct vcpu, arch.rv.gprs) == 0, "sscratch points at the registers");
static_assert(STATUS_SHORT == (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP) &&
                  STATUS_SIE == SSTATUS_SIE && SUM_UPPER << 12 == SSTATUS_SUM,
              "as trampoline.S has them");
static_assert(offsetof(struct crossing, sscratch) == offsetof(struct crossing, sstatus) + 8 &&
                  offsetof(struct crossing, sepc) == offsetof(struct crossing, sscratch) + 8 &&
                  offsetof(struct crossing, scause) == offsetof(struct crossing, sepc) + 8 &&
                  offsetof(struct crossing, stval) == offsetof(struct crossing, scause) + 8 &&
                  offsetof(struct crossing, stvec) == offsetof(struct crossing, stval) + 8 &&
                  offsetof(struct crossing, satp) == offsetof(struct crossing, stvec) + 8,
              "in the order of their numbers, sstatus before them, stvec and satp behind");
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
    OFFSET(VCPU_CAPS, offsetof(struct vcpu, arch.rv.priv.caps));
    OFFSET(PCPU_CROSSING, offsetof(struct pcpu, arch.crossing));
    OFFSET(CROSSING_T0, offsetof(struct crossing, t0));
    OFFSET(CROSSING_T1, offsetof(struct crossing, t1));
    OFFSET(CROSSING_A0, offsetof(struct crossing, a0));
    OFFSET(CROSSING_HOST_SATP, offsetof(struct crossing, host_satp));
    OFFSET(CROSSING_GUEST_SATP, offsetof(struct crossing, guest_satp));
    OFFSET(CROSSING_PLACE, offsetof(struct crossing, place));
    OFFSET(CROSSING_FENCE, offsetof(struct crossing, fence));
    OFFSET(CROSSING_SELF, offsetof(struct crossing, self));
    OFFSET(CROSSING_ENTRY, offsetof(struct crossing, entry));
    OFFSET(CROSSING_VCPU, offsetof(struct crossing, vcpu));
    OFFSET(CROSSING_T2, offsetof(struct crossing, t2));
    OFFSET(CROSSING_T3, offsetof(struct crossing, t3));
    OFFSET(CROSSING_T4, offsetof(struct crossing, t4));
    OFFSET(CROSSING_T5, offsetof(struct crossing, t5));
    OFFSET(CROSSING_T6, offsetof(struct crossing, t6));
    OFFSET(CROSSING_SHORT, offsetof(struct crossing, is_short));
    OFFSET(CROSSING_STATUS, offsetof(struct crossing, status));
    OFFSET(CROSSING_STATUS_LONG, offsetof(struct crossing, status_long));
    OFFSET(CROSSING_PENDING, offsetof(struct crossing, pending));
    OFFSET(CROSSING_SHORT_COUNT, offsetof(struct crossing, short_count));
    OFFSET(CROSSING_SSTATUS, offsetof(struct crossing, sstatus));
    OFFSET(CROSSING_SSCRATCH, offsetof(struct crossing, sscratch));
    OFFSET(FATAL_FRAME_BYTES, sizeof(struct fatal_frame));
}
