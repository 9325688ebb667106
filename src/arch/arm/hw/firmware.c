/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm/hw/firmware.h"

#include "arch/arch.h"
#include "core/dtb.h"
#include "lib/log.h"
#include "lib/string.h"

/* Function identifiers that the host side uses (DEN0022, 5.1). */
enum {
    HOST_PSCI_CPU_ON = 0x84000003,
    HOST_PSCI_CPU_ON64 = 0xc4000003, /* for callers whose addresses have 64 bits */
    HOST_PSCI_SYSTEM_OFF = 0x84000008,
    HOST_PSCI_SYSTEM_RESET = 0x84000009,
};

static bool by_smc __section(".sealed");
static bool present __section(".sealed");

const char *firmware_init(const void *fdt)
{
    static const char *const compatible[] = {"arm,psci-1.0", "arm,psci-0.2"};
    int node = -1;

    for (unsigned i = 0; i < ARRAY_SIZE(compatible) && node < 0; i++)
        node = dtb_next_compatible(fdt, DTB_NONE, compatible[i]);
    if (node >= 0) {
        const char *method = dtb_property(fdt, node, "method", NULL);

        if (method == NULL || (strcmp(method, "smc") != 0 && strcmp(method, "hvc") != 0))
            return "/psci has no `method` of \"smc\" or \"hvc\"";
        by_smc = strcmp(method, "smc") == 0;
        present = true;
    }
    if (!present)
        log_warn(
            "the device tree has no PSCI node: CPUs cannot be started, nor the machine stopped");
    return NULL;
}

int64_t firmware_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context)
{
    uint32_t function = sizeof(void *) == sizeof(uint64_t) ? HOST_PSCI_CPU_ON64 : HOST_PSCI_CPU_ON;

    return present ? (int64_t)(int32_t)firmware_call(by_smc, function, mpidr, entry, context) : -1;
}

void arch_machine_off(void)
{
    if (present)
        firmware_call(by_smc, HOST_PSCI_SYSTEM_OFF, 0, 0, 0);
    arch_cpu_stop();
}

void arch_machine_reset(void)
{
    if (present)
        firmware_call(by_smc, HOST_PSCI_SYSTEM_RESET, 0, 0, 0);
    arch_cpu_stop();
}

void arch_machine_fail(void)
{
    arch_machine_reset();
}
