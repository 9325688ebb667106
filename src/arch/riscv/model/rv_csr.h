/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control and status registers: numbers, fields and causes, by The RISC-V Instruction Set Manual,
 * Volume II: Privileged Architecture (version 20240411): chapters 2 "CSRs", 10 "Supervisor-Level
 * ISA", 18 "Hypervisor Extension". Owns no code but the number's own structure.
 */
#pragma once

#include "lib/regdef.h"
#include "lib/types.h"

/* ---- numbers (2.2). The upper bits say who may use a register: 11:10 both set is read-only, 9:8
 * is the lowest privilege. */
/* clang-format off */
#define RV_CSR_NUMBER_FIELDS(F) \
    F(RV_CSR_NUMBER, INDEX, 7, 0) F(RV_CSR_NUMBER, PRIVILEGE, 9, 8) \
    F(RV_CSR_NUMBER, ACCESS, 11, 10) F(RV_CSR_NUMBER, RES0_a, 31, 12)
REG_DEFINE32(RV_CSR_NUMBER, RV_CSR_NUMBER_FIELDS);

#define RV_CSR_COUNT 4096u
enum { RV_CSR_ACCESS_READ_ONLY = 3 };
enum { RV_PRIVILEGE_USER = 0, RV_PRIVILEGE_SUPERVISOR = 1, RV_PRIVILEGE_HYPERVISOR = 2,
       RV_PRIVILEGE_MACHINE = 3 };

#define RV_CSR_LIST(C) \
    C(fflags, 0x001) C(frm, 0x002) C(fcsr, 0x003) C(vstart, 0x008) \
    C(vxsat, 0x009) C(vxrm, 0x00a) C(vcsr, 0x00f) C(seed, 0x015) \
    C(sstatus, 0x100) C(sie, 0x104) C(stvec, 0x105) C(scounteren, 0x106) C(senvcfg, 0x10a) \
    C(sstateen0, 0x10c) C(sscratch, 0x140) C(sepc, 0x141) C(scause, 0x142) C(stval, 0x143) \
    C(sip, 0x144) C(stimecmp, 0x14d) C(siselect, 0x150) C(sireg, 0x151) C(stopei, 0x15c) \
    C(satp, 0x180) C(scontext, 0x5a8) \
    C(vsstatus, 0x200) C(vsie, 0x204) C(vstvec, 0x205) C(vsscratch, 0x240) C(vsepc, 0x241) \
    C(vscause, 0x242) C(vstval, 0x243) C(vsip, 0x244) C(vstimecmp, 0x24d) C(vsiselect, 0x250) C(vsireg, 0x251) C(vstopei, 0x25c) C(vsatp, 0x280) \
    C(hstatus, 0x600) C(hedeleg, 0x602) C(hideleg, 0x603) C(hie, 0x604) C(htimedelta, 0x605) \
    C(hcounteren, 0x606) C(hgeie, 0x607) C(hvien, 0x608) C(hvictl, 0x609) C(henvcfg, 0x60a) C(hstateen0, 0x60c) C(htval, 0x643) \
    C(hip, 0x644) C(hvip, 0x645) C(hviprio1, 0x646) C(hviprio2, 0x647) C(htinst, 0x64a) C(hgatp, 0x680) \
    C(cycle, 0xc00) C(time, 0xc01) C(instret, 0xc02) C(vl, 0xc20) C(vtype, 0xc21) \
    C(vlenb, 0xc22) C(scountovf, 0xda0) C(stopi, 0xdb0) \
    C(hgeip, 0xe12)
#define RV_CSR_ENUM(name, number) CSR_##name = (number),
enum { RV_CSR_LIST(RV_CSR_ENUM) };
#undef RV_CSR_ENUM
/* cycle, time and instret, and behind them hpmcounter3 to 31. */
#define RV_COUNTER_COUNT 32u

/* ---- fields */
#define SSTATUS_FIELDS(F) \
    F(SSTATUS, RES0_a, 0, 0) F(SSTATUS, SIE, 1, 1) F(SSTATUS, RES0_b, 4, 2) F(SSTATUS, SPIE, 5, 5) \
    F(SSTATUS, UBE, 6, 6) F(SSTATUS, RES0_c, 7, 7) F(SSTATUS, SPP, 8, 8) F(SSTATUS, VS, 10, 9) \
    F(SSTATUS, RES0_d, 12, 11) F(SSTATUS, FS, 14, 13) F(SSTATUS, XS, 16, 15) \
    F(SSTATUS, RES0_e, 17, 17) F(SSTATUS, SUM, 18, 18) F(SSTATUS, MXR, 19, 19) \
    F(SSTATUS, RES0_f, 31, 20) F(SSTATUS, UXL, 33, 32) F(SSTATUS, RES0_g, 62, 34) \
    F(SSTATUS, SD, 63, 63)
#define HSTATUS_FIELDS(F) \
    F(HSTATUS, RES0_a, 4, 0) F(HSTATUS, VSBE, 5, 5) F(HSTATUS, GVA, 6, 6) F(HSTATUS, SPV, 7, 7) \
    F(HSTATUS, SPVP, 8, 8) F(HSTATUS, HU, 9, 9) F(HSTATUS, RES0_b, 11, 10) \
    F(HSTATUS, VGEIN, 17, 12) F(HSTATUS, RES0_c, 19, 18) F(HSTATUS, VTVM, 20, 20) \
    F(HSTATUS, VTW, 21, 21) F(HSTATUS, VTSR, 22, 22) F(HSTATUS, RES0_d, 31, 23) \
    F(HSTATUS, VSXL, 33, 32) F(HSTATUS, RES0_e, 63, 34)
