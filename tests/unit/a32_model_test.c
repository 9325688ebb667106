/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The other models of ARMv7: register numbers by mode, injected exceptions, rows of coprocessor
 * registers (all 65,536 keys do no harm), and a trap from its syndrome to the registers the guest
 * goes on with. The core's dispatch is a stand-in.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/arm/model/a32_id.h"
#include "arch/arm/model/a32_inject.h"
#include "arch/arm/model/a32_keys.h"
#include "arch/arm/model/a32_regnum.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/a32_sysreg.h"
#include "arch/arm/model/a32_trace.h"
#include "arch/arm/model/a32_trap.h"
#include "arch/arm/model/a64_id_regs.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/host/a32_hook_record.h"
#include "arch/host/host_mem.h"
#include "core/vm.h"

#define PC     0x8000u
#define DEVICE 0x22000000ull
#define FLAGS  (CPSR_A | CPSR_F)

static const struct vm_config config;
static struct vm vm = {.vcpu_count = 3};
static struct vcpu vcpu = {.vm = &vm};
static struct a32_gprs *const gprs = &vcpu.arch.a32.gprs;
static struct a32_pl1 *const pl1 = &vcpu.arch.a32.pl1;

/* ---- the core */

static enum trap_result answer;
static uint64_t given; /* what a read gets */
static struct trap dispatched;
static unsigned stops;

static enum trap_result dispatch(struct trap *trap)
{
    dispatched = *trap;
    if (!trap->write)
        trap->value = given;
    return answer;
}

enum trap_result trap_dispatch_other(struct vcpu *v, struct trap *trap)
{
    return dispatch(trap);
}

enum trap_result arch_trap_sysreg(struct vcpu *v, struct trap *trap)
{
    return dispatch(trap);
}

enum trap_result arch_trap_call(struct vcpu *v, struct trap *trap)
{
    return dispatch(trap);
}

static bool device(void *unused, struct mmio_access *access)
{
    dispatched.value = access->value;
    dispatched.mmio.gpa = GPA(DEVICE + access->offset);
    if (!access->write)
        access->value = given;
    return answer == TRAP_DONE;
}

void vm_stop(struct vm *stopped, enum vm_stop_reason reason)
{
    assert_int_equal(reason, VM_STOP_CRASH);
    stops++;
}

static int start(void **state)
{
    struct a32_host_ids host = {.tlbtr = 0x1234,
                                .mvfr0 = 0x10110222,
                                .ctr = 0x8444c004,
                                .clidr = 0x0a200023,
                                .ccsidr = {0x701fe00a, 0x201fe00a, 0x711fe07a}};

    host.reg[1][0] = 0x00001131; /* ID_PFR0 of a Cortex-A15: ThumbEE, Jazelle, Thumb, ARM */
    host.reg[1][1] = 0x00011011;
    host.reg[1][2] = 0x02010555;
    host.reg[1][4] = 0x10201105;
    a32_id_init(&host);
    a32_sysreg_init();
    memset(&vcpu.arch, 0, sizeof(vcpu.arch));
    a32_sysreg_reset(&vcpu);
    for (unsigned i = 0; i < 13; i++)
        gprs->r[i] = 0x100 + i;
    gprs->lr = 0x10e;
    for (unsigned i = 0; i < A32_BANKED_COUNT; i++)
        pl1->banked[i] = 0x1000 + i;
    gprs->pc = PC;
    gprs->cpsr = A32_MODE_SVC | (uint32_t)FLAGS;
    answer = TRAP_DONE;
    given = 0;
    stops = 0;
    host_counter = 1000;
    memset(&a32_hook_record, 0, sizeof(a32_hook_record));
    memset(&vm.mmio, 0, sizeof(vm.mmio));
    vm.config = &config;
    assert_int_equal(mmio_bus_add(&vm.mmio, &(struct mmio_region){.base = GPA(DEVICE),
                                                                  .size_bytes = PAGE_SIZE,
                                                                  .handler = device}),
                     ERR_NONE);
    return 0;
}

/* ---- register numbers */

