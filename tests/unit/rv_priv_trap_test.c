/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions, interrupts and privileged instructions of an emulated vCPU, all combinations of what
 * decides them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/riscv/model/rv_pmp.h"
#include "rv_priv.h"

#define STVEC 0xffffffc000001000ULL
#define MTVEC 0x80002000ULL

static int start(void **state)
{
    give_all();
    rv_priv_init();
    start_machine();
    return 0;
}

static void after_reset(void **state)
{
    assert_int_equal(rv->priv.mode, RV_PRIVILEGE_MACHINE);
    assert_int_equal(rv->gprs.pc, ENTRY);
    assert_int_equal(rv->gprs.x[RV_A0], 5);
    assert_int_equal(rv->gprs.x[RV_A1], 0x1234);
    assert_int_equal(csr_get(CSR_mstatus), 0xaull << 32); /* no MIE, no MPRV (3.4) */
    rv_priv_reset_machine(rv, &caps, 5, ENTRY, 0);
    assert_int_equal(rv->priv.effects, 255);

    start_supervisor();
    assert_int_equal(rv->priv.mode, RV_PRIVILEGE_SUPERVISOR);
    assert_true(rv->super.in_supervisor);
    assert_int_equal(rv->super.satp, 0);
    assert_int_equal(rv->super.sstatus & SSTATUS_SIE, 0);
    assert_int_equal(rv->super.scounteren, 7);
    assert_false(rv_priv_wakes(rv, 1u << 30));
}

/* ---- exceptions: every cause, delegated or not, from every mode */

static void check_supervisor_took(uint64_t cause, uint64_t tval, unsigned mode, uint64_t before)
{
    assert_int_equal(rv->priv.mode, RV_PRIVILEGE_SUPERVISOR);
    assert_true(rv->super.in_supervisor);
    assert_int_equal(rv->super.scause, cause);
    assert_int_equal(rv->super.sepc, ENTRY);
    assert_int_equal(rv->super.stval, tval);
    assert_int_equal(REG_GET(SSTATUS, SPP, rv->super.sstatus), mode == RV_PRIVILEGE_SUPERVISOR);
    assert_int_equal(REG_GET(SSTATUS, SPIE, rv->super.sstatus), REG_GET(SSTATUS, SIE, before));
    assert_int_equal(rv->super.sstatus & SSTATUS_SIE, 0);
    assert_int_equal(rv->priv.machine.mcause, 0);
}

static void check_machine_took(uint64_t cause, uint64_t tval, unsigned mode, uint64_t before)
{
    uint64_t status = rv->priv.machine.mstatus;

    assert_int_equal(rv->priv.mode, RV_PRIVILEGE_MACHINE);
    assert_int_equal(rv->priv.machine.mcause, cause);
    assert_int_equal(rv->priv.machine.mepc, ENTRY);
    assert_int_equal(rv->priv.machine.mtval, tval);
    assert_int_equal(REG_GET(MSTATUS, MPP, status), mode);
    assert_int_equal(REG_GET(MSTATUS, MPIE, status), REG_GET(MSTATUS, MIE, before));
    assert_int_equal(status & MSTATUS_MIE, 0);
    assert_int_equal(rv->super.scause, 0);
    /* The supervisor's are as they were. */
    assert_int_equal(rv->super.sstatus & SSTATUS_SIE, before & SSTATUS_SIE);
}

static void exceptions(void **state)
{
    for (unsigned cause = 0; cause < 64; cause++) {
        for (unsigned i = 0; i < 3 * 16; i++) {
            unsigned mode = modes[i % 3], bits = i / 3;
            uint64_t status = (bits & 1 ? MSTATUS_SIE : 0) | (bits & 2 ? MSTATUS_MIE : 0);
            bool to_machine;

            start_machine();
            csr_set_to(CSR_stvec, STVEC | 1); /* vectored: exceptions go to the base all the same */
            csr_set_to(CSR_mtvec, MTVEC | 1);
            csr_set_to(CSR_mstatus, status);
            csr_set_to(CSR_medeleg, bits & 4 ? UINT64_MAX : 0);
            set_mode(mode);
            rv->priv.effects = 0;
            to_machine = mode == RV_PRIVILEGE_MACHINE || !(rv->priv.machine.medeleg >> cause & 1);
            rv_priv_exception(rv, cause, bits & 8 ? 0xdead : 0);
            assert_int_equal(rv->gprs.pc, to_machine ? MTVEC : STVEC);
            if (to_machine)
                check_machine_took(cause, bits & 8 ? 0xdead : 0, mode, status);
            else
                check_supervisor_took(cause, bits & 8 ? 0xdead : 0, mode, status);
            if (mode != rv->priv.mode)
                assert_true(rv->priv.effects & RV_EFFECT_CONTEXT);
        }
    }
}

