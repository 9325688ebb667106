/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of an emulated guest's exits, one example of each kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/fuzz/emulate_model.h"

#define CODE   (GUEST_RAM + 0x10000)
#define VECTOR (GUEST_RAM + 0x20000)
/* a0 is x10, a1 x11. */
#define CSRRW(csr)  ((uint32_t)(csr) << 20 | 11u << 15 | 1u << 12 | 10u << 7 | 0x73)
#define LW_A0_A1    0x0005a503u
#define SW_A0_A1    0x00a5a023u
#define C_LW_A0_A1  0x4188u
#define FLD_FA0_A1  0x0005b507u
#define SFENCE_A0   0x12050073u
#define SFENCE_ALL  0x12000073u
#define CSRR(csr)   ((uint32_t)(csr) << 20 | 2u << 12 | 10u << 7 | 0x73)
#define CSRW(csr)   ((uint32_t)(csr) << 20 | 11u << 15 | 1u << 12 | 0x73)
#define NOP         0x13u
#define SRET        0x10200073u
#define KERNEL_PAGE 0xcfu
#define USER_PAGE   0xdfu

static struct vcpu *vcpu = &vcpus[0];
static struct rv_state *rv = &vcpus[0].arch.rv;
static struct trap trap;

static int start(void **state)
{
    guest_start(false);
    rv->super.stvec = VECTOR;
    rv->gprs.pc = CODE;
    rv->gprs.x[11] = GUEST_DEVICE + 4;
    return 0;
}

/* Sv39: the first GiB above RAM's on itself; in S-mode. */
static void translate(uint16_t asid)
{
    put_entry(GUEST_RAM, 2, GUEST_RAM, KERNEL_PAGE);
    put_entry(GUEST_RAM, 3, GUEST_RAM, USER_PAGE);
    rv->super.satp =
        REG_PUT(SATP, MODE, RV_MODE_SV39) | REG_PUT(SATP, ASID, asid) | GUEST_RAM >> PAGE_SHIFT;
    rv_emulate_enter(vcpu);
}

static enum trap_result execute(uint32_t insn)
{
    put_insn(rv->gprs.pc - (rv->gprs.pc >= GUEST_RAM + GIB(1) ? GIB(1) : 0), insn);
    return guest_exit(vcpu, RV_CAUSE_ILLEGAL, 0, &trap);
}

static void assert_taken(uint64_t cause, uint64_t tval, uint64_t pc)
{
    assert_int_equal(rv->super.scause, cause);
    assert_int_equal(rv->super.stval, tval);
    assert_int_equal(rv->super.sepc, pc);
    assert_int_equal(rv->gprs.pc, VECTOR);
    assert_int_equal(rv->priv.mode, RV_PRIVILEGE_SUPERVISOR);
}

static void csr_access(void **state)
{
    rv->super.sscratch = 58;
    assert_int_equal(execute(CSRRW(CSR_sscratch)), TRAP_DONE);
    assert_int_equal(trap.kind, TRAP_SYSREG);
    assert_int_equal(trap.sysreg.key, CSR_sscratch);
    assert_int_equal(trap.value, 58);
    assert_int_equal(trap.sysreg.written, GUEST_DEVICE + 4);
    assert_int_equal(rv->gprs.x[10], 58);
    assert_int_equal(rv->super.sscratch, GUEST_DEVICE + 4);
    assert_int_equal(rv->gprs.pc, CODE + 4);
    assert_int_equal(vcpu->stats.traps[TRAP_SYSREG], 1);
}

