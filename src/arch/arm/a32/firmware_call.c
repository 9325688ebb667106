/* SPDX-License-Identifier: Apache-2.0 */
/* The call itself: r0 to r3 in and out (Arm DEN 0028, 2.6 and 2.7: others are preserved). */
#include "arch/arm/hw/firmware.h"

int64_t firmware_call(bool by_smc, uint32_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
    register uint32_t r0 __asm__("r0") = function;
    register uint32_t r1 __asm__("r1") = (uint32_t)a1;
    register uint32_t r2 __asm__("r2") = (uint32_t)a2;
    register uint32_t r3 __asm__("r3") = (uint32_t)a3;

    if (by_smc)
        __asm__ volatile(".arch_extension sec\n\tsmc #0"
                         : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
                         :
                         : "r12", "memory");
    else
        __asm__ volatile(".arch_extension virt\n\thvc #0"
                         : "+r"(r0), "+r"(r1), "+r"(r2), "+r"(r3)
                         :
                         : "r12", "lr", "memory");
    return (int32_t)r0;
}
