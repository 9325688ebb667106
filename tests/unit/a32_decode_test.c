/* SPDX-License-Identifier: Apache-2.0 */
/* HSR to traps: named syndromes, and all of the large classes; conditions against their definition.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "arch/arm/model/a32_decode.h"
#include "arch/arm/model/a32_regs.h"
#include "lib/bits.h"

#define ISS_COUNT (1u << 25)
#define FAR       0xbad0e7c0u
#define PAGE      0x4711ull

#define PROMISE(condition)                                                            \
    do {                                                                              \
        if (unlikely(!(condition)))                                                   \
            fail_msg("HSR %#llx: %s", (unsigned long long)out->syndrome, #condition); \
    } while (0)

static uint32_t hsr_of(unsigned ec, uint32_t iss)
{
    return (uint32_t)(REG_PUT(ESR_ELx, EC, ec) | ESR_ELx_IL) | iss;
}

static void decode(unsigned ec, uint32_t iss, struct trap *out)
{
    struct a32_syndrome in = {
        .hsr = hsr_of(ec, iss), .far = FAR, .hpfar = (uint32_t)REG_PUT(HPFAR_EL2, FIPA, PAGE)};

    a32_decode(&in, out);
}

static void check_fault(const struct trap *out, uint32_t iss)
{
    PROMISE(out->kind == TRAP_S2_FAULT);
    PROMISE(out->reg == TRAP_REG_NONE);
    PROMISE(!(out->fault.permission && out->fault.external));
    PROMISE(out->fault.gpa.raw >> PAGE_SHIFT == PAGE);
    PROMISE(out->fault.gva.raw == FAR);
    PROMISE(out->fault.on_table_walk == ((iss & ISS_DABT_S1PTW) != 0));
}

static void every_data_abort(void **state)
{
    struct trap trap, *out = &trap;
    uint32_t mmio_count = 0;

    for (uint32_t iss = 0; iss < ISS_COUNT; iss++) {
        decode(ESR_EC_DABT_LOWER, iss, out);
        if (out->kind != TRAP_MMIO) {
            check_fault(out, iss);
            continue;
        }
        mmio_count++;
        PROMISE((iss & ISS_DABT_ISV) != 0 && (iss & (ISS_DABT_S1PTW | ISS_DABT_CM)) == 0);
        PROMISE((iss & FSC_KIND_MASK) == FSC_TRANSLATION);
        PROMISE(out->reg <= A32_NUMBER_PC);
        PROMISE(out->mmio.size_bytes == 1u << REG_GET(ISS_DABT, SAS, iss));
        PROMISE(out->write == ((iss & ISS_DABT_WnR) != 0));
        PROMISE(out->mmio.gpa.raw == (PAGE << PAGE_SHIFT | (FAR & 0xfff)));
    }
    /* ISV set, CM and S1PTW clear, translation at one of four levels: of 25 bits, 18 are free. */
    assert_int_equal(mmio_count, 1u << 18);
}

static void every_coprocessor_access(void **state)
{
    struct trap trap, *out = &trap;

    for (uint32_t iss = 0; iss < ISS_COUNT; iss++) {
        decode(ESR_EC_CP15_32, iss, out);
        PROMISE(out->kind == TRAP_SYSREG && out->insn_bytes == 4);
        PROMISE(out->reg <= A32_NUMBER_PC);
        PROMISE(out->write == ((iss & 1) == 0));
        PROMISE(out->sysreg.key < 65536 && REG_GET(A32_KEY, Space, out->sysreg.key) == A32_CP15);
        decode(ESR_EC_CP15_64, iss, out);
        PROMISE(out->sysreg.key < 65536 && REG_GET(A32_KEY, Space, out->sysreg.key) == A32_WIDE);
    }
}

static void every_class_is_valid(void **state)
{
    struct trap trap, *out = &trap;

    for (unsigned ec = 0; ec < 64; ec++)
        for (uint32_t iss = 0; iss < ISS_COUNT; iss += 97) {
            decode(ec, iss, out);
            PROMISE(out->kind < TRAP_KIND_COUNT);
            PROMISE(out->insn_bytes == (ec == ESR_EC_HVC32 || ec == ESR_EC_SVC32 ? 0 : 4));
        }
}