/* The instruction itself is in stval, whatever the hart said. */
static void illegal(void **state)
{
    assert_int_equal(execute(CSRRW(CSR_mscratch)), TRAP_UNDEF);
    assert_taken(RV_CAUSE_ILLEGAL, CSRRW(CSR_mscratch), CODE);
    rv->gprs.pc = CODE;
    assert_int_equal(execute(0x0000), TRAP_UNDEF);
    assert_taken(RV_CAUSE_ILLEGAL, 0, CODE);
    /* What stands behind one of 16 bits is no part of it. */
    rv->gprs.pc = CODE;
    assert_int_equal(execute(0x80820000), TRAP_UNDEF);
    assert_taken(RV_CAUSE_ILLEGAL, 0, CODE);
}

static void floating_point(void **state)
{
    assert_int_equal(execute(FLD_FA0_A1), TRAP_UNDEF); /* FS is off, by the guest */
    assert_int_equal(fp_count, 0);
    rv->super.sstatus |= REG_PUT(SSTATUS, FS, RV_STATE_INITIAL);
    rv->gprs.pc = CODE;
    assert_int_equal(execute(FLD_FA0_A1), TRAP_RETRY);
    assert_int_equal(fp_count, 1);
    assert_int_equal(rv->gprs.pc, CODE);
}

/* The same instruction asks firmware or the guest's own kernel. */
static void calls(void **state)
{
    rv->gprs.x[RV_A7] = SBI_BASE;
    rv->gprs.x[RV_A6] = SBI_BASE_SPEC_VERSION;
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_ECALL_U, 0, &trap), TRAP_DONE);
    assert_int_equal(trap.kind, TRAP_HYPERCALL);
    assert_int_equal(rv->gprs.x[RV_A1], RV_SBI_VERSION);
    assert_int_equal(rv->gprs.pc, CODE + 4);
    rv->super.sepc = CODE;
    assert_int_equal(execute(SRET), TRAP_RETRY);
    assert_int_equal(rv->priv.mode, RV_PRIVILEGE_USER);
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_ECALL_U, 0, &trap), TRAP_RETRY);
    assert_taken(RV_CAUSE_ECALL_U, 0, CODE);
}

static void memory(void **state)
{
    hpa_t hpa;
    uint64_t run;

    assert_int_equal(guest_exit(vcpu, RV_CAUSE_LOAD_PAGE, GUEST_RAM + 0x5123, &trap), TRAP_RETRY);
    assert_int_equal(rv_shadow_lookup(rv->shadow, GUEST_RAM + 0x5008, PT_WRITE, &hpa, &run),
                     ERR_NONE);
    assert_int_equal(hpa.raw, HOST_BASE + 0x5008);
    assert_int_equal(run, PAGE_SIZE - 8);
    assert_int_equal(rv->gprs.pc, CODE);
    /* What is missing, and what its map does not let it write. */
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_FETCH_PAGE, 0x1000, &trap), TRAP_RETRY);
    assert_taken(RV_CAUSE_FETCH_ACCESS, 0x1000, CODE);
    rv->gprs.pc = CODE;
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_STORE_PAGE, GUEST_RAM + GUEST_RAM_BYTES - 8, &trap),
                     TRAP_ABORT);
    assert_taken(RV_CAUSE_STORE_ACCESS, GUEST_RAM + GUEST_RAM_BYTES - 8, CODE);
}

static void devices(void **state)
{
    device_answer = 0xfedcba98;
    put_insn(CODE, LW_A0_A1);
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_LOAD_PAGE, GUEST_DEVICE + 4, &trap), TRAP_DONE);
    assert_int_equal(rv->gprs.x[10], 0xfffffffffedcba98);
    assert_int_equal(rv->gprs.pc, CODE + 4);
    assert_int_equal(device_saw.offset, 4);
    put_insn(CODE + 4, C_LW_A0_A1);
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_LOAD_PAGE, GUEST_DEVICE + 4, &trap), TRAP_DONE);
    assert_int_equal(rv->gprs.pc, CODE + 6);
    put_insn(CODE + 6, SW_A0_A1);
    rv->gprs.x[10] = 0x1122334455667788;
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_STORE_PAGE, GUEST_DEVICE + 4, &trap), TRAP_DONE);
    assert_true(device_saw.write);
    assert_int_equal(device_saw.value, 0x55667788);
    /* Nothing is there. */
    put_insn(CODE + 10, LW_A0_A1);
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_LOAD_PAGE, 0x20000000, &trap), TRAP_ABORT);
    assert_taken(RV_CAUSE_LOAD_ACCESS, 0x20000000, CODE + 10);
}

