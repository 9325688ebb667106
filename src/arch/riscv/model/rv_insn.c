/* SPDX-License-Identifier: Apache-2.0 */
/* What a trapped instruction does. Pure tables and cases; must not touch a register. */
#include "arch/riscv/model/rv_insn.h"

#include "arch/riscv/model/rv_csr.h"

/* funct3 of loads: size as a power of two, and from 4 on without sign; stores have no sign. */
#define FUNCT3_UNSIGNED 4u

static bool access_of(uint32_t funct3, uint8_t reg, bool write, struct rv_access *access)
{
    uint32_t log_size = funct3 & ~FUNCT3_UNSIGNED;

    *access = (struct rv_access){
        .size_bytes = (uint8_t)(1u << log_size),
        .reg = reg,
        .write = write,
        .sign_extend = !write && (funct3 & FUNCT3_UNSIGNED) == 0 && log_size < 3,
    };
    /* Seven loads (there is no LDU), four stores. */
    return write ? funct3 < FUNCT3_UNSIGNED : funct3 < 7;
}

static uint8_t short_reg(uint64_t field)
{
    return (uint8_t)(8 + field);
}

/* Zcb's loads and stores of bytes and halfwords (funct3 4 of quadrant 0). */
static bool access_zcb(uint32_t insn, struct rv_access *access)
{
    enum { LBU = 0, LH_LHU = 1, SB = 2, SH = 3 };
    uint8_t reg = short_reg(REG_GET(RV_INSN_C, RD_SHORT, insn));
    bool high = (insn & RV_INSN_C_BIT6) != 0;

    switch (REG_GET(RV_INSN_C, FUNCT6_LOW, insn)) {
    case LBU:
        return access_of(0 | FUNCT3_UNSIGNED, reg, false, access);
    case LH_LHU:
        return access_of(high ? 1 : 1 | FUNCT3_UNSIGNED, reg, false, access);
    case SB:
        return access_of(0, reg, true, access);
    case SH:
        return !high && access_of(1, reg, true, access);
    default:
        return false;
    }
}

/* 16-bit encodings (tables 35 to 37, 26.8). */
static bool access_compressed(uint32_t insn, struct rv_access *access)
{
    enum { LW = 2, LD = 3, ZCB = 4, SW = 6, SD = 7 };
    uint64_t funct3 = REG_GET(RV_INSN_C, FUNCT3, insn);
    uint8_t log_size = funct3 == LW || funct3 == SW ? 2 : 3;
    bool write = funct3 == SW || funct3 == SD;
    bool plain = funct3 == LW || funct3 == LD || write;

    switch (REG_GET(RV_INSN_C, QUADRANT, insn)) {
    case 0:
        if (funct3 == ZCB)
            return access_zcb(insn, access);
        return plain &&
               access_of(log_size, short_reg(REG_GET(RV_INSN_C, RD_SHORT, insn)), write, access);
    case 2: /* relative to the stack pointer */
        if (write)
            return access_of(log_size, (uint8_t)REG_GET(RV_INSN_CSP, RS2, insn), true, access);
        /* rd x0 is reserved. */
        return plain && REG_GET(RV_INSN_CSP, RD, insn) != 0 &&
               access_of(log_size, (uint8_t)REG_GET(RV_INSN_CSP, RD, insn), false, access);
    default:
        return false;
    }
}

bool rv_insn_access(uint32_t insn, struct rv_access *access)
{
    uint32_t funct3 = (uint32_t)REG_GET(RV_INSN, FUNCT3, insn);

    *access = (struct rv_access){0};
    if (rv_insn_bytes(insn) == 2)
        return access_compressed((uint16_t)insn, access);
    switch (REG_GET(RV_INSN, OPCODE, insn)) {
    case RV_OP_LOAD:
        return access_of(funct3, (uint8_t)REG_GET(RV_INSN, RD, insn), false, access);
    case RV_OP_STORE:
        return access_of(funct3, (uint8_t)REG_GET(RV_INSN, RS2, insn), true, access);
    default:
        return false;
    }
}