static void test_numbers(void **state)
{
    static const struct {
        unsigned mode, number, want;
    } rows[] = {
        {A32_MODE_USR, 0, 0x100},
        {A32_MODE_USR, 12, 0x10c},
        {A32_MODE_USR, 13, 0x1000 + A32_SP_usr},
        {A32_MODE_USR, 14, 0x10e},
        {A32_MODE_SYS, 14, 0x10e},
        {A32_MODE_SYS, 13, 0x1000 + A32_SP_usr},
        {A32_MODE_SVC, 13, 0x1000 + A32_SP_svc},
        {A32_MODE_SVC, 14, 0x1000 + A32_LR_svc},
        {A32_MODE_ABT, 14, 0x1000 + A32_LR_abt},
        {A32_MODE_UND, 13, 0x1000 + A32_SP_und},
        {A32_MODE_IRQ, 14, 0x1000 + A32_LR_irq},
        {A32_MODE_IRQ, 8, 0x108},
        {A32_MODE_FIQ, 7, 0x107},
        {A32_MODE_FIQ, 8, 0x1000 + A32_R8_fiq},
        {A32_MODE_FIQ, 12, 0x1000 + A32_R12_fiq},
        {A32_MODE_FIQ, 13, 0x1000 + A32_SP_fiq},
        {A32_MODE_FIQ, 14, 0x1000 + A32_LR_fiq},
        {A32_MODE_SVC, 15, 0},
        {A32_MODE_SVC, TRAP_REG_NONE, 0},
    };

    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        gprs->cpsr = rows[i].mode;
        assert_int_equal(a32_reg_read(&vcpu, rows[i].number), rows[i].want);
        a32_reg_write(&vcpu, rows[i].number, rows[i].want ^ 0xffff0000);
        assert_int_equal(a32_reg_read(&vcpu, rows[i].number),
                         rows[i].number < 15 ? rows[i].want ^ 0xffff0000 : 0);
        a32_reg_write(&vcpu, rows[i].number, rows[i].want);
    }
}

/* ---- exceptions */

static void test_undef(void **state)
{
    struct a32_exc exc = {
        .pc = PC, .cpsr = A32_MODE_USR | CPSR_T | (uint32_t)CPSR_J, .vbar = 0x4000};

    a32_inject_undef(&exc, 2);
    assert_int_equal(exc.pc, 0x4004);
    assert_int_equal(exc.lr, PC + 2);
    assert_int_equal(exc.spsr, A32_MODE_USR | CPSR_T | (uint32_t)CPSR_J);
    assert_int_equal(exc.cpsr, A32_MODE_UND | CPSR_I);
    assert_false(exc.abort || exc.data_fault || exc.fetch_fault);

    exc = (struct a32_exc){.pc = PC, .cpsr = A32_MODE_SVC, .sctlr = SCTLR_V | SCTLR_EE | SCTLR_TE};
    a32_inject_undef(&exc, 0); /* an HVC, that the PC is past */
    assert_int_equal(exc.pc, A32_HIVECS + 4);
    assert_int_equal(exc.lr, PC);
    assert_int_equal(exc.cpsr, A32_MODE_UND | CPSR_I | CPSR_E | CPSR_T);
}

static void test_abort(void **state)
{
    struct a32_abort abort = {.gva = 0x1234, .write = true};
    struct a32_exc exc = {.pc = PC, .cpsr = A32_MODE_SVC};

    a32_inject_abort(&exc, &abort);
    assert_int_equal(exc.pc, 0x10);
    assert_int_equal(exc.lr, PC + 8);
    assert_int_equal(exc.fsr, DFSR_WnR | A32_FS_EXTERNAL);
    assert_int_equal(exc.far, 0x1234);
    assert_int_equal(exc.cpsr, A32_MODE_ABT | CPSR_I | CPSR_A);
    assert_true(exc.abort && exc.data_fault && !exc.fetch_fault);

    exc = (struct a32_exc){.pc = PC, .cpsr = A32_MODE_SVC, .ttbcr = (uint32_t)TTBCR_EAE};
    abort.fetch = true;
    a32_inject_abort(&exc, &abort);
    assert_int_equal(exc.pc, 0x0c);
    assert_int_equal(exc.lr, PC + 4);
    assert_int_equal(exc.fsr, DFSR_LPAE | A32_STATUS_EXTERNAL);
    assert_true(exc.fetch_fault && !exc.data_fault);
}

