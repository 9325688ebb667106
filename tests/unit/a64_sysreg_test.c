/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of system registers: what they answer, what they ask of the machine, and that all 65,536
 * keys do no harm. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/arm/model/a64_id.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg.h"
#include "arch/host/a64_hook_record.h"
#include "arch/host/host_mem.h"
#include "core/vcpu.h"

#define KEY_COUNT 65536

static struct vcpu vcpu;

static void start(unsigned gic_version)
{
    struct a64_host_ids host = {.ipa_bits = 48};

    host.reg[4][0] = 0x1100000011111112;
    host.reg[6][0] = 0x1000001111112120;
    host.reg[7][1] = 0x0000000000112122;
    a64_id_init(&host, gic_version);
    a64_sysreg_init(gic_version);
    memset(&vcpu, 0x5a, sizeof(vcpu));
    a64_sysreg_reset(&vcpu);
    vcpu.arch.a64.el1.mdscr = 0;
    memset(&a64_hook_record, 0, sizeof(a64_hook_record));
    host_counter = 1000;
}

static enum trap_result write_reg(uint32_t key, uint64_t value)
{
    struct trap t = {.kind = TRAP_SYSREG, .write = true, .value = value, .sysreg.key = key};

    return a64_sysreg_access(&vcpu, &t);
}

static enum trap_result read_reg(uint32_t key, uint64_t *value)
{
    struct trap t = {.kind = TRAP_SYSREG, .value = 0xdead, .sysreg.key = key};
    enum trap_result result = a64_sysreg_access(&vcpu, &t);

    *value = t.value;
    return result;
}

static uint64_t reads(uint32_t key)
{
    uint64_t value;

    assert_int_equal(read_reg(key, &value), TRAP_DONE);
    return value;
}

static void is_undefined(uint32_t key)
{
    uint64_t value;

    assert_int_equal(read_reg(key, &value), TRAP_UNDEF);
    assert_int_equal(write_reg(key, 1), TRAP_UNDEF);
}

static void id_registers_read_the_policy(void **state)
{
    start(3);
    for (unsigned crm = 1; crm < A64_ID_CRM_COUNT; crm++)
        for (unsigned op2 = 0; op2 < A64_ID_OP2_COUNT; op2++) {
            uint32_t key = A64_SYSREG(3, 0, 0, crm, op2);

            assert_int_equal(reads(key), a64_id_value(crm, op2));
            assert_int_equal(write_reg(key, 1), TRAP_UNDEF);
            assert_non_null(a64_sysreg_name(key));
        }
    assert_true(reads(A64_KEY_ID_AA64PFR0_EL1) != 0);
    assert_int_equal(reads(A64_KEY_S3_0_C0_C7_7), 0);
    assert_int_equal(reads(A64_KEY_REVIDR_EL1), 0);
    assert_int_equal(reads(A64_KEY_AIDR_EL1), 0);
}

static void unknown_and_hidden_registers(void **state)
{
    start(3);
    is_undefined(A64_SYSREG(3, 0, 15, 1, 0)); /* the implementer's */
    is_undefined(A64_SYSREG(3, 3, 11, 0, 0));
    is_undefined(A64_KEY_PMCR_EL0);
    is_undefined(A64_KEY_LORID_EL1);
    is_undefined(A64_SYSREG(2, 0, 0, 2, 4)); /* DBGBVR2_EL1: there are two */
    is_undefined(65536);
    is_undefined(UINT32_MAX);
    assert_string_equal(a64_sysreg_name(A64_KEY_PMCR_EL0), "PMCR_EL0");
    assert_null(a64_sysreg_name(A64_SYSREG(3, 0, 15, 1, 0)));
    assert_null(a64_sysreg_name(UINT32_MAX));
}

static void auxiliary_control_ignores_writes(void **state)
{
    start(3);
    assert_int_equal(write_reg(A64_KEY_ACTLR_EL1, ~0ULL), TRAP_DONE);
    assert_int_equal(reads(A64_KEY_ACTLR_EL1), 0);
}

