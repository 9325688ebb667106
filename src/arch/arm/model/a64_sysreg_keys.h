/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How an AArch64 system register is called as a number: op0:op1:CRn:CRm:op2 in 16 bits, the key
 * of its row (core/reg_row.h). Encodings only; what a register does is in a64_sysreg.c. Arm ARM DDI
 * 0487, D18 "AArch64 System register encoding".
 */
#pragma once

#include "arch/arm/model/a64_esr.h"
#include "lib/regdef.h"
#include "lib/types.h"

#define A64_KEY_FIELDS(F)   \
    F(A64_KEY, CRm, 3, 0)   \
    F(A64_KEY, CRn, 7, 4)   \
    F(A64_KEY, Op1, 10, 8)  \
    F(A64_KEY, Op2, 13, 11) \
    F(A64_KEY, Op0, 15, 14)
REG_DEFINE_(A64_KEY, A64_KEY_FIELDS, 16);

#define A64_SYSREG(op0, op1, crn, crm, op2)                               \
    ((uint32_t)(REG_PUT(A64_KEY, Op0, op0) | REG_PUT(A64_KEY, Op1, op1) | \
                REG_PUT(A64_KEY, CRn, crn) | REG_PUT(A64_KEY, CRm, crm) | \
                REG_PUT(A64_KEY, Op2, op2)))

/* The key in the ISS of a trapped MSR or MRS (ESR_EC_SYS64): its fields, next to each other. */
static __always_inline uint32_t a64_key_of_iss(uint64_t iss)
{
    static_assert(ISS_SYS64_CRm_SHIFT == 1 && ISS_SYS64_CRn_SHIFT == 10 &&
                      ISS_SYS64_Op0_SHIFT + ISS_SYS64_Op0_WIDTH == 22 && A64_KEY_CRn_SHIFT == 4,
                  "the order of A64_KEY is the syndrome's");
    return (uint32_t)(REG_GET(ISS_SYS64, CRm, iss) |
                      (iss >> (ISS_SYS64_CRn_SHIFT - A64_KEY_CRn_SHIFT) &
                       (A64_KEY_CRn | A64_KEY_Op1 | A64_KEY_Op2 | A64_KEY_Op0)));
}

