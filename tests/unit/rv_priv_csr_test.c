/* SPDX-License-Identifier: Apache-2.0 */
/* The CSRs of an emulated vCPU: every number in every mode by every instruction, and what each
 * keeps of what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "rv_priv.h"

static int start(void **state)
{
    give_all();
    rv_priv_init();
    start_machine();
    return 0;
}

/* ---- which there are: by the manual's table of numbers, told anew */

static bool in(uint32_t number, uint32_t first, uint32_t last)
{
    return number >= first && number <= last;
}

static bool exists(uint32_t number)
{
    static const uint16_t single[] = {0x100, 0x104, 0x105, 0x106, 0x10a, 0x140, 0x141, 0x142,
                                      0x143, 0x144, 0x14d, 0x180, 0x30a, 0x320, 0xb00};

    for (size_t i = 0; i < ARRAY_SIZE(single); i++)
        if (number == single[i])
            return true;
    return in(number, 0x300, 0x306) || in(number, 0x323, 0x33f) || in(number, 0x340, 0x344) ||
           (in(number, 0x3a0, 0x3ae) && number % 2 == 0) || in(number, 0x3b0, 0x3ef) ||
           in(number, 0xb02, 0xb1f) || in(number, 0xc00, 0xc1f) || in(number, 0xf11, 0xf15);
}

/* Beyond the number's own bits. KEPT: machine mode keeps from others what it can. */
static bool is_kept_back(uint32_t number, unsigned mode, bool machine_keeps, bool supervisor_keeps)
{
    if (in(number, 0xc00, 0xc1f))
        return (machine_keeps && mode < 3) || (supervisor_keeps && mode < 1);
    if (number == CSR_stimecmp || number == CSR_satp)
        return machine_keeps && mode < 3;
    return false;
}

static void every_number_in_every_mode(void **state)
{
    static const uint8_t forms[] = {1, 2, 3, 5, 6, 7};

    for (uint32_t number = 0; number < RV_CSR_COUNT; number++) {
        for (unsigned i = 0; i < 3 * ARRAY_SIZE(forms) * 16; i++) {
            unsigned mode = modes[i % 3], funct3 = forms[i / 3 % 6], options = i / 18;
            unsigned rd = options & 1 ? 8 : 0, source = options & 2 ? 9 : 0;
            bool machine_keeps = options & 4, supervisor_keeps = options & 8;
            bool writes = (funct3 & 3) == 1 || source != 0;
            bool legal = exists(number) && mode >= (number >> 8 & 3) &&
                         !(writes && number >> 10 == 3) &&
                         !is_kept_back(number, mode, machine_keeps, supervisor_keeps);
            struct rv_state before;

            start_machine();
            set_mode(mode);
            rv->priv.machine.mcounteren = machine_keeps ? 0 : UINT32_MAX;
            rv->priv.machine.menvcfg = MENVCFG_STCE;
            rv->priv.machine.mstatus |= machine_keeps ? MSTATUS_TVM : 0;
            /* TVM is no word of machine mode's about itself, nor about user mode. */
            rv->super.scounteren = supervisor_keeps ? 0 : UINT32_MAX;
            rv->gprs.x[8] = 0x5a5a;
            rv->gprs.x[9] = i % 2 ? UINT64_MAX : 0x8000000000000001;
            before = *rv;
            if (rv_priv_insn(&vcpu, csr_insn(number, funct3, rd, source)) !=
                (legal ? TRAP_DONE : TRAP_UNDEF))
                fail_msg("CSR 0x%03x, funct3 %u, mode %u, options %u", number, funct3, mode,
                         options);
            if (!legal && memcmp(&before, rv, sizeof(before)) != 0)
                fail_msg("CSR 0x%03x is illegal, and changed something", number);
            assert_int_equal(rv->gprs.pc, ENTRY);
            assert_int_equal(rv->gprs.x[0], 0);
            if (rd == 0)
                assert_int_equal(rv->gprs.x[8], 0x5a5a);
        }
    }
}

