/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine's registers, which only virtual machines that start in M-mode have: numbers and
 * fields, by The RISC-V Instruction Set Manual, Volume II: Privileged Architecture (version
 * 20240411), chapters 2 and 3 "Machine-Level ISA". Owns no code. The supervisor's are in rv_csr.h.
 */
#pragma once

#include "arch/riscv/model/rv_csr.h"

/* Of counters, events and memory protection the first of a row; they follow one another. */
/* clang-format off */
#define RV_MCSR_LIST(C) \
    C(mstatus, 0x300) C(misa, 0x301) C(medeleg, 0x302) C(mideleg, 0x303) C(mie, 0x304) \
    C(mtvec, 0x305) C(mcounteren, 0x306) C(menvcfg, 0x30a) C(mcountinhibit, 0x320) \
    C(mhpmevent3, 0x323) C(mscratch, 0x340) C(mepc, 0x341) C(mcause, 0x342) C(mtval, 0x343) \
    C(mip, 0x344) C(pmpcfg0, 0x3a0) C(pmpaddr0, 0x3b0) C(mcycle, 0xb00) C(minstret, 0xb02) \
    C(mhpmcounter3, 0xb03) C(mvendorid, 0xf11) C(marchid, 0xf12) C(mimpid, 0xf13) \
    C(mhartid, 0xf14) C(mconfigptr, 0xf15)
/* clang-format on */
#define RV_MCSR_ENUM(name, number) CSR_##name = (number),
enum { RV_MCSR_LIST(RV_MCSR_ENUM) };
#undef RV_MCSR_ENUM

/* clang-format off */
#define MSTATUS_FIELDS(F) \
    F(MSTATUS, RES0_a, 0, 0) F(MSTATUS, SIE, 1, 1) F(MSTATUS, RES0_b, 2, 2) \
    F(MSTATUS, MIE, 3, 3) F(MSTATUS, RES0_c, 4, 4) F(MSTATUS, SPIE, 5, 5) F(MSTATUS, UBE, 6, 6) \
    F(MSTATUS, MPIE, 7, 7) F(MSTATUS, SPP, 8, 8) F(MSTATUS, VS, 10, 9) F(MSTATUS, MPP, 12, 11) \
    F(MSTATUS, FS, 14, 13) F(MSTATUS, XS, 16, 15) F(MSTATUS, MPRV, 17, 17) \
    F(MSTATUS, SUM, 18, 18) F(MSTATUS, MXR, 19, 19) F(MSTATUS, TVM, 20, 20) \
    F(MSTATUS, TW, 21, 21) F(MSTATUS, TSR, 22, 22) F(MSTATUS, RES0_d, 31, 23) \
    F(MSTATUS, UXL, 33, 32) F(MSTATUS, SXL, 35, 34) F(MSTATUS, SBE, 36, 36) \
    F(MSTATUS, MBE, 37, 37) F(MSTATUS, RES0_e, 62, 38) F(MSTATUS, SD, 63, 63)
/* misa: a letter of the ISA is bit letter - 'A' (3.1.1). */
#define MISA_FIELDS(F) F(MISA, EXTENSIONS, 25, 0) F(MISA, RES0_a, 61, 26) F(MISA, MXL, 63, 62)
/* mtvec, stvec (3.1.7, 10.1.2). */
#define RV_TVEC_FIELDS(F) F(RV_TVEC, MODE, 1, 0) F(RV_TVEC, BASE, 63, 2)
/* menvcfg (3.1.18); senvcfg has the first four (10.1.10). */
#define MENVCFG_FIELDS(F) \
    F(MENVCFG, FIOM, 0, 0) F(MENVCFG, RES0_a, 3, 1) F(MENVCFG, CBIE, 5, 4) F(MENVCFG, CBCFE, 6, 6) \
    F(MENVCFG, CBZE, 7, 7) F(MENVCFG, RES0_b, 60, 8) F(MENVCFG, ADUE, 61, 61) \
    F(MENVCFG, PBMTE, 62, 62) F(MENVCFG, STCE, 63, 63)
/* A byte of pmpcfg (3.7.1). */
#define RV_PMPCFG_FIELDS(F) \
    F(RV_PMPCFG, R, 0, 0) F(RV_PMPCFG, W, 1, 1) F(RV_PMPCFG, X, 2, 2) F(RV_PMPCFG, A, 4, 3) \
    F(RV_PMPCFG, RES0_a, 6, 5) F(RV_PMPCFG, L, 7, 7) F(RV_PMPCFG, RES0_b, 31, 8)
/* clang-format on */
REG_DEFINE64(MSTATUS, MSTATUS_FIELDS);
REG_DEFINE64(MISA, MISA_FIELDS);
REG_DEFINE64(RV_TVEC, RV_TVEC_FIELDS);
REG_DEFINE64(MENVCFG, MENVCFG_FIELDS);
REG_DEFINE32(RV_PMPCFG, RV_PMPCFG_FIELDS);

enum { RV_TVEC_DIRECT = 0, RV_TVEC_VECTORED = 1 };
enum { RV_PMP_OFF = 0, RV_PMP_TOR = 1, RV_PMP_NA4 = 2, RV_PMP_NAPOT = 3 };
