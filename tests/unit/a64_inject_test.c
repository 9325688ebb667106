/* SPDX-License-Identifier: Apache-2.0 */
/* Exception entry to EL1 against the manual's pseudocode, case by case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "arch/arm/model/a64_inject.h"
#include "arch/arm/model/a64_regs.h"

#define DAIF    (SPSR_ELx_D | SPSR_ELx_A | SPSR_ELx_I | SPSR_ELx_F)
#define VBAR    0xffff800080010800ULL
#define OLD_FAR 0x1234

static struct a64_exc guest(uint64_t pstate)
{
    return (struct a64_exc){.pc = 0xffff800080123450,
                            .spsr = pstate,
                            .sctlr = SCTLR_EL1_SPAN,
                            .vbar = VBAR,
                            .far_el1 = OLD_FAR};
}

static void vector_by_source(void **state)
{
    static const struct {
        uint64_t mode, offset;
    } cases[] = {
        {SPSR_M_EL1t, 0x000},          {SPSR_M_EL1h, 0x200},
        {SPSR_M_EL0t, 0x400},          {SPSR_M_AARCH32, 0x600}, /* User */
        {SPSR_M_AARCH32 | 0xf, 0x600},                          /* System */
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        struct a64_exc e = guest(cases[i].mode);

        a64_inject_undef(&e, 4);
        assert_int_equal(e.pc, VBAR + cases[i].offset);
        assert_int_equal(e.elr_el1, 0xffff800080123450);
        assert_int_equal(e.spsr_el1, cases[i].mode);
        assert_int_equal(e.spsr, SPSR_M_EL1h | DAIF);
    }
}

static void low_bits_of_vbar_are_ignored(void **state)
{
    struct a64_exc e = guest(SPSR_M_EL1h);

    e.vbar |= 0x7ff;
    a64_inject_undef(&e, 4);
    assert_int_equal(e.pc, VBAR + 0x200);
    e = guest(SPSR_M_AARCH32);
    e.vbar = ~0ULL;
    a64_inject_undef(&e, 4);
    assert_int_equal(e.pc, 0xfffffffffffffe00); /* as far as it goes, without wrapping */
}

static void what_of_pstate_survives(void **state)
{
    uint64_t kept =
        (uint64_t)SPSR_ELx_N | SPSR_ELx_Z | SPSR_ELx_C | SPSR_ELx_V | SPSR_ELx_DIT | SPSR_ELx_PAN;
    uint64_t all = ~(uint64_t)SPSR_ELx_M | SPSR_M_EL0t;
    struct a64_exc e = guest(all);

    a64_inject_undef(&e, 4);
    assert_int_equal(e.spsr, kept | DAIF | SPSR_M_EL1h); /* not IL, SS, BTYPE, UAO, SSBS, TCO */
    assert_int_equal(e.spsr_el1, all);
}

static void pan_is_set_unless_span(void **state)
{
    struct a64_exc e = guest(SPSR_M_EL0t);

    a64_inject_undef(&e, 4);
    assert_int_equal(e.spsr & SPSR_ELx_PAN, 0);
    e = guest(SPSR_M_EL0t);
    e.sctlr = 0;
    a64_inject_undef(&e, 4);
    assert_int_equal(e.spsr & SPSR_ELx_PAN, SPSR_ELx_PAN);
}

static void ssbs_comes_from_sctlr(void **state)
{
    struct a64_exc e = guest(SPSR_M_EL0t);

    e.sctlr |= SCTLR_EL1_DSSBS;
    a64_inject_undef(&e, 4);
    assert_int_equal(e.spsr & SPSR_ELx_SSBS, SPSR_ELx_SSBS);
}

static void undefined_instruction(void **state)
{
    struct a64_exc e = guest(SPSR_M_EL1h);

    a64_inject_undef(&e, 4);
    assert_int_equal(e.esr_el1, 0x02000000);
    assert_int_equal(e.far_el1, OLD_FAR);
    e = guest(SPSR_M_AARCH32 | SPSR_ELx_T);
    a64_inject_undef(&e, 2);
    assert_int_equal(e.esr_el1, 0);
    assert_int_equal(e.elr_el1, 0xffff800080123450);
    /* HVC: the PC was past it, the exception is at it. */
    e = guest(SPSR_M_EL1h);
    a64_inject_undef(&e, 0);
    assert_int_equal(e.esr_el1, 0x02000000);
    assert_int_equal(e.elr_el1, 0xffff80008012344c);
}

static uint64_t abort_esr(uint64_t mode, bool fetch, bool write, bool valid)
{
    struct a64_exc e = guest(mode);
    struct a64_abort a = {.gva = GVA(0xabcd), .gva_valid = valid, .fetch = fetch, .write = write};

    a64_inject_abort(&e, &a);
    assert_int_equal(e.far_el1, valid ? 0xabcd : OLD_FAR);
    return e.esr_el1;
}

static void aborts(void **state)
{
    assert_int_equal(abort_esr(SPSR_M_EL1h, false, false, true), 0x96000010);
    assert_int_equal(abort_esr(SPSR_M_EL1t, false, true, true), 0x96000050);
    assert_int_equal(abort_esr(SPSR_M_EL0t, false, true, true), 0x92000050);
    assert_int_equal(abort_esr(SPSR_M_AARCH32, false, false, true), 0x92000010);
    assert_int_equal(abort_esr(SPSR_M_EL1h, true, false, true), 0x86000010);
    assert_int_equal(abort_esr(SPSR_M_EL0t, true, true, true), 0x82000010); /* no WnR for a fetch */
    assert_int_equal(abort_esr(SPSR_M_EL1h, false, false, false), 0x96000410);
}

static void any_syndrome(void **state)
{
    struct a64_exc e = guest(SPSR_M_EL1h);

    a64_inject_sync(&e, 0x5a000042, true, 99);
    assert_int_equal(e.esr_el1, 0x5a000042);
    assert_int_equal(e.far_el1, 99);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_by_source),
        cmocka_unit_test(low_bits_of_vbar_are_ignored),
        cmocka_unit_test(what_of_pstate_survives),
        cmocka_unit_test(pan_is_set_unless_span),
        cmocka_unit_test(ssbs_comes_from_sctlr),
        cmocka_unit_test(undefined_instruction),
        cmocka_unit_test(aborts),
        cmocka_unit_test(any_syndrome),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
