/* SPDX-License-Identifier: Apache-2.0 */
/* Firmware calls by HVC or SMC; see power.h. */
#include "guest/lib/power.h"

#include "guest/lib/machine.h"
#include "guest/lib/print.h"
#include "guest/lib/sysreg.h"

/* SMCCC 1.1 and later keep x4 and up; 1.0 did not promise x4 to x17. */
#define CALL_BY(instruction)                                                                  \
    register uint64_t x0 __asm__("x0") = function;                                            \
    register uint64_t x1 __asm__("x1") = a;                                                   \
    register uint64_t x2 __asm__("x2") = b;                                                   \
    register uint64_t x3 __asm__("x3") = c;                                                   \
    __asm__ volatile(instruction " #0"                                                        \
                     : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)                                 \
                     :                                                                        \
                     : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", \
                       "x15", "x16", "x17", "memory");                                        \
    return x0

uint64_t hvc_call(uint32_t function, uint64_t a, uint64_t b, uint64_t c)
{
    CALL_BY("hvc");
}

uint64_t smc_call(uint32_t function, uint64_t a, uint64_t b, uint64_t c)
{
    CALL_BY("smc");
}

uint64_t firmware_call(uint32_t function, uint64_t a, uint64_t b, uint64_t c)
{
    return machine.psci_by_smc ? smc_call(function, a, b, c) : hvc_call(function, a, b, c);
}

void power_off(void)
{
    firmware_call(PSCI_SYSTEM_OFF, 0, 0, 0);
    print("FAIL: SYSTEM_OFF returned\n");
    for (;;)
        wait_for_interrupt();
}