/* Without extensions their registers are not there. */
static void what_belongs_to_an_extension(void **state)
{
    enum rv_extension little[] = {RV_EXT_i};

    give(little, 1);
    assert_int_equal(rv_priv_insn(&vcpu, csr_insn(CSR_stimecmp, 2, 8, 0)), TRAP_UNDEF);
    csr_set_to(CSR_menvcfg, UINT64_MAX);
    assert_int_equal(csr_get(CSR_menvcfg), MENVCFG_FIOM);
    csr_set_to(CSR_senvcfg, UINT64_MAX);
    assert_int_equal(csr_get(CSR_senvcfg), MENVCFG_FIOM);
    csr_set_to(CSR_mstatus, MSTATUS_FS | MSTATUS_VS);
    assert_int_equal(csr_get(CSR_mstatus) & (MSTATUS_FS | MSTATUS_VS | MSTATUS_SD), 0);
    assert_int_equal(csr_get(CSR_misa), 2ull << 62 | 1u << 8 | 1u << 18 | 1u << 20);
    /* Machine mode's registers are not those of a machine that starts in S-mode. */
    start_supervisor();
    for (uint32_t number = 0; number < RV_CSR_COUNT; number++)
        if (number >> 8 & 2)
            assert_int_equal(rv_priv_insn(&vcpu, csr_insn(number, 2, 8, 0)), TRAP_UNDEF);
}

/* ---- what each keeps */

#define S_IRQS      0x222ull
#define M_IRQS      0x888ull
#define SSTATUS_ALL (0xde722ull & ~0x18000ull & ~0x40ull) /* SIE SPIE SPP VS FS SUM MXR */

static const struct kept {
    uint32_t number;
    uint64_t ones;  /* what is read after all ones were written to a machine after reset */
    uint64_t zeros; /* then, after zeros */
} kept[] = {
    {CSR_mstatus, 1ull << 63 | 0xaull << 32 | 0x7e7faa, 0xaull << 32},
    {CSR_misa, 0, 0}, /* not tried, below */
    {CSR_medeleg, 0xb3ff, 0},
    {CSR_mideleg, S_IRQS, 0},
    {CSR_mie, S_IRQS | M_IRQS, 0},
    {CSR_mtvec, 0, 0}, /* mode 3 is none */
    {CSR_stvec, 0, 0},
    {CSR_mcounteren, 0xffffffff, 0},
    {CSR_scounteren, 0xffffffff, 0},
    {CSR_mcountinhibit, 0xfffffffd, 0},
    {CSR_menvcfg, 7ull << 61 | 0xf1, 0},
    {CSR_senvcfg, 0xf1, 0},
    {CSR_mscratch, UINT64_MAX, 0},
    {CSR_sscratch, UINT64_MAX, 0},
    {CSR_mepc, UINT64_MAX - 1, 0},
    {CSR_sepc, UINT64_MAX - 1, 0},
    {CSR_mcause, UINT64_MAX, 0},
    {CSR_scause, UINT64_MAX, 0},
    {CSR_mtval, UINT64_MAX, 0},
    {CSR_stval, UINT64_MAX, 0},
    {CSR_stimecmp, UINT64_MAX, 0},
    {CSR_satp, 0, 0}, /* mode 15 is none */
    {CSR_mcycle, 0, 0},
    {CSR_minstret, 0, 0},
    {CSR_mhpmcounter3, 0, 0},
    {CSR_mhpmevent3 + 28, 0, 0},
};

static void what_is_written_is_kept(void **state)
{
    for (size_t i = 0; i < ARRAY_SIZE(kept); i++) {
        if (kept[i].number == CSR_misa)
            continue;
        start_machine();
        csr_set_to(kept[i].number, UINT64_MAX);
        if (csr_get(kept[i].number) != kept[i].ones)
            fail_msg("CSR 0x%03x reads 0x%llx", kept[i].number,
                     (unsigned long long)csr_get(kept[i].number));
        csr_set_to(kept[i].number, 0);
        if (csr_get(kept[i].number) != kept[i].zeros)
            fail_msg("CSR 0x%03x reads 0x%llx after 0", kept[i].number,
                     (unsigned long long)csr_get(kept[i].number));
    }
}

static void fields_that_are_left_as_they_were(void **state)
{
    csr_set_to(CSR_mtvec, 0x80001235);
    csr_set_to(CSR_mtvec, 0x80004446);
    assert_int_equal(csr_get(CSR_mtvec), 0x80001235);
    csr_set_to(CSR_satp, 8ull << 60 | 0xffffull << 44 | 0x81234);
    assert_int_equal(csr_get(CSR_satp), 8ull << 60 | 0x1ffull << 44 | 0x81234);
    csr_set_to(CSR_satp, 10ull << 60 | 1); /* Sv57 is not supported here */
    assert_int_equal(csr_get(CSR_satp), 8ull << 60 | 0x1ffull << 44 | 0x81234);
    csr_set_to(CSR_mstatus, MSTATUS_MPP);
    csr_set_to(CSR_mstatus, 2u << MSTATUS_MPP_SHIFT | MSTATUS_MIE);
    assert_int_equal(REG_GET(MSTATUS, MPP, csr_get(CSR_mstatus)), 3);
    assert_true(csr_get(CSR_mstatus) & MSTATUS_MIE);
    csr_set_to(CSR_menvcfg, 3u << MENVCFG_CBIE_SHIFT);
    csr_set_to(CSR_menvcfg, 2u << MENVCFG_CBIE_SHIFT | MENVCFG_CBZE);
    assert_int_equal(csr_get(CSR_menvcfg), 3u << MENVCFG_CBIE_SHIFT | MENVCFG_CBZE);
}