/* The kernel has its view, its users theirs, and what the tables do not allow is the guest's
 * affair. */
static void translated(void **state)
{
    hpa_t hpa;
    uint64_t run;

    translate(1);
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_STORE_PAGE, GUEST_RAM + 0x5000, &trap), TRAP_RETRY);
    assert_int_equal(rv_shadow_lookup(rv->shadow, GUEST_RAM + 0x5000, PT_WRITE, &hpa, &run),
                     ERR_NONE);
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_LOAD_PAGE, GUEST_RAM + GIB(1), &trap), TRAP_RETRY);
    assert_taken(RV_CAUSE_LOAD_PAGE, GUEST_RAM + GIB(1), CODE);
    rv->gprs.pc = CODE;
    rv->super.sstatus |= SSTATUS_SUM;
    rv_emulate_enter(vcpu);
    assert_int_equal(rv->shadow->current->view, RV_VIEW_SUM);
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_LOAD_PAGE, GUEST_RAM + GIB(1), &trap), TRAP_RETRY);
    assert_int_equal(rv->gprs.pc, CODE);
    /* Fenced by its address: gone; the rest is there. */
    rv->gprs.x[10] = GUEST_RAM + GIB(1);
    assert_int_equal(execute(SFENCE_A0), TRAP_DONE);
    assert_int_equal(rv_shadow_lookup(rv->shadow, GUEST_RAM + GIB(1), PT_READ, &hpa, &run),
                     ERR_NOT_FOUND);
}

/* On the way in, an interrupt that is pending and enabled comes first. */
static void interrupt(void **state)
{
    rv->lines = (uint32_t)RV_IRQ_SEI;
    rv->super.sie = RV_IRQ_SEI;
    rv->super.sstatus |= SSTATUS_SIE;
    rv->priv.effects |= RV_EFFECT_PENDING;
    rv_emulate_enter(vcpu);
    assert_taken(SCAUSE_INTERRUPT | 9, 0, CODE);
    assert_int_equal(rv->super.sstatus & SSTATUS_SIE, 0);
}

/* Under MPRV loads and stores are done for it, by the other mode's tables; fetches are its own. */
static void other_modes_memory(void **state)
{
    guest_start(true);
    rv->gprs.pc = CODE;
    rv->super.satp = REG_PUT(SATP, MODE, RV_MODE_SV39) | GUEST_RAM >> PAGE_SHIFT;
    put_entry(GUEST_RAM, 5, GUEST_RAM, KERNEL_PAGE);
    rv->priv.machine.mstatus |= MSTATUS_MPRV | REG_PUT(MSTATUS, MPP, RV_PRIVILEGE_SUPERVISOR);
    rv_emulate_enter(vcpu);
    *(uint32_t *)guest_ptr(GUEST_RAM + 0x5000) = 77;
    put_insn(CODE, LW_A0_A1);
    rv->gprs.x[11] = GIB(5) + 0x5000;
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_LOAD_PAGE, GIB(5) + 0x5000, &trap), TRAP_RETRY);
    assert_int_equal(rv->priv.machine.mcause, RV_CAUSE_LOAD_ACCESS); /* no PMP entry lets S-mode */
    rv->gprs.pc = CODE;
    rv->priv.machine.mstatus =
        REG_SET(MSTATUS, MPP, rv->priv.machine.mstatus, RV_PRIVILEGE_SUPERVISOR);
    rv->priv.machine.pmpaddr[0] = UINT64_MAX >> 10;
    rv->priv.machine.pmpcfg[0] = 0x1f;
    rv_emulate_enter(vcpu);
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_LOAD_PAGE, GIB(5) + 0x5000, &trap), TRAP_DONE);
    assert_int_equal(rv->gprs.x[10], 77);
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_FETCH_PAGE, CODE, &trap), TRAP_RETRY);
    assert_int_equal(rv->gprs.pc, CODE + 4);
}

