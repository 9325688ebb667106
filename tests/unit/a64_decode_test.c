/* SPDX-License-Identifier: Apache-2.0 */
/* Single syndromes whose meaning is known from the manual; the whole space is in
 * a64_decode_exhaust_test.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "arch/arm/model/a64_decode.h"
#include "arch/arm/model/a64_regs.h"

static struct trap decode(unsigned ec, uint64_t iss)
{
    struct a64_syndrome in = {
        .esr = REG_PUT(ESR_ELx, EC, ec) | ESR_ELx_IL | iss,
        .far = 0xffff800012345678,
        .hpfar = REG_PUT(HPFAR_EL2, FIPA, 0x09000) | HPFAR_EL2_NS,
        .pc = 0x40080000,
    };
    struct trap out;

    a64_decode(&in, &out);
    assert_int_equal(out.syndrome, in.esr);
    return out;
}

/* A translation fault at level 2 on a decoded word store of w3. */
#define STORE_W3                                                                           \
    (ISS_DABT_ISV | REG_PUT(ISS_DABT, SAS, 2) | REG_PUT(ISS_DABT, SRT, 3) | ISS_DABT_WnR | \
     REG_PUT(ISS_DABT, DFSC, FSC_TRANSLATION | 2))

static void id_register_read(void **state)
{
    /* mrs x0, id_aa64pfr0_el1: op0 3, CRm 4, a read */
    struct trap t = decode(0x18, 0x300009);
    assert_int_equal(t.kind, TRAP_SYSREG);
    assert_int_equal(t.sysreg.key, A64_KEY_ID_AA64PFR0_EL1);
    assert_int_equal(t.reg, 0);
    assert_false(t.write);
    assert_int_equal(t.insn_bytes, 4);
}

static void sysreg_fields_land_in_the_key(void **state)
{
    struct trap t =
        decode(ESR_EC_SYS64, REG_PUT(ISS_SYS64, Op0, 3) | REG_PUT(ISS_SYS64, Op1, 3) |
                                 REG_PUT(ISS_SYS64, CRn, 14) | REG_PUT(ISS_SYS64, CRm, 2) |
                                 REG_PUT(ISS_SYS64, Op2, 1) | REG_PUT(ISS_SYS64, Rt, 31));
    assert_int_equal(t.sysreg.key, A64_KEY_CNTP_CTL_EL0);
    assert_true(t.write);
    assert_int_equal(t.reg, A64_REG_ZR);
}

static void store_to_device(void **state)
{
    struct trap t = decode(ESR_EC_DABT_LOWER, STORE_W3);

    assert_int_equal(t.kind, TRAP_MMIO);
    assert_int_equal(t.mmio.gpa.raw, 0x09000678);
    assert_int_equal(t.mmio.gva.raw, 0xffff800012345678);
    assert_int_equal(t.mmio.size_bytes, 4);
    assert_int_equal(t.mmio.reg_bits, 32);
    assert_int_equal(t.reg, 3);
    assert_true(t.write);
    assert_false(t.mmio.sign_extend);
    assert_int_equal(t.insn_bytes, 4);
}

static void load_with_sign_extension(void **state)
{
    struct trap t = decode(ESR_EC_DABT_LOWER,
                           (STORE_W3 & ~(uint64_t)(ISS_DABT_WnR | ISS_DABT_SAS)) | ISS_DABT_SSE |
                               ISS_DABT_SF | REG_PUT(ISS_DABT, SAS, 1) | ISS_DABT_SRT);

    assert_int_equal(t.kind, TRAP_MMIO);
    assert_false(t.write);
    assert_int_equal(t.mmio.size_bytes, 2);
    assert_true(t.mmio.sign_extend);
    assert_int_equal(t.mmio.reg_bits, 64);
    assert_int_equal(t.reg, A64_REG_ZR);
}

static void access_without_syndrome_is_a_fault(void **state)
{
    struct trap t = decode(ESR_EC_DABT_LOWER, STORE_W3 & ~(uint64_t)ISS_DABT_ISV);

    assert_int_equal(t.kind, TRAP_S2_FAULT);
    assert_int_equal(t.fault.access, TRAP_WRITE);
    assert_int_equal(t.fault.gpa.raw, 0x09000678);
    assert_true(t.fault.gva_valid);
    assert_false(t.fault.permission || t.fault.on_table_walk || t.fault.external ||
                 t.fault.cache_maintenance);
    assert_int_equal(t.reg, TRAP_REG_NONE);
}