/* sstatus is a view of mstatus, for each bit of either. */
static void status_and_its_view(void **state)
{
    for (unsigned bit = 0; bit < 64; bit++) {
        uint64_t m, s;

        start_machine();
        csr_set_to(CSR_mstatus, 1ull << bit);
        m = csr_get(CSR_mstatus);
        s = csr_get(CSR_sstatus);
        assert_int_equal(s, m & (SSTATUS_ALL | 3ull << 32 | 1ull << 63));
        start_machine();
        csr_set_to(CSR_mstatus, MSTATUS_MIE | MSTATUS_TVM | MSTATUS_MPRV);
        csr_set_to(CSR_sstatus, 1ull << bit);
        m = csr_get(CSR_mstatus) & ~(3ull << 34 | 3ull << 32 | 1ull << 63);
        assert_int_equal(m, MSTATUS_MIE | MSTATUS_TVM | MSTATUS_MPRV | (SSTATUS_ALL & 1ull << bit));
    }
    /* SD says that FS or VS is dirty, and nothing else. */
    for (unsigned fs = 0; fs < 4; fs++) {
        for (unsigned vs = 0; vs < 4; vs++) {
            csr_set_to(CSR_sstatus, fs << SSTATUS_FS_SHIFT | vs << SSTATUS_VS_SHIFT);
            assert_int_equal(csr_get(CSR_sstatus) >> 63, fs == 3 || vs == 3);
        }
    }
}

/* sie and sip show and change what is delegated, for each mideleg. */
static void delegated_interrupts_are_seen(void **state)
{
    static const uint64_t bit[] = {RV_IRQ_SSI, RV_IRQ_STI, RV_IRQ_SEI};

    for (unsigned i = 0; i < 8; i++) {
        uint64_t delegated = (i & 1 ? bit[0] : 0) | (i & 2 ? bit[1] : 0) | (i & 4 ? bit[2] : 0);

        start_machine();
        csr_set_to(CSR_mideleg, delegated);
        csr_set_to(CSR_sie, UINT64_MAX);
        assert_int_equal(csr_get(CSR_sie), delegated);
        assert_int_equal(csr_get(CSR_mie), delegated);
        csr_set_to(CSR_mie, UINT64_MAX);
        csr_set_to(CSR_sie, 0);
        assert_int_equal(csr_get(CSR_mie), (S_IRQS | M_IRQS) & ~delegated);
        csr_set_to(CSR_mip, S_IRQS | M_IRQS);
        assert_int_equal(csr_get(CSR_mip), S_IRQS); /* the machine's are its devices' */
        assert_int_equal(csr_get(CSR_sip), delegated);
        csr_set_to(CSR_sip, 0);
        assert_int_equal(csr_get(CSR_mip), S_IRQS & ~(delegated & RV_IRQ_SSI));
    }
}

/* The line of the external interrupt is not written into what software may write (3.1.9). */
static void the_external_line_and_its_bit(void **state)
{
    rv->lines = RV_IRQ_SEI;
    rv->gprs.x[9] = RV_IRQ_SSI;
    assert_int_equal(rv_priv_insn(&vcpu, csr_insn(CSR_mip, 2, 8, 9)), TRAP_DONE);
    assert_int_equal(rv->gprs.x[8], RV_IRQ_SEI);
    assert_int_equal(csr_get(CSR_mip), RV_IRQ_SEI | RV_IRQ_SSI);
    rv->lines = 0;
    assert_int_equal(csr_get(CSR_mip), RV_IRQ_SSI);
    csr_set_to(CSR_mip, RV_IRQ_SEI);
    assert_int_equal(csr_get(CSR_mip), RV_IRQ_SEI);
    /* What another hart posts meanwhile is not lost, and can be cleared. */
    rv->posted = RV_IRQ_SSI;
    assert_int_equal(csr_get(CSR_mip), RV_IRQ_SEI | RV_IRQ_SSI);
    csr_set_to(CSR_mip, 0);
    assert_int_equal(csr_get(CSR_mip), 0);
    assert_int_equal(rv->posted, 0);
}

