/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of the AArch64 identification registers. Layout only; what a guest is shown is
 * decided in a64_id.c. Arm ARM DDI 0487, D19.2, ID_AA64*.
 */
#pragma once

#include "lib/regdef.h"

#define ID_AA64PFR0_FIELDS(F)       \
    F(ID_AA64PFR0, EL0, 3, 0)       \
    F(ID_AA64PFR0, EL1, 7, 4)       \
    F(ID_AA64PFR0, EL2, 11, 8)      \
    F(ID_AA64PFR0, EL3, 15, 12)     \
    F(ID_AA64PFR0, FP, 19, 16)      \
    F(ID_AA64PFR0, AdvSIMD, 23, 20) \
    F(ID_AA64PFR0, GIC, 27, 24)     \
    F(ID_AA64PFR0, RAS, 31, 28)     \
    F(ID_AA64PFR0, SVE, 35, 32)     \
    F(ID_AA64PFR0, SEL2, 39, 36)    \
    F(ID_AA64PFR0, MPAM, 43, 40)    \
    F(ID_AA64PFR0, AMU, 47, 44)     \
    F(ID_AA64PFR0, DIT, 51, 48)     \
    F(ID_AA64PFR0, RME, 55, 52)     \
    F(ID_AA64PFR0, CSV2, 59, 56)    \
    F(ID_AA64PFR0, CSV3, 63, 60)
REG_DEFINE64(ID_AA64PFR0, ID_AA64PFR0_FIELDS);

#define ID_AA64PFR1_FIELDS(F)         \
    F(ID_AA64PFR1, BT, 3, 0)          \
    F(ID_AA64PFR1, SSBS, 7, 4)        \
    F(ID_AA64PFR1, MTE, 11, 8)        \
    F(ID_AA64PFR1, RAS_frac, 15, 12)  \
    F(ID_AA64PFR1, MPAM_frac, 19, 16) \
    F(ID_AA64PFR1, RES0_20, 23, 20)   \
    F(ID_AA64PFR1, SME, 27, 24)       \
    F(ID_AA64PFR1, RNDR_trap, 31, 28) \
    F(ID_AA64PFR1, CSV2_frac, 35, 32) \
    F(ID_AA64PFR1, NMI, 39, 36)       \
    F(ID_AA64PFR1, MTE_frac, 43, 40)  \
    F(ID_AA64PFR1, GCS, 47, 44)       \
    F(ID_AA64PFR1, THE, 51, 48)       \
    F(ID_AA64PFR1, MTEX, 55, 52)      \
    F(ID_AA64PFR1, DF2, 59, 56)       \
    F(ID_AA64PFR1, PFAR, 63, 60)
REG_DEFINE64(ID_AA64PFR1, ID_AA64PFR1_FIELDS);

#define ID_AA64DFR0_FIELDS(F)           \
    F(ID_AA64DFR0, DebugVer, 3, 0)      \
    F(ID_AA64DFR0, TraceVer, 7, 4)      \
    F(ID_AA64DFR0, PMUVer, 11, 8)       \
    F(ID_AA64DFR0, BRPs, 15, 12)        \
    F(ID_AA64DFR0, PMSS, 19, 16)        \
    F(ID_AA64DFR0, WRPs, 23, 20)        \
    F(ID_AA64DFR0, SEBEP, 27, 24)       \
    F(ID_AA64DFR0, CTX_CMPs, 31, 28)    \
    F(ID_AA64DFR0, PMSVer, 35, 32)      \
    F(ID_AA64DFR0, DoubleLock, 39, 36)  \
    F(ID_AA64DFR0, TraceFilt, 43, 40)   \
    F(ID_AA64DFR0, TraceBuffer, 47, 44) \
    F(ID_AA64DFR0, MTPMU, 51, 48)       \
    F(ID_AA64DFR0, BRBE, 55, 52)        \
    F(ID_AA64DFR0, ExtTrcBuff, 59, 56)  \
    F(ID_AA64DFR0, HPMN0, 63, 60)
REG_DEFINE64(ID_AA64DFR0, ID_AA64DFR0_FIELDS);

#define ID_AA64ISAR0_FIELDS(F)      \
    F(ID_AA64ISAR0, RES0_0, 3, 0)   \
    F(ID_AA64ISAR0, AES, 7, 4)      \
    F(ID_AA64ISAR0, SHA1, 11, 8)    \
    F(ID_AA64ISAR0, SHA2, 15, 12)   \
    F(ID_AA64ISAR0, CRC32, 19, 16)  \
    F(ID_AA64ISAR0, Atomic, 23, 20) \
    F(ID_AA64ISAR0, TME, 27, 24)    \
    F(ID_AA64ISAR0, RDM, 31, 28)    \
    F(ID_AA64ISAR0, SHA3, 35, 32)   \
    F(ID_AA64ISAR0, SM3, 39, 36)    \
    F(ID_AA64ISAR0, SM4, 43, 40)    \
    F(ID_AA64ISAR0, DP, 47, 44)     \
    F(ID_AA64ISAR0, FHM, 51, 48)    \
    F(ID_AA64ISAR0, TS, 55, 52)     \
    F(ID_AA64ISAR0, TLB, 59, 56)    \
    F(ID_AA64ISAR0, RNDR, 63, 60)