static void test_debug_exception(void **state)
{
    struct a32_exc exc = {.pc = PC, .cpsr = A32_MODE_USR | CPSR_T, .vbar = 0x4000};

    a32_inject_debug(&exc);
    assert_int_equal(exc.pc, 0x400c);
    assert_int_equal(exc.lr, PC + 4);
    assert_int_equal(exc.fsr, A32_FS_DEBUG);
    assert_int_equal(exc.spsr, A32_MODE_USR | CPSR_T);
    assert_int_equal(exc.cpsr, A32_MODE_ABT | CPSR_I | CPSR_A);
    assert_true(exc.abort && exc.fetch_fault && !exc.data_fault);

    exc = (struct a32_exc){.pc = PC, .cpsr = A32_MODE_SVC, .ttbcr = (uint32_t)TTBCR_EAE};
    a32_inject_debug(&exc);
    assert_int_equal(exc.fsr, DFSR_LPAE | A32_STATUS_DEBUG);
}

/* ---- rows */

static enum trap_result access_reg(uint32_t key, bool write, uint64_t *value)
{
    struct trap trap = {.kind = TRAP_SYSREG, .write = write, .value = *value, .sysreg.key = key};
    enum trap_result result = a32_sysreg_access(&vcpu, &trap);

    *value = trap.value;
    return result;
}

static uint64_t read_reg(uint32_t key)
{
    uint64_t value = UINT64_MAX;

    assert_int_equal(access_reg(key, false, &value), TRAP_DONE);
    return value;
}

static enum trap_result write_reg(uint32_t key, uint64_t value)
{
    return access_reg(key, true, &value);
}

static void test_every_key(void **state)
{
    unsigned known = 0;

    for (uint32_t key = 0; key < 65536; key++) {
        uint64_t value = 0;
        enum trap_result read = access_reg(key, false, &value);
        enum trap_result written = write_reg(key, UINT64_MAX);

        known += a32_sysreg_name(key) != NULL;
        if (a32_sysreg_name(key) == NULL)
            assert_true(read == TRAP_UNDEF && written == TRAP_UNDEF);
        assert_true(read <= TRAP_UNDEF && written <= TRAP_UNDEF);
    }
#define ONE(...) +1
    assert_int_equal(known, 0 A32_REG_LIST(ONE));
#undef ONE
}

static void test_identity(void **state)
{
    assert_int_equal(read_reg(A32_KEY_ID_PFR0), 0x1031);
    assert_int_equal(read_reg(A32_KEY_ID_PFR1), 0x10001); /* no Security, no Virtualization */
    assert_int_equal(read_reg(A32_KEY_ID_DFR0), 0x0f000000);
    assert_int_equal(read_reg(A32_KEY_ID_MMFR0), 0x10201105);
    assert_int_equal(read_reg(A32_KEY_TLBTR), 0x1234);
    assert_int_equal(read_reg(A32_KEY_MVFR0), 0x10110222);
    assert_int_equal(read_reg(A32_KEY_ACTLR), 0x40);
    assert_int_equal(read_reg(A32_KEY_L2CTLR), 2 << 24);
    assert_int_equal(write_reg(A32_KEY_ID_PFR0, 0), TRAP_UNDEF);
    assert_int_equal(write_reg(A32_KEY_ACTLR, 0), TRAP_DONE);
    assert_int_equal(read_reg(A32_KEY_ACTLR), 0x40);
    assert_int_equal(write_reg(A32_KEY_PMCR, 0), TRAP_UNDEF);
}

