/* SPDX-License-Identifier: Apache-2.0 */
/* Starts its second CPU where there is no code. */
    .text
    .global _start
_start:
    ldr     x0, =0xc4000003
    mov     x1, #1
    ldr     x2, =0x40400000
    mov     x3, #0
    hvc     #0
    b       .
    .ltorg
