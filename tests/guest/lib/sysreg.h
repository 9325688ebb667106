/* SPDX-License-Identifier: Apache-2.0 */
/* Access to system registers by name, barriers, interrupt masking. Arm ARM DDI 0487, C5 and D19. */
#pragma once

#include "lib/regdef.h"
#include "lib/types.h"

/* NAME is the manual's, or S3_op1_Cn_Cm_op2. */
#define READ_SYSREG(name)                                            \
    ({                                                               \
        uint64_t value_;                                             \
        __asm__ volatile("mrs %0, " #name : "=r"(value_)::"memory"); \
        value_;                                                      \
    })
#define WRITE_SYSREG(name, value) \
    __asm__ volatile("msr " #name ", %x0" ::"rZ"((uint64_t)(value)) : "memory")

/* clang-format off */
#define SPSR_EL1_FIELDS(X)                                                                        \
    X(SPSR_EL1, M, 4, 0) X(SPSR_EL1, RES0_a, 5, 5) X(SPSR_EL1, F, 6, 6) X(SPSR_EL1, I, 7, 7)      \
    X(SPSR_EL1, A, 8, 8) X(SPSR_EL1, D, 9, 9) X(SPSR_EL1, RES0_b, 27, 10)                         \
    X(SPSR_EL1, NZCV, 31, 28) X(SPSR_EL1, RES0_c, 63, 32)
/* clang-format on */
REG_DEFINE64(SPSR_EL1, SPSR_EL1_FIELDS);

enum { SPSR_M_EL0T = 0, SPSR_M_EL1H = 5 };
/* At EL1 on its own stack, all interrupts masked. */
#define SPSR_EL1_EL1H_MASKED (SPSR_M_EL1H | SPSR_EL1_D | SPSR_EL1_A | SPSR_EL1_I | SPSR_EL1_F)

/* clang-format off */
#define MPIDR_EL1_FIELDS(F)                                                                       \
    F(MPIDR_EL1, Aff0, 7, 0) F(MPIDR_EL1, Aff1, 15, 8) F(MPIDR_EL1, Aff2, 23, 16)                 \
    F(MPIDR_EL1, MT, 24, 24) F(MPIDR_EL1, RES0_a, 29, 25) F(MPIDR_EL1, U, 30, 30)                 \
    F(MPIDR_EL1, RES1_a, 31, 31) F(MPIDR_EL1, Aff3, 39, 32) F(MPIDR_EL1, RES0_b, 63, 40)
/* clang-format on */
REG_DEFINE64(MPIDR_EL1, MPIDR_EL1_FIELDS);
#define MPIDR_AFFINITY ((uint64_t)MPIDR_EL1_Aff0 | MPIDR_EL1_Aff1 | MPIDR_EL1_Aff2 | MPIDR_EL1_Aff3)

/* clang-format off */
#define CPACR_EL1_FIELDS(F)                                                                       \
    F(CPACR_EL1, RES0_a, 15, 0) F(CPACR_EL1, ZEN, 17, 16) F(CPACR_EL1, RES0_b, 19, 18)            \
    F(CPACR_EL1, FPEN, 21, 20) F(CPACR_EL1, RES0_c, 23, 22) F(CPACR_EL1, SMEN, 25, 24)            \
    F(CPACR_EL1, RES0_d, 63, 26)
/* clang-format on */
REG_DEFINE64(CPACR_EL1, CPACR_EL1_FIELDS);

static __always_inline void barrier_sync(void)
{
    __asm__ volatile("dsb sy" ::: "memory");
}
static __always_inline void barrier_context(void)
{
    __asm__ volatile("isb" ::: "memory");
}
static __always_inline void irq_unmask(void)
{
    __asm__ volatile("msr daifclr, #2" ::: "memory");
}
static __always_inline void irq_mask(void)
{
    __asm__ volatile("msr daifset, #2" ::: "memory");
}
/* Until an interrupt is pending, masked or not. */
static __always_inline void wait_for_interrupt(void)
{
    __asm__ volatile("dsb sy\n wfi" ::: "memory");
}
