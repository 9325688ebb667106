/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding: see a32_access.h. Must not guess: what the manual calls UNPREDICTABLE is refused. */
#include "arch/arm/model/a32_access.h"

#include "arch/arm/model/a32_decode.h"
#include "lib/bits.h"
#include "lib/regdef.h"

/* ---- what both instruction sets have in common */

static bool is_in(uint16_t registers, unsigned number)
{
    return (registers & bit32(number)) != 0;
}

/* A base that moves must not be moved itself: which comes last is UNPREDICTABLE. */
static bool finish(struct a32_access *access)
{
    if (access->registers == 0 || is_in(access->registers, A32_NUMBER_PC) ||
        access->base == A32_NUMBER_PC)
        return false;
    if (access->indexed && access->index == A32_NUMBER_PC)
        return false;
    return !access->writeback || !is_in(access->registers, access->base);
}

/* An offset of OFFSET bytes, subtracted if not UP: before the access (PRE) or after it. */
static void set_offset(struct a32_access *access, uint32_t offset, bool pre, bool up, bool w)
{
    int32_t signed_offset = up ? (int32_t)offset : -(int32_t)offset;

    access->start = pre ? signed_offset : 0;
    access->step = signed_offset;
    access->writeback = !pre || w;
}

/* Several registers; BEFORE: the base is one word off the first, in the direction it moves. */
static void set_multiple(struct a32_access *access, uint16_t registers, bool before, bool up,
                         bool writeback)
{
    int32_t bytes = 4 * (int32_t)bit_count(registers);

    access->size_bytes = 4;
    access->registers = registers;
    access->writeback = writeback;
    access->step = up ? bytes : -bytes;
    access->start = (up ? 0 : -bytes) + (before == up ? 4 : 0);
}

/* ---- A32 */

/* Bits that all loads and stores have in the same place. */
#define INSN_FIELDS(F)     \
    F(INSN, Low, 3, 0)     \
    F(INSN, Bit4, 4, 4)    \
    F(INSN, Op2, 6, 5)     \
    F(INSN, Amount, 11, 7) \
    F(INSN, Rt, 15, 12)    \
    F(INSN, Rn, 19, 16)    \
    F(INSN, L, 20, 20)     \
    F(INSN, W, 21, 21)     \
    F(INSN, Bit22, 22, 22) \
    F(INSN, U, 23, 23)     \
    F(INSN, P, 24, 24)     \
    F(INSN, Class, 27, 25) \
    F(INSN, Cond, 31, 28)
REG_DEFINE32(INSN, INSN_FIELDS);
#define COND_NONE 0xfu
enum { CLASS_EXTRA = 0, CLASS_IMMEDIATE = 2, CLASS_REGISTER = 3, CLASS_MULTIPLE = 4 };
/* Op2 of extra loads and stores; those of doublewords have L clear. */
enum { EXTRA_NONE, EXTRA_HALF, EXTRA_SIGNED_BYTE, EXTRA_SIGNED_HALF };
#define EXTRA_LOAD_PAIR EXTRA_SIGNED_BYTE

static bool bit(uint32_t insn, uint64_t mask)
{
    return (insn & mask) != 0;
}

static void set_index(struct a32_access *access, uint32_t insn, unsigned shift, unsigned amount)
{
    bool pre = bit(insn, INSN_P);

    access->indexed = true;
    access->index = (uint8_t)REG_GET(INSN, Low, insn);
    access->shift = (uint8_t)shift;
    access->amount = (uint8_t)amount;
    access->subtract = !bit(insn, INSN_U);
    access->index_first = pre;
    access->writeback = !pre || bit(insn, INSN_W);
}

static bool arm_single(uint32_t insn, struct a32_access *access)
{
    bool pre = bit(insn, INSN_P), w = bit(insn, INSN_W);

    if (!pre && w) /* LDRT and the like */
        return false;
    access->load = bit(insn, INSN_L);
    access->size_bytes = bit(insn, INSN_Bit22) ? 1 : 4;
    access->registers = (uint16_t)bit32((unsigned)REG_GET(INSN, Rt, insn));
    if (REG_GET(INSN, Class, insn) == CLASS_REGISTER)
        set_index(access, insn, (unsigned)REG_GET(INSN, Op2, insn),
                  (unsigned)REG_GET(INSN, Amount, insn));
    else
        set_offset(access, insn & (uint32_t)low_bits(12), pre, bit(insn, INSN_U), w);
    return finish(access);
}

