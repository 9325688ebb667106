/* SPDX-License-Identifier: Apache-2.0 */
/* Starts its second CPU at a virtual address. */
    .arch   armv7ve
    .arch_extension virt
    .arm
    .text
    .global _start
_start:
    ldr     r0, =0x84000003
    mov     r1, #1
    ldr     r2, =0xc0008000
    mov     r3, #0
    hvc     #0
1:  wfi
    b       1b
    .ltorg