/* A machine that starts in S-mode has nobody else to give them to. */
static void exceptions_without_a_machine(void **state)
{
    for (unsigned cause = 0; cause < 128; cause++) {
        start_supervisor();
        csr_set_to(CSR_stvec, STVEC);
        set_mode(cause % 2 ? RV_PRIVILEGE_USER : RV_PRIVILEGE_SUPERVISOR);
        rv_priv_exception(rv, cause, 3);
        assert_int_equal(rv->priv.mode, RV_PRIVILEGE_SUPERVISOR);
        assert_int_equal(rv->gprs.pc, STVEC);
    }
}

static void calls_by_mode(void **state)
{
    static const uint64_t causes[] = {8, 9, 11};

    for (unsigned i = 0; i < 3; i++) {
        set_mode(modes[i]);
        assert_int_equal(rv_priv_ecall_cause(rv), causes[i]);
    }
}

/* ---- interrupts: all combinations of pending, enabled, delegated, mode and its enable bits */

static const uint8_t by_priority[] = {11, 3, 7, 9, 1, 5};

static uint64_t spread(unsigned six)
{
    uint64_t bits = 0;

    for (unsigned i = 0; i < 6; i++)
        bits |= six & 1u << i ? 1ull << by_priority[i] : 0;
    return bits;
}

static void make_pending(uint64_t pending)
{
    rv->lines = (uint32_t)(pending & (RV_IRQ_MEI | RV_IRQ_MSI | RV_IRQ_SEI));
    rv->posted = (uint32_t)(pending & RV_IRQ_SSI);
    rv->super.stimecmp = pending & RV_IRQ_STI ? 100 : 101;
    rv->priv.machine.mtimecmp = pending & RV_IRQ_MTI ? 100 : 101;
}

static uint64_t expected_interrupt(uint64_t set, bool *to_machine, unsigned mode, bool sie,
                                   bool mie, uint64_t delegated)
{
    for (unsigned i = 0; i < 6; i++) {
        if (!(set & ~delegated & 1ull << by_priority[i]))
            continue;
        if (mode == RV_PRIVILEGE_MACHINE && !mie)
            break;
        *to_machine = true;
        return 1ull << 63 | by_priority[i];
    }
    for (unsigned i = 0; i < 6; i++) {
        if (!(set & delegated & 1ull << by_priority[i]))
            continue;
        if (mode == RV_PRIVILEGE_MACHINE || (mode == RV_PRIVILEGE_SUPERVISOR && !sie))
            break;
        *to_machine = false;
        return 1ull << 63 | by_priority[i];
    }
    return 0;
}

static void one_interrupt(const struct rv_state *fresh, uint64_t pending, uint64_t enabled,
                          uint64_t delegated, unsigned who)
{
    unsigned mode = modes[who % 3];
    bool sie = who / 3 & 1, mie = who / 6 & 1, to_machine = false;
    uint64_t expected =
        expected_interrupt(pending & enabled, &to_machine, mode, sie, mie, delegated);
    uint64_t took;

    *rv = *fresh;
    rv->priv.machine.mideleg = delegated;
    rv->super.sie = enabled & 0x222;
    rv->priv.machine.mie = enabled & 0x888;
    rv->super.sstatus |= sie ? SSTATUS_SIE : 0;
    rv->priv.machine.mstatus |= mie ? MSTATUS_MIE : 0;
    set_mode(mode);
    make_pending(pending);
    if (rv_priv_pending(rv, 100) != pending || rv_priv_wakes(rv, 100) != !!(pending & enabled))
        fail_msg("pending 0x%llx", (unsigned long long)pending);
    if (rv_priv_interrupt(rv, 100) != (expected != 0))
        fail_msg("pending 0x%llx enabled 0x%llx delegated 0x%llx who %u",
                 (unsigned long long)pending, (unsigned long long)enabled,
                 (unsigned long long)delegated, who);
    if (expected == 0) {
        assert_int_equal(rv->gprs.pc, ENTRY);
        return;
    }
    took = to_machine ? rv->priv.machine.mcause : rv->super.scause;
    if (took != expected || rv->gprs.pc != (to_machine ? MTVEC : STVEC + 4 * (expected & 63)))
        fail_msg("took 0x%llx instead of 0x%llx", (unsigned long long)took,
                 (unsigned long long)expected);
}

