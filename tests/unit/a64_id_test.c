/* SPDX-License-Identifier: Apache-2.0 */
/* What guests see of CPUs that have everything, next to nothing, and of real ones. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/arm/model/a64_id.h"
#include "arch/arm/model/a64_regs.h"

static struct a64_host_ids host;

#define PFR0(field)  REG_GET(ID_AA64PFR0, field, a64_id_value(4, 0))
#define PFR1(field)  REG_GET(ID_AA64PFR1, field, a64_id_value(4, 1))
#define DFR0(field)  REG_GET(ID_AA64DFR0, field, a64_id_value(5, 0))
#define ISAR0(field) REG_GET(ID_AA64ISAR0, field, a64_id_value(6, 0))
#define ISAR1(field) REG_GET(ID_AA64ISAR1, field, a64_id_value(6, 1))
#define MMFR0(field) REG_GET(ID_AA64MMFR0, field, a64_id_value(7, 0))
#define MMFR1(field) REG_GET(ID_AA64MMFR1, field, a64_id_value(7, 1))
#define MMFR2(field) REG_GET(ID_AA64MMFR2, field, a64_id_value(7, 2))

static void init_all_fields(uint64_t field, uint8_t ipa_bits, unsigned gic)
{
    memset(&host, 0, sizeof(host));
    for (unsigned crm = 0; crm < A64_ID_CRM_COUNT; crm++)
        for (unsigned op2 = 0; op2 < A64_ID_OP2_COUNT; op2++)
            host.reg[crm][op2] = field * 0x1111111111111111ULL;
    host.ipa_bits = ipa_bits;
    a64_id_init(&host, gic);
}

/* A CPU that has 2 in every field: AArch32 at EL0 and at EL1, and each extension we do not know. */
static void cpu_with_everything(void **state)
{
    init_all_fields(2, 48, 3);
    assert_int_equal(PFR0(EL0), 2);
    assert_int_equal(PFR0(EL1), 1);
    assert_int_equal(PFR0(GIC), 1);
    assert_int_equal(PFR0(FP), 2);
    assert_int_equal(PFR0(CSV2), 1);
    assert_int_equal(PFR0(EL2) | PFR0(EL3) | PFR0(RAS) | PFR0(SVE) | PFR0(SEL2) | PFR0(MPAM) |
                         PFR0(AMU) | PFR0(RME),
                     0);
    assert_int_equal(a64_id_value(4, 1), REG_PUT(ID_AA64PFR1, BT, 2) |
                                             REG_PUT(ID_AA64PFR1, SSBS, 2) |
                                             REG_PUT(ID_AA64PFR1, CSV2_frac, 1));
    assert_int_equal(DFR0(PMUVer) | DFR0(TraceVer) | DFR0(PMSVer) | DFR0(TraceFilt) |
                         DFR0(TraceBuffer) | DFR0(BRBE) | DFR0(CTX_CMPs),
                     0);
    assert_int_equal(DFR0(BRPs), 1);
    assert_int_equal(DFR0(WRPs), 1);
    assert_int_equal(DFR0(DoubleLock), 0xf);
    assert_int_equal(ISAR0(AES), 2);
    assert_int_equal(ISAR0(RNDR), 2);
    assert_int_equal(ISAR0(TME), 0);
    assert_int_equal(ISAR1(APA) | ISAR1(API) | ISAR1(GPA) | ISAR1(GPI) | ISAR1(LS64), 0);
    assert_int_equal(MMFR0(FGT) | MMFR0(ECV) | MMFR0(BigEnd), 0);
    assert_int_equal(MMFR0(TGran4), 0); /* 2 would be 52-bit addresses */
    assert_int_equal(MMFR0(TGran16), 1);
    assert_int_equal(MMFR1(VH) | MMFR1(VMIDBits) | MMFR1(LO) | MMFR1(HCX) | MMFR1(TWED), 0);
    assert_int_equal(MMFR1(HAFDBS), 2);
    assert_int_equal(MMFR2(NV) | MMFR2(EVT) | MMFR2(FWB) | MMFR2(IDS), 0);
    /* Registers we do not know are 0. */
    assert_int_equal(a64_id_value(4, 2) | a64_id_value(4, 4) | a64_id_value(4, 5) |
                         a64_id_value(5, 1) | a64_id_value(6, 3) | a64_id_value(7, 3) |
                         a64_id_value(7, 4) | a64_id_value(3, 3) | a64_id_value(1, 3),
                     0);
}

