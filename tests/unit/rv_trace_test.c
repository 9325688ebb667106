/* SPDX-License-Identifier: Apache-2.0 */
/* RISC-V's traps in words, and how a vCPU looks from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/riscv/model/rv_csr.h"
#include "arch/riscv/model/rv_sbi.h"
#include "arch/riscv/model/rv_trace.h"
#include "core/pcpu.h"

static const char *text_of(const struct trace_record *record)
{
    static char text[TRACE_TEXT_MAX];
    int length = rv_trap_text(record, text, sizeof(text));

    assert_int_equal(length, strlen(text));
    return text;
}

static struct trace_record csr(uint32_t insn, uint64_t value)
{
    return (struct trace_record){
        .trap = {.kind = TRAP_SYSREG, .syndrome = insn, .value = value, .sysreg.key = insn >> 20},
        .result = TRAP_DONE,
        .outcome_known = true,
    };
}

static void csrs(void **state)
{
    struct trace_record record = csr(0xc00026f3, 0); /* csrr a3, cycle */

    assert_string_equal(text_of(&record), "reads cycle = 0x0");
    record = csr(0x140516f3, 0x80); /* csrrw a3, sscratch, a0 */
    record.trap.sysreg.written = 0x1234;
    assert_string_equal(text_of(&record), "csrrw sscratch = 0x1234, which was 0x80");
    record.trap.syndrome = 0x14051073; /* csrrw zero, sscratch, a0: does not read */
    record.trap.value = 0;
    assert_string_equal(text_of(&record), "csrrw sscratch = 0x1234");
    record.result = TRAP_UNDEF;
    assert_string_equal(text_of(&record), "csrrw sscratch");
    record = csr(0x7c0026f3, 5);
    assert_string_equal(text_of(&record), "reads CSR 0x7c0 = 0x5");
}

static struct trace_record call(uint64_t extension, uint64_t function, uint64_t a0, uint64_t a1,
                                int64_t answer)
{
    return (struct trace_record){
        .trap = {.kind = TRAP_HYPERCALL},
        .result = TRAP_DONE,
        .outcome_known = true,
        .args = {extension, function, a0, a1},
        .answer = (uint64_t)answer,
    };
}

static void calls(void **state)
{
    struct trace_record record = call(SBI_HSM, SBI_HSM_START, 1, 0x80200000, 0);

    assert_string_equal(text_of(&record), "calls hart_start(0x1, 0x80200000)");
    record = call(SBI_HSM, SBI_HSM_START, 9, 0, SBI_ERR_INVALID_PARAM);
    assert_string_equal(text_of(&record), "calls hart_start(0x9, 0x0), refused with -3");
    record = call(SBI_BASE, SBI_BASE_SPEC_VERSION, 0, 0, 0);
    assert_string_equal(text_of(&record), "calls get_spec_version");
    record = call(0x123456, 2, 0, 0, SBI_ERR_NOT_SUPPORTED);
    assert_string_equal(text_of(&record), "calls SBI 0x123456 function 0x2, refused with -2");
    record.outcome_known = false;
    assert_string_equal(text_of(&record), "calls SBI");
}

static void others(void **state)
{
    struct trace_record record = {.trap = {.kind = TRAP_INSN, .syndrome = 0x62000073}};

    assert_string_equal(text_of(&record), "executes 0x62000073, which guests do not have");
    record.outcome_known = true;
    record.result = TRAP_RETRY;
    record.trap.syndrome = 0x10200073;
    assert_string_equal(text_of(&record), "executes sret");
    record.trap.syndrome = 0x12b50073;
    assert_string_equal(text_of(&record), "executes sfence.vma");
    record.result = TRAP_UNDEF;
    assert_string_equal(text_of(&record), "executes 0x12b50073, which guests do not have");
    record.trap.syndrome = 0x0005b503;
    record.result = TRAP_DONE;
    assert_string_equal(text_of(&record), "executes 0x0005b503, a load that is done for it");
    record.trap = (struct trap){.kind = TRAP_UNKNOWN, .syndrome = RV_CAUSE_ILLEGAL};
    assert_string_equal(text_of(&record), "executes an illegal instruction");
}

static void every_cause_has_words(void **state)
{
    for (uint64_t cause = 0; cause < 70; cause++) {
        assert_non_null(rv_cause_text(cause));
        assert_string_equal(rv_cause_text(cause | SCAUSE_INTERRUPT), "an interrupt");
    }
    assert_non_null(rv_cause_text(SCAUSE_CODE));
}

static void exits(void **state)
{
    struct exit_record exit = {.syndrome = RV_CAUSE_ECALL_VS};
    struct trap trap;

    rv_exit_trap(&exit, &trap);
    assert_int_equal(trap.kind, TRAP_HYPERCALL);
    exit.syndrome = SCAUSE_INTERRUPT | 5;
    rv_exit_trap(&exit, &trap);
    assert_int_equal(trap.kind, TRAP_UNKNOWN);
}

static void views(void **state)
{
    struct rv_gprs gprs = {.pc = 0x80200010};
    struct rv_super super = {.stvec = 0x80200001, .stimecmp = 100, .in_supervisor = true};
    struct guest_view view;

    gprs.x[RV_RA] = 0x1234;
    rv_view(&gprs, &super, 50, &view);
    assert_int_equal(view.return_address, 0x1234);
    assert_true(view.masked && view.timer_set && !view.timer_over && !view.in_vectors);
    assert_null(view.exception);
    super.scause = RV_CAUSE_LOAD_PAGE;
    super.sepc = 0x4444;
    super.sstatus = SSTATUS_SIE;
    rv_view(&gprs, &super, 150, &view);
    assert_true(!view.masked && !view.timer_set && view.timer_over && view.in_vectors);
    assert_string_equal(view.exception, "a load page fault");
    assert_int_equal(view.exception_pc, 0x4444);
    super.in_supervisor = false;
    super.sstatus = 0;
    super.stimecmp = UINT64_MAX;
    super.scause = SCAUSE_INTERRUPT | 5;
    rv_view(&gprs, &super, 150, &view);
    assert_true(!view.masked && !view.timer_set && !view.timer_over);
    assert_null(view.exception);
}

static void hints(void **state)
{
    assert_non_null(rv_gpa_hint(GPA(0x2004000)));
    assert_null(rv_gpa_hint(GPA(0x80000000)));
    assert_string_equal(rv_uart_words.console, "ttyS0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csrs),   cmocka_unit_test(calls),
        cmocka_unit_test(others), cmocka_unit_test(every_cause_has_words),
        cmocka_unit_test(exits),  cmocka_unit_test(views),
        cmocka_unit_test(hints),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