static void permission_fault_says_so(void **state)
{
    struct trap t = decode(ESR_EC_DABT_LOWER, (STORE_W3 & ~(uint64_t)ISS_DABT_DFSC) |
                                                  REG_PUT(ISS_DABT, DFSC, FSC_PERMISSION | 3));

    assert_int_equal(t.kind, TRAP_S2_FAULT);
    assert_true(t.fault.permission);
    assert_false(t.fault.external);
}

static void table_walk_fault_is_about_the_table(void **state)
{
    struct trap t = decode(ESR_EC_DABT_LOWER, STORE_W3 | ISS_DABT_S1PTW);

    assert_int_equal(t.kind, TRAP_S2_FAULT);
    assert_true(t.fault.on_table_walk);
    assert_int_equal(t.fault.gpa.raw, 0x09000000);
    assert_int_equal(t.fault.gva.raw, 0xffff800012345678);
}

static void cache_maintenance_is_no_store(void **state)
{
    struct trap t = decode(ESR_EC_DABT_LOWER, STORE_W3 | ISS_DABT_CM);

    assert_int_equal(t.kind, TRAP_S2_FAULT);
    assert_true(t.fault.cache_maintenance);
}

static void external_abort_may_have_no_address(void **state)
{
    uint64_t iss = REG_PUT(ISS_DABT, DFSC, FSC_EXTERNAL);
    struct trap t = decode(ESR_EC_DABT_LOWER, iss | ISS_DABT_FnV);

    assert_int_equal(t.kind, TRAP_S2_FAULT);
    assert_true(t.fault.external);
    assert_false(t.fault.gva_valid);
    t = decode(ESR_EC_DABT_LOWER, iss);
    assert_true(t.fault.gva_valid);
    /* FnV says something for this code only. */
    t = decode(ESR_EC_DABT_LOWER, REG_PUT(ISS_DABT, DFSC, FSC_ALIGNMENT) | ISS_DABT_FnV);
    assert_true(t.fault.external);
    assert_true(t.fault.gva_valid);
}

static void address_size_fault_is_unmapped(void **state)
{
    struct trap t = decode(ESR_EC_DABT_LOWER, (STORE_W3 & ~(uint64_t)ISS_DABT_DFSC));

    assert_int_equal(t.kind, TRAP_S2_FAULT);
    assert_false(t.fault.permission || t.fault.external);
    t = decode(ESR_EC_IABT_LOWER, REG_PUT(ISS_IABT, IFSC, FSC_ADDRESS_SIZE_MINUS1));
    assert_false(t.fault.permission || t.fault.external);
}

static void fetch_fault(void **state)
{
    struct trap t = decode(ESR_EC_IABT_LOWER, REG_PUT(ISS_IABT, IFSC, FSC_TRANSLATION | 1));

    assert_int_equal(t.kind, TRAP_S2_FAULT);
    assert_int_equal(t.fault.access, TRAP_FETCH);
    assert_false(t.fault.cache_maintenance);
    /* CM's and WnR's bits are reserved here. */
    t = decode(ESR_EC_IABT_LOWER, REG_PUT(ISS_IABT, IFSC, FSC_TRANSLATION | 1) | ISS_DABT_CM);
    assert_false(t.fault.cache_maintenance);
}

static void calls(void **state)
{
    struct trap t = decode(ESR_EC_HVC64, 0xea1);

    assert_int_equal(t.kind, TRAP_HYPERCALL);
    assert_int_equal(t.call.immediate, 0xea1);
    assert_false(t.call.smc);
    assert_int_equal(t.insn_bytes, 0); /* ELR_EL2 is past it */
    t = decode(ESR_EC_SMC64, 0xffff);
    assert_int_equal(t.kind, TRAP_HYPERCALL);
    assert_int_equal(t.call.immediate, 0xffff);
    assert_true(t.call.smc);
    assert_int_equal(t.insn_bytes, 4); /* still at it */
}

static void waits(void **state)
{
    struct trap t = decode(ESR_EC_WFX, REG_PUT(ISS_WFX, TI, WFX_WFI));

    assert_int_equal(t.kind, TRAP_WAIT);
    assert_false(t.wait.event || t.wait.timeout || t.write);
    assert_int_equal(t.reg, TRAP_REG_NONE);
    t = decode(ESR_EC_WFX, REG_PUT(ISS_WFX, TI, WFX_WFE));
    assert_true(t.wait.event);
    assert_false(t.wait.timeout);
    t = decode(ESR_EC_WFX, REG_PUT(ISS_WFX, TI, WFX_WFIT) | ISS_WFX_RV | REG_PUT(ISS_WFX, RN, 7));
    assert_false(t.wait.event);
    assert_true(t.wait.timeout && t.write);
    assert_int_equal(t.reg, 7);
    t = decode(ESR_EC_WFX, REG_PUT(ISS_WFX, TI, WFX_WFET) | REG_PUT(ISS_WFX, RN, 7));
    assert_true(t.wait.event && t.wait.timeout);
    assert_int_equal(t.reg, TRAP_REG_NONE); /* RV is 0: the register is not told */
    assert_int_equal(t.value, 0);
}