static void debug_is_there_but_never_hits(void **state)
{
    uint64_t value;

    start(3);
    assert_int_equal(reads(A64_KEY_OSLSR_EL1), OSLSR_EL1_OSLM_1 | OSLSR_EL1_OSLK);
    assert_int_equal(write_reg(A64_KEY_OSLSR_EL1, 0), TRAP_UNDEF);
    assert_int_equal(read_reg(A64_KEY_OSLAR_EL1, &value), TRAP_UNDEF);
    assert_int_equal(write_reg(A64_KEY_OSLAR_EL1, 0xfffffffe), TRAP_DONE);
    assert_int_equal(reads(A64_KEY_OSLSR_EL1), OSLSR_EL1_OSLM_1);
    assert_int_equal(write_reg(A64_KEY_OSLAR_EL1, 1), TRAP_DONE);
    assert_int_equal(reads(A64_KEY_OSLSR_EL1), OSLSR_EL1_OSLM_1 | OSLSR_EL1_OSLK);
    assert_int_equal(write_reg(A64_KEY_DBGBCR1_EL1, ~0ULL), TRAP_DONE);
    assert_int_equal(reads(A64_KEY_DBGBCR1_EL1), 0);
    assert_int_equal(write_reg(A64_KEY_MDCCINT_EL1, ~0ULL), TRAP_DONE);
    assert_int_equal(reads(A64_KEY_MDCCINT_EL1), 0x60000000);
}

static void mdscr_reaches_the_hardware(void **state)
{
    uint64_t kept = MDSCR_EL1_SS | MDSCR_EL1_TDCC | MDSCR_EL1_KDE | MDSCR_EL1_MDE;

    start(3);
    assert_int_equal(write_reg(A64_KEY_MDSCR_EL1, ~0ULL), TRAP_DONE);
    assert_int_equal(reads(A64_KEY_MDSCR_EL1), kept);
    assert_int_equal(vcpu.arch.a64.el1.mdscr, kept);
    assert_int_equal(a64_hook_record.vm_reg_count, 1);
    assert_int_equal(a64_hook_record.vm_reg_key, A64_KEY_MDSCR_EL1);
    assert_int_equal(a64_hook_record.vm_reg_value, kept);
}

static void physical_timer(void **state)
{
    start(3);
    assert_int_equal(reads(A64_KEY_CNTP_CTL_EL0), 0);
    assert_int_equal(write_reg(A64_KEY_CNTP_TVAL_EL0, 50), TRAP_DONE);
    assert_int_equal(reads(A64_KEY_CNTP_CVAL_EL0), 1050);
    assert_int_equal(write_reg(A64_KEY_CNTP_CTL_EL0, ~0ULL), TRAP_DONE);
    assert_int_equal(reads(A64_KEY_CNTP_CTL_EL0), CNT_CTL_ENABLE | CNT_CTL_IMASK);
    host_counter = 1051;
    assert_int_equal(reads(A64_KEY_CNTP_CTL_EL0), CNT_CTL_ENABLE | CNT_CTL_IMASK | CNT_CTL_ISTATUS);
    assert_int_equal(reads(A64_KEY_CNTP_TVAL_EL0), 0xffffffff);
    assert_int_equal(write_reg(A64_KEY_CNTP_CVAL_EL0, UINT64_MAX), TRAP_DONE);
    assert_int_equal(reads(A64_KEY_CNTP_CVAL_EL0), UINT64_MAX);
    assert_int_equal(reads(A64_KEY_CNTP_CTL_EL0), CNT_CTL_ENABLE | CNT_CTL_IMASK);
    assert_int_equal(a64_hook_record.cntp_count, 3); /* the writes, no read */
}

static void sgis_go_to_the_gic(void **state)
{
    uint64_t value;

    start(3);
    assert_int_equal(write_reg(A64_KEY_ICC_SGI1R_EL1, 0x123456789), TRAP_DONE);
    assert_int_equal(a64_hook_record.sgi_value, 0x123456789);
    assert_false(a64_hook_record.sgi_group0);
    assert_int_equal(write_reg(A64_KEY_ICC_SGI0R_EL1, 1), TRAP_DONE);
    assert_true(a64_hook_record.sgi_group0);
    a64_hook_record.sgi_group0 = false;
    assert_int_equal(write_reg(A64_KEY_ICC_ASGI1R_EL1, 2), TRAP_DONE);
    assert_true(a64_hook_record.sgi_group0);
    assert_int_equal(read_reg(A64_KEY_ICC_SGI1R_EL1, &value), TRAP_UNDEF);
    assert_int_equal(a64_hook_record.sgi_count, 3);
    assert_int_equal(write_reg(A64_KEY_ICC_DIR_EL1, 0xff00001b), TRAP_DONE);
    assert_int_equal(a64_hook_record.deactivate_count, 1);
    assert_int_equal(a64_hook_record.deactivate_intid, 27);
    assert_int_equal(read_reg(A64_KEY_ICC_DIR_EL1, &value), TRAP_UNDEF);
    assert_int_equal(write_reg(A64_KEY_ICC_SRE_EL1, 0), TRAP_DONE);
    assert_int_equal(reads(A64_KEY_ICC_SRE_EL1), 7);
}