static void interrupts(void **state)
{
    struct rv_state fresh;

    csr_set_to(CSR_stvec, STVEC | 1);
    csr_set_to(CSR_mtvec, MTVEC);
    csr_set_to(CSR_menvcfg, MENVCFG_STCE);
    fresh = *rv;
    for (unsigned pending = 0; pending < 64; pending++)
        for (unsigned enabled = 0; enabled < 64; enabled++)
            for (unsigned delegated = 0; delegated < 8; delegated++)
                for (unsigned who = 0; who < 12; who++)
                    one_interrupt(&fresh, spread(pending), spread(enabled), spread(delegated << 3),
                                  who);
}

static void timers(void **state)
{
    csr_set_to(CSR_stimecmp, 50);
    rv->priv.machine.mtimecmp = 80;
    assert_int_equal(rv_priv_deadline(rv, 10), 80); /* without STCE stimecmp does nothing */
    assert_int_equal(rv_priv_pending(rv, 60), 0);
    csr_set_to(CSR_mip, RV_IRQ_STI);
    assert_int_equal(rv_priv_pending(rv, 60), RV_IRQ_STI);
    csr_set_to(CSR_menvcfg, MENVCFG_STCE);
    assert_int_equal(rv_priv_pending(rv, 49), 0);
    assert_int_equal(rv_priv_pending(rv, 50), RV_IRQ_STI);
    assert_int_equal(rv_priv_pending(rv, 80), RV_IRQ_STI | RV_IRQ_MTI);
    assert_int_equal(rv_priv_deadline(rv, 10), 50);
    assert_int_equal(rv_priv_deadline(rv, 50), 80);
    assert_int_equal(rv_priv_deadline(rv, 80), UINT64_MAX);
    start_supervisor();
    rv->super.stimecmp = 50;
    rv->priv.machine.mtimecmp = 20;
    assert_int_equal(rv_priv_deadline(rv, 10), 50);
    assert_int_equal(rv_priv_pending(rv, 60), RV_IRQ_STI);
}

/* ---- instructions */

#define SRET             0x10200073u
#define MRET             0x30200073u
#define WFI              0x10500073u
#define SFENCE(rs1, rs2) (0x12000073u | (rs1) << 15 | (rs2) << 20)
#define SINVAL(rs1, rs2) (0x16000073u | (rs1) << 15 | (rs2) << 20)
#define SFENCE_W_INVAL   0x18000073u
#define SFENCE_INVAL_IR  0x18100073u

static void legal_where(uint32_t insn, uint64_t trap_bit, bool (*legal)(unsigned, bool))
{
    for (unsigned i = 0; i < 3; i++) {
        for (unsigned kept = 0; kept < 2; kept++) {
            struct rv_state before;

            start_machine();
            rv->priv.machine.mstatus |= kept ? trap_bit : 0;
            set_mode(modes[i]);
            before = *rv;
            if ((rv_priv_insn(&vcpu, insn) != TRAP_UNDEF) != legal(modes[i], kept))
                fail_msg("0x%08x in mode %u, kept back %u", insn, modes[i], kept);
            if (!legal(modes[i], kept))
                assert_memory_equal(&before, rv, sizeof(before));
        }
    }
}

static bool supervisor_unless_kept(unsigned mode, bool kept)
{
    return mode == 3 || (mode == 1 && !kept);
}
static bool supervisor(unsigned mode, bool kept)
{
    return mode >= 1;
}
static bool machine(unsigned mode, bool kept)
{
    return mode == 3;
}
static bool nowhere(unsigned mode, bool kept)
{
    return false;
}