/* The registers as an assembler writes them: MRC p15, 0, r3, c14, c2, 1 and so on. */
static void test_named_registers(void **state)
{
    struct trap trap;
    uint32_t iss = (uint32_t)(REG_PUT(ISS_CP32, Opc2, 1) | REG_PUT(ISS_CP32, CRn, 14) |
                              REG_PUT(ISS_CP32, Rt, 3) | REG_PUT(ISS_CP32, CRm, 2) | 1);

    decode(ESR_EC_CP15_32, iss, &trap);
    assert_int_equal(trap.sysreg.key, A32_KEY_CNTP_CTL);
    assert_int_equal(trap.reg, 3);
    assert_false(trap.write);
    decode(ESR_EC_CP14_32, iss, &trap);
    assert_int_not_equal(trap.sysreg.key, A32_KEY_CNTP_CTL);

    iss = (uint32_t)(REG_PUT(ISS_CP64, Opc1, 2) | REG_PUT(ISS_CP64, Rt2, 5) |
                     REG_PUT(ISS_CP64, Rt, 4) | REG_PUT(ISS_CP64, CRm, 14));
    decode(ESR_EC_CP15_64, iss, &trap);
    assert_int_equal(trap.sysreg.key, A32_KEY_CNTP_CVAL);
    assert_int_equal(a32_second_reg(hsr_of(ESR_EC_CP15_64, iss)), 5);
    assert_true(trap.write);
    /* Opc1 has four bits there. */
    decode(ESR_EC_CP15_64, iss | (uint32_t)REG_PUT(ISS_CP64, Opc1, 10), &trap);
    assert_int_not_equal(trap.sysreg.key, A32_KEY_CNTP_CVAL);

    iss = (uint32_t)(REG_PUT(ISS_CP32, Opc1, 7) | REG_PUT(ISS_CP32, CRn, 7) | 1);
    decode(ESR_EC_CP10_ID, iss, &trap);
    assert_int_equal(trap.sysreg.key, A32_KEY_MVFR0);
}

static void test_calls_and_waits(void **state)
{
    struct trap trap;

    decode(ESR_EC_HVC32, 7, &trap);
    assert_int_equal(trap.kind, TRAP_HYPERCALL);
    assert_int_equal(trap.call.immediate, 7);
    assert_int_equal(trap.insn_bytes, 0);
    decode(ESR_EC_SMC32, 0x1ffffff, &trap);
    assert_true(trap.call.smc && trap.call.immediate == 0 && trap.insn_bytes == 4);
    decode(ESR_EC_WFX, 0, &trap);
    assert_true(trap.kind == TRAP_WAIT && !trap.wait.event);
    decode(ESR_EC_WFX, 1, &trap);
    assert_true(trap.wait.event && !trap.wait.timeout);
    decode(ESR_EC_FP, 10, &trap);
    assert_int_equal(trap.kind, TRAP_FP);
    decode(ESR_EC_FP, 1 << ISS_HCPTR_TA_SHIFT, &trap);
    assert_int_equal(trap.kind, TRAP_FP);
    decode(ESR_EC_FP, 8, &trap);
    assert_int_equal(trap.kind, TRAP_UNKNOWN);
    decode(HSR_EC_BXJ, 0, &trap);
    assert_int_equal(trap.kind, TRAP_UNKNOWN);
}

static void test_hpfar(void **state)
{
    assert_true(a32_hpfar_missing(hsr_of(ESR_EC_DABT_LOWER, FSC_PERMISSION + 3)));
    assert_true(a32_hpfar_missing(hsr_of(ESR_EC_IABT_LOWER, FSC_PERMISSION + 3)));
    assert_false(a32_hpfar_missing(hsr_of(ESR_EC_DABT_LOWER, FSC_TRANSLATION + 3)));
    assert_false(
        a32_hpfar_missing(hsr_of(ESR_EC_DABT_LOWER, ISS_DABT_S1PTW | (FSC_PERMISSION + 3))));
    assert_false(a32_hpfar_missing(hsr_of(ESR_EC_CP15_32, FSC_PERMISSION + 3)));
    assert_int_equal(a32_hpfar_of_par(0xff12345000), 0xff12345u << 4);
    assert_true(a32_is_async_abort(hsr_of(ESR_EC_DABT_LOWER, FSC_ASYNC_EXTERNAL)));
    assert_false(a32_is_async_abort(hsr_of(ESR_EC_DABT_LOWER, FSC_EXTERNAL)));
}