bool rv_insn_csr(uint32_t insn, struct rv_csr_insn *csr)
{
    enum { OP_MASK = 3, IMMEDIATE = 4 };
    uint32_t funct3 = (uint32_t)REG_GET(RV_INSN, FUNCT3, insn);

    *csr = (struct rv_csr_insn){0};
    if (REG_GET(RV_INSN, OPCODE, insn) != RV_OP_SYSTEM || (funct3 & OP_MASK) == 0)
        return false;
    *csr = (struct rv_csr_insn){
        .number = (uint16_t)REG_GET(RV_INSN_CSR, NUMBER, insn),
        .op = (uint8_t)(funct3 & OP_MASK),
        .rd = (uint8_t)REG_GET(RV_INSN, RD, insn),
        .source = (uint8_t)REG_GET(RV_INSN, RS1, insn),
        .immediate = (funct3 & IMMEDIATE) != 0,
    };
    csr->reads = csr->op != RV_CSR_WRITE || csr->rd != 0;
    csr->writes = csr->op == RV_CSR_WRITE || csr->source != 0;
    return true;
}

uint64_t rv_csr_result(enum rv_csr_op op, uint64_t old, uint64_t source)
{
    switch (op) {
    case RV_CSR_SET:
        return old | source;
    case RV_CSR_CLEAR:
        return old & ~source;
    default:
        return source;
    }
}

bool rv_insn_is_vector(uint32_t insn)
{
    enum { WIDTH_8 = 0, WIDTH_16 = 5 };
    uint64_t width = REG_GET(RV_INSN, FUNCT3, insn);
    struct rv_csr_insn csr;

    switch (REG_GET(RV_INSN, OPCODE, insn)) {
    case RV_OP_VECTOR:
    case RV_OP_VECTOR_CRYPTO:
        return true;
    case RV_OP_LOAD_FP: /* shared with those of floating point, which have other widths */
    case RV_OP_STORE_FP:
        return width == WIDTH_8 || width >= WIDTH_16;
    default:
        return rv_insn_csr(insn, &csr) &&
               ((csr.number >= CSR_vstart && csr.number <= CSR_vxrm) || csr.number == CSR_vcsr ||
                (csr.number >= CSR_vl && csr.number <= CSR_vlenb));
    }
}

/* FLD and FSD of 16 bits; there are none of single precision in RV64 (table 34). */
static bool compressed_is_fp(uint32_t insn)
{
    enum { FLD = 1, FSD = 5 };
    uint64_t funct3 = REG_GET(RV_INSN_C, FUNCT3, insn);
    uint64_t quadrant = REG_GET(RV_INSN_C, QUADRANT, insn);

    return (quadrant == 0 || quadrant == 2) && (funct3 == FLD || funct3 == FSD);
}

bool rv_insn_is_fp(uint32_t insn)
{
    enum { WIDTH_HALF = 1, WIDTH_QUAD = 4 };
    struct rv_csr_insn csr;

    if (rv_insn_bytes(insn) == 2)
        return compressed_is_fp((uint16_t)insn);
    switch (REG_GET(RV_INSN, OPCODE, insn)) {
    case RV_OP_LOAD_FP: /* shared with vector loads, which have other widths */
    case RV_OP_STORE_FP:
        return REG_GET(RV_INSN, FUNCT3, insn) >= WIDTH_HALF &&
               REG_GET(RV_INSN, FUNCT3, insn) <= WIDTH_QUAD;
    case RV_OP_MADD:
    case RV_OP_MSUB:
    case RV_OP_NMSUB:
    case RV_OP_NMADD:
    case RV_OP_FP:
        return true;
    default:
        return rv_insn_csr(insn, &csr) && csr.number >= CSR_fflags && csr.number <= CSR_fcsr;
    }
}
