/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Coprocessor registers as numbers: what a decoded trap carries and a row answers to
 * (core/reg_row.h). One list, from which keys and rows come. Arm ARM DDI 0406C, B3.17, B8.2
 * (timers), C11.11 (debug).
 */
#pragma once

#include "lib/regdef.h"

/*
 * In the syndrome's order (ISS_CP32), so that a key is two pieces of it. Of a 64-bit register, Op1
 * has four bits: the highest lies in CRn, which such a register has not.
 */
#define A32_KEY_FIELDS(F)   \
    F(A32_KEY, CRm, 3, 0)   \
    F(A32_KEY, CRn, 7, 4)   \
    F(A32_KEY, Op1, 10, 8)  \
    F(A32_KEY, Op2, 13, 11) \
    F(A32_KEY, Space, 15, 14)
REG_DEFINE_(A32_KEY, A32_KEY_FIELDS, 16);

enum a32_key_space {
    A32_CP15, /* MCR and MRC */
    A32_CP14,
    A32_WIDE, /* MCRR and MRRC; Op2 0 is cp15, 1 is cp14 */
    A32_CP10, /* VMRS: the register's number is CRn */
};

#define A32_KEY(space, op1, crn, crm, op2)                                    \
    ((uint32_t)(REG_PUT(A32_KEY, Space, space) | REG_PUT(A32_KEY, Op1, op1) | \
                REG_PUT(A32_KEY, CRn, crn) | REG_PUT(A32_KEY, CRm, crm) |     \
                REG_PUT(A32_KEY, Op2, op2)))
#define A32_KEY_WIDE(cp14, op1, crm) A32_KEY(A32_WIDE, (op1) % 8, (op1) / 8, crm, cp14)

