/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access to cp15 registers by the manual's name, and barriers. Arm ARM DDI 0406C, B3.17
 * "Organization of the CP15 registers in a VMSA implementation"; timers: B8.2.
 */
#pragma once

#include "lib/types.h"

/* 32 bits: opc1, CRn, CRm, opc2. */
#define A32_SYSREGS(R)           \
    R(MIDR, 0, 0, 0, 0)          \
    R(CTR, 0, 0, 0, 1)           \
    R(TCMTR, 0, 0, 0, 2)         \
    R(TLBTR, 0, 0, 0, 3)         \
    R(MPIDR, 0, 0, 0, 5)         \
    R(REVIDR, 0, 0, 0, 6)        \
    R(ID_PFR0, 0, 0, 1, 0)       \
    R(ID_PFR1, 0, 0, 1, 1)       \
    R(ID_DFR0, 0, 0, 1, 2)       \
    R(ID_AFR0, 0, 0, 1, 3)       \
    R(ID_MMFR0, 0, 0, 1, 4)      \
    R(ID_MMFR1, 0, 0, 1, 5)      \
    R(ID_MMFR2, 0, 0, 1, 6)      \
    R(ID_MMFR3, 0, 0, 1, 7)      \
    R(ID_ISAR0, 0, 0, 2, 0)      \
    R(ID_ISAR1, 0, 0, 2, 1)      \
    R(ID_ISAR2, 0, 0, 2, 2)      \
    R(ID_ISAR3, 0, 0, 2, 3)      \
    R(ID_ISAR4, 0, 0, 2, 4)      \
    R(ID_ISAR5, 0, 0, 2, 5)      \
    R(CCSIDR, 1, 0, 0, 0)        \
    R(CLIDR, 1, 0, 0, 1)         \
    R(AIDR, 1, 0, 0, 7)          \
    R(CSSELR, 2, 0, 0, 0)        \
    R(VPIDR, 4, 0, 0, 0)         \
    R(VMPIDR, 4, 0, 0, 5)        \
    R(SCTLR, 0, 1, 0, 0)         \
    R(CPACR, 0, 1, 0, 2)         \
    R(HSCTLR, 4, 1, 0, 0)        \
    R(HCR, 4, 1, 1, 0)           \
    R(HDCR, 4, 1, 1, 1)          \
    R(HCPTR, 4, 1, 1, 2)         \
    R(HSTR, 4, 1, 1, 3)          \
    R(TTBCR, 0, 2, 0, 2)         \
    R(HTCR, 4, 2, 0, 2)          \
    R(VTCR, 4, 2, 1, 2)          \
    R(DACR, 0, 3, 0, 0)          \
    R(DFSR, 0, 5, 0, 0)          \
    R(IFSR, 0, 5, 0, 1)          \
    R(ADFSR, 0, 5, 1, 0)         \
    R(AIFSR, 0, 5, 1, 1)         \
    R(HSR, 4, 5, 2, 0)           \
    R(DFAR, 0, 6, 0, 0)          \
    R(IFAR, 0, 6, 0, 2)          \
    R(HDFAR, 4, 6, 0, 0)         \
    R(HIFAR, 4, 6, 0, 2)         \
    R(HPFAR, 4, 6, 0, 4)         \
    R(ICIALLUIS, 0, 7, 1, 0)     \
    R(ICIALLU, 0, 7, 5, 0)       \
    R(DCIMVAC, 0, 7, 6, 1)       \
    R(ATS1CPR, 0, 7, 8, 0)       \
    R(DCCISW, 0, 7, 14, 2)       \
    R(DCCIMVAC, 0, 7, 14, 1)     \
    R(TLBIALL, 0, 8, 7, 0)       \
    R(TLBIALLIS, 0, 8, 3, 0)     \
    R(TLBIMVAIS, 0, 8, 3, 1)     \
    R(TLBIASIDIS, 0, 8, 3, 2)    \
    R(TLBIMVAAIS, 0, 8, 3, 3)    \
    R(TLBIALLHIS, 4, 8, 3, 0)    \
    R(TLBIALLNSNHIS, 4, 8, 3, 4) \
    R(TLBIALLH, 4, 8, 7, 0)      \
    R(PRRR, 0, 10, 2, 0)         \
    R(NMRR, 0, 10, 2, 1)         \
    R(AMAIR0, 0, 10, 3, 0)       \
    R(AMAIR1, 0, 10, 3, 1)       \
    R(HMAIR0, 4, 10, 2, 0)       \
    R(HMAIR1, 4, 10, 2, 1)       \
    R(VBAR, 0, 12, 0, 0)         \
    R(HVBAR, 4, 12, 0, 0)        \
    R(CONTEXTIDR, 0, 13, 0, 1)   \
    R(TPIDRURW, 0, 13, 0, 2)     \
    R(TPIDRURO, 0, 13, 0, 3)     \
    R(TPIDRPRW, 0, 13, 0, 4)     \
    R(HTPIDR, 4, 13, 0, 2)       \
    R(CNTFRQ, 0, 14, 0, 0)       \
    R(CNTKCTL, 0, 14, 1, 0)      \
    R(CNTV_CTL, 0, 14, 3, 1)     \
    R(CNTHCTL, 4, 14, 1, 0)      \
    R(CNTHP_CTL, 4, 14, 2, 1)

