/* SPDX-License-Identifier: Apache-2.0 */
/* Powers off as soon as it runs. */
    .arch   armv7ve
    .arch_extension virt
    .arm
    .text
    .global _start
_start:
    ldr     r0, =0x84000008
    hvc     #0
    .ltorg