static void instructions_by_mode(void **state)
{
    const uint64_t every = MSTATUS_TVM | MSTATUS_TW | MSTATUS_TSR;
    enum rv_extension little[] = {RV_EXT_i};

    legal_where(SRET, MSTATUS_TSR, supervisor_unless_kept);
    legal_where(SRET, MSTATUS_TVM | MSTATUS_TW, supervisor);
    legal_where(MRET, every, machine);
    legal_where(WFI, MSTATUS_TW, supervisor_unless_kept);
    legal_where(WFI, MSTATUS_TVM | MSTATUS_TSR, supervisor);
    legal_where(SFENCE(0, 0), MSTATUS_TVM, supervisor_unless_kept);
    legal_where(SFENCE(3, 4), MSTATUS_TW | MSTATUS_TSR, supervisor);
    legal_where(SINVAL(0, 5), MSTATUS_TVM, supervisor_unless_kept);
    legal_where(SFENCE_W_INVAL, every, supervisor);
    legal_where(SFENCE_INVAL_IR, every, supervisor);
    give(little, 1);
    legal_where(SINVAL(0, 5), 0, nowhere);
    legal_where(SFENCE_W_INVAL, 0, nowhere);
    legal_where(SFENCE_INVAL_IR, 0, nowhere);
    legal_where(SFENCE(0, 0), MSTATUS_TVM, supervisor_unless_kept);
}

/* Of all that SYSTEM can encode without a CSR, only those are instructions. */
static void no_other_instruction(void **state)
{
    for (uint32_t funct12 = 0; funct12 < 4096; funct12++) {
        for (unsigned rs1 = 0; rs1 < 32; rs1++) {
            for (unsigned rd = 0; rd < 2; rd++) {
                uint32_t insn = funct12 << 20 | rs1 << 15 | rd << 7 | 0x73;
                bool fence = (funct12 >> 5 == 9 || funct12 >> 5 == 11) && rd == 0;
                bool known = fence || insn == SRET || insn == MRET || insn == WFI ||
                             insn == SFENCE_W_INVAL || insn == SFENCE_INVAL_IR;

                rv->priv.mode = RV_PRIVILEGE_MACHINE;
                if ((rv_priv_insn(&vcpu, insn) != TRAP_UNDEF) != known)
                    fail_msg("0x%08x", insn);
            }
        }
    }
    /* Other opcodes, and those of 16 bits, are not ours. */
    for (uint32_t opcode = 0; opcode < 128; opcode++)
        if (opcode != 0x73)
            assert_int_equal(rv_priv_insn(&vcpu, 0x10500000 | opcode), TRAP_UNDEF);
    /* CSR forms with funct3 4 are the hypervisor's loads and stores. */
    assert_int_equal(rv_priv_insn(&vcpu, csr_insn(CSR_sscratch, 4, 8, 9)), TRAP_UNDEF);
}

static void returns(void **state)
{
    for (unsigned bits = 0; bits < 16; bits++) {
        unsigned mpp = (const uint8_t[]){0, 1, 3, 3}[bits & 3];
        bool mpie = bits & 4, mprv = bits & 8;

        start_machine();
        rv->priv.machine.mepc = 0x1000;
        rv->priv.machine.mstatus |= (uint64_t)mpp << MSTATUS_MPP_SHIFT;
        rv->priv.machine.mstatus |= (mpie ? MSTATUS_MPIE : 0) | (mprv ? MSTATUS_MPRV : 0);
        assert_int_equal(rv_priv_insn(&vcpu, MRET), TRAP_RETRY);
        assert_int_equal(rv->gprs.pc, 0x1000);
        assert_int_equal(rv->priv.mode, mpp);
        assert_int_equal(rv->super.in_supervisor, mpp != 0);
        assert_int_equal(csr_get(CSR_mstatus) & ~(0xfull << 32),
                         MSTATUS_MPIE | (mpie ? MSTATUS_MIE : 0) |
                             (mprv && mpp == 3 ? MSTATUS_MPRV : 0));
        assert_int_equal(!!(rv->priv.effects & RV_EFFECT_PENDING), mpie || mpp != 3);

        for (unsigned from = 1; from < 3; from++) {
            bool spp = bits & 1;

            start_machine();
            set_mode(modes[from]);
            rv->super.sepc = 0x2000;
            rv->super.sstatus |= (spp ? SSTATUS_SPP : 0) | (mpie ? SSTATUS_SPIE : 0);
            rv->priv.machine.mstatus |= mprv ? MSTATUS_MPRV : 0;
            assert_int_equal(rv_priv_insn(&vcpu, SRET), TRAP_RETRY);
            assert_int_equal(rv->gprs.pc, 0x2000);
            assert_int_equal(rv->priv.mode, spp);
            assert_int_equal(csr_get(CSR_mstatus) & ~(0xfull << 32),
                             SSTATUS_SPIE | (mpie ? SSTATUS_SIE : 0));
        }
    }
}

