/* SPDX-License-Identifier: Apache-2.0 */
/* PSCI and SMCCC by the book, with a VM life cycle that only notes what it was asked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "arch/arm/model/a64_id.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/psci.h"
#include "arch/arm/model/smccc.h"
#include "arch/host/a64_hook_record.h"
#include "core/vm.h"

#define CPUS      6
#define RAM       0x40000000ULL
#define RAM_BYTES MIB(64)
#define IS64      SMCCC_ID_Is64
#define UNTOUCHED 0x7777777700000000ULL

static struct vm vm;
static struct vcpu vcpus[CPUS];
static uint64_t regs[SMCCC_REG_COUNT];

static struct {
    unsigned on_calls, off_calls, stop_calls;
    uint32_t index;
    uint64_t entry, argument;
    enum vm_stop_reason reason;
    enum err answer;
} asked;

static uint64_t refused_entry;
void watch_cpu_refused(struct vm *asking, uint32_t index, uint64_t entry)
{
    refused_entry = entry;
}
enum err vm_cpu_on(struct vm *v, uint32_t index, uint64_t entry, uint64_t argument)
{
    assert_ptr_equal(v, &vm);
    asked.on_calls++;
    asked.index = index;
    asked.entry = entry;
    asked.argument = argument;
    return asked.answer;
}

void vm_cpu_off(struct vcpu *vcpu)
{
    assert_ptr_equal(vcpu, &vcpus[0]);
    asked.off_calls++;
}

bool vm_cpu_is_on(struct vm *v, uint32_t index)
{
    return vcpus[index].powered;
}

void vm_stop(struct vm *v, enum vm_stop_reason reason)
{
    assert_ptr_equal(v, &vm);
    asked.stop_calls++;
    asked.reason = reason;
}

/* Two clusters: affinities 0.0.0 to 0.0.3, then 0.1.0 and 0.1.1. */
static int start(void **state)
{
    memset(&vm, 0, sizeof(vm));
    memset(vcpus, 0, sizeof(vcpus));
    memset(&asked, 0, sizeof(asked));
    memset(&a64_hook_record, 0, sizeof(a64_hook_record));
    vm.vcpu_count = CPUS;
    vm.bank_count = 1;
    vm.banks[0] = (struct guest_bank){.base = GPA(RAM), .size_bytes = RAM_BYTES};
    for (uint32_t i = 0; i < CPUS; i++) {
        vcpus[i].vm = &vm;
        vcpus[i].id = i;
        vcpus[i].arch.a64.vmpidr =
            MPIDR_EL1_RES1_31 | (i < 4 ? i : REG_PUT(MPIDR_EL1, Aff1, 1) | (i - 4));
        vm.vcpus[i] = &vcpus[i];
    }
    vcpus[0].powered = true;
    return 0;
}

/* Do a call from vCPU 0; of the other registers only x1 to x3 may change. */
static enum trap_result call(uint32_t function, uint64_t a, uint64_t b, uint64_t c)
{
    struct trap t = {.kind = TRAP_HYPERCALL, .reg = TRAP_REG_NONE};
    enum trap_result result;

    for (unsigned i = 0; i < SMCCC_REG_COUNT; i++)
        regs[i] = UNTOUCHED + i;
    regs[0] = 0xabcd000000000000ULL | function; /* the function is W0 */
    regs[1] = a;
    regs[2] = b;
    regs[3] = c;
    result = arm_smccc_call(&vcpus[0], &t, regs);
    for (unsigned i = 4; i < SMCCC_REG_COUNT; i++)
        assert_int_equal(regs[i], UNTOUCHED + i);
    return result;
}

static int64_t returns(uint32_t function, uint64_t a, uint64_t b, uint64_t c)
{
    assert_int_equal(call(function, a, b, c), TRAP_DONE);
    return (int64_t)regs[0];
}

static void version_and_constants(void **state)
{
    assert_int_equal(returns(PSCI_VERSION, 0, 0, 0), 0x10001);
    assert_int_equal(returns(PSCI_MIGRATE_INFO_TYPE, 0, 0, 0), 2);
}