static void gicv2_has_no_system_registers(void **state)
{
    start(2);
    is_undefined(A64_KEY_ICC_DIR_EL1);
    is_undefined(A64_KEY_ICC_SGI1R_EL1);
    is_undefined(A64_KEY_ICC_ASGI1R_EL1);
    is_undefined(A64_KEY_ICC_SGI0R_EL1);
    is_undefined(A64_KEY_ICC_SRE_EL1);
    assert_int_equal(a64_hook_record.sgi_count, 0);
    start(3); /* and back */
    assert_int_equal(reads(A64_KEY_ICC_SRE_EL1), 7);
}

static void memory_registers_and_set_way(void **state)
{
    static const uint32_t keys[] = {
        A64_KEY_SCTLR_EL1, A64_KEY_TTBR0_EL1, A64_KEY_TTBR1_EL1,      A64_KEY_TCR_EL1,
        A64_KEY_ESR_EL1,   A64_KEY_FAR_EL1,   A64_KEY_AFSR0_EL1,      A64_KEY_AFSR1_EL1,
        A64_KEY_MAIR_EL1,  A64_KEY_AMAIR_EL1, A64_KEY_CONTEXTIDR_EL1,
    };

    start(3);
    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        assert_int_equal(write_reg(keys[i], i), TRAP_DONE);
        assert_int_equal(a64_hook_record.vm_reg_key, keys[i]);
        assert_int_equal(a64_hook_record.vm_reg_value, i);
    }
    assert_int_equal(a64_hook_record.vm_reg_count, ARRAY_SIZE(keys));
    assert_int_equal(write_reg(A64_KEY_DC_ISW, 0), TRAP_DONE);
    assert_int_equal(write_reg(A64_KEY_DC_CSW, 0), TRAP_DONE);
    assert_int_equal(write_reg(A64_KEY_DC_CISW, 0), TRAP_DONE);
    assert_int_equal(a64_hook_record.set_way_count, 3);
}

/* Read and write every key there is; beside the emulated registers and MDSCR no byte may change. */
static void every_key(void **state)
{
    static struct {
        uint8_t before[256];
        struct vcpu vcpu;
        uint8_t after[256];
    } arena, copy;
    struct a64_state *a64 = &arena.vcpu.arch.a64;

    for (unsigned gic = 2; gic <= 3; gic++) {
        start(gic);
        memset(&arena, 0xa5, sizeof(arena));
        a64_sysreg_reset(&arena.vcpu);
        for (uint32_t key = 0; key < KEY_COUNT; key++)
            for (unsigned write = 0; write < 2; write++) {
                struct trap t = {.kind = TRAP_SYSREG,
                                 .write = write != 0,
                                 .value = 0x123456789abcdefULL * (key + 1),
                                 .sysreg.key = key};
                enum trap_result result;

                memcpy(&copy, &arena, sizeof(arena));
                result = a64_sysreg_access(&arena.vcpu, &t);
                assert_true(result == TRAP_DONE || result == TRAP_UNDEF);
                if (a64_sysreg_name(key) == NULL)
                    assert_int_equal(result, TRAP_UNDEF);
                assert_int_equal(t.sysreg.key, key);
                copy.vcpu.arch.a64.emulated = a64->emulated;
                copy.vcpu.arch.a64.el1.mdscr = a64->el1.mdscr;
                assert_memory_equal(&copy, &arena, sizeof(arena));
            }
    }
}

static void reset_forgets(void **state)
{
    start(3);
    assert_int_equal(write_reg(A64_KEY_CNTP_CTL_EL0, 1), TRAP_DONE);
    assert_int_equal(write_reg(A64_KEY_CNTP_CVAL_EL0, 1), TRAP_DONE);
    assert_int_equal(write_reg(A64_KEY_OSLAR_EL1, 0), TRAP_DONE);
    a64_sysreg_reset(&vcpu);
    assert_int_equal(reads(A64_KEY_CNTP_CTL_EL0), 0);
    assert_int_equal(reads(A64_KEY_CNTP_CVAL_EL0), 0);
    assert_int_equal(reads(A64_KEY_OSLSR_EL1), OSLSR_EL1_OSLM_1 | OSLSR_EL1_OSLK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(id_registers_read_the_policy),
        cmocka_unit_test(unknown_and_hidden_registers),
        cmocka_unit_test(auxiliary_control_ignores_writes),
        cmocka_unit_test(debug_is_there_but_never_hits),
        cmocka_unit_test(mdscr_reaches_the_hardware),
        cmocka_unit_test(physical_timer),
        cmocka_unit_test(sgis_go_to_the_gic),
        cmocka_unit_test(gicv2_has_no_system_registers),
        cmocka_unit_test(memory_registers_and_set_way),
        cmocka_unit_test(every_key),
        cmocka_unit_test(reset_forgets),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