static void fences_say_what_goes(void **state)
{
    static const struct {
        unsigned rs1, rs2;
    } forms[] = {{0, 0}, {3, 0}, {0, 4}, {3, 4}};

    for (unsigned i = 0; i < 8; i++) {
        unsigned rs1 = forms[i % 4].rs1, rs2 = forms[i % 4].rs2;

        rv->gprs.x[3] = 0xffffffc012345678;
        rv->gprs.x[4] = 0xffff; /* beyond the ASIDs that there are */
        rv->priv.effects = 0;
        assert_int_equal(rv_priv_insn(&vcpu, i < 4 ? SFENCE(rs1, rs2) : SINVAL(rs1, rs2)),
                         TRAP_DONE);
        assert_int_equal(rv->priv.effects, RV_EFFECT_FLUSH);
        assert_int_equal(rv->priv.flush.all_addresses, rs1 == 0);
        assert_int_equal(rv->priv.flush.all_asids, rs2 == 0);
        if (rs1 != 0)
            assert_int_equal(rv->priv.flush.gva, 0xffffffc012345678);
        if (rs2 != 0)
            assert_int_equal(rv->priv.flush.asid, 0x1ff);
    }
    /* Two that nobody acted on meanwhile: the same address twice is one, another is all. */
    rv->priv.effects = 0;
    rv_priv_insn(&vcpu, SFENCE(3, 4));
    rv_priv_insn(&vcpu, SFENCE(3, 4));
    assert_false(rv->priv.flush.all_addresses || rv->priv.flush.all_asids);
    rv->gprs.x[3] += 0x1000;
    rv_priv_insn(&vcpu, SFENCE(3, 4));
    assert_true(rv->priv.flush.all_addresses && !rv->priv.flush.all_asids);
    rv_priv_insn(&vcpu, SFENCE(3, 0));
    assert_true(rv->priv.flush.all_asids);
}

static void waiting(void **state)
{
    assert_int_equal(rv_priv_insn(&vcpu, WFI), TRAP_DONE);
    assert_int_equal(rv_priv_take_effects(rv), RV_EFFECT_WAIT);
    assert_int_equal(rv->priv.effects, 0);
    rv->lines = RV_IRQ_MSI;
    assert_false(rv_priv_wakes(rv, 0));
    csr_set_to(CSR_mie, RV_IRQ_MSI);
    assert_true(rv_priv_wakes(rv, 0)); /* though MIE is clear */
    assert_false(rv_priv_interrupt(rv, 0));
}

/* ---- what the rest of the machine asks */

static void context_by_mode(void **state)
{
    struct rv_context data, fetch;

    rv->super.satp = 8ull << 60 | 5;
    csr_set_to(CSR_mstatus, MSTATUS_SUM | MSTATUS_MXR | 1u << MSTATUS_MPP_SHIFT);
    rv_priv_context(rv, false, &data);
    assert_int_equal(data.mode, RV_PRIVILEGE_MACHINE);
    assert_int_equal(data.satp, 0);
    rv->priv.machine.mstatus |= MSTATUS_MPRV;
    rv_priv_context(rv, false, &data);
    rv_priv_context(rv, true, &fetch);
    assert_int_equal(data.mode, RV_PRIVILEGE_SUPERVISOR);
    assert_int_equal(data.satp, 8ull << 60 | 5);
    assert_true(data.sum && data.mxr);
    assert_int_equal(fetch.mode, RV_PRIVILEGE_MACHINE);
    assert_int_equal(fetch.satp, 0);
    assert_false(fetch.sum || fetch.mxr);
    set_mode(RV_PRIVILEGE_USER); /* MPRV acts in M-mode only */
    rv_priv_context(rv, false, &data);
    assert_int_equal(data.mode, RV_PRIVILEGE_USER);
    csr_set_to(CSR_menvcfg, MENVCFG_ADUE);
    rv_priv_context(rv, false, &data);
    assert_true(data.update_ad && !data.pbmt && data.napot);
}

