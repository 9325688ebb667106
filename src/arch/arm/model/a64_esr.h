/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Syndromes: ESR_ELx, the layout of its ISS for each exception class, and what comes along with it
 * (HPFAR_EL2, SPSR_ELx). Layouts and architected values only. Arm ARM DDI 0487, D19.2.
 */
#pragma once

#include "lib/regdef.h"

#define ESR_ELx_FIELDS(F)    \
    F(ESR_ELx, ISS, 24, 0)   \
    F(ESR_ELx, IL, 25, 25)   \
    F(ESR_ELx, EC, 31, 26)   \
    F(ESR_ELx, ISS2, 55, 32) \
    F(ESR_ELx, RES0_56, 63, 56)
REG_DEFINE64(ESR_ELx, ESR_ELx_FIELDS);

/* ESR_ELx.EC: why the exception was taken. */
enum esr_ec {
    ESR_EC_UNKNOWN = 0x00,
    ESR_EC_WFX = 0x01,
    ESR_EC_CP15_32 = 0x03,
    ESR_EC_CP15_64 = 0x04,
    ESR_EC_CP14_32 = 0x05,
    ESR_EC_CP14_LS = 0x06,
    ESR_EC_FP = 0x07, /* FP, Advanced SIMD and, without their own traps, SVE and SME */
    ESR_EC_CP10_ID = 0x08,
    ESR_EC_PAUTH = 0x09,
    ESR_EC_LS64 = 0x0a,
    ESR_EC_CP14_64 = 0x0c,
    ESR_EC_BTI = 0x0d,
    ESR_EC_ILLEGAL_STATE = 0x0e,
    ESR_EC_SVC32 = 0x11,
    ESR_EC_HVC32 = 0x12,
    ESR_EC_SMC32 = 0x13,
    ESR_EC_SVC64 = 0x15,
    ESR_EC_HVC64 = 0x16,
    ESR_EC_SMC64 = 0x17,
    ESR_EC_SYS64 = 0x18,
    ESR_EC_SVE = 0x19,
    ESR_EC_ERET = 0x1a,
    ESR_EC_TSTART = 0x1b,
    ESR_EC_FPAC = 0x1c,
    ESR_EC_SME = 0x1d,
    ESR_EC_GPC = 0x1e,
    ESR_EC_IABT_LOWER = 0x20,
    ESR_EC_IABT_SAME = 0x21,
    ESR_EC_PC_ALIGNMENT = 0x22,
    ESR_EC_DABT_LOWER = 0x24,
    ESR_EC_DABT_SAME = 0x25,
    ESR_EC_SP_ALIGNMENT = 0x26,
    ESR_EC_MOPS = 0x27,
    ESR_EC_FP32 = 0x28,
    ESR_EC_FP64 = 0x2c,
    ESR_EC_SERROR = 0x2f,
    ESR_EC_BREAKPOINT_LOWER = 0x30,
    ESR_EC_BREAKPOINT_SAME = 0x31,
    ESR_EC_STEP_LOWER = 0x32,
    ESR_EC_STEP_SAME = 0x33,
    ESR_EC_WATCHPOINT_LOWER = 0x34,
    ESR_EC_WATCHPOINT_SAME = 0x35,
    ESR_EC_BKPT32 = 0x38,
    ESR_EC_VECTOR_CATCH32 = 0x3a,
    ESR_EC_BRK64 = 0x3c,
};

/* A general register's number in a syndrome that means XZR. */
#define A64_REG_ZR 31

/* An ISS fills the low 25 bits of ESR_ELx. */
#define REG_DEFINE_ISS(reg, list) REG_DEFINE_(reg, list, 25)

/* Data abort. SF to SAS say something only when ISV is 1. */
#define ISS_DABT_FIELDS(F)    \
    F(ISS_DABT, DFSC, 5, 0)   \
    F(ISS_DABT, WnR, 6, 6)    \
    F(ISS_DABT, S1PTW, 7, 7)  \
    F(ISS_DABT, CM, 8, 8)     \
    F(ISS_DABT, EA, 9, 9)     \
    F(ISS_DABT, FnV, 10, 10)  \
    F(ISS_DABT, SET, 12, 11)  \
    F(ISS_DABT, VNCR, 13, 13) \
    F(ISS_DABT, AR, 14, 14)   \
    F(ISS_DABT, SF, 15, 15)   \
    F(ISS_DABT, SRT, 20, 16)  \
    F(ISS_DABT, SSE, 21, 21)  \
    F(ISS_DABT, SAS, 23, 22)  \
    F(ISS_DABT, ISV, 24, 24)
REG_DEFINE_ISS(ISS_DABT, ISS_DABT_FIELDS);

/* Instruction abort. */
#define ISS_IABT_FIELDS(F)    \
    F(ISS_IABT, IFSC, 5, 0)   \
    F(ISS_IABT, RES0_6, 6, 6) \
    F(ISS_IABT, S1PTW, 7, 7)  \
    F(ISS_IABT, RES0_8, 8, 8) \
    F(ISS_IABT, EA, 9, 9)     \
    F(ISS_IABT, FnV, 10, 10)  \
    F(ISS_IABT, SET, 12, 11)  \
    F(ISS_IABT, RES0_13, 24, 13)
REG_DEFINE_ISS(ISS_IABT, ISS_IABT_FIELDS);