static void immediates_and_old_values(void **state)
{
    csr_set_to(CSR_sscratch, 0x30);
    rv->gprs.x[21] = 0x1111; /* not read: the field is the operand */
    assert_int_equal(rv_priv_insn(&vcpu, csr_insn(CSR_sscratch, 6, 8, 21)), TRAP_DONE);
    assert_int_equal(rv->gprs.x[8], 0x30);
    assert_int_equal(csr_get(CSR_sscratch), 0x35);
    assert_int_equal(rv_priv_insn(&vcpu, csr_insn(CSR_sscratch, 7, 8, 0x11)), TRAP_DONE);
    assert_int_equal(csr_get(CSR_sscratch), 0x24);
    /* Source and destination are the same register. */
    rv->gprs.x[8] = 0x99;
    assert_int_equal(rv_priv_insn(&vcpu, csr_insn(CSR_sscratch, 1, 8, 8)), TRAP_DONE);
    assert_int_equal(rv->gprs.x[8], 0x24);
    assert_int_equal(csr_get(CSR_sscratch), 0x99);
    rv_hook_record.time = 777;
    assert_int_equal(csr_get(CSR_time), 777);
    assert_int_equal(csr_get(CSR_mhartid), 5);
}

static uint32_t effects_of(uint32_t number, uint64_t from, uint64_t to)
{
    csr_set_to(number, from);
    rv->priv.effects = 0;
    csr_set_to(number, to);
    return rv_priv_take_effects(rv);
}

static void changes_have_effects(void **state)
{
    static const struct {
        uint32_t number;
        uint64_t from, to;
        uint32_t effects;
    } cases[] = {
        {CSR_sstatus, 0, SSTATUS_SIE, RV_EFFECT_PENDING},
        {CSR_sstatus, SSTATUS_SIE, 0, 0},
        {CSR_sstatus, 0, SSTATUS_SUM, RV_EFFECT_CONTEXT},
        {CSR_sstatus, SSTATUS_MXR, 0, RV_EFFECT_CONTEXT},
        {CSR_sstatus, 0, SSTATUS_SPP | SSTATUS_SPIE, 0},
        {CSR_sstatus, 0, SSTATUS_FS, RV_EFFECT_FP},
        {CSR_sstatus, SSTATUS_VS, 0, RV_EFFECT_FP},
        {CSR_mstatus, 0, MSTATUS_MIE, RV_EFFECT_PENDING},
        {CSR_mstatus, 0, MSTATUS_MPP, 0},
        {CSR_mstatus, MSTATUS_MPRV, MSTATUS_MPRV | MSTATUS_MPP, RV_EFFECT_CONTEXT},
        {CSR_satp, 0, 8ull << 60, RV_EFFECT_CONTEXT},
        {CSR_satp, 8ull << 60, 8ull << 60, 0},
        {CSR_satp, 8ull << 60, 3ull << 60, 0},
        {CSR_stimecmp, 5, 6, RV_EFFECT_TIMER | RV_EFFECT_PENDING},
        {CSR_menvcfg, 0, MENVCFG_STCE, RV_EFFECT_ENV | RV_EFFECT_TIMER | RV_EFFECT_PENDING},
        {CSR_menvcfg, 0, MENVCFG_ADUE, RV_EFFECT_ENV | RV_EFFECT_CONTEXT},
        {CSR_senvcfg, 0, MENVCFG_CBZE, RV_EFFECT_ENV},
        {CSR_scounteren, 0, 2, RV_EFFECT_ENV},
        {CSR_mie, 0, RV_IRQ_MTI, RV_EFFECT_PENDING},
        {CSR_mideleg, 0, RV_IRQ_STI, RV_EFFECT_PENDING},
        {CSR_sscratch, 0, 1, 0},
        {CSR_pmpcfg0, 0, 0x1f, RV_EFFECT_RIGHTS},
        {CSR_pmpaddr0, 0, 0x400, RV_EFFECT_RIGHTS},
        {CSR_pmpaddr0 + 16, 0, 0x400, 0},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        start_machine();
        if (effects_of(cases[i].number, cases[i].from, cases[i].to) != cases[i].effects)
            fail_msg("case %zu", i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_number_in_every_mode, start),
        cmocka_unit_test_setup(what_belongs_to_an_extension, start),
        cmocka_unit_test_setup(what_is_written_is_kept, start),
        cmocka_unit_test_setup(fields_that_are_left_as_they_were, start),
        cmocka_unit_test_setup(status_and_its_view, start),
        cmocka_unit_test_setup(delegated_interrupts_are_seen, start),
        cmocka_unit_test_setup(the_external_line_and_its_bit, start),
        cmocka_unit_test_setup(immediates_and_old_values, start),
        cmocka_unit_test_setup(changes_have_effects, start),
    };

    return cmocka_run_group_tests_name("rv_priv_csr", tests, NULL, NULL);
}