/* Condition CODE by its name (A8.3, table A8-1). */
static bool holds(unsigned code, bool n, bool z, bool c, bool v)
{
    switch (code) {
    case 0:
        return z;
    case 1:
        return !z;
    case 2:
        return c;
    case 3:
        return !c;
    case 4:
        return n;
    case 5:
        return !n;
    case 6:
        return v;
    case 7:
        return !v;
    case 8:
        return c && !z;
    case 9:
        return !c || z;
    case 10:
        return n == v;
    case 11:
        return n != v;
    case 12:
        return !z && n == v;
    case 13:
        return z || n != v;
    default:
        return true;
    }
}

static void test_conditions(void **state)
{
    for (unsigned flags = 0; flags < 16; flags++)
        for (unsigned code = 0; code < 16; code++) {
            bool want = holds(code, flags & 8, flags & 4, flags & 2, flags & 1);
            uint32_t iss = (uint32_t)(ISS_CP32_CV | REG_PUT(ISS_CP32, COND, code));
            uint32_t cpsr = flags << 28;

            assert_int_equal(a32_condition_holds(hsr_of(ESR_EC_CP15_32, iss), cpsr), want);
            assert_int_equal(a32_condition_holds(hsr_of(ESR_EC_WFX, iss), cpsr), want);
            /* Neither have these a condition, nor is there one without CV outside of IT. */
            assert_true(a32_condition_holds(hsr_of(ESR_EC_HVC32, iss), cpsr));
            assert_true(a32_condition_holds(hsr_of(ESR_EC_DABT_LOWER, iss), cpsr));
            assert_true(
                a32_condition_holds(hsr_of(ESR_EC_CP15_32, iss & ~(uint32_t)ISS_CP32_CV), cpsr));
            /* In IT, without CV: what IT says. */
            cpsr |= CPSR_T | (uint32_t)REG_PUT(CPSR, IT2, code << 2 | 2);
            if (code < 15)
                assert_int_equal(a32_condition_holds(hsr_of(ESR_EC_CP15_32, 0), cpsr), want);
        }
}

/* ITSTATE.IT[7:0] where CPSR has it. */
static uint32_t with_it(uint32_t it)
{
    return CPSR_T | (uint32_t)(REG_PUT(CPSR, IT2, it >> 2) | REG_PUT(CPSR, IT0, it));
}

static void test_it_moves(void **state)
{
    /* ITTEE EQ: 0000 0111; then 0000 1110, 0001 1100, 0001 1000, none. */
    assert_int_equal(a32_cpsr_stepped(with_it(0x07)), with_it(0x0e));
    assert_int_equal(a32_cpsr_stepped(with_it(0x0e)), with_it(0x1c));
    assert_int_equal(a32_cpsr_stepped(with_it(0x1c)), with_it(0x18));
    assert_int_equal(a32_cpsr_stepped(with_it(0x18)), with_it(0));
    assert_int_equal(a32_cpsr_stepped(with_it(0)), with_it(0));
    assert_int_equal(a32_cpsr_stepped((uint32_t)CPSR_N | A32_MODE_SVC),
                     (uint32_t)CPSR_N | A32_MODE_SVC);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_data_abort),     cmocka_unit_test(every_coprocessor_access),
        cmocka_unit_test(every_class_is_valid), cmocka_unit_test(test_named_registers),
        cmocka_unit_test(test_calls_and_waits), cmocka_unit_test(test_hpfar),
        cmocka_unit_test(test_conditions),      cmocka_unit_test(test_it_moves),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