static void features(void **state)
{
    static const uint32_t yes[] = {
        PSCI_VERSION,
        PSCI_CPU_SUSPEND,
        PSCI_CPU_SUSPEND | IS64,
        PSCI_CPU_OFF,
        PSCI_CPU_ON,
        PSCI_CPU_ON | IS64,
        PSCI_AFFINITY_INFO,
        PSCI_AFFINITY_INFO | IS64,
        PSCI_MIGRATE_INFO_TYPE,
        PSCI_SYSTEM_OFF,
        PSCI_SYSTEM_RESET,
        PSCI_SYSTEM_RESET2,
        PSCI_SYSTEM_RESET2 | IS64,
        PSCI_FEATURES,
        SMCCC_VERSION,
    };
    static const uint32_t no[] = {
        0x84000005, /* MIGRATE */
        0x8400000e, /* SYSTEM_SUSPEND */
        PSCI_VERSION | IS64, PSCI_CPU_OFF | IS64, PSCI_SYSTEM_OFF | IS64, SMCCC_ARCH_FEATURES, 0,
        0xffffffff,
    };

    for (size_t i = 0; i < ARRAY_SIZE(yes); i++)
        assert_int_equal(returns(PSCI_FEATURES, yes[i], 0, 0), 0);
    for (size_t i = 0; i < ARRAY_SIZE(no); i++)
        assert_int_equal(returns(PSCI_FEATURES, no[i], 0, 0), PSCI_NOT_SUPPORTED);
}

static void cpu_on(void **state)
{
    assert_int_equal(returns(PSCI_CPU_ON | IS64, 3, RAM + 0x1000, 0x1122334455667788), 0);
    assert_int_equal(asked.index, 3);
    assert_int_equal(asked.entry, RAM + 0x1000);
    assert_int_equal(asked.argument, 0x1122334455667788);
    assert_int_equal(returns(PSCI_CPU_ON | IS64, 0x101, RAM, 0), 0);
    assert_int_equal(asked.index, 5);
    /* The 32-bit call sees W registers only. */
    assert_int_equal(returns(PSCI_CPU_ON, 0xf00000001, 0x300000000 | RAM, 0x1122334455667788), 0);
    assert_int_equal(asked.index, 1);
    assert_int_equal(asked.entry, RAM);
    assert_int_equal(asked.argument, 0x55667788);
}

