/* SPDX-License-Identifier: Apache-2.0 */
/* Traps in words: the portable ones and AArch64's, and a vCPU as it looks from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/arch.h"
#include "arch/arm/model/a64_decode.h"
#include "arch/arm/model/a64_esr.h"
#include "arch/arm/model/a64_id.h"
#include "arch/arm/model/a64_sysreg.h"
#include "arch/arm/model/a64_trace.h"
#include "arch/arm/model/arm_boards.h"
#include "arch/arm/model/psci.h"
#include "core/pcpu.h"
#include "core/vm.h"

static struct vm vm;

static int models(void **state)
{
    struct a64_host_ids host = {.ipa_bits = 40};
    struct mmio_region uart = {.base = GPA(0x22000000), .size_bytes = KIB(4), .name = "UART"};
    host.reg[7][0] = 0x1124;
    host.reg[4][0] = 0x1111;
    a64_id_init(&host, 3);
    a64_sysreg_init(3);
    return mmio_bus_add(&vm.mmio, &uart);
}

static void expect(struct trace_record record, const char *text)
{
    char buffer[TRACE_TEXT_MAX];
    int length = trace_text(&vm, &record, buffer, sizeof(buffer));
    assert_string_equal(buffer, text);
    assert_int_equal(length, strlen(text));
    /* Whatever the room, no byte behind it is touched. */
    for (size_t size = 1; size < sizeof(buffer); size++) {
        char *tight = malloc(size);
        assert_true((size_t)trace_text(&vm, &record, tight, size) < size);
        assert_true(strncmp(tight, text, strlen(tight)) == 0);
        free(tight);
    }
}

static void registers(void **state)
{
    struct trace_record record = {.outcome_known = true,
                                  .trap = {.kind = TRAP_SYSREG,
                                           .value = 0x1122,
                                           .sysreg = {.key = A64_SYSREG(3, 0, 0, 7, 0)}}};
    expect(record, "reads ID_AA64MMFR0_EL1 = 0x1122 (host 0x1124)");
    record.trap.sysreg.key = A64_KEY_CNTP_CTL_EL0;
    record.trap.write = true;
    record.trap.value = 1;
    expect(record, "writes CNTP_CTL_EL0 = 0x1");
    record.trap.sysreg.key = A64_SYSREG(3, 1, 15, 2, 3);
    record.trap.write = false;
    record.result = TRAP_UNDEF;
    expect(record, "reads S3_1_C15_C2_3: undefined instruction for it");
    record.outcome_known = false;
    expect(record, "reads S3_1_C15_C2_3");
}

static void calls(void **state)
{
    struct trace_record record = {
        .outcome_known = true,
        .trap = {.kind = TRAP_HYPERCALL},
        .args = {0xc4000003, 1, 0x40080000, 0},
        .answer = 0,
    };
    expect(record, "calls CPU_ON(0x1, 0x40080000, 0x0) by HVC = 0x0");
    record.answer = (uint64_t)PSCI_INVALID_ADDRESS;
    record.trap.call.smc = true;
    expect(record, "calls CPU_ON(0x1, 0x40080000, 0x0) by SMC, refused with -9");
    record.args[0] = 0x84000009;
    record.result = TRAP_RETRY;
    expect(record, "calls SYSTEM_RESET by SMC");
    record.args[0] = 0x12345678;
    record.result = TRAP_DONE;
    record.answer = 5;
    expect(record, "calls 0x12345678(0x1, 0x40080000, 0x0) by SMC = 0x5");
    record.trap.call.immediate = 7;
    record.result = TRAP_UNDEF;
    expect(record, "calls SMC #0x7: undefined instruction for it");
}

static void memory(void **state)
{
    struct trace_record record = {.outcome_known = true,
                                  .trap = {.kind = TRAP_MMIO,
                                           .value = 0x90,
                                           .mmio = {.gpa = GPA(0x22000018), .size_bytes = 4}}};
    expect(record, "reads 4 bytes at 0x22000018 (UART+0x18) = 0x90");
    record.trap.mmio.gpa = GPA(0x9000000);
    record.result = TRAP_ABORT;
    expect(record, "reads 4 bytes at 0x9000000: external abort for it");
    record.trap = (struct trap){
        .kind = TRAP_S2_FAULT,
        .fault = {.gpa = GPA(0x200), .gva = GVA(0x200), .access = TRAP_FETCH, .gva_valid = true}};
    expect(record,
           "runs code at 0x200 (virtual 0x200), where nothing is mapped: external abort for it");
    record.trap.fault.permission = true;
    record.trap.fault.access = TRAP_WRITE;
    record.result = TRAP_RETRY;
    expect(record, "writes at 0x200 (virtual 0x200), for which it has no right");
    record.trap.fault.on_table_walk = true;
    record.trap.fault.gva_valid = false;
    record.trap.fault.permission = false;
    expect(record, "writes at 0x200, where nothing is mapped, for a page table of its own");
    record.trap.fault.external = true;
    record.trap.syndrome = 0x92000010;
    expect(record, "writes and the memory system refuses it, syndrome 0x92000010");
    record.trap = (struct trap){.kind = TRAP_WAIT};
    expect(record, "waits for an interrupt");
    record.trap.wait.event = record.trap.wait.timeout = true;
    expect(record, "waits for an event, with a time limit");
}

static void exits(void **state)
{
    /* Every exception class gives words. */
    for (uint64_t ec = 0; ec < 64; ec++) {
        struct exit_record exit = {.syndrome = ec << 26, .pc = 4};
        struct trace_record record = {0};
        char buffer[TRACE_TEXT_MAX];
        arch_exit_trap(&exit, &record.trap);
        assert_true(trace_text(NULL, &record, buffer, sizeof(buffer)) > 0);
        assert_non_null(a64_exception_name(exit.syndrome));
    }
}

static void outside(void **state)
{
    struct a64_gprs gprs = {.pc = 0x200, .spsr = SPSR_ELx_I, .x[30] = 0x44};
    struct a64_el1 el1 = {0};
    struct a64_emulated emulated = {0};
    struct guest_view view;
    a64_view(&gprs, &el1, &emulated, 0, 100, &view);
    assert_false(view.in_vectors || view.timer_set || view.timer_over);
    assert_true(view.masked);
    assert_null(view.exception);
    assert_int_equal(view.return_address, 0x44);
    el1.esr = REG_PUT(ESR_ELx, EC, ESR_EC_BRK64);
    el1.elr_el1 = 0x1000;
    el1.cntv_ctl = 1;
    el1.cntv_cval = 101;
    a64_view(&gprs, &el1, &emulated, 0, 100, &view);
    assert_true(view.in_vectors && view.timer_set && !view.timer_over);
    assert_string_equal(view.exception, "a BRK instruction");
    emulated.cntp_ctl = 1;
    el1.vbar = 0x800;
    a64_view(&gprs, &el1, &emulated, 0, 102, &view);
    assert_true(!view.in_vectors && !view.timer_set && view.timer_over);
}

static void boards(void **state)
{
    assert_non_null(strstr(arm_gpa_hint(GPA(0x09000fff)), "QEMU"));
    assert_null(arm_gpa_hint(GPA(0x07ffffff)));
    assert_null(arm_gpa_hint(GPA(UINT64_MAX)));
    assert_string_equal(arm_uart_words.console, "ttyAMA0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registers), cmocka_unit_test(calls),   cmocka_unit_test(memory),
        cmocka_unit_test(exits),     cmocka_unit_test(outside), cmocka_unit_test(boards),
    };
    return cmocka_run_group_tests(tests, models, NULL);
}
