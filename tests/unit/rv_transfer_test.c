/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where loads and stores go: every immediate of each format, made by an encoder that follows the
 * tables the other way round; what is no load or store; and all 16-bit encodings against
 * rv_insn_access.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/riscv/model/rv_transfer.h"

/* The bits of N named in LAYOUT, from bit 15 or 31 of an instruction down: a digit or letter is
 * that bit of N (a is 10), '.' none. */
static uint32_t spread(const char *layout, uint32_t n)
{
    uint32_t insn = 0;

    for (const char *at = layout; *at; at++) {
        unsigned bit = *at >= 'a' ? (unsigned)(*at - 'a') + 10 : (unsigned)(*at - '0');

        insn = insn << 1 | (*at == '.' ? 0 : n >> bit & 1);
    }
    return insn;
}

static const struct format {
    const char *layout;
    uint32_t insn, step, end;
    uint8_t size_bytes, reg, base;
    bool write, fp, is_signed;
} formats[] = {
    {"ba9876543210....................", 0x0006b503, 1, 4096, 8, 10, 13, false, false, true},
    {"ba98765.............43210.......", 0x00d60023, 1, 4096, 1, 13, 12, true, false, true},
    {"ba9876543210....................", 0x00052107, 1, 4096, 4, 2, 10, false, true, true},
    {"ba98765.............43210.......", 0x01f53027, 1, 4096, 8, 31, 10, true, true, true},
    {"...543...26.....", 0x4188, 4, 128, 4, 10, 11, false, false, false}, /* c.lw */
    {"...543...76.....", 0x6188, 8, 256, 8, 10, 11, false, false, false}, /* c.ld */
    {"...543...26.....", 0xc188, 4, 128, 4, 10, 11, true, false, false},  /* c.sw */
    {"...543...76.....", 0xe188, 8, 256, 8, 10, 11, true, false, false},  /* c.sd */
    {"...543...76.....", 0x2188, 8, 256, 8, 10, 11, false, true, false},  /* c.fld */
    {"...543...76.....", 0xa188, 8, 256, 8, 10, 11, true, true, false},   /* c.fsd */
    {"...5.....43276..", 0x4502, 4, 256, 4, 10, 2, false, false, false},  /* c.lwsp */
    {"...5.....43876..", 0x6502, 8, 512, 8, 10, 2, false, false, false},  /* c.ldsp */
    {"...543276.......", 0xc02a, 4, 256, 4, 10, 2, true, false, false},   /* c.swsp */
    {"...543876.......", 0xe02a, 8, 512, 8, 10, 2, true, false, false},   /* c.sdsp */
    {"...5.....43876..", 0x2002, 8, 512, 8, 0, 2, false, true, false},    /* c.fldsp */
    {"...543876.......", 0xa07e, 8, 512, 8, 31, 2, true, true, false},    /* c.fsdsp */
    {".........01.....", 0x8188, 1, 4, 1, 10, 11, false, false, false},   /* c.lbu */
    {"..........1.....", 0x8588, 2, 4, 2, 10, 11, false, false, false},   /* c.lhu */
    {"..........1.....", 0x85c8, 2, 4, 2, 10, 11, false, false, false},   /* c.lh */
    {".........01.....", 0x8988, 1, 4, 1, 10, 11, true, false, false},    /* c.sb */
    {"..........1.....", 0x8d88, 2, 4, 2, 10, 11, true, false, false},    /* c.sh */
};

static void every_immediate(void **state)
{
    struct rv_gprs gprs = {0};
    struct rv_transfer transfer;

    for (unsigned r = 0; r < 32; r++)
        gprs.x[r] = 0x1000000000 * r + 5;
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++) {
        const struct format *f = &formats[i];

        for (uint32_t n = 0; n < f->end; n += f->step) {
            int64_t offset = f->is_signed && n >= f->end / 2 ? (int64_t)n - f->end : n;

            assert_true(rv_insn_transfer(f->insn | spread(f->layout, n), &transfer));
            assert_int_equal(transfer.offset, offset);
            assert_int_equal(transfer.base, f->base);
            assert_int_equal(transfer.access.reg, f->reg);
            assert_int_equal(transfer.access.size_bytes, f->size_bytes);
            assert_int_equal(transfer.access.write, f->write);
            assert_int_equal(transfer.fp, f->fp);
            assert_int_equal(rv_transfer_address(&transfer, &gprs),
                             gprs.x[f->base] + (uint64_t)offset);
        }
    }
}

/* Relative to x0, whatever its place holds, and round the end of the address space. */
static void addresses(void **state)
{
    struct rv_gprs gprs = {.x = {77, [11] = 3}};
    struct rv_transfer transfer;

    assert_true(rv_insn_transfer(0xff803503, &transfer)); /* ld a0, -8(zero) */
    assert_int_equal(rv_transfer_address(&transfer, &gprs), UINT64_MAX - 7);
    assert_true(rv_insn_transfer(0xff85b503, &transfer)); /* ld a0, -8(a1) */
    assert_int_equal(rv_transfer_address(&transfer, &gprs), UINT64_MAX - 4);
}

static void no_transfers(void **state)
{
    static const uint32_t insns[] = {
        0x00000000,
        0x00c5a52f /* amoadd.w */,
        0x1005a52f /* lr.w */,
        0x0005f503 /* reserved load */,
        0x00a5c023 /* reserved store */,
        0x02058007 /* vle8.v */,
        0x02058027 /* vse8.v */,
        0x0005c007 /* flq */,
        0x14002573 /* csrr */,
        0x00b50533 /* add */,
        0x0000952a /* c.add */,
    };
    struct rv_transfer transfer;

    for (size_t i = 0; i < sizeof(insns) / sizeof(insns[0]); i++)
        assert_false(rv_insn_transfer(insns[i], &transfer));
}

/* What devices understand is a transfer, of the same register and size; what else is one is of
 * floating point. */
static void agrees_with_access(void **state)
{
    for (uint32_t insn = 0; insn < 0x10000; insn++) {
        struct rv_transfer transfer;
        struct rv_access access;
        bool is_access = rv_insn_access(insn, &access);
        bool is_transfer = rv_insn_transfer(insn, &transfer);

        if (rv_insn_bytes(insn) != 2)
            continue;
        assert_true(is_transfer || !is_access);
        if (is_access)
            assert_memory_equal(&access, &transfer.access, sizeof(access));
        else if (is_transfer)
            assert_true(transfer.fp && rv_insn_is_fp(insn));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_immediate),
        cmocka_unit_test(addresses),
        cmocka_unit_test(no_transfers),
        cmocka_unit_test(agrees_with_access),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