static void classes_without_handler_are_unknown(void **state)
{
    static const uint8_t unknown[] = {
        ESR_EC_UNKNOWN, ESR_EC_CP15_32, ESR_EC_CP15_64,       ESR_EC_CP14_32, ESR_EC_PAUTH,
        ESR_EC_BTI,     ESR_EC_LS64,    ESR_EC_ILLEGAL_STATE, ESR_EC_HVC32,   ESR_EC_SMC32,
        ESR_EC_SVE,     ESR_EC_SME,     ESR_EC_ERET,          ESR_EC_BRK64,   ESR_EC_DABT_SAME,
        ESR_EC_FPAC,    ESR_EC_MOPS,    ESR_EC_SERROR,        0x3f,
    };

    for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
        assert_int_equal(decode(unknown[i], 0).kind, TRAP_UNKNOWN);
    assert_int_equal(decode(ESR_EC_FP, 0).kind, TRAP_FP);
}

static void short_instruction(void **state)
{
    struct a64_syndrome in = {.esr = REG_PUT(ESR_ELx, EC, ESR_EC_WFX)};
    struct trap t;

    a64_decode(&in, &t);
    assert_int_equal(t.insn_bytes, 2);
}

/* Bits above the ISS (ISS2) must not leak into what is decoded. */
static void high_syndrome_bits_are_ignored(void **state)
{
    struct a64_syndrome in = {.esr = ESR_ELx_ISS2 | REG_PUT(ESR_ELx, EC, ESR_EC_DABT_LOWER) |
                                     ESR_ELx_IL | STORE_W3};
    struct trap t;

    a64_decode(&in, &t);
    assert_int_equal(t.kind, TRAP_MMIO);
    assert_int_equal(t.mmio.size_bytes, 4);
    in.esr = ESR_ELx_ISS2 | REG_PUT(ESR_ELx, EC, ESR_EC_SYS64) | 0x300009;
    a64_decode(&in, &t);
    assert_int_equal(t.sysreg.key, A64_KEY_ID_AA64PFR0_EL1);
}

static void hpfar_of_permission_faults(void **state)
{
    uint64_t dabt = REG_PUT(ESR_ELx, EC, ESR_EC_DABT_LOWER);
    uint64_t permission = REG_PUT(ISS_DABT, DFSC, FSC_PERMISSION | 3);

    assert_true(a64_hpfar_missing(dabt | permission));
    assert_true(a64_hpfar_missing(REG_PUT(ESR_ELx, EC, ESR_EC_IABT_LOWER) | permission));
    assert_false(a64_hpfar_missing(dabt | permission | ISS_DABT_S1PTW));
    assert_false(a64_hpfar_missing(dabt | REG_PUT(ISS_DABT, DFSC, FSC_TRANSLATION | 3)));
    assert_false(a64_hpfar_missing(REG_PUT(ESR_ELx, EC, ESR_EC_SYS64) | permission));
    assert_int_equal(a64_hpfar_of_par(0xff00000012345b80), 0x123450);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_register_read),
        cmocka_unit_test(sysreg_fields_land_in_the_key),
        cmocka_unit_test(store_to_device),
        cmocka_unit_test(load_with_sign_extension),
        cmocka_unit_test(access_without_syndrome_is_a_fault),
        cmocka_unit_test(permission_fault_says_so),
        cmocka_unit_test(table_walk_fault_is_about_the_table),
        cmocka_unit_test(cache_maintenance_is_no_store),
        cmocka_unit_test(external_abort_may_have_no_address),
        cmocka_unit_test(address_size_fault_is_unmapped),
        cmocka_unit_test(fetch_fault),
        cmocka_unit_test(calls),
        cmocka_unit_test(waits),
        cmocka_unit_test(classes_without_handler_are_unknown),
        cmocka_unit_test(short_instruction),
        cmocka_unit_test(high_syndrome_bits_are_ignored),
        cmocka_unit_test(hpfar_of_permission_faults),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