/* ---- misaligned, where the firmware leaves that to us */

#define LD_A0_A1    0x0005b503u
#define SD_A0_A1    0x00a5b023u
#define FLW_FA0_A1  0x0005a507u
#define FSD_FA0_A1  0x00a5b027u
#define AMOADD_A1   0x00a5a02fu
#define FIRST_PAGE  (GUEST_RAM + 0x5000)
#define SECOND_PAGE (FIRST_PAGE + PAGE_SIZE)
#define ABSENT_GPA  (GUEST_RAM + GUEST_RAM_BYTES)

static enum trap_result misaligned(uint32_t insn, uint64_t at)
{
    uint64_t cause = insn == SD_A0_A1 || insn == FSD_FA0_A1 || insn == AMOADD_A1
                         ? RV_CAUSE_STORE_MISALIGNED
                         : RV_CAUSE_LOAD_MISALIGNED;

    put_insn(CODE, insn);
    rv->gprs.pc = CODE;
    rv->gprs.x[11] = at;
    return guest_exit(vcpu, cause, 0, &trap); /* stval may say nothing */
}

static void misaligned_loads(void **state)
{
    uint8_t *bytes = guest_ptr(SECOND_PAGE - 8);

    for (unsigned i = 0; i < 16; i++)
        bytes[i] = (uint8_t)(0x81 + i);
    assert_int_equal(misaligned(LD_A0_A1, SECOND_PAGE - 3), TRAP_DONE);
    assert_int_equal(rv->gprs.x[10], 0x8d8c8b8a89888786);
    assert_int_equal(rv->gprs.pc, CODE + 4);
    assert_int_equal(misaligned(LW_A0_A1, SECOND_PAGE - 1), TRAP_DONE);
    assert_int_equal(rv->gprs.x[10], 0xffffffff8b8a8988);
    assert_int_equal(misaligned(C_LW_A0_A1, SECOND_PAGE - 7), TRAP_DONE);
    assert_int_equal(rv->gprs.x[10], 0xffffffff85848382);
    assert_int_equal(rv->gprs.pc, CODE + 2);
    assert_int_equal(misaligned(FLW_FA0_A1, SECOND_PAGE - 2), TRAP_DONE);
    assert_int_equal(rv->fp.f[10], 0xffffffff8a898887);
    assert_int_equal(rv->super.sstatus & SSTATUS_FS, SSTATUS_FS);
    /* Of the register that is 0 nothing is changed. */
    rv->gprs.x[0] = 0;
    assert_int_equal(misaligned(LD_A0_A1 & ~(31u << 7), SECOND_PAGE - 3), TRAP_DONE);
    assert_int_equal(rv->gprs.x[0], 0);
}

static void misaligned_stores(void **state)
{
    uint8_t *bytes = guest_ptr(SECOND_PAGE - 8);

    memset(bytes, 0, 16);
    rv->gprs.x[10] = 0x0807060504030201;
    assert_int_equal(misaligned(SD_A0_A1, SECOND_PAGE - 3), TRAP_DONE);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(bytes[i], i < 5 || i > 12 ? 0 : i - 4);
    rv->fp.f[10] = 0x1817161514131211;
    assert_int_equal(misaligned(FSD_FA0_A1, SECOND_PAGE - 7), TRAP_DONE);
    assert_int_equal(bytes[1], 0x11);
    assert_int_equal(bytes[8], 0x18);
    assert_int_equal(bytes[9], 5);
}