/* Two words, in an even register and the next. */
static bool set_pair(struct a32_access *access, unsigned first)
{
    access->size_bytes = 4;
    access->registers = (uint16_t)(bit32(first) | bit32(first + 1));
    return first % 2 == 0 && first != A32_NUMBER_LR;
}

static bool arm_extra(uint32_t insn, struct a32_access *access)
{
    unsigned op2 = (unsigned)REG_GET(INSN, Op2, insn), rt = (unsigned)REG_GET(INSN, Rt, insn);
    bool pre = bit(insn, INSN_P), w = bit(insn, INSN_W), l = bit(insn, INSN_L);
    /* The immediate's upper half, or bits that have to be 0. */
    unsigned high = (unsigned)REG_GET(INSN, Amount, insn) >> 1;

    if (op2 == EXTRA_NONE || (!pre && w))
        return false;
    access->load = l || op2 == EXTRA_LOAD_PAIR;
    access->size_bytes = op2 == EXTRA_SIGNED_BYTE ? 1 : 2;
    access->sign_extend = l && op2 != EXTRA_HALF;
    access->registers = (uint16_t)bit32(rt);
    if (!l && op2 != EXTRA_HALF && !set_pair(access, rt))
        return false;
    if (bit(insn, INSN_Bit22)) {
        set_offset(access, high << 4 | (uint32_t)REG_GET(INSN, Low, insn), pre, bit(insn, INSN_U),
                   w);
        return finish(access);
    }
    set_index(access, insn, A32_SHIFT_LSL, 0);
    /* LDRD's index must not be loaded. */
    return high == 0 && finish(access) &&
           !(access->load && access->size_bytes == 4 && is_in(access->registers, access->index));
}

static bool arm_multiple(uint32_t insn, struct a32_access *access)
{
    if (bit(insn, INSN_Bit22)) /* the registers of User mode, or an exception return */
        return false;
    access->load = bit(insn, INSN_L);
    set_multiple(access, (uint16_t)insn, bit(insn, INSN_P), bit(insn, INSN_U), bit(insn, INSN_W));
    return finish(access);
}

bool a32_access_of_arm(uint32_t insn, struct a32_access *access)
{
    *access = (struct a32_access){.insn_bytes = 4, .base = (uint8_t)REG_GET(INSN, Rn, insn)};
    if (REG_GET(INSN, Cond, insn) == COND_NONE)
        return false;
    switch (REG_GET(INSN, Class, insn)) {
    case CLASS_EXTRA: /* bit 7 */
        return bit(insn, INSN_Bit4) && (REG_GET(INSN, Amount, insn) & 1) != 0 &&
               arm_extra(insn, access);
    case CLASS_REGISTER:
        return !bit(insn, INSN_Bit4) && arm_single(insn, access);
    case CLASS_IMMEDIATE:
        return arm_single(insn, access);
    case CLASS_MULTIPLE:
        return arm_multiple(insn, access);
    default:
        return false;
    }
}

/* ---- T32 */

/* Of 16 bits: LDM and STM; PUSH and POP, whose lists have LR and PC in bit 8. */
#define NARROW_FIELDS(F)  \
    F(NARROW, List, 7, 0) \
    F(NARROW, Rn, 10, 8)  \
    F(NARROW, L, 11, 11)  \
    F(NARROW, Class, 15, 12)
REG_DEFINE_(NARROW, NARROW_FIELDS, 16);
enum { NARROW_MISC = 0xb, NARROW_MULTIPLE = 0xc };
/* In Rn's place: PUSH and POP, with or without LR or PC. */
enum { MISC_STACK = 4, MISC_STACK_LAST = 5 };

static bool thumb_narrow(uint32_t insn, struct a32_access *access)
{
    unsigned rn = (unsigned)REG_GET(NARROW, Rn, insn),
             class = (unsigned)REG_GET(NARROW, Class, insn);
    uint16_t list = (uint16_t)REG_GET(NARROW, List, insn);
    bool l = bit(insn, NARROW_L);

    access->insn_bytes = 2;
    access->load = l;
    if (class == NARROW_MULTIPLE) {
        access->base = (uint8_t)rn;
        /* A load that has its base in the list does not move it otherwise. */
        set_multiple(access, list, false, true, !(l && is_in(list, rn)));
        return finish(access);
    }
    if (class != NARROW_MISC || (rn != MISC_STACK && rn != MISC_STACK_LAST))
        return false;
    if (rn == MISC_STACK_LAST)
        list |= (uint16_t)bit32(l ? A32_NUMBER_PC : A32_NUMBER_LR);
    access->base = A32_NUMBER_SP;
    set_multiple(access, list, !l, l, true);
    return finish(access);
}