REG_DEFINE64(ID_AA64ISAR0, ID_AA64ISAR0_FIELDS);

#define ID_AA64ISAR1_FIELDS(F)       \
    F(ID_AA64ISAR1, DPB, 3, 0)       \
    F(ID_AA64ISAR1, APA, 7, 4)       \
    F(ID_AA64ISAR1, API, 11, 8)      \
    F(ID_AA64ISAR1, JSCVT, 15, 12)   \
    F(ID_AA64ISAR1, FCMA, 19, 16)    \
    F(ID_AA64ISAR1, LRCPC, 23, 20)   \
    F(ID_AA64ISAR1, GPA, 27, 24)     \
    F(ID_AA64ISAR1, GPI, 31, 28)     \
    F(ID_AA64ISAR1, FRINTTS, 35, 32) \
    F(ID_AA64ISAR1, SB, 39, 36)      \
    F(ID_AA64ISAR1, SPECRES, 43, 40) \
    F(ID_AA64ISAR1, BF16, 47, 44)    \
    F(ID_AA64ISAR1, DGH, 51, 48)     \
    F(ID_AA64ISAR1, I8MM, 55, 52)    \
    F(ID_AA64ISAR1, XS, 59, 56)      \
    F(ID_AA64ISAR1, LS64, 63, 60)
REG_DEFINE64(ID_AA64ISAR1, ID_AA64ISAR1_FIELDS);

#define ID_AA64ISAR2_FIELDS(F)            \
    F(ID_AA64ISAR2, WFxT, 3, 0)           \
    F(ID_AA64ISAR2, RPRES, 7, 4)          \
    F(ID_AA64ISAR2, GPA3, 11, 8)          \
    F(ID_AA64ISAR2, APA3, 15, 12)         \
    F(ID_AA64ISAR2, MOPS, 19, 16)         \
    F(ID_AA64ISAR2, BC, 23, 20)           \
    F(ID_AA64ISAR2, PAC_frac, 27, 24)     \
    F(ID_AA64ISAR2, CLRBHB, 31, 28)       \
    F(ID_AA64ISAR2, SYSREG_128, 35, 32)   \
    F(ID_AA64ISAR2, SYSINSTR_128, 39, 36) \
    F(ID_AA64ISAR2, PRFMSLC, 43, 40)      \
    F(ID_AA64ISAR2, RES0_44, 47, 44)      \
    F(ID_AA64ISAR2, RPRFM, 51, 48)        \
    F(ID_AA64ISAR2, CSSC, 55, 52)         \
    F(ID_AA64ISAR2, LUT, 59, 56)          \
    F(ID_AA64ISAR2, ATS1A, 63, 60)
REG_DEFINE64(ID_AA64ISAR2, ID_AA64ISAR2_FIELDS);

#define ID_AA64MMFR0_FIELDS(F)         \
    F(ID_AA64MMFR0, PARange, 3, 0)     \
    F(ID_AA64MMFR0, ASIDBits, 7, 4)    \
    F(ID_AA64MMFR0, BigEnd, 11, 8)     \
    F(ID_AA64MMFR0, SNSMem, 15, 12)    \
    F(ID_AA64MMFR0, BigEndEL0, 19, 16) \
    F(ID_AA64MMFR0, TGran16, 23, 20)   \
    F(ID_AA64MMFR0, TGran64, 27, 24)   \
    F(ID_AA64MMFR0, TGran4, 31, 28)    \
    F(ID_AA64MMFR0, TGran16_2, 35, 32) \
    F(ID_AA64MMFR0, TGran64_2, 39, 36) \
    F(ID_AA64MMFR0, TGran4_2, 43, 40)  \
    F(ID_AA64MMFR0, ExS, 47, 44)       \
    F(ID_AA64MMFR0, RES0_48, 55, 48)   \
    F(ID_AA64MMFR0, FGT, 59, 56)       \
    F(ID_AA64MMFR0, ECV, 63, 60)
REG_DEFINE64(ID_AA64MMFR0, ID_AA64MMFR0_FIELDS);

#define ID_AA64MMFR1_FIELDS(F)       \
    F(ID_AA64MMFR1, HAFDBS, 3, 0)    \
    F(ID_AA64MMFR1, VMIDBits, 7, 4)  \
    F(ID_AA64MMFR1, VH, 11, 8)       \
    F(ID_AA64MMFR1, HPDS, 15, 12)    \
    F(ID_AA64MMFR1, LO, 19, 16)      \
    F(ID_AA64MMFR1, PAN, 23, 20)     \
    F(ID_AA64MMFR1, SpecSEI, 27, 24) \
    F(ID_AA64MMFR1, XNX, 31, 28)     \
    F(ID_AA64MMFR1, TWED, 35, 32)    \
    F(ID_AA64MMFR1, ETS, 39, 36)     \
    F(ID_AA64MMFR1, HCX, 43, 40)     \
    F(ID_AA64MMFR1, AFP, 47, 44)     \
    F(ID_AA64MMFR1, nTLBPA, 51, 48)  \
    F(ID_AA64MMFR1, TIDCP1, 55, 52)  \
    F(ID_AA64MMFR1, CMOW, 59, 56)    \
    F(ID_AA64MMFR1, ECBHB, 63, 60)