static void cpu_on_refuses_bad_targets(void **state)
{
    static const uint64_t bad[] = {
        4,        0x102,    0x200,      0x10000,    0x100000000, 0x80000001 /* MPIDR_EL1 as read */,
        1u << 24, 1u << 30, 1ULL << 40, UINT64_MAX,
    };

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
        assert_int_equal(returns(PSCI_CPU_ON | IS64, bad[i], RAM, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(asked.on_calls, 0);
}

static void cpu_on_refuses_bad_entries(void **state)
{
    static const uint64_t bad[] = {
        0, RAM - 4, RAM + RAM_BYTES, RAM + RAM_BYTES - 2, RAM + 1, RAM + 2, UINT64_MAX - 3,
    };

    for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
        assert_int_equal(returns(PSCI_CPU_ON | IS64, 1, bad[i], 0), PSCI_INVALID_ADDRESS);
        assert_int_equal(refused_entry, bad[i]);
    }
    assert_int_equal(asked.on_calls, 0);
    assert_int_equal(returns(PSCI_CPU_ON | IS64, 1, RAM + RAM_BYTES - 4, 0), 0);
}

static void cpu_on_tells_why_not(void **state)
{
    asked.answer = ERR_EXISTS;
    assert_int_equal(returns(PSCI_CPU_ON | IS64, 1, RAM, 0), PSCI_ALREADY_ON);
    asked.answer = ERR_INVALID;
    assert_int_equal(returns(PSCI_CPU_ON | IS64, 1, RAM, 0), PSCI_INVALID_PARAMETERS);
    asked.answer = ERR_NO_MEMORY;
    assert_int_equal(returns(PSCI_CPU_ON | IS64, 1, RAM, 0), PSCI_INTERNAL_FAILURE);
}

static void affinity_info(void **state)
{
    assert_int_equal(returns(PSCI_AFFINITY_INFO | IS64, 0, 0, 0), PSCI_AFFINITY_ON);
    assert_int_equal(returns(PSCI_AFFINITY_INFO | IS64, 1, 0, 0), PSCI_AFFINITY_OFF);
    assert_int_equal(returns(PSCI_AFFINITY_INFO, 0xf00000000, 0, 0), PSCI_AFFINITY_ON);
    assert_int_equal(returns(PSCI_AFFINITY_INFO | IS64, 7, 0, 0), PSCI_INVALID_PARAMETERS);
    /* Clusters: on if any of it is; the lower fields do not count. */
    assert_int_equal(returns(PSCI_AFFINITY_INFO | IS64, 0x0, 1, 0), PSCI_AFFINITY_ON);
    assert_int_equal(returns(PSCI_AFFINITY_INFO | IS64, 0x1ff, 1, 0), PSCI_AFFINITY_OFF);
    assert_int_equal(returns(PSCI_AFFINITY_INFO | IS64, 0x200, 1, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(returns(PSCI_AFFINITY_INFO | IS64, 0xff00, 2, 0), PSCI_AFFINITY_ON);
    assert_int_equal(returns(PSCI_AFFINITY_INFO | IS64, 0xff0000, 3, 0), PSCI_AFFINITY_ON);
    assert_int_equal(returns(PSCI_AFFINITY_INFO | IS64, 0, 4, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(returns(PSCI_AFFINITY_INFO | IS64, 0, UINT64_MAX, 0), PSCI_INVALID_PARAMETERS);
    vcpus[5].powered = true;
    assert_int_equal(returns(PSCI_AFFINITY_INFO | IS64, 0x100, 1, 0), PSCI_AFFINITY_ON);
}

static void cpu_suspend(void **state)
{
    assert_int_equal(returns(PSCI_CPU_SUSPEND, 0, 0, 0), 0);
    assert_int_equal(returns(PSCI_CPU_SUSPEND | IS64, 0x03010001, RAM, 0), 0); /* powerdown */
    assert_int_equal(a64_hook_record.wait_count, 2);
    assert_int_equal(returns(PSCI_CPU_SUSPEND | IS64, 1u << 17, 0, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(returns(PSCI_CPU_SUSPEND | IS64, 1u << 31, 0, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(returns(PSCI_CPU_SUSPEND | IS64, 1ULL << 32, 0, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(returns(PSCI_CPU_SUSPEND, 1ULL << 32, 0, 0), 0); /* not part of W1 */
    assert_int_equal(a64_hook_record.wait_count, 3);
}

static void calls_that_do_not_return(void **state)
{
    assert_int_equal(call(PSCI_CPU_OFF, 0, 0, 0), TRAP_RETRY);
    assert_int_equal(asked.off_calls, 1);
    assert_int_equal(call(PSCI_SYSTEM_OFF, 0, 0, 0), TRAP_RETRY);
    assert_int_equal(asked.reason, VM_STOP_POWEROFF);
    assert_int_equal(call(PSCI_SYSTEM_RESET, 0, 0, 0), TRAP_RETRY);
    assert_int_equal(asked.reason, VM_STOP_RESET);
    assert_int_equal(call(PSCI_SYSTEM_RESET2 | IS64, 0, 7, 0), TRAP_RETRY);
    assert_int_equal(asked.stop_calls, 3);
    assert_int_equal(returns(PSCI_SYSTEM_RESET2, 1, 0, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(returns(PSCI_SYSTEM_RESET2, 0x80000000, 0, 0), PSCI_INVALID_PARAMETERS);
    assert_int_equal(asked.stop_calls, 3);
}

static void unknown_functions(void **state)
{
    static const uint32_t unknown[] = {
        0x84000005,          /* MIGRATE */
        0x8400001f,          /* the last of PSCI's */
        0x84000020,          /* after it */
        0x8400ff01,          /* the standard secure services' UID */
        0x84000050,          /* TRNG_VERSION */
        0x80007fff,          /* WORKAROUND_2 */
        0xc5000020,          /* PV_TIME_FEATURES */
        PSCI_CPU_OFF | IS64, /* there is only the 32-bit form */
        PSCI_SYSTEM_OFF | IS64,
        0,
        0xffffffff,
    };

    for (size_t i = 0; i < ARRAY_SIZE(unknown); i++) {
        assert_int_equal(returns(unknown[i], 1, 2, 3), -1);
        assert_int_equal(regs[1], 1);
        assert_int_equal(regs[2], 2);
        assert_int_equal(regs[3], 3);
    }
    assert_int_equal(asked.off_calls + asked.stop_calls, 0);
}

static void other_immediates_are_undefined(void **state)
{
    struct trap t = {.kind = TRAP_HYPERCALL, .call.immediate = 0xea1};

    regs[0] = PSCI_SYSTEM_OFF;
    assert_int_equal(arm_smccc_call(&vcpus[0], &t, regs), TRAP_UNDEF);
    assert_int_equal(regs[0], PSCI_SYSTEM_OFF);
    assert_int_equal(asked.stop_calls, 0);
}

static void discovery(void **state)
{
    assert_int_equal(returns(SMCCC_VERSION, 0, 0, 0), 0x10001);
    assert_int_equal(returns(SMCCC_ARCH_FEATURES, SMCCC_VERSION, 0, 0), 0);
    assert_int_equal(returns(SMCCC_ARCH_FEATURES, SMCCC_ARCH_FEATURES, 0, 0), 0);
    assert_int_equal(returns(SMCCC_ARCH_FEATURES, 2 /* SOC_ID */, 0, 0), -1);
    assert_int_equal(returns(SMCCC_HYP_CALL_UID, 0, 0, 0), 0x0e5047d6);
    assert_int_equal(regs[3], 0x65891ad7);
    assert_int_equal(returns(SMCCC_HYP_REVISION, 9, 9, 9), 1);
    assert_int_equal(regs[1], 0);
}

static void workarounds_follow_the_cpu(void **state)
{
    static struct a64_host_ids host = {.ipa_bits = 48};

    a64_id_init(&host, 3);
    assert_int_equal(returns(SMCCC_ARCH_FEATURES, SMCCC_ARCH_WORKAROUND_1, 0, 0), -1);
    assert_int_equal(returns(SMCCC_ARCH_FEATURES, SMCCC_ARCH_WORKAROUND_3, 0, 0), -1);
    assert_int_equal(returns(SMCCC_ARCH_WORKAROUND_1, 0, 0, 0), -1);
    host.reg[4][0] = REG_PUT(ID_AA64PFR0, CSV2, 3);
    host.reg[7][1] = REG_PUT(ID_AA64MMFR1, ECBHB, 1);
    a64_id_init(&host, 3);
    assert_int_equal(returns(SMCCC_ARCH_FEATURES, SMCCC_ARCH_WORKAROUND_1, 0, 0), 1);
    assert_int_equal(returns(SMCCC_ARCH_FEATURES, SMCCC_ARCH_WORKAROUND_3, 0, 0), 1);
    assert_int_equal(call(SMCCC_ARCH_WORKAROUND_1, 5, 6, 7), TRAP_DONE); /* does nothing */
    assert_int_equal(regs[1], 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(version_and_constants, start),
        cmocka_unit_test_setup(features, start),
        cmocka_unit_test_setup(cpu_on, start),
        cmocka_unit_test_setup(cpu_on_refuses_bad_targets, start),
        cmocka_unit_test_setup(cpu_on_refuses_bad_entries, start),
        cmocka_unit_test_setup(cpu_on_tells_why_not, start),
        cmocka_unit_test_setup(affinity_info, start),
        cmocka_unit_test_setup(cpu_suspend, start),
        cmocka_unit_test_setup(calls_that_do_not_return, start),
        cmocka_unit_test_setup(unknown_functions, start),
        cmocka_unit_test_setup(other_immediates_are_undefined, start),
        cmocka_unit_test_setup(discovery, start),
        cmocka_unit_test_setup(workarounds_follow_the_cpu, start),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