static void cache_instructions_by_mode(void **state)
{
    for (unsigned m = 0; m < 4; m++) {
        for (unsigned s = 0; s < 4; s++) {
            static const uint8_t meet[4][4] = {
                {0, 0, 0, 0}, {0, 1, 0, 1}, {0, 0, 0, 0}, {0, 1, 0, 3}};

            if (m == 2 || s == 2)
                continue;
            csr_set_to(CSR_menvcfg, (uint64_t)m << MENVCFG_CBIE_SHIFT | MENVCFG_CBZE);
            csr_set_to(CSR_senvcfg, (uint64_t)s << MENVCFG_CBIE_SHIFT | MENVCFG_CBCFE);
            set_mode(RV_PRIVILEGE_MACHINE);
            assert_int_equal(rv_priv_env(rv), MENVCFG_CBIE | MENVCFG_CBCFE | MENVCFG_CBZE);
            set_mode(RV_PRIVILEGE_SUPERVISOR);
            assert_int_equal(rv_priv_env(rv), (uint64_t)m << MENVCFG_CBIE_SHIFT | MENVCFG_CBZE);
            set_mode(RV_PRIVILEGE_USER);
            assert_int_equal(rv_priv_env(rv), (uint64_t)meet[m][s] << MENVCFG_CBIE_SHIFT);
        }
    }
}

static void the_time_by_mode(void **state)
{
    for (unsigned bits = 0; bits < 4; bits++) {
        csr_set_to(CSR_mcounteren, bits & 1 ? RV_COUNTEREN_TM : 0);
        csr_set_to(CSR_scounteren, bits & 2 ? RV_COUNTEREN_TM : 0);
        for (unsigned i = 0; i < 3; i++) {
            set_mode(modes[i]);
            assert_int_equal(rv_priv_may_read_time(rv),
                             modes[i] == 3 || (modes[i] == 1 && bits & 1) || bits == 3);
        }
    }
}

/* Where user mode may do other things than the supervisor, entering it says so. */
static void a_change_of_mode_has_effects(void **state)
{
    csr_set_to(CSR_menvcfg, MENVCFG_CBZE);
    set_mode(RV_PRIVILEGE_SUPERVISOR);
    rv->priv.effects = 0;
    assert_int_equal(rv_priv_insn(&vcpu, SRET), TRAP_RETRY);
    assert_int_equal(rv->priv.effects, RV_EFFECT_CONTEXT | RV_EFFECT_PENDING | RV_EFFECT_ENV);
    csr_set_to(CSR_senvcfg, MENVCFG_CBZE);
    set_mode(RV_PRIVILEGE_SUPERVISOR);
    rv->priv.effects = 0;
    rv_priv_insn(&vcpu, SRET);
    assert_int_equal(rv->priv.effects, RV_EFFECT_CONTEXT | RV_EFFECT_PENDING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(after_reset, start),
        cmocka_unit_test_setup(exceptions, start),
        cmocka_unit_test_setup(exceptions_without_a_machine, start),
        cmocka_unit_test_setup(calls_by_mode, start),
        cmocka_unit_test_setup(interrupts, start),
        cmocka_unit_test_setup(timers, start),
        cmocka_unit_test_setup(instructions_by_mode, start),
        cmocka_unit_test_setup(no_other_instruction, start),
        cmocka_unit_test_setup(returns, start),
        cmocka_unit_test_setup(fences_say_what_goes, start),
        cmocka_unit_test_setup(waiting, start),
        cmocka_unit_test_setup(context_by_mode, start),
        cmocka_unit_test_setup(cache_instructions_by_mode, start),
        cmocka_unit_test_setup(the_time_by_mode, start),
        cmocka_unit_test_setup(a_change_of_mode_has_effects, start),
    };

    return cmocka_run_group_tests_name("rv_priv_trap", tests, NULL, NULL);
}