REG_DEFINE64(ID_AA64MMFR1, ID_AA64MMFR1_FIELDS);

#define ID_AA64MMFR2_FIELDS(F)       \
    F(ID_AA64MMFR2, CnP, 3, 0)       \
    F(ID_AA64MMFR2, UAO, 7, 4)       \
    F(ID_AA64MMFR2, LSM, 11, 8)      \
    F(ID_AA64MMFR2, IESB, 15, 12)    \
    F(ID_AA64MMFR2, VARange, 19, 16) \
    F(ID_AA64MMFR2, CCIDX, 23, 20)   \
    F(ID_AA64MMFR2, NV, 27, 24)      \
    F(ID_AA64MMFR2, ST, 31, 28)      \
    F(ID_AA64MMFR2, AT, 35, 32)      \
    F(ID_AA64MMFR2, IDS, 39, 36)     \
    F(ID_AA64MMFR2, FWB, 43, 40)     \
    F(ID_AA64MMFR2, RES0_44, 47, 44) \
    F(ID_AA64MMFR2, TTL, 51, 48)     \
    F(ID_AA64MMFR2, BBM, 55, 52)     \
    F(ID_AA64MMFR2, EVT, 59, 56)     \
    F(ID_AA64MMFR2, E0PD, 63, 60)
REG_DEFINE64(ID_AA64MMFR2, ID_AA64MMFR2_FIELDS);

/* AArch32 ones that are not shown as they are. */
#define ID_PFR0_FIELDS(F)      \
    F(ID_PFR0, State0, 3, 0)   \
    F(ID_PFR0, State1, 7, 4)   \
    F(ID_PFR0, State2, 11, 8)  \
    F(ID_PFR0, State3, 15, 12) \
    F(ID_PFR0, CSV2, 19, 16)   \
    F(ID_PFR0, AMU, 23, 20)    \
    F(ID_PFR0, DIT, 27, 24)    \
    F(ID_PFR0, RAS, 31, 28)    \
    F(ID_PFR0, RES0_32, 63, 32)
REG_DEFINE64(ID_PFR0, ID_PFR0_FIELDS);

#define ID_PFR1_FIELDS(F)              \
    F(ID_PFR1, ProgMod, 3, 0)          \
    F(ID_PFR1, Security, 7, 4)         \
    F(ID_PFR1, MProgMod, 11, 8)        \
    F(ID_PFR1, Virtualization, 15, 12) \
    F(ID_PFR1, GenTimer, 19, 16)       \
    F(ID_PFR1, Sec_frac, 23, 20)       \
    F(ID_PFR1, Virt_frac, 27, 24)      \
    F(ID_PFR1, GIC, 31, 28)            \
    F(ID_PFR1, RES0_32, 63, 32)
REG_DEFINE64(ID_PFR1, ID_PFR1_FIELDS);

#define ID_PFR2_FIELDS(F)       \
    F(ID_PFR2, CSV3, 3, 0)      \
    F(ID_PFR2, SSBS, 7, 4)      \
    F(ID_PFR2, RAS_frac, 11, 8) \
    F(ID_PFR2, RES0_12, 63, 12)
REG_DEFINE64(ID_PFR2, ID_PFR2_FIELDS);

#define ID_DFR0_FIELDS(F)         \
    F(ID_DFR0, CopDbg, 3, 0)      \
    F(ID_DFR0, CopSDbg, 7, 4)     \
    F(ID_DFR0, MMapDbg, 11, 8)    \
    F(ID_DFR0, CopTrc, 15, 12)    \
    F(ID_DFR0, MMapTrc, 19, 16)   \
    F(ID_DFR0, MProfDbg, 23, 20)  \
    F(ID_DFR0, PerfMon, 27, 24)   \
    F(ID_DFR0, TraceFilt, 31, 28) \
    F(ID_DFR0, RES0_32, 63, 32)
REG_DEFINE64(ID_DFR0, ID_DFR0_FIELDS);

#define ID_MMFR4_FIELDS(F)     \
    F(ID_MMFR4, SpecSEI, 3, 0) \
    F(ID_MMFR4, AC2, 7, 4)     \
    F(ID_MMFR4, XNX, 11, 8)    \
    F(ID_MMFR4, CnP, 15, 12)   \
    F(ID_MMFR4, HPDS, 19, 16)  \
    F(ID_MMFR4, LSM, 23, 20)   \
    F(ID_MMFR4, CCIDX, 27, 24) \
    F(ID_MMFR4, EVT, 31, 28)   \
    F(ID_MMFR4, RES0_32, 63, 32)
REG_DEFINE64(ID_MMFR4, ID_MMFR4_FIELDS);
