/* SPDX-License-Identifier: Apache-2.0 */
/* Names of the calls a guest makes (Arm DEN 0022D, DEN 0028). Must not decide anything. */
#include "arch/arm/model/arm_call_text.h"

#include "arch/arm/model/psci.h"
#include "arch/arm/model/smccc.h"
#include "lib/fmt.h"
#include "lib/panic.h"

static const struct call_name {
    uint32_t function;
    uint8_t arg_count;
    const char *name;
} call_names[] = {
    {PSCI_VERSION, 0, "PSCI_VERSION"},
    {PSCI_CPU_SUSPEND, 3, "CPU_SUSPEND"},
    {PSCI_CPU_OFF, 0, "CPU_OFF"},
    {PSCI_CPU_ON, 3, "CPU_ON"},
    {PSCI_AFFINITY_INFO, 2, "AFFINITY_INFO"},
    {PSCI_MIGRATE_INFO_TYPE, 0, "MIGRATE_INFO_TYPE"},
    {PSCI_SYSTEM_OFF, 0, "SYSTEM_OFF"},
    {PSCI_SYSTEM_RESET, 0, "SYSTEM_RESET"},
    {PSCI_FEATURES, 1, "PSCI_FEATURES"},
    {PSCI_SYSTEM_RESET2, 2, "SYSTEM_RESET2"},
    {SMCCC_VERSION, 0, "SMCCC_VERSION"},
    {SMCCC_ARCH_FEATURES, 1, "SMCCC_ARCH_FEATURES"},
    {SMCCC_ARCH_WORKAROUND_1, 0, "SMCCC_ARCH_WORKAROUND_1"},
    {SMCCC_ARCH_WORKAROUND_3, 0, "SMCCC_ARCH_WORKAROUND_3"},
    {SMCCC_HYP_CALL_UID, 0, "CALL_UID"},
    {SMCCC_HYP_REVISION, 0, "REVISION"},
};

/* PSCI's functions have a 64-bit form; others are told apart by all of their bits. */
static const struct call_name *find_call(uint32_t function)
{
    uint32_t id = arm_psci_owns(function) ? function & ~(uint32_t)SMCCC_ID_Is64 : function;

    for (size_t i = 0; i < ARRAY_SIZE(call_names); i++)
        if (call_names[i].function == id)
            return &call_names[i];
    return NULL;
}

int arm_call_text(const struct trace_record *record, char *text, size_t size)
{
    static const char *const separators[] = {"(", ", ", ", "};
    uint32_t function = (uint32_t)record->args[0];
    const struct call_name *call = find_call(function);
    const char *how = record->trap.call.smc ? "SMC" : "HVC";
    unsigned arg_count = call != NULL ? call->arg_count : ARRAY_SIZE(separators);
    char name[80];
    int length;

    BUG_ON(arg_count > ARRAY_SIZE(separators));
    if (!record->outcome_known || record->trap.call.immediate != 0)
        return fmt_print(text, size, "calls %s #0x%x", how, record->trap.call.immediate);
    if (call != NULL)
        length = fmt_print(name, sizeof(name), "%s", call->name);
    else
        length = fmt_print(name, sizeof(name), "0x%x", function);
    for (unsigned i = 0; i < arg_count; i++)
        length += fmt_print(name + length, sizeof(name) - (size_t)length, "%s0x%llx", separators[i],
                            (unsigned long long)record->args[i + 1]);
    if (arg_count > 0)
        fmt_print(name + length, sizeof(name) - (size_t)length, ")");
    if (record->result != TRAP_DONE)
        return fmt_print(text, size, "calls %s by %s", name, how);
    if ((int64_t)record->answer < 0)
        return fmt_print(text, size, "calls %s by %s, refused with %lld", name, how,
                         (long long)record->answer);
    return fmt_print(text, size, "calls %s by %s = 0x%llx", name, how,
                     (unsigned long long)record->answer);
}