/* 64 bits: opc1, CRm. */
#define A32_SYSREGS64(R) \
    R(TTBR0, 0, 2)       \
    R(TTBR1, 1, 2)       \
    R(HTTBR, 4, 2)       \
    R(VTTBR, 6, 2)       \
    R(PAR, 0, 7)         \
    R(CNTPCT, 0, 14)     \
    R(CNTV_CVAL, 3, 14)  \
    R(CNTVOFF, 4, 14)    \
    R(CNTHP_CVAL, 6, 14)

/* Reads are not moved over each other or over barriers. */
#define A32_ACCESS_(name, op1, crn, crm, op2)                                                 \
    static __always_inline uint32_t sysreg_read_##name(void)                                  \
    {                                                                                         \
        uint32_t value;                                                                       \
        __asm__ volatile("mrc p15, " #op1 ", %0, c" #crn ", c" #crm ", " #op2 : "=r"(value)); \
        return value;                                                                         \
    }                                                                                         \
    static __always_inline void sysreg_write_##name(uint32_t value)                           \
    {                                                                                         \
        __asm__ volatile("mcr p15, " #op1 ", %0, c" #crn ", c" #crm ", " #op2 ::"r"(value)    \
                         : "memory");                                                         \
    }
#define A32_ACCESS64_(name, op1, crm)                                                     \
    static __always_inline uint64_t sysreg_read_##name(void)                              \
    {                                                                                     \
        uint64_t value;                                                                   \
        __asm__ volatile("mrrc p15, " #op1 ", %Q0, %R0, c" #crm : "=r"(value));           \
        return value;                                                                     \
    }                                                                                     \
    static __always_inline void sysreg_write_##name(uint64_t value)                       \
    {                                                                                     \
        __asm__ volatile("mcrr p15, " #op1 ", %Q0, %R0, c" #crm ::"r"(value) : "memory"); \
    }
A32_SYSREGS(A32_ACCESS_)
A32_SYSREGS64(A32_ACCESS64_)
#undef A32_ACCESS_
#undef A32_ACCESS64_

#define sysreg_read(name)         sysreg_read_##name()
#define sysreg_write(name, value) sysreg_write_##name(value)

/* The names that code shared with AArch64 uses; they are architecturally mapped to these. */
#define sysreg_read_CNTPCT_EL0()           sysreg_read_CNTPCT()
#define sysreg_read_CNTFRQ_EL0()           sysreg_read_CNTFRQ()
#define sysreg_write_CNTHP_CTL_EL2(value)  sysreg_write_CNTHP_CTL(value)
#define sysreg_write_CNTHP_CVAL_EL2(value) sysreg_write_CNTHP_CVAL(value)
#define sysreg_write_CNTHCTL_EL2(value)    sysreg_write_CNTHCTL(value)
#define sysreg_write_CNTV_CTL_EL0(value)   sysreg_write_CNTV_CTL(value)

#define isb()       __asm__ volatile("isb" ::: "memory")
#define dsb(domain) __asm__ volatile("dsb " #domain ::: "memory")
#define dmb(domain) __asm__ volatile("dmb " #domain ::: "memory")