/* HCR.TID2: what CTR and the like show where they trap. */
static void test_caches(void **state)
{
    assert_int_equal(read_reg(A32_KEY_CTR), 0x8444c004);
    assert_int_equal(read_reg(A32_KEY_CLIDR), 0x0a200023);
    assert_int_equal(read_reg(A32_KEY_CSSELR), 0);
    assert_int_equal(read_reg(A32_KEY_CCSIDR), 0x701fe00a);
    assert_int_equal(write_reg(A32_KEY_CSSELR, 0xfffffff2), TRAP_DONE);
    assert_int_equal(read_reg(A32_KEY_CSSELR), 2);
    assert_int_equal(read_reg(A32_KEY_CCSIDR), 0x711fe07a);
    assert_int_equal(write_reg(A32_KEY_CSSELR, UINT32_MAX), TRAP_DONE);
    assert_int_equal(read_reg(A32_KEY_CSSELR), 15);
    assert_int_equal(read_reg(A32_KEY_CCSIDR), 0);
    assert_int_equal(write_reg(A32_KEY_CTR, 0), TRAP_UNDEF);
    assert_int_equal(write_reg(A32_KEY_CCSIDR, 0), TRAP_UNDEF);
}

static void test_asks_the_machine(void **state)
{
    uint64_t value = 0;

    assert_int_equal(write_reg(A32_KEY_SCTLR, 0xc51079), TRAP_DONE);
    assert_int_equal(a32_hook_record.vm_reg_key, A32_KEY_SCTLR);
    assert_int_equal(a32_hook_record.vm_reg_value, 0xc51079);
    assert_int_equal(write_reg(A32_KEY_TTBR0_64, 0xff80000000), TRAP_DONE);
    assert_int_equal(a32_hook_record.vm_reg_value, 0xff80000000);
    assert_int_equal(write_reg(A32_KEY_DCISW, 0), TRAP_RETRY);
    assert_int_equal(a32_hook_record.set_way_count, 1);
    /* ITLBIMVA and the like are done as TLBIMVAIS. */
    assert_int_equal(write_reg(A32_KEY_ITLBIMVA, 0x40001007), TRAP_DONE);
    assert_int_equal(a32_hook_record.tlb_what, A32_TLB_MVA);
    assert_int_equal(a32_hook_record.tlb_value, 0x40001007);
    assert_int_equal(write_reg(A32_KEY_TLBIALL, 0), TRAP_DONE);
    assert_int_equal(a32_hook_record.tlb_what, A32_TLB_ALL);
    assert_int_equal(write_reg(A32_KEY_DTLBIASID, 7), TRAP_DONE);
    assert_int_equal(a32_hook_record.tlb_what, A32_TLB_ASID);
    assert_int_equal(write_reg(A32_KEY_TLBIMVAAIS, 0x1000), TRAP_DONE);
    assert_int_equal(a32_hook_record.tlb_what, A32_TLB_MVA_ALL_ASIDS);
    assert_int_equal(a32_hook_record.tlb_count, 4);
    assert_int_equal(access_reg(A32_KEY_TLBIALL, false, &value), TRAP_UNDEF);
    assert_int_equal(access_reg(A32_KEY_TEEHBR, false, &value), TRAP_RETRY);
    assert_int_equal(a32_hook_record.thumbee_count, 1);
}

static void test_physical_timer(void **state)
{
    assert_int_equal(write_reg(A32_KEY_CNTP_TVAL, 0xffffffff), TRAP_DONE); /* -1 */
    assert_int_equal(read_reg(A32_KEY_CNTP_CVAL), 999);
    assert_int_equal(write_reg(A32_KEY_CNTP_CTL, UINT64_MAX), TRAP_DONE);
    assert_int_equal(read_reg(A32_KEY_CNTP_CTL), 7);
    assert_int_equal(write_reg(A32_KEY_CNTP_CVAL, 5000), TRAP_DONE);
    assert_int_equal(read_reg(A32_KEY_CNTP_CTL), 3);
    assert_int_equal(read_reg(A32_KEY_CNTP_TVAL), 4000);
    assert_int_equal(a32_hook_record.cntp_count, 3);
}

/* ---- the road of a trap */