/* Of 32 bits. Words and less, with an immediate of 8 bits, signed. */
#define WIDE_FIELDS(F)        \
    F(WIDE, Imm8, 7, 0)       \
    F(WIDE, W, 8, 8)          \
    F(WIDE, U, 9, 9)          \
    F(WIDE, P, 10, 10)        \
    F(WIDE, Imm, 11, 11)      \
    F(WIDE, Rt, 15, 12)       \
    F(WIDE, Rn, 19, 16)       \
    F(WIDE, L, 20, 20)        \
    F(WIDE, Size, 22, 21)     \
    F(WIDE, Positive, 23, 23) \
    F(WIDE, Signed, 24, 24)   \
    F(WIDE, Class, 31, 25)
REG_DEFINE32(WIDE, WIDE_FIELDS);
/* Two registers, or several. */
#define MANY_FIELDS(F)      \
    F(MANY, Imm8, 7, 0)     \
    F(MANY, Rt2, 11, 8)     \
    F(MANY, Rt, 15, 12)     \
    F(MANY, Rn, 19, 16)     \
    F(MANY, L, 20, 20)      \
    F(MANY, W, 21, 21)      \
    F(MANY, IsPair, 22, 22) \
    F(MANY, U, 23, 23)      \
    F(MANY, P, 24, 24)      \
    F(MANY, Class, 31, 25)
REG_DEFINE32(MANY, MANY_FIELDS);
#define WIDE_CLASS 0x7cu
#define MANY_CLASS 0x74u
#define SIZE_WORD  2u

static bool thumb_single(uint32_t insn, struct a32_access *access)
{
    unsigned size = (unsigned)REG_GET(WIDE, Size, insn), rt = (unsigned)REG_GET(WIDE, Rt, insn);
    bool p = bit(insn, WIDE_P), u = bit(insn, WIDE_U), w = bit(insn, WIDE_W);

    access->load = bit(insn, WIDE_L);
    access->sign_extend = bit(insn, WIDE_Signed);
    access->size_bytes = (uint8_t)bit32(size);
    access->registers = (uint16_t)bit32(rt);
    if (size > SIZE_WORD || bit(insn, WIDE_Positive) || !bit(insn, WIDE_Imm))
        return false;
    if (access->sign_extend && (!access->load || size == SIZE_WORD))
        return false;
    /* Neither, or the offset of LDRT and the like; SP is moved by words only. */
    if ((!p && !w) || (p && u && !w) || (rt == A32_NUMBER_SP && size != SIZE_WORD))
        return false;
    set_offset(access, (uint32_t)REG_GET(WIDE, Imm8, insn), p, u, w);
    return finish(access);
}

static bool thumb_pair(uint32_t insn, struct a32_access *access)
{
    unsigned rt = (unsigned)REG_GET(MANY, Rt, insn), rt2 = (unsigned)REG_GET(MANY, Rt2, insn);
    bool p = bit(insn, MANY_P), w = bit(insn, MANY_W);

    access->size_bytes = 4;
    access->load = bit(insn, MANY_L);
    access->registers = (uint16_t)(bit32(rt) | bit32(rt2));
    access->descending = rt > rt2;
    /* Exclusives and table branches; the same register twice. */
    if ((!p && !w) || rt == rt2 || rt == A32_NUMBER_SP || rt2 == A32_NUMBER_SP)
        return false;
    set_offset(access, (uint32_t)REG_GET(MANY, Imm8, insn) * 4, p, bit(insn, MANY_U), w);
    return finish(access);
}

static bool thumb_many(uint32_t insn, struct a32_access *access)
{
    bool up = bit(insn, MANY_U);
    uint16_t list = (uint16_t)insn;

    if (bit(insn, MANY_IsPair))
        return thumb_pair(insn, access);
    access->load = bit(insn, MANY_L);
    if (up == bit(insn, MANY_P) || is_in(list, A32_NUMBER_SP) || bit_count(list) < 2)
        return false; /* RFE and SRS, or not to be predicted */
    set_multiple(access, list, !up, up, bit(insn, MANY_W));
    return finish(access);
}

bool a32_access_of_thumb(uint32_t insn, bool wide, struct a32_access *access)
{
    *access = (struct a32_access){.insn_bytes = 4, .base = (uint8_t)REG_GET(WIDE, Rn, insn)};
    if (!wide)
        return thumb_narrow(insn, access);
    switch (REG_GET(WIDE, Class, insn)) {
    case WIDE_CLASS:
        return thumb_single(insn, access);
    case MANY_CLASS:
        return thumb_many(insn, access);
    default:
        return false;
    }
}