/* Its tables decide about each part, and nothing is stored if one is refused. */
static void misaligned_refused(void **state)
{
    uint8_t *bytes = guest_ptr(GUEST_RAM + GUEST_RAM_BYTES - PAGE_SIZE - 8);

    /* The last page of memory may not be written; behind it is nothing. */
    memset(bytes, 0xaa, 8);
    rv->gprs.x[10] = 0;
    assert_int_equal(misaligned(SD_A0_A1, ABSENT_GPA - PAGE_SIZE - 4), TRAP_ABORT);
    assert_taken(RV_CAUSE_STORE_ACCESS, ABSENT_GPA - PAGE_SIZE, CODE);
    assert_int_equal(bytes[4], 0xaa);
    assert_int_equal(misaligned(LD_A0_A1, ABSENT_GPA - 4), TRAP_RETRY);
    assert_taken(RV_CAUSE_LOAD_ACCESS, ABSENT_GPA, CODE);
    assert_int_equal(misaligned(LD_A0_A1, GUEST_DEVICE + 1), TRAP_RETRY);
    assert_taken(RV_CAUSE_LOAD_ACCESS, GUEST_DEVICE + 1, CODE);
    assert_int_equal(device_count, 0);
    translate(1);
    assert_int_equal(misaligned(LD_A0_A1, GUEST_RAM + GIB(1) - 4), TRAP_RETRY);
    assert_taken(RV_CAUSE_LOAD_ACCESS, GUEST_RAM + GIB(1) - 4, CODE);
    assert_int_equal(misaligned(LD_A0_A1, GIB(5) - 4), TRAP_RETRY);
    assert_taken(RV_CAUSE_LOAD_PAGE, GIB(5) - 4, CODE);
    /* The hart's word is taken for what is no plain access. */
    put_insn(CODE, AMOADD_A1);
    rv->gprs.pc = CODE;
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_STORE_MISALIGNED, 0x1235, &trap), TRAP_RETRY);
    assert_taken(RV_CAUSE_STORE_MISALIGNED, 0x1235, CODE);
}

/* An access that begins in memory and ends in a device is no access to the device. */
static void half_a_device(void **state)
{
    put_insn(CODE, LD_A0_A1);
    rv->gprs.x[11] = GUEST_DEVICE - 4;
    assert_int_equal(guest_exit(vcpu, RV_CAUSE_LOAD_PAGE, GUEST_DEVICE, &trap), TRAP_ABORT);
    assert_taken(RV_CAUSE_LOAD_ACCESS, GUEST_DEVICE, CODE);
    assert_int_equal(device_count, 0);
}

static void put_row(uint64_t gpa, const uint32_t *insns, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        put_insn(gpa + i * sizeof(*insns), insns[i]);
}

/* As the hart comes to PC, whose code its shadow may not have, and is refused there. */
static void come_to(uint64_t pc)
{
    rv->gprs.pc = pc;
    guest_exit(vcpu, RV_CAUSE_FETCH_PAGE, pc, &trap);
    assert_int_equal(rv->gprs.pc, pc);
    guest_exit(vcpu, RV_CAUSE_ILLEGAL, 0, &trap);
}