static enum trap_result handle(unsigned ec, uint32_t iss, bool narrow)
{
    struct a32_syndrome syndrome = {
        .hsr = (uint32_t)REG_PUT(ESR_ELx, EC, ec) | (narrow ? 0 : (uint32_t)ESR_ELx_IL) | iss,
        .far = 0x22000018,
        .hpfar = 0x22000 << 4,
        .pc = gprs->pc,
        .cpsr = gprs->cpsr,
    };
    struct trap trap;

    return a32_trap_handle(&vcpu, &syndrome, &trap);
}

static uint32_t access_iss(unsigned size_log2, bool sign, unsigned reg, bool write)
{
    return (uint32_t)(ISS_DABT_ISV | REG_PUT(ISS_DABT, SAS, size_log2) |
                      REG_PUT(ISS_DABT, SSE, sign) | REG_PUT(ISS_DABT, SRT, reg) |
                      REG_PUT(ISS_DABT, WnR, write) | (FSC_TRANSLATION + 3));
}

static void test_loads_and_stores(void **state)
{
    given = 0x123456789abcdef0;
    handle(ESR_EC_DABT_LOWER, access_iss(0, false, 2, false), false);
    assert_int_equal(gprs->r[2], 0xf0);
    assert_int_equal(gprs->pc, PC + 4);
    handle(ESR_EC_DABT_LOWER, access_iss(1, true, 3, false), true);
    assert_int_equal(gprs->r[3], 0xffffdef0);
    assert_int_equal(gprs->pc, PC + 6);
    handle(ESR_EC_DABT_LOWER, access_iss(2, false, 13, false), false);
    assert_int_equal(pl1->banked[A32_SP_svc], 0x9abcdef0);
    gprs->r[5] = 0xaabbccdd;
    handle(ESR_EC_DABT_LOWER, access_iss(1, false, 5, true), false);
    assert_int_equal(dispatched.value, 0xccdd);
    assert_int_equal(dispatched.mmio.gpa.raw, 0x22000018);
}

static void test_two_registers(void **state)
{
    uint32_t iss = (uint32_t)(REG_PUT(ISS_CP64, Opc1, 2) | REG_PUT(ISS_CP64, Rt, 6) |
                              REG_PUT(ISS_CP64, Rt2, 7) | REG_PUT(ISS_CP64, CRm, 14));

    handle(ESR_EC_CP15_64, iss, false);
    assert_int_equal(dispatched.value, 0x0000010700000106);
    given = 0x1122334455667788;
    handle(ESR_EC_CP15_64, iss | 1, false);
    assert_int_equal(gprs->r[6], 0x55667788);
    assert_int_equal(gprs->r[7], 0x11223344);
}

static void test_failed_condition(void **state)
{
    uint32_t iss = (uint32_t)ISS_CP32_CV | 1; /* MRCEQ, with Z clear */

    dispatched.kind = TRAP_KIND_COUNT;
    given = 1;
    handle(ESR_EC_CP15_32, iss, false);
    assert_int_equal(dispatched.kind, TRAP_KIND_COUNT);
    assert_int_equal(gprs->pc, PC + 4);
    assert_int_equal(gprs->r[0], 0x100);
    gprs->cpsr |= CPSR_Z;
    handle(ESR_EC_CP15_32, iss, false);
    assert_int_equal(gprs->r[0], 1);
}

static void test_refusals(void **state)
{
    answer = TRAP_UNDEF;
    handle(ESR_EC_CP15_32, (uint32_t)ISS_CP32_CV | 14 << ISS_CP32_COND_SHIFT, false);
    assert_int_equal(gprs->pc, 4);
    assert_int_equal(pl1->banked[A32_LR_und], PC + 4);
    assert_int_equal(pl1->banked[A32_SPSR_und], A32_MODE_SVC | (uint32_t)FLAGS);
    start(NULL);
    answer = TRAP_ABORT;
    handle(ESR_EC_DABT_LOWER, access_iss(2, false, 0, true), false);
    assert_int_equal(gprs->pc, 0x10);
    assert_int_equal(pl1->dfar, 0x22000018);
    assert_int_equal(pl1->dfsr, DFSR_WnR | A32_FS_EXTERNAL);
    start(NULL);
    answer = TRAP_ABORT;
    handle(ESR_EC_IABT_LOWER, FSC_TRANSLATION + 3, false);
    assert_int_equal(gprs->pc, 0x0c);
    assert_int_equal(pl1->ifar, 0x22000018);
    start(NULL);
    answer = TRAP_RETRY;
    handle(ESR_EC_FP, 10, false);
    assert_int_equal(gprs->pc, PC);
    answer = TRAP_KILL;
    handle(ESR_EC_HVC32, 0, false);
    assert_int_equal(stops, 1);
}