#define SATP_FIELDS(F) F(SATP, PPN, 43, 0) F(SATP, ASID, 59, 44) F(SATP, MODE, 63, 60)
#define HGATP_FIELDS(F) \
    F(HGATP, PPN, 43, 0) F(HGATP, VMID, 57, 44) F(HGATP, RES0_a, 59, 58) F(HGATP, MODE, 63, 60)
#define HENVCFG_FIELDS(F) \
    F(HENVCFG, FIOM, 0, 0) F(HENVCFG, RES0_a, 3, 1) F(HENVCFG, CBIE, 5, 4) F(HENVCFG, CBCFE, 6, 6) \
    F(HENVCFG, CBZE, 7, 7) F(HENVCFG, RES0_b, 60, 8) F(HENVCFG, ADUE, 61, 61) \
    F(HENVCFG, PBMTE, 62, 62) F(HENVCFG, STCE, 63, 63)
#define HSTATEEN0_FIELDS(F) \
    F(HSTATEEN0, C, 0, 0) F(HSTATEEN0, FCSR, 1, 1) F(HSTATEEN0, JVT, 2, 2) \
    F(HSTATEEN0, RES0_a, 56, 3) F(HSTATEEN0, CONTEXT, 57, 57) F(HSTATEEN0, IMSIC, 58, 58) \
    F(HSTATEEN0, AIA, 59, 59) F(HSTATEEN0, CSRIND, 60, 60) F(HSTATEEN0, RES0_b, 61, 61) \
    F(HSTATEEN0, ENVCFG, 62, 62) F(HSTATEEN0, SE0, 63, 63)
#define SCAUSE_FIELDS(F) F(SCAUSE, CODE, 62, 0) F(SCAUSE, INTERRUPT, 63, 63)
/* xip, xie, hvip, hideleg: a bit for each interrupt. */
#define RV_IRQ_FIELDS(F) \
    F(RV_IRQ, RES0_a, 0, 0) F(RV_IRQ, SSI, 1, 1) F(RV_IRQ, VSSI, 2, 2) F(RV_IRQ, MSI, 3, 3) \
    F(RV_IRQ, RES0_b, 4, 4) F(RV_IRQ, STI, 5, 5) F(RV_IRQ, VSTI, 6, 6) F(RV_IRQ, MTI, 7, 7) \
    F(RV_IRQ, RES0_c, 8, 8) F(RV_IRQ, SEI, 9, 9) F(RV_IRQ, VSEI, 10, 10) F(RV_IRQ, MEI, 11, 11) \
    F(RV_IRQ, SGEI, 12, 12) F(RV_IRQ, LCOFI, 13, 13) F(RV_IRQ, RES0_d, 63, 14)
/* xcounteren */
#define RV_COUNTEREN_FIELDS(F) \
    F(RV_COUNTEREN, CY, 0, 0) F(RV_COUNTEREN, TM, 1, 1) F(RV_COUNTEREN, IR, 2, 2) \
    F(RV_COUNTEREN, HPM, 31, 3)
/* clang-format on */

REG_DEFINE64(SSTATUS, SSTATUS_FIELDS);
REG_DEFINE64(HSTATUS, HSTATUS_FIELDS);
REG_DEFINE64(SATP, SATP_FIELDS);
REG_DEFINE64(HGATP, HGATP_FIELDS);
REG_DEFINE64(HENVCFG, HENVCFG_FIELDS);
REG_DEFINE64(HSTATEEN0, HSTATEEN0_FIELDS);
REG_DEFINE64(SCAUSE, SCAUSE_FIELDS);
REG_DEFINE64(RV_IRQ, RV_IRQ_FIELDS);
REG_DEFINE32(RV_COUNTEREN, RV_COUNTEREN_FIELDS);

/* sstatus.FS and VS. */
enum { RV_STATE_OFF = 0, RV_STATE_INITIAL = 1, RV_STATE_CLEAN = 2, RV_STATE_DIRTY = 3 };
/* UXL, VSXL. */
enum { RV_XLEN_64 = 2 };
/* satp.MODE, hgatp.MODE (the same numbers mean Sv39x4 and so on). */
enum rv_mode { RV_MODE_BARE = 0, RV_MODE_SV39 = 8, RV_MODE_SV48 = 9, RV_MODE_SV57 = 10 };
/* The CBIE fields: a guest's cbo.inval writes back, so that it never uncovers older memory. */
enum { RV_CBIE_FLUSH = 1 };

/* Exception codes in scause and vscause (table 33). */
enum rv_cause {
    RV_CAUSE_FETCH_MISALIGNED = 0,
    RV_CAUSE_FETCH_ACCESS = 1,
    RV_CAUSE_ILLEGAL = 2,
    RV_CAUSE_BREAKPOINT = 3,
    RV_CAUSE_LOAD_MISALIGNED = 4,
    RV_CAUSE_LOAD_ACCESS = 5,
    RV_CAUSE_STORE_MISALIGNED = 6,
    RV_CAUSE_STORE_ACCESS = 7,
    RV_CAUSE_ECALL_U = 8,
    RV_CAUSE_ECALL_S = 9,
    RV_CAUSE_ECALL_VS = 10,
    RV_CAUSE_ECALL_M = 11,
    RV_CAUSE_FETCH_PAGE = 12,
    RV_CAUSE_LOAD_PAGE = 13,
    RV_CAUSE_STORE_PAGE = 15,
    RV_CAUSE_FETCH_GUEST_PAGE = 20,
    RV_CAUSE_LOAD_GUEST_PAGE = 21,
    RV_CAUSE_VIRTUAL = 22,
    RV_CAUSE_STORE_GUEST_PAGE = 23,
};
/* Interrupt codes: the bit numbers of RV_IRQ. */