/* Fault status codes (DFSC, IFSC): a kind in the high bits, for most kinds a table level below. */
enum {
    FSC_LEVEL_MASK = 0x03,
    FSC_KIND_MASK = 0x3c,
    FSC_ADDRESS_SIZE = 0x00,
    FSC_TRANSLATION = 0x04,
    FSC_ACCESS_FLAG = 0x08,
    FSC_PERMISSION = 0x0c,
    FSC_EXTERNAL = 0x10, /* not on a table walk */
    FSC_TAG_CHECK = 0x11,
    FSC_EXTERNAL_WALK = 0x14, /* + level */
    FSC_PARITY = 0x18,
    FSC_PARITY_WALK = 0x1c, /* + level */
    FSC_ALIGNMENT = 0x21,
    FSC_ADDRESS_SIZE_MINUS1 = 0x29,
    FSC_TRANSLATION_MINUS1 = 0x2b,
    FSC_EXTERNAL_WALK_MINUS1 = 0x13,
    FSC_PARITY_WALK_MINUS1 = 0x1b,
    FSC_TLB_CONFLICT = 0x30,
    FSC_HW_UPDATE = 0x31, /* unsupported atomic update of a table entry */
    FSC_LOCKDOWN = 0x34,
    FSC_ATOMIC = 0x35, /* unsupported exclusive or atomic access */
};

/* MSR, MRS and system instructions in AArch64; Direction 1 is a read. */
#define ISS_SYS64_FIELDS(F)       \
    F(ISS_SYS64, Direction, 0, 0) \
    F(ISS_SYS64, CRm, 4, 1)       \
    F(ISS_SYS64, Rt, 9, 5)        \
    F(ISS_SYS64, CRn, 13, 10)     \
    F(ISS_SYS64, Op1, 16, 14)     \
    F(ISS_SYS64, Op2, 19, 17)     \
    F(ISS_SYS64, Op0, 21, 20)     \
    F(ISS_SYS64, RES0_22, 24, 22)
REG_DEFINE_ISS(ISS_SYS64, ISS_SYS64_FIELDS);

/* WFI, WFE and their timed forms. */
#define ISS_WFX_FIELDS(F)       \
    F(ISS_WFX, TI, 1, 0)        \
    F(ISS_WFX, RV, 2, 2)        \
    F(ISS_WFX, RES0_3, 4, 3)    \
    F(ISS_WFX, RN, 9, 5)        \
    F(ISS_WFX, RES0_10, 19, 10) \
    F(ISS_WFX, COND, 23, 20)    \
    F(ISS_WFX, CV, 24, 24)
REG_DEFINE_ISS(ISS_WFX, ISS_WFX_FIELDS);

/* ISS_WFX.TI */
enum { WFX_WFI, WFX_WFE, WFX_WFIT, WFX_WFET };

/* HVC, SVC and SMC in AArch64. */
#define ISS_CALL_FIELDS(F)    \
    F(ISS_CALL, imm16, 15, 0) \
    F(ISS_CALL, RES0_16, 24, 16)
REG_DEFINE_ISS(ISS_CALL, ISS_CALL_FIELDS);

/* A saved PSTATE, from AArch64 state. */
#define SPSR_ELx_FIELDS(FIELD)       \
    FIELD(SPSR_ELx, M, 4, 0)         \
    FIELD(SPSR_ELx, T, 5, 5)         \
    FIELD(SPSR_ELx, F, 6, 6)         \
    FIELD(SPSR_ELx, I, 7, 7)         \
    FIELD(SPSR_ELx, A, 8, 8)         \
    FIELD(SPSR_ELx, D, 9, 9)         \
    FIELD(SPSR_ELx, BTYPE, 11, 10)   \
    FIELD(SPSR_ELx, SSBS, 12, 12)    \
    FIELD(SPSR_ELx, ALLINT, 13, 13)  \
    FIELD(SPSR_ELx, RES0_14, 19, 14) \
    FIELD(SPSR_ELx, IL, 20, 20)      \
    FIELD(SPSR_ELx, SS, 21, 21)      \
    FIELD(SPSR_ELx, PAN, 22, 22)     \
    FIELD(SPSR_ELx, UAO, 23, 23)     \
    FIELD(SPSR_ELx, DIT, 24, 24)     \
    FIELD(SPSR_ELx, TCO, 25, 25)     \
    FIELD(SPSR_ELx, RES0_26, 27, 26) \
    FIELD(SPSR_ELx, V, 28, 28)       \
    FIELD(SPSR_ELx, C, 29, 29)       \
    FIELD(SPSR_ELx, Z, 30, 30)       \
    FIELD(SPSR_ELx, N, 31, 31)       \
    FIELD(SPSR_ELx, PM, 32, 32)      \
    FIELD(SPSR_ELx, PPEND, 33, 33)   \
    FIELD(SPSR_ELx, EXLOCK, 34, 34)  \
    FIELD(SPSR_ELx, RES0_35, 63, 35)
REG_DEFINE64(SPSR_ELx, SPSR_ELx_FIELDS);

/* SPSR_ELx.M: bit 4 set is AArch32. */
enum {
    SPSR_M_EL0t = 0x00,
    SPSR_M_EL1t = 0x04,
    SPSR_M_EL1h = 0x05,
    SPSR_M_EL2t = 0x08,
    SPSR_M_EL2h = 0x09,
    SPSR_M_AARCH32 = 0x10,
};

/* FIPA is bits 55:12 of the faulting intermediate physical address. */
#define HPFAR_EL2_FIELDS(F)       \
    F(HPFAR_EL2, RES0_0, 3, 0)    \
    F(HPFAR_EL2, FIPA, 47, 4)     \
    F(HPFAR_EL2, RES0_48, 62, 48) \
    F(HPFAR_EL2, NS, 63, 63)
REG_DEFINE64(HPFAR_EL2, HPFAR_EL2_FIELDS);