/* A program without a kernel: SVC is its call, and no exception is its own. */
static void test_user_mode(void **state)
{
    static const struct vm_config user_mode = {.user_mode = true};

    vm.config = &user_mode;
    gprs->cpsr = A32_MODE_USR;
    handle(ESR_EC_SVC32, 0x1234, false);
    assert_int_equal(dispatched.kind, TRAP_HYPERCALL);
    assert_int_equal(dispatched.call.immediate, 0x1234);
    assert_int_equal(gprs->pc, PC); /* it was behind the SVC already */
    answer = TRAP_UNDEF;
    handle(ESR_EC_UNKNOWN, 0, false);
    answer = TRAP_ABORT;
    handle(ESR_EC_IABT_LOWER, FSC_TRANSLATION + 3, false);
    assert_int_equal(a32_hook_record.user_exception_count, 2);
    assert_int_equal(gprs->pc, PC);
    assert_int_equal(gprs->cpsr, A32_MODE_USR);
}

/* ---- words */

static void test_text(void **state)
{
    struct trace_record record = {
        .trap = {.kind = TRAP_SYSREG, .sysreg.key = A32_KEY_ID_PFR0, .value = 0x1031},
        .result = TRAP_DONE,
        .outcome_known = true,
    };
    char text[TRACE_TEXT_MAX];

    a32_trap_text(&record, text, sizeof(text));
    assert_string_equal(text, "reads ID_PFR0 = 0x1031 (host 0x1131)");
    record.trap.sysreg.key = A32_KEY(A32_CP15, 0, 15, 2, 3);
    record.trap.write = true;
    a32_trap_text(&record, text, sizeof(text));
    assert_string_equal(text, "writes p15, 0, c15, c2, 3 = 0x1031");
    record.trap.sysreg.key = A32_KEY_WIDE(true, 9, 14);
    a32_trap_text(&record, text, sizeof(text));
    assert_string_equal(text, "writes p14, 9, c14 = 0x1031");
}

static void test_view(void **state)
{
    struct guest_view view;

    gprs->pc = 0x0c;
    gprs->cpsr = A32_MODE_ABT | CPSR_I;
    pl1->banked[A32_LR_abt] = PC + 4;
    a32_view(gprs, pl1, &vcpu.arch.a32.emulated, 0, 0, &view);
    assert_true(view.in_vectors && view.masked && !view.timer_set && !view.timer_over);
    assert_string_equal(view.exception, "a prefetch abort");
    assert_int_equal(view.exception_pc, PC);
    gprs->cpsr = A32_MODE_SVC;
    gprs->pc = PC;
    pl1->cntv_ctl = CNT_CTL_ENABLE;
    pl1->cntv_cval = 50;
    a32_view(gprs, pl1, &vcpu.arch.a32.emulated, 100, 120, &view);
    assert_true(view.timer_set && view.exception == NULL && !view.masked);
    assert_int_equal(view.return_address, 0x1000 + A32_LR_svc);
}

int main(void)
{
#define CASE(function) cmocka_unit_test_setup(function, start)
    const struct CMUnitTest tests[] = {
        CASE(test_numbers),        CASE(test_undef),
        CASE(test_abort),          CASE(test_debug_exception),
        CASE(test_every_key),      CASE(test_identity),
        CASE(test_caches),         CASE(test_asks_the_machine),
        CASE(test_physical_timer), CASE(test_loads_and_stores),
        CASE(test_two_registers),  CASE(test_failed_condition),
        CASE(test_refusals),       CASE(test_user_mode),
        CASE(test_text),           CASE(test_view),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
