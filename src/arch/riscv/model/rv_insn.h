/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instructions that trap, decoded (The RISC-V Instruction Set Manual, Volume I, 20240411: chapters
 * 2, 4, 6 "Zicsr", 26 "C", 27 "Zc*"; Volume II, 18.6.3 for what htinst says). Owns no state.
 */
#pragma once

#include "lib/regdef.h"
#include "lib/types.h"

/* clang-format off */
#define RV_INSN_FIELDS(F) \
    F(RV_INSN, OPCODE, 6, 0) F(RV_INSN, RD, 11, 7) F(RV_INSN, FUNCT3, 14, 12) \
    F(RV_INSN, RS1, 19, 15) F(RV_INSN, RS2, 24, 20) F(RV_INSN, FUNCT7, 31, 25)
#define RV_INSN_CSR_FIELDS(F) F(RV_INSN_CSR, REST, 19, 0) F(RV_INSN_CSR, NUMBER, 31, 20)
/* 16 bits: the register fields have three bits and mean x8 to x15. */
#define RV_INSN_C_FIELDS(F) \
    F(RV_INSN_C, QUADRANT, 1, 0) F(RV_INSN_C, RD_SHORT, 4, 2) F(RV_INSN_C, BIT5, 5, 5) \
    F(RV_INSN_C, BIT6, 6, 6) F(RV_INSN_C, RS1_SHORT, 9, 7) F(RV_INSN_C, FUNCT6_LOW, 12, 10) \
    F(RV_INSN_C, FUNCT3, 15, 13) F(RV_INSN_C, RES0_a, 31, 16)
#define RV_INSN_CSP_FIELDS(F) \
    F(RV_INSN_CSP, QUADRANT, 1, 0) F(RV_INSN_CSP, RS2, 6, 2) F(RV_INSN_CSP, RD, 11, 7) \
    F(RV_INSN_CSP, BIT12, 12, 12) F(RV_INSN_CSP, FUNCT3, 15, 13) F(RV_INSN_CSP, RES0_a, 31, 16)
/* clang-format on */
REG_DEFINE32(RV_INSN, RV_INSN_FIELDS);
REG_DEFINE32(RV_INSN_CSR, RV_INSN_CSR_FIELDS);
REG_DEFINE32(RV_INSN_C, RV_INSN_C_FIELDS);
REG_DEFINE32(RV_INSN_CSP, RV_INSN_CSP_FIELDS);

enum rv_opcode {
    RV_OP_LOAD = 0x03,
    RV_OP_LOAD_FP = 0x07,
    RV_OP_STORE = 0x23,
    RV_OP_STORE_FP = 0x27,
    RV_OP_MADD = 0x43,
    RV_OP_MSUB = 0x47,
    RV_OP_NMSUB = 0x4b,
    RV_OP_NMADD = 0x4f,
    RV_OP_FP = 0x53,
    RV_OP_VECTOR = 0x57,
    RV_OP_VECTOR_CRYPTO = 0x77,
    RV_OP_SYSTEM = 0x73,
};
#define RV_INSN_WIDE_BYTES 4u /* ECALL, WFI, CSR instructions */
/* Without operands (Volume II, 3.3, 10.1 and chapter 11). */
#define RV_INSN_ECALL           0x00000073u
#define RV_INSN_SRET            0x10200073u
#define RV_INSN_MRET            0x30200073u
#define RV_INSN_WFI             0x10500073u
#define RV_INSN_SFENCE_W_INVAL  0x18000073u
#define RV_INSN_SFENCE_INVAL_IR 0x18100073u
#define RV_FUNCT3_LW            2
/* funct7 of those that name an address (rs1) and an ASID (rs2); rd and funct3 are 0. */
enum { RV_FUNCT7_SFENCE_VMA = 0x09, RV_FUNCT7_SINVAL_VMA = 0x0b };
/* Zawrs: wait for another hart's store. */
#define RV_INSN_WRS_NTO 0x00d00073u

/* Bytes of the instruction whose first halfword is LOW: 2 or 4 (Volume I, 1.5). */
static inline unsigned rv_insn_bytes(uint32_t low)
{
    return REG_GET(RV_INSN_C, QUADRANT, low) == 3 ? 4 : 2;
}

/* An integer load or store. */
struct rv_access {
    uint8_t size_bytes; /* 1, 2, 4, 8 */
    uint8_t reg;        /* 0 to 31 */
    bool write;
    bool sign_extend;
};

/* INSN, of 16 or 32 bits, as a load or store of an integer register. False: it is no such. */
bool rv_insn_access(uint32_t insn, struct rv_access *access);

/* A CSR instruction (Volume I, 6.1). */
enum rv_csr_op { RV_CSR_WRITE = 1, RV_CSR_SET = 2, RV_CSR_CLEAR = 3 };
struct rv_csr_insn {
    uint16_t number;
    uint8_t op;     /* enum rv_csr_op */
    uint8_t rd;     /* register that gets the old value; 0: none */
    uint8_t source; /* register, or the immediate itself */
    bool immediate;
    bool reads, writes; /* csrrw with rd x0 does not read, csrrs and csrrc with x0 do not write */
};
/* INSN as an access to a CSR. False: it is no such. */
bool rv_insn_csr(uint32_t insn, struct rv_csr_insn *csr);
/* What the CSR becomes: OLD is its value, SOURCE the operand's. */
uint64_t rv_csr_result(enum rv_csr_op op, uint64_t old, uint64_t source);

/* INSN needs the vector unit: with sstatus.VS off it is illegal. */
bool rv_insn_is_vector(uint32_t insn);
/* INSN needs the floating-point unit: with sstatus.FS off it is illegal. */
bool rv_insn_is_fp(uint32_t insn);
