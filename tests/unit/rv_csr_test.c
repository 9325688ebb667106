/* SPDX-License-Identifier: Apache-2.0 */
/* Every CSR number, in every mode, by every instruction: counters stand still, all else is illegal
 * to a guest that the hardware sent here. And exceptions as a guest takes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/riscv/model/rv_csr.h"
#include "arch/riscv/model/rv_csr_rows.h"
#include "arch/riscv/model/rv_inject.h"
#include "core/vcpu.h"

static struct vcpu vcpu;

static int start(void **state)
{
    memset(&vcpu, 0, sizeof(vcpu));
    rv_csr_init();
    return 0;
}

static enum trap_result access(uint32_t number, unsigned funct3, unsigned rd, unsigned source,
                               struct trap *trap)
{
    *trap = (struct trap){
        .kind = TRAP_SYSREG,
        .syndrome = number << 20 | source << 15 | funct3 << 12 | rd << 7 | 0x73,
        .value = 0x5555,
    };
    return rv_csr_access(&vcpu, trap);
}

static bool is_counter(uint32_t number)
{
    return number >= CSR_cycle && number < CSR_cycle + RV_COUNTER_COUNT && number != CSR_time;
}

static void every_number_in_every_mode(void **state)
{
    for (uint32_t number = 0; number < RV_CSR_COUNT; number++) {
        for (unsigned funct3 = 1; funct3 < 8; funct3++) {
            for (unsigned mode = 0; mode < 16; mode++) {
                bool supervisor = mode & 1, allowed = mode & 2;
                unsigned source = mode & 4 ? 9 : 0, rd = mode & 8 ? 9 : 0;
                bool writes = (funct3 & 3) == 1 || source != 0;
                bool exists = is_counter(number) && !writes && (supervisor || allowed);
                struct trap trap;

                if ((funct3 & 3) == 0)
                    continue;
                vcpu.arch.rv.super.in_supervisor = supervisor;
                vcpu.arch.rv.super.scounteren = allowed ? UINT32_MAX : 0;
                if (access(number, funct3, rd, source, &trap) != (exists ? TRAP_DONE : TRAP_UNDEF))
                    fail_msg("CSR 0x%03x, funct3 %u, mode %u", number, funct3, mode);
                if (exists && trap.value != 0)
                    fail_msg("CSR 0x%03x is not 0", number);
            }
        }
    }
}

static void each_counter_by_its_own_bit(void **state)
{
    struct trap trap;

    for (uint32_t i = 0; i < RV_COUNTER_COUNT; i++) {
        if (i == CSR_time - CSR_cycle)
            continue;
        vcpu.arch.rv.super.scounteren = 1u << i;
        for (uint32_t other = 0; other < RV_COUNTER_COUNT; other++)
            assert_int_equal(access(CSR_cycle + other, 2, 5, 0, &trap),
                             other == i ? TRAP_DONE : TRAP_UNDEF);
    }
}

static void names(void **state)
{
    assert_string_equal(rv_csr_name(CSR_sscratch), "sscratch");
    assert_string_equal(rv_csr_name(0xc01), "time");
    assert_null(rv_csr_name(0x7c0));
}

static void an_exception_from_user_mode(void **state)
{
    struct rv_super super = {.sstatus = SSTATUS_SIE | SSTATUS_SPP | SSTATUS_SUM,
                             .stvec = 0xffffffff80001001};
    uint64_t pc = 0x1234;

    rv_inject(&super, &pc, RV_CAUSE_LOAD_ACCESS, 0xdead);
    assert_int_equal(pc, 0xffffffff80001000); /* vectored: exceptions go to the base all the same */
    assert_int_equal(super.sepc, 0x1234);
    assert_int_equal(super.scause, RV_CAUSE_LOAD_ACCESS);
    assert_int_equal(super.stval, 0xdead);
    assert_int_equal(super.sstatus, SSTATUS_SPIE | SSTATUS_SUM);
    assert_true(super.in_supervisor);
}

static void an_exception_from_supervisor_mode(void **state)
{
    struct rv_super super = {.sstatus = SSTATUS_SPIE, .stvec = 0x4000, .in_supervisor = true};
    uint64_t pc = 0x2222;

    rv_inject(&super, &pc, RV_CAUSE_ILLEGAL, 0);
    assert_int_equal(super.sstatus, SSTATUS_SPP); /* interrupts were off: SPIE is too */
    assert_int_equal(pc, 0x4000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(every_number_in_every_mode, start),
        cmocka_unit_test_setup(each_counter_by_its_own_bit, start),
        cmocka_unit_test(names),
        cmocka_unit_test(an_exception_from_user_mode),
        cmocka_unit_test(an_exception_from_supervisor_mode),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