/* Name, space, opc1, CRn, CRm, opc2. */
#define A32_REG_LIST(R)                     \
    R(CTR, A32_CP15, 0, 0, 0, 1)            \
    R(TCMTR, A32_CP15, 0, 0, 0, 2)          \
    R(TLBTR, A32_CP15, 0, 0, 0, 3)          \
    R(REVIDR, A32_CP15, 0, 0, 0, 6)         \
    R(ID_PFR0, A32_CP15, 0, 0, 1, 0)        \
    R(ID_PFR1, A32_CP15, 0, 0, 1, 1)        \
    R(ID_DFR0, A32_CP15, 0, 0, 1, 2)        \
    R(ID_AFR0, A32_CP15, 0, 0, 1, 3)        \
    R(ID_MMFR0, A32_CP15, 0, 0, 1, 4)       \
    R(ID_MMFR1, A32_CP15, 0, 0, 1, 5)       \
    R(ID_MMFR2, A32_CP15, 0, 0, 1, 6)       \
    R(ID_MMFR3, A32_CP15, 0, 0, 1, 7)       \
    R(ID_ISAR0, A32_CP15, 0, 0, 2, 0)       \
    R(ID_ISAR1, A32_CP15, 0, 0, 2, 1)       \
    R(ID_ISAR2, A32_CP15, 0, 0, 2, 2)       \
    R(ID_ISAR3, A32_CP15, 0, 0, 2, 3)       \
    R(ID_ISAR4, A32_CP15, 0, 0, 2, 4)       \
    R(ID_ISAR5, A32_CP15, 0, 0, 2, 5)       \
    R(ID_MMFR4, A32_CP15, 0, 0, 2, 6)       \
    R(ID_ISAR6, A32_CP15, 0, 0, 2, 7)       \
    R(SCTLR, A32_CP15, 0, 1, 0, 0)          \
    R(ACTLR, A32_CP15, 0, 1, 0, 1)          \
    R(TTBR0, A32_CP15, 0, 2, 0, 0)          \
    R(TTBR1, A32_CP15, 0, 2, 0, 1)          \
    R(TTBCR, A32_CP15, 0, 2, 0, 2)          \
    R(DACR, A32_CP15, 0, 3, 0, 0)           \
    R(DFSR, A32_CP15, 0, 5, 0, 0)           \
    R(IFSR, A32_CP15, 0, 5, 0, 1)           \
    R(ADFSR, A32_CP15, 0, 5, 1, 0)          \
    R(AIFSR, A32_CP15, 0, 5, 1, 1)          \
    R(DFAR, A32_CP15, 0, 6, 0, 0)           \
    R(IFAR, A32_CP15, 0, 6, 0, 2)           \
    R(DCISW, A32_CP15, 0, 7, 6, 2)          \
    R(DCCSW, A32_CP15, 0, 7, 10, 2)         \
    R(DCCISW, A32_CP15, 0, 7, 14, 2)        \
    R(TLBIALLIS, A32_CP15, 0, 8, 3, 0)      \
    R(TLBIMVAIS, A32_CP15, 0, 8, 3, 1)      \
    R(TLBIASIDIS, A32_CP15, 0, 8, 3, 2)     \
    R(TLBIMVAAIS, A32_CP15, 0, 8, 3, 3)     \
    R(ITLBIALL, A32_CP15, 0, 8, 5, 0)       \
    R(ITLBIMVA, A32_CP15, 0, 8, 5, 1)       \
    R(ITLBIASID, A32_CP15, 0, 8, 5, 2)      \
    R(DTLBIALL, A32_CP15, 0, 8, 6, 0)       \
    R(DTLBIMVA, A32_CP15, 0, 8, 6, 1)       \
    R(DTLBIASID, A32_CP15, 0, 8, 6, 2)      \
    R(TLBIALL, A32_CP15, 0, 8, 7, 0)        \
    R(TLBIMVA, A32_CP15, 0, 8, 7, 1)        \
    R(TLBIASID, A32_CP15, 0, 8, 7, 2)       \
    R(TLBIMVAA, A32_CP15, 0, 8, 7, 3)       \
    R(PMCR, A32_CP15, 0, 9, 12, 0)          \
    R(PMCNTENSET, A32_CP15, 0, 9, 12, 1)    \
    R(PMCNTENCLR, A32_CP15, 0, 9, 12, 2)    \
    R(PMOVSR, A32_CP15, 0, 9, 12, 3)        \
    R(PMSWINC, A32_CP15, 0, 9, 12, 4)       \
    R(PMSELR, A32_CP15, 0, 9, 12, 5)        \
    R(PMCEID0, A32_CP15, 0, 9, 12, 6)       \
    R(PMCEID1, A32_CP15, 0, 9, 12, 7)       \
    R(PMCCNTR, A32_CP15, 0, 9, 13, 0)       \
    R(PMXEVTYPER, A32_CP15, 0, 9, 13, 1)    \
    R(PMXEVCNTR, A32_CP15, 0, 9, 13, 2)     \
    R(PMUSERENR, A32_CP15, 0, 9, 14, 0)     \
    R(PMINTENSET, A32_CP15, 0, 9, 14, 1)    \
    R(PMINTENCLR, A32_CP15, 0, 9, 14, 2)    \
    R(PMOVSSET, A32_CP15, 0, 9, 14, 3)      \
    R(PRRR, A32_CP15, 0, 10, 2, 0)          \
    R(NMRR, A32_CP15, 0, 10, 2, 1)          \
    R(AMAIR0, A32_CP15, 0, 10, 3, 0)        \
    R(AMAIR1, A32_CP15, 0, 10, 3, 1)        \
    R(CONTEXTIDR, A32_CP15, 0, 13, 0, 1)    \
    R(CNTP_TVAL, A32_CP15, 0, 14, 2, 0)     \
    R(CNTP_CTL, A32_CP15, 0, 14, 2, 1)      \
    R(CCSIDR, A32_CP15, 1, 0, 0, 0)         \
    R(CLIDR, A32_CP15, 1, 0, 0, 1)          \
    R(AIDR, A32_CP15, 1, 0, 0, 7)           \
    R(CSSELR, A32_CP15, 2, 0, 0, 0)         \
    R(L2CTLR, A32_CP15, 1, 9, 0, 2)         \
    R(L2ECTLR, A32_CP15, 1, 9, 0, 3)        \
    R(DBGDIDR, A32_CP14, 0, 0, 0, 0)        \
    R(DBGDSCRint, A32_CP14, 0, 0, 1, 0)     \
    R(DBGDSCRext, A32_CP14, 0, 0, 2, 2)     \
    R(DBGWFAR, A32_CP14, 0, 0, 6, 0)        \
    R(DBGVCR, A32_CP14, 0, 0, 7, 0)         \
    R(DBGDRAR, A32_CP14, 0, 1, 0, 0)        \
    R(DBGOSLAR, A32_CP14, 0, 1, 0, 4)       \
    R(DBGOSLSR, A32_CP14, 0, 1, 1, 4)       \
    R(DBGOSDLR, A32_CP14, 0, 1, 3, 4)       \
    R(DBGPRCR, A32_CP14, 0, 1, 4, 4)        \
    R(DBGDSAR, A32_CP14, 0, 2, 0, 0)        \
    R(DBGDEVID, A32_CP14, 0, 7, 2, 7)       \
    R(DBGAUTHSTATUS, A32_CP14, 0, 7, 14, 6) \
    R(TEECR, A32_CP14, 6, 0, 0, 0)          \
    R(TEEHBR, A32_CP14, 6, 1, 0, 0)         \
    R(JIDR, A32_CP14, 7, 0, 0, 0)           \
    R(JOSCR, A32_CP14, 7, 1, 0, 0)          \
    R(JMCR, A32_CP14, 7, 2, 0, 0)           \
    R(DBGDRAR_64, A32_WIDE, 0, 0, 1, 1)     \
    R(TTBR0_64, A32_WIDE, 0, 0, 2, 0)       \
    R(TTBR1_64, A32_WIDE, 1, 0, 2, 0)       \
    R(CNTP_CVAL, A32_WIDE, 2, 0, 14, 0)     \
    R(FPSID, A32_CP10, 7, 0, 0, 0)          \
    R(MVFR1, A32_CP10, 7, 6, 0, 0)          \
    R(MVFR0, A32_CP10, 7, 7, 0, 0)

/* A32_KEY_SCTLR and so on. */
#define A32_KEY_ENUM_(name, space, op1, crn, crm, op2) \
    A32_KEY_##name = A32_KEY(space, op1, crn, crm, op2),
enum { A32_REG_LIST(A32_KEY_ENUM_) };
#undef A32_KEY_ENUM_
