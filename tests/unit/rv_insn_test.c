/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Instruction decode: all 65536 encodings of 16 bits against a table made another way, all 32-bit
 * loads and stores by fields, all CSR instructions by number.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/riscv/model/rv_csr.h"
#include "arch/riscv/model/rv_insn.h"

#define PROMISE(insn, condition)                                              \
    do {                                                                      \
        if (!(condition))                                                     \
            fail_msg("instruction 0x%08x: %s", (unsigned)(insn), #condition); \
    } while (0)

/* What the specification's tables say, as patterns of bits: '.' any, 'd' the register. */
struct pattern {
    const char *bits; /* 15 down to 0 */
    uint8_t size_bytes;
    bool write, sign_extend, full_register;
};
static const struct pattern patterns[] = {
    {"010......"
     "..ddd"
     "00",
     4, false, true, false}, /* c.lw */
    {"011......"
     "..ddd"
     "00",
     8, false, false, false}, /* c.ld */
    {"110......"
     "..ddd"
     "00",
     4, true, false, false}, /* c.sw */
    {"111......"
     "..ddd"
     "00",
     8, true, false, false}, /* c.sd */
    {"010.DDDDD"
     "....."
     "10",
     4, false, true, true}, /* c.lwsp */
    {"011.DDDDD"
     "....."
     "10",
     8, false, false, true}, /* c.ldsp */
    {"110......"
     "ddddd"
     "10",
     4, true, false, false}, /* c.swsp */
    {"111......"
     "ddddd"
     "10",
     8, true, false, false}, /* c.sdsp */
    {"100000..."
     "..ddd"
     "00",
     1, false, false, false}, /* c.lbu */
    {"100001..."
     "0.ddd"
     "00",
     2, false, false, false}, /* c.lhu */
    {"100001..."
     "1.ddd"
     "00",
     2, false, true, false}, /* c.lh */
    {"100010..."
     "..ddd"
     "00",
     1, true, false, false}, /* c.sb */
    {"100011..."
     "0.ddd"
     "00",
     2, true, false, false}, /* c.sh */
};

static bool pattern_matches(const struct pattern *pattern, uint32_t insn, struct rv_access *want)
{
    uint32_t reg = 0, width = 0;

    for (unsigned i = 0; i < 16; i++) {
        char c = pattern->bits[i];
        uint32_t bit = insn >> (15 - i) & 1;

        if (c == '0' || c == '1') {
            if (bit != (uint32_t)(c - '0'))
                return false;
        } else if (c == 'd' || c == 'D') {
            reg = reg << 1 | bit;
            width++;
        }
    }
    if (pattern->full_register && reg == 0)
        return false; /* reserved */
    *want = (struct rv_access){
        .size_bytes = pattern->size_bytes,
        .reg = (uint8_t)(width == 3 ? 8 + reg : reg),
        .write = pattern->write,
        .sign_extend = pattern->sign_extend,
    };
    return true;
}

static void every_16_bit_encoding(void **state)
{
    unsigned found = 0;

    for (uint32_t insn = 0; insn < 65536; insn++) {
        struct rv_access got, want = {0};
        bool is_access = false;

        if ((insn & 3) == 3) {
            PROMISE(insn, rv_insn_bytes(insn) == 4);
            continue;
        }
        PROMISE(insn, rv_insn_bytes(insn) == 2);
        for (size_t i = 0; i < sizeof(patterns) / sizeof(patterns[0]); i++)
            is_access = is_access || pattern_matches(&patterns[i], insn, &want);
        PROMISE(insn, rv_insn_access(insn, &got) == is_access);
        if (is_access)
            PROMISE(insn, memcmp(&got, &want, sizeof(got)) == 0);
        found += is_access;
        /* c.fld, c.fsd, c.fldsp, c.fsdsp. */
        PROMISE(insn,
                rv_insn_is_fp(insn) == ((insn & 0x6003) == 0x2000 || (insn & 0x6003) == 0x2002));
    }
    /* 4 x 2^11, c.lwsp and c.ldsp without x0, c.swsp and c.sdsp, and Zcb's. */
    assert_int_equal(found, 4 * 2048 + 2 * 31 * 64 + 2 * 2048 + 256 + 128 + 128 + 256 + 128);
}

static void every_load_and_store(void **state)
{
    static const uint8_t sizes[] = {1, 2, 4, 8, 1, 2, 4};

    for (uint32_t funct3 = 0; funct3 < 8; funct3++) {
        for (uint32_t reg = 0; reg < 32; reg++) {
            uint32_t load = 0x03 | reg << 7 | funct3 << 12 | 0xfff50000;
            uint32_t store = 0x23 | reg << 20 | funct3 << 12 | 0x54050f80;
            struct rv_access got;

            PROMISE(load, rv_insn_access(load, &got) == (funct3 < 7));
            if (funct3 < 7) {
                PROMISE(load, got.size_bytes == sizes[funct3] && got.reg == reg && !got.write);
                PROMISE(load, got.sign_extend == (funct3 < 3));
            }
            PROMISE(store, rv_insn_access(store, &got) == (funct3 < 4));
            if (funct3 < 4)
                PROMISE(store, got.size_bytes == sizes[funct3] && got.reg == reg && got.write &&
                                   !got.sign_extend);
        }
    }
}

static void no_other_opcode_is_an_access(void **state)
{
    struct rv_access access;

    for (uint32_t opcode = 3; opcode < 128; opcode += 4)
        for (uint32_t rest = 0; rest < 1u << 13; rest++) {
            uint32_t insn = opcode | rest * 0x8765u << 7;

            if (opcode != 0x03 && opcode != 0x23)
                PROMISE(insn, !rv_insn_access(insn, &access));
        }
}

static void every_csr_instruction(void **state)
{
    for (uint32_t number = 0; number < RV_CSR_COUNT; number++) {
        for (uint32_t funct3 = 0; funct3 < 8; funct3++) {
            for (uint32_t regs = 0; regs < 4; regs++) {
                uint32_t rd = regs & 1 ? 17 : 0, source = regs & 2 ? 29 : 0;
                uint32_t insn = number << 20 | source << 15 | funct3 << 12 | rd << 7 | 0x73;
                struct rv_csr_insn csr;
                bool is_csr = (funct3 & 3) != 0;

                PROMISE(insn, rv_insn_csr(insn, &csr) == is_csr);
                if (!is_csr)
                    continue;
                PROMISE(insn, csr.number == number && csr.rd == rd && csr.source == source);
                PROMISE(insn, csr.op == (funct3 & 3) && csr.immediate == (funct3 >= 4));
                PROMISE(insn, csr.reads == ((funct3 & 3) != 1 || rd != 0));
                PROMISE(insn, csr.writes == ((funct3 & 3) == 1 || source != 0));
                PROMISE(insn, rv_insn_is_fp(insn) == (number >= 1 && number <= 3));
            }
        }
    }
}

static void what_a_csr_becomes(void **state)
{
    assert_int_equal(rv_csr_result(RV_CSR_WRITE, 0xf0, 0x3c), 0x3c);
    assert_int_equal(rv_csr_result(RV_CSR_SET, 0xf0, 0x3c), 0xfc);
    assert_int_equal(rv_csr_result(RV_CSR_CLEAR, 0xf0, 0x3c), 0xc0);
}

static void floating_point(void **state)
{
    static const uint32_t yes[] = {0x00053007 /* fld */,
                                   0x00052007 /* flw */,
                                   0x00a53027 /* fsd */,
                                   0x02b57553 /* fadd.d */,
                                   0xf2000553 /* fmv.d.x */,
                                   0x6ab57543 /* fmadd */,
                                   0x6ab57547,
                                   0x6ab5754b,
                                   0x6ab5754f};
    /* vle8.v, vle32.v, vse64.v, a load, an ALU operation, fence */
    static const uint32_t no[] = {0x02050007, 0x02056007, 0x02057027,
                                  0x00053503, 0x00b50533, 0x0ff0000f};

    for (size_t i = 0; i < sizeof(yes) / sizeof(yes[0]); i++)
        PROMISE(yes[i], rv_insn_is_fp(yes[i]));
    for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
        PROMISE(no[i], !rv_insn_is_fp(no[i]));
}

static void vector_instructions(void **state)
{
    static const uint32_t are[] = {
        0x0d00f057, /* vsetivli zero, 1, e32, m1, ta, ma */
        0x02000007, /* vle8.v v0, (zero) */
        0x02007027, /* vse64.v v0, (zero) */
        0x00805073, /* csrwi vstart, 0 */
        0xc2202573, /* csrr a0, vlenb */
        0xa2862077, /* of Zvk */
    };
    static const uint32_t are_not[] = {
        0x00002007, /* flw */
        0x00003027, /* fsd */
        0x02000053, /* fadd.d */
        0x00102573, /* csrr a0, fflags */
        0xc0202573, /* csrr a0, instret */
        0xc2302573, /* a CSR that is none of them */
        0x00000013, /* nop */
    };

    for (size_t i = 0; i < ARRAY_SIZE(are); i++) {
        assert_true(rv_insn_is_vector(are[i]));
        assert_false(rv_insn_is_fp(are[i]));
    }
    for (size_t i = 0; i < ARRAY_SIZE(are_not); i++)
        assert_false(rv_insn_is_vector(are_not[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_instructions),   cmocka_unit_test(every_16_bit_encoding),
        cmocka_unit_test(every_load_and_store),  cmocka_unit_test(no_other_opcode_is_an_access),
        cmocka_unit_test(every_csr_instruction), cmocka_unit_test(what_a_csr_becomes),
        cmocka_unit_test(floating_point),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