static void absent_stays_absent(void **state)
{
    init_all_fields(0xf, 48, 3);
    assert_int_equal(PFR0(FP), 0xf);
    assert_int_equal(PFR0(AdvSIMD), 0xf);
    assert_int_equal(MMFR0(TGran4), 0xf);
    assert_int_equal(MMFR0(TGran64), 0xf);
    assert_int_equal(DFR0(PMUVer), 0);
}

static void gic_follows_the_guest(void **state)
{
    init_all_fields(1, 48, 2);
    assert_int_equal(PFR0(GIC), 0);
    init_all_fields(1, 48, 3);
    assert_int_equal(PFR0(GIC), 1);
}

static void no_aarch32_no_aarch32_registers(void **state)
{
    init_all_fields(1, 48, 3); /* PFR0.EL0 is 1 */
    for (unsigned crm = 1; crm <= 3; crm++)
        for (unsigned op2 = 0; op2 < A64_ID_OP2_COUNT; op2++)
            assert_int_equal(a64_id_value(crm, op2), 0);
    init_all_fields(2, 48, 3);
    assert_int_equal(a64_id_value(2, 0), 0x2222222222222222);
    assert_int_equal(REG_GET(ID_PFR0, RAS, a64_id_value(1, 0)), 0);
    assert_int_equal(REG_GET(ID_PFR0, AMU, a64_id_value(1, 0)), 0);
    assert_int_equal(REG_GET(ID_PFR1, Virtualization, a64_id_value(1, 1)), 0);
    assert_int_equal(REG_GET(ID_DFR0, PerfMon, a64_id_value(1, 2)), 0);
}

static uint64_t pa_range(uint64_t host_range, uint8_t ipa_bits)
{
    memset(&host, 0, sizeof(host));
    host.reg[7][0] = REG_PUT(ID_AA64MMFR0, PARange, host_range);
    host.ipa_bits = ipa_bits;
    a64_id_init(&host, 3);
    return MMFR0(PARange);
}

static void pa_range_fits_in_stage2(void **state)
{
    assert_int_equal(pa_range(6, 48), 5);
    assert_int_equal(pa_range(5, 48), 5);
    assert_int_equal(pa_range(5, 44), 4);
    assert_int_equal(pa_range(5, 43), 3);
    assert_int_equal(pa_range(2, 48), 2);
    assert_int_equal(pa_range(5, 40), 2);
    assert_int_equal(pa_range(5, 32), 0);
    assert_int_equal(pa_range(5, 35), 0);
}

/* Cortex-A57 as its manual gives it, on a GICv3 board. */
static void cortex_a57(void **state)
{
    memset(&host, 0, sizeof(host));
    host.reg[4][0] = 0x01002222;
    host.reg[5][0] = 0x10305106;
    host.reg[6][0] = 0x00011120;
    host.reg[7][0] = 0x00001124;
    host.ipa_bits = 44;
    a64_id_init(&host, 3);
    assert_int_equal(a64_id_value(4, 0), 0x01000012);
    assert_int_equal(a64_id_value(5, 0), 0xf000101006);
    assert_int_equal(a64_id_value(6, 0), 0x00011120);
    assert_int_equal(a64_id_value(7, 0), 0x00000024);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cpu_with_everything),
        cmocka_unit_test(absent_stays_absent),
        cmocka_unit_test(gic_follows_the_guest),
        cmocka_unit_test(no_aarch32_no_aarch32_registers),
        cmocka_unit_test(pa_range_fits_in_stage2),
        cmocka_unit_test(cortex_a57),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
