/* SPDX-License-Identifier: Apache-2.0 */
/* Where loads and stores go. Pure cases and tables; must not touch a register. */
#include "arch/riscv/model/rv_transfer.h"

#include "lib/bits.h"

/* Bits of an immediate: so many from there in the instruction to there in the number. */
struct piece {
    uint8_t from, bits, to;
};
#define PIECES_MAX 3
struct immediate {
    struct piece pieces[PIECES_MAX];
};

/* By the formats' names (tables of 2.2 and 26.1), and the size of what is moved. */
static const struct immediate i_type = {{{20, 12, 0}}};
static const struct immediate s_type = {{{7, 5, 0}, {25, 7, 5}}};
static const struct immediate c_word = {{{10, 3, 3}, {6, 1, 2}, {5, 1, 6}}};
static const struct immediate c_double = {{{10, 3, 3}, {5, 2, 6}}};
static const struct immediate ci_word = {{{12, 1, 5}, {4, 3, 2}, {2, 2, 6}}};
static const struct immediate ci_double = {{{12, 1, 5}, {5, 2, 3}, {2, 3, 6}}};
static const struct immediate css_word = {{{9, 4, 2}, {7, 2, 6}}};
static const struct immediate css_double = {{{10, 3, 3}, {7, 3, 6}}};
static const struct immediate zcb_byte = {{{6, 1, 0}, {5, 1, 1}}};
static const struct immediate zcb_half = {{{5, 1, 1}}};
#define IMMEDIATE_BITS 12

static uint32_t gather(uint32_t insn, const struct immediate *immediate)
{
    uint32_t value = 0;

    for (unsigned i = 0; i < PIECES_MAX && immediate->pieces[i].bits != 0; i++) {
        const struct piece *piece = &immediate->pieces[i];

        value |= (uint32_t)zero_extend(insn >> piece->from, piece->bits) << piece->to;
    }
    return value;
}

/* ---- 16 bits */

static uint8_t short_reg(uint64_t field)
{
    return (uint8_t)(8 + field);
}

static bool is_double(const struct rv_transfer *transfer)
{
    return transfer->access.size_bytes == 8;
}

static void short_address(uint32_t insn, struct rv_transfer *transfer)
{
    const struct immediate *immediate;

    if (REG_GET(RV_INSN_C, QUADRANT, insn) == 2) {
        transfer->base = RV_SP;
        if (transfer->access.write)
            immediate = is_double(transfer) ? &css_double : &css_word;
        else
            immediate = is_double(transfer) ? &ci_double : &ci_word;
    } else {
        transfer->base = short_reg(REG_GET(RV_INSN_C, RS1_SHORT, insn));
        if (transfer->access.size_bytes == 1)
            immediate = &zcb_byte;
        else if (transfer->access.size_bytes == 2)
            immediate = &zcb_half;
        else
            immediate = is_double(transfer) ? &c_double : &c_word;
    }
    transfer->offset = (int32_t)gather(insn, immediate);
}

/* C.FLD, C.FSD, C.FLDSP and C.FSDSP: RV64 has none of single precision. */
static bool short_fp(uint32_t insn, struct rv_transfer *transfer)
{
    enum { FLD = 1, FSD = 5 };
    uint64_t funct3 = REG_GET(RV_INSN_C, FUNCT3, insn);
    uint64_t quadrant = REG_GET(RV_INSN_C, QUADRANT, insn);

    if ((funct3 != FLD && funct3 != FSD) || (quadrant != 0 && quadrant != 2))
        return false;
    transfer->fp = true;
    transfer->access.size_bytes = 8;
    transfer->access.write = funct3 == FSD;
    if (quadrant == 0)
        transfer->access.reg = short_reg(REG_GET(RV_INSN_C, RD_SHORT, insn));
    else
        transfer->access.reg = (uint8_t)(funct3 == FSD ? REG_GET(RV_INSN_CSP, RS2, insn)
                                                       : REG_GET(RV_INSN_CSP, RD, insn));
    return true;
}

/* ---- 32 bits */

static bool wide_fp(uint32_t insn, struct rv_transfer *transfer)
{
    enum { WIDTH_HALF = 1, WIDTH_DOUBLE = 3 };
    uint64_t opcode = REG_GET(RV_INSN, OPCODE, insn), width = REG_GET(RV_INSN, FUNCT3, insn);

    if ((opcode != RV_OP_LOAD_FP && opcode != RV_OP_STORE_FP) || width < WIDTH_HALF ||
        width > WIDTH_DOUBLE)
        return false;
    transfer->fp = true;
    transfer->access.size_bytes = (uint8_t)bit32((unsigned)width);
    transfer->access.write = opcode == RV_OP_STORE_FP;
    transfer->access.reg = (uint8_t)(transfer->access.write ? REG_GET(RV_INSN, RS2, insn)
                                                            : REG_GET(RV_INSN, RD, insn));
    return true;
}

static void wide_address(uint32_t insn, struct rv_transfer *transfer)
{
    uint32_t bits = gather(insn, transfer->access.write ? &s_type : &i_type);

    transfer->base = (uint8_t)REG_GET(RV_INSN, RS1, insn);
    transfer->offset = (int32_t)sign_extend(bits, IMMEDIATE_BITS);
}

bool rv_insn_transfer(uint32_t insn, struct rv_transfer *transfer)
{
    bool wide = rv_insn_bytes(insn) == 4;

    *transfer = (struct rv_transfer){0};
    if (!rv_insn_access(insn, &transfer->access)) {
        transfer->access = (struct rv_access){0};
        if (!(wide ? wide_fp(insn, transfer) : short_fp((uint16_t)insn, transfer)))
            return false;
    }
    if (wide)
        wide_address(insn, transfer);
    else
        short_address((uint16_t)insn, transfer);
    return true;
}