/* In the manual's order: by Op0, Op1, CRn, CRm, Op2. */
#define A64_SYSREG_LIST(R)                                     \
    R(DC_ISW, 1, 0, 7, 6, 2)                                   \
    R(DC_CSW, 1, 0, 7, 10, 2)                                  \
    R(DC_CISW, 1, 0, 7, 14, 2)                                 \
    R(OSDTRRX_EL1, 2, 0, 0, 0, 2)                              \
    R(DBGBVR0_EL1, 2, 0, 0, 0, 4)                              \
    R(DBGBCR0_EL1, 2, 0, 0, 0, 5)                              \
    R(DBGWVR0_EL1, 2, 0, 0, 0, 6)                              \
    R(DBGWCR0_EL1, 2, 0, 0, 0, 7)                              \
    R(DBGBVR1_EL1, 2, 0, 0, 1, 4)                              \
    R(DBGBCR1_EL1, 2, 0, 0, 1, 5)                              \
    R(DBGWVR1_EL1, 2, 0, 0, 1, 6)                              \
    R(DBGWCR1_EL1, 2, 0, 0, 1, 7)                              \
    R(MDCCINT_EL1, 2, 0, 0, 2, 0)                              \
    R(MDSCR_EL1, 2, 0, 0, 2, 2)                                \
    R(OSDTRTX_EL1, 2, 0, 0, 3, 2)                              \
    R(OSECCR_EL1, 2, 0, 0, 6, 2)                               \
    R(MDRAR_EL1, 2, 0, 1, 0, 0)                                \
    R(OSLAR_EL1, 2, 0, 1, 0, 4)                                \
    R(OSLSR_EL1, 2, 0, 1, 1, 4)                                \
    R(OSDLR_EL1, 2, 0, 1, 3, 4)                                \
    R(DBGPRCR_EL1, 2, 0, 1, 4, 4)                              \
    R(DBGCLAIMSET_EL1, 2, 0, 7, 8, 6)                          \
    R(DBGCLAIMCLR_EL1, 2, 0, 7, 9, 6)                          \
    R(DBGAUTHSTATUS_EL1, 2, 0, 7, 14, 6)                       \
    R(MDCCSR_EL0, 2, 3, 0, 1, 0)                               \
    R(DBGDTR_EL0, 2, 3, 0, 4, 0)                               \
    R(DBGDTRRX_EL0, 2, 3, 0, 5, 0) /* written: DBGDTRTX_EL0 */ \
    R(REVIDR_EL1, 3, 0, 0, 0, 6)                               \
    R(ID_PFR0_EL1, 3, 0, 0, 1, 0)                              \
    R(ID_PFR1_EL1, 3, 0, 0, 1, 1)                              \
    R(ID_DFR0_EL1, 3, 0, 0, 1, 2)                              \
    R(ID_AFR0_EL1, 3, 0, 0, 1, 3)                              \
    R(ID_MMFR0_EL1, 3, 0, 0, 1, 4)                             \
    R(ID_MMFR1_EL1, 3, 0, 0, 1, 5)                             \
    R(ID_MMFR2_EL1, 3, 0, 0, 1, 6)                             \
    R(ID_MMFR3_EL1, 3, 0, 0, 1, 7)                             \
    R(ID_ISAR0_EL1, 3, 0, 0, 2, 0)                             \
    R(ID_ISAR1_EL1, 3, 0, 0, 2, 1)                             \
    R(ID_ISAR2_EL1, 3, 0, 0, 2, 2)                             \
    R(ID_ISAR3_EL1, 3, 0, 0, 2, 3)                             \
    R(ID_ISAR4_EL1, 3, 0, 0, 2, 4)                             \
    R(ID_ISAR5_EL1, 3, 0, 0, 2, 5)                             \
    R(ID_MMFR4_EL1, 3, 0, 0, 2, 6)                             \
    R(ID_ISAR6_EL1, 3, 0, 0, 2, 7)                             \
    R(MVFR0_EL1, 3, 0, 0, 3, 0)                                \
    R(MVFR1_EL1, 3, 0, 0, 3, 1)                                \
    R(MVFR2_EL1, 3, 0, 0, 3, 2)                                \
    R(S3_0_C0_C3_3, 3, 0, 0, 3, 3)                             \
    R(ID_PFR2_EL1, 3, 0, 0, 3, 4)                              \
    R(ID_DFR1_EL1, 3, 0, 0, 3, 5)                              \
    R(ID_MMFR5_EL1, 3, 0, 0, 3, 6)                             \
    R(S3_0_C0_C3_7, 3, 0, 0, 3, 7)                             \
    R(ID_AA64PFR0_EL1, 3, 0, 0, 4, 0)                          \
    R(ID_AA64PFR1_EL1, 3, 0, 0, 4, 1)                          \
    R(ID_AA64PFR2_EL1, 3, 0, 0, 4, 2)                          \
    R(S3_0_C0_C4_3, 3, 0, 0, 4, 3)                             \
    R(ID_AA64ZFR0_EL1, 3, 0, 0, 4, 4)                          \
    R(ID_AA64SMFR0_EL1, 3, 0, 0, 4, 5)                         \
    R(S3_0_C0_C4_6, 3, 0, 0, 4, 6)                             \
    R(ID_AA64FPFR0_EL1, 3, 0, 0, 4, 7)                         \
    R(ID_AA64DFR0_EL1, 3, 0, 0, 5, 0)                          \
    R(ID_AA64DFR1_EL1, 3, 0, 0, 5, 1)                          \
    R(ID_AA64DFR2_EL1, 3, 0, 0, 5, 2)                          \
    R(S3_0_C0_C5_3, 3, 0, 0, 5, 3)                             \
    R(ID_AA64AFR0_EL1, 3, 0, 0, 5, 4)                          \
    R(ID_AA64AFR1_EL1, 3, 0, 0, 5, 5)                          \
    R(S3_0_C0_C5_6, 3, 0, 0, 5, 6)                             \
    R(S3_0_C0_C5_7, 3, 0, 0, 5, 7)                             \
    R(ID_AA64ISAR0_EL1, 3, 0, 0, 6, 0)                         \
    R(ID_AA64ISAR1_EL1, 3, 0, 0, 6, 1)                         \
    R(ID_AA64ISAR2_EL1, 3, 0, 0, 6, 2)                         \
    R(ID_AA64ISAR3_EL1, 3, 0, 0, 6, 3)                         \
    R(S3_0_C0_C6_4, 3, 0, 0, 6, 4)                             \
    R(S3_0_C0_C6_5, 3, 0, 0, 6, 5)                             \
    R(S3_0_C0_C6_6, 3, 0, 0, 6, 6)                             \
    R(S3_0_C0_C6_7, 3, 0, 0, 6, 7)                             \
    R(ID_AA64MMFR0_EL1, 3, 0, 0, 7, 0)                         \
    R(ID_AA64MMFR1_EL1, 3, 0, 0, 7, 1)                         \
    R(ID_AA64MMFR2_EL1, 3, 0, 0, 7, 2)                         \
    R(ID_AA64MMFR3_EL1, 3, 0, 0, 7, 3)                         \
    R(ID_AA64MMFR4_EL1, 3, 0, 0, 7, 4)                         \
    R(S3_0_C0_C7_5, 3, 0, 0, 7, 5)                             \
    R(S3_0_C0_C7_6, 3, 0, 0, 7, 6)                             \
    R(S3_0_C0_C7_7, 3, 0, 0, 7, 7)                             \
    R(SCTLR_EL1, 3, 0, 1, 0, 0)                                \
    R(ACTLR_EL1, 3, 0, 1, 0, 1)                                \
    R(ZCR_EL1, 3, 0, 1, 2, 0)                                  \
    R(TRFCR_EL1, 3, 0, 1, 2, 1)                                \
    R(SMCR_EL1, 3, 0, 1, 2, 6)                                 \
    R(TTBR0_EL1, 3, 0, 2, 0, 0)                                \
    R(TTBR1_EL1, 3, 0, 2, 0, 1)                                \
    R(TCR_EL1, 3, 0, 2, 0, 2)                                  \
    R(APIAKEYLO_EL1, 3, 0, 2, 1, 0)                            \
    R(AFSR0_EL1, 3, 0, 5, 1, 0)                                \
    R(AFSR1_EL1, 3, 0, 5, 1, 1)                                \
    R(ESR_EL1, 3, 0, 5, 2, 0)                                  \
    R(ERRIDR_EL1, 3, 0, 5, 3, 0)                               \
    R(ERRSELR_EL1, 3, 0, 5, 3, 1)                              \
    R(FAR_EL1, 3, 0, 6, 0, 0)                                  \
    R(PMSCR_EL1, 3, 0, 9, 9, 0)                                \
    R(PMINTENSET_EL1, 3, 0, 9, 14, 1)                          \
    R(PMINTENCLR_EL1, 3, 0, 9, 14, 2)                          \
    R(PMMIR_EL1, 3, 0, 9, 14, 6)                               \
    R(MAIR_EL1, 3, 0, 10, 2, 0)                                \
    R(AMAIR_EL1, 3, 0, 10, 3, 0)                               \
    R(LORSA_EL1, 3, 0, 10, 4, 0)                               \
    R(LOREA_EL1, 3, 0, 10, 4, 1)                               \
    R(LORN_EL1, 3, 0, 10, 4, 2)                                \
    R(LORC_EL1, 3, 0, 10, 4, 3)                                \
    R(LORID_EL1, 3, 0, 10, 4, 7)                               \
    R(ICC_DIR_EL1, 3, 0, 12, 11, 1)                            \
    R(ICC_SGI1R_EL1, 3, 0, 12, 11, 5)                          \
    R(ICC_ASGI1R_EL1, 3, 0, 12, 11, 6)                         \
    R(ICC_SGI0R_EL1, 3, 0, 12, 11, 7)                          \
    R(ICC_SRE_EL1, 3, 0, 12, 12, 5)                            \
    R(CONTEXTIDR_EL1, 3, 0, 13, 0, 1)                          \
    R(SCXTNUM_EL1, 3, 0, 13, 0, 7)                             \
    R(GMID_EL1, 3, 1, 0, 0, 4)                                 \
    R(AIDR_EL1, 3, 1, 0, 0, 7)                                 \
    R(PMCR_EL0, 3, 3, 9, 12, 0)                                \
    R(PMCNTENSET_EL0, 3, 3, 9, 12, 1)                          \
    R(PMCNTENCLR_EL0, 3, 3, 9, 12, 2)                          \
    R(PMOVSCLR_EL0, 3, 3, 9, 12, 3)                            \
    R(PMSWINC_EL0, 3, 3, 9, 12, 4)                             \
    R(PMSELR_EL0, 3, 3, 9, 12, 5)                              \
    R(PMCEID0_EL0, 3, 3, 9, 12, 6)                             \
    R(PMCEID1_EL0, 3, 3, 9, 12, 7)                             \
    R(PMCCNTR_EL0, 3, 3, 9, 13, 0)                             \
    R(PMXEVTYPER_EL0, 3, 3, 9, 13, 1)                          \
    R(PMXEVCNTR_EL0, 3, 3, 9, 13, 2)                           \
    R(PMUSERENR_EL0, 3, 3, 9, 14, 0)                           \
    R(PMOVSSET_EL0, 3, 3, 9, 14, 3)                            \
    R(SCXTNUM_EL0, 3, 3, 13, 0, 7)                             \
    R(CNTP_TVAL_EL0, 3, 3, 14, 2, 0)                           \
    R(CNTP_CTL_EL0, 3, 3, 14, 2, 1)                            \
    R(CNTP_CVAL_EL0, 3, 3, 14, 2, 2)                           \
    R(PMCCFILTR_EL0, 3, 3, 14, 15, 7)

/* A64_KEY_SCTLR_EL1 and so on. */
#define A64_KEY_ENUM_(name, op0, op1, crn, crm, op2) \
    A64_KEY_##name = A64_SYSREG(op0, op1, crn, crm, op2),
enum { A64_SYSREG_LIST(A64_KEY_ENUM_) };
#undef A64_KEY_ENUM_