/* What follows a privileged instruction and is one is done with it; not what is no such. */
static void rows(void **state)
{
    const uint32_t plain[] = {CSRW(CSR_sscratch), CSRR(CSR_sscratch), CSRW(CSR_sepc), NOP,
                              CSRW(CSR_scause)};
    const uint32_t long_row[] = {SFENCE_ALL, SFENCE_ALL, SFENCE_ALL, SFENCE_ALL, SFENCE_ALL,
                                 SFENCE_ALL, SFENCE_ALL, SFENCE_ALL, SFENCE_ALL, SFENCE_ALL};

    put_row(CODE, plain, ARRAY_SIZE(plain));
    rv->gprs.x[11] = 0x1234;
    come_to(CODE);
    assert_int_equal(rv->gprs.pc, CODE + 12);
    assert_int_equal(rv->super.sscratch, 0x1234);
    assert_int_equal(rv->gprs.x[10], 0x1234);
    assert_int_equal(rv->super.sepc, 0x1234);
    assert_int_equal(rv->super.scause, 0);

    /* Interrupts get their turn; and who looks on sees each alone. */
    put_row(CODE, long_row, ARRAY_SIZE(long_row));
    come_to(CODE);
    assert_int_equal(rv->gprs.pc, CODE + 8 * 4);
    vcpu->observers = 1;
    come_to(CODE);
    assert_int_equal(rv->gprs.pc, CODE + 4);
    vcpu->observers = 0;

    /* Not over the end of a page: what comes there may be elsewhere. */
    put_row(CODE + PAGE_SIZE - 8, long_row, 4);
    come_to(CODE + PAGE_SIZE - 8);
    assert_int_equal(rv->gprs.pc, CODE + PAGE_SIZE);
}

/* Behind a change of satp or a fence, code is what the guest's tables say then. */
static void rows_move(void **state)
{
    const uint32_t before[] = {CSRW(CSR_satp), CSRW(CSR_sscratch), CSRW(CSR_sscratch)};
    const uint32_t behind[] = {NOP, NOP, NOP};
    const uint32_t fenced[] = {SFENCE_ALL, CSRW(CSR_sscratch)};
    const uint32_t other = CSRW(CSR_sepc);

    put_row(CODE, before, ARRAY_SIZE(before));
    put_row(GUEST_RAM + 0x30000, behind, ARRAY_SIZE(behind));
    put_entry(GUEST_RAM, 2, GUEST_RAM + 0x1000, RV_PTE_V);
    put_entry(GUEST_RAM + 0x1000, 0, GUEST_RAM + 0x2000, RV_PTE_V);
    put_entry(GUEST_RAM + 0x2000, 0x10, GUEST_RAM + 0x30000, KERNEL_PAGE);
    rv->gprs.x[11] = REG_PUT(SATP, MODE, RV_MODE_SV39) | GUEST_RAM >> PAGE_SHIFT;
    come_to(CODE);
    assert_int_equal(rv->gprs.pc, CODE + 4);
    assert_int_equal(rv->super.sscratch, 0);

    /* The fence says that the page is another one now, where a register is written next. */
    put_row(GUEST_RAM + 0x30004, fenced, 2);
    guest_exit(vcpu, RV_CAUSE_FETCH_PAGE, CODE + 4, &trap);
    put_row(GUEST_RAM + 0x40008, &other, 1);
    put_entry(GUEST_RAM + 0x2000, 0x10, GUEST_RAM + 0x40000, KERNEL_PAGE);
    rv->gprs.x[11] = 0x1234;
    guest_exit(vcpu, RV_CAUSE_ILLEGAL, 0, &trap);
    assert_int_equal(rv->gprs.pc, CODE + 12);
    assert_int_equal(rv->super.sscratch, 0);
    assert_int_equal(rv->super.sepc, 0x1234);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(csr_access, start),
        cmocka_unit_test_setup(rows, start),
        cmocka_unit_test_setup(rows_move, start),
        cmocka_unit_test_setup(illegal, start),
        cmocka_unit_test_setup(floating_point, start),
        cmocka_unit_test_setup(calls, start),
        cmocka_unit_test_setup(memory, start),
        cmocka_unit_test_setup(devices, start),
        cmocka_unit_test_setup(translated, start),
        cmocka_unit_test_setup(interrupt, start),
        cmocka_unit_test_setup(other_modes_memory, start),
        cmocka_unit_test_setup(misaligned_loads, start),
        cmocka_unit_test_setup(misaligned_stores, start),
        cmocka_unit_test_setup(misaligned_refused, start),
        cmocka_unit_test_setup(half_a_device, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
