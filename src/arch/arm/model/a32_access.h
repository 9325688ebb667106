/* SPDX-License-Identifier: Apache-2.0 */
/*
 * "Which registers does this instruction move, and where?": loads and stores that a syndrome does
 * not describe (HSR.ISV is 0), as words of memory. Pure: needs no register of the guest. Arm ARM
 * DDI 0406C, A5.2.8 "Extra load/store instructions", A5.3 "Load/store word and unsigned byte", A5.5
 * "Branch, branch with link, and block data transfer", A6.2.4, A6.2.6, A6.3.5 to A6.3.9.
 */
#pragma once

#include "lib/types.h"

/* An addressing mode's shift of its index register. */
enum a32_shift { A32_SHIFT_LSL, A32_SHIFT_LSR, A32_SHIFT_ASR, A32_SHIFT_ROR };

struct a32_access {
    bool load;
    bool sign_extend;   /* a load of less than a word */
    uint8_t size_bytes; /* of each register in memory: 1, 2, 4 */
    uint8_t insn_bytes;
    uint16_t registers; /* bit n is Rn: the lowest at the lowest address */
    bool descending;    /* of two registers the higher one is at the lower address */
    uint8_t base;       /* number of the base register */
    bool writeback;     /* the base moves by STEP */
    bool indexed;       /* START and STEP are 0 or those of an index register */
    bool index_first;   /* START is it too, else 0 */
    bool subtract;      /* it is taken off */
    uint8_t index;      /* its number */
    uint8_t shift;      /* enum a32_shift */
    uint8_t amount;     /* 0 to 31, as in the instruction: 0 has meanings of its own */
    int32_t start;      /* the first address, from the base */
    int32_t step;
};

/* Registers at most. */
#define A32_ACCESS_REGISTERS 15

/* The first halfword of a Thumb instruction begins one of 32 bits. */
static inline bool a32_is_wide_thumb(uint16_t first)
{
    return first >= 0xe800;
}

/*
 * What INSN does; a Thumb instruction of 32 bits has its first halfword on top. False: no load or
 * store that an emulated device answers to: exclusive, unprivileged, floating-point or
 * unpredictable ones, those relative to the PC and those that move it, and all that is none.
 */
bool a32_access_of_arm(uint32_t insn, struct a32_access *access);
bool a32_access_of_thumb(uint32_t insn, bool wide, struct a32_access *access);
