/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm/hw/firmware.h"

#include <libfdt.h>

#include "arch/arch.h"
#include "arch/arm/a64/sysreg.h"
#include "lib/string.h"

/* Function identifiers that the host side uses (DEN0022, 5.1). */
enum {
    HOST_PSCI_CPU_ON = 0xc4000003,
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
        node = fdt_node_offset_by_compatible(fdt, -1, compatible[i]);
    if (node >= 0) {
        const char *method = fdt_getprop(fdt, node, "method", NULL);

        if (method == NULL || (strcmp(method, "smc") != 0 && strcmp(method, "hvc") != 0))
            return "/psci has no `method` of \"smc\" or \"hvc\"";
        by_smc = strcmp(method, "smc") == 0;
        present = true;
    }
    return present ? NULL
                   : "the device tree has no PSCI node: CPUs cannot be started, nor the machine "
                     "stopped";
}

int64_t firmware_call(uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
    register uint64_t r0 __asm__("x0") = function;
    register uint64_t r1 __asm__("x1") = x1;
    register uint64_t r2 __asm__("x2") = x2;
    register uint64_t r3 __asm__("x3") = x3;

    if (by_smc)
        __asm__ volatile("smc #0"
                         : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
                         :
                         : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
                           "x15", "x16", "x17", "memory");
    else
        __asm__ volatile("hvc #0"
                         : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
                         :
                         : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
                           "x15", "x16", "x17", "memory");
    return (int64_t)r0;
}

int64_t firmware_cpu_on(uint64_t mpidr, uint64_t entry, uint64_t context)
{
    return (int64_t)(int32_t)firmware_call(HOST_PSCI_CPU_ON, mpidr, entry, context);
}

void arch_machine_off(void)
{
    if (present)
        firmware_call(HOST_PSCI_SYSTEM_OFF, 0, 0, 0);
    arch_cpu_stop();
}

void arch_machine_reset(void)
{
    if (present)
        firmware_call(HOST_PSCI_SYSTEM_RESET, 0, 0, 0);
    arch_cpu_stop();
}

void arch_machine_fail(void)
{
    arch_machine_reset();
}
