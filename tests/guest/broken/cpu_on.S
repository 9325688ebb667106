/* SPDX-License-Identifier: Apache-2.0 */
/* Starts its second CPU at a virtual address. */
    .text
    .global _start
_start:
    ldr     x0, =0xc4000003
    mov     x1, #1
    ldr     x2, =0xffff000040080000
    mov     x3, #0
    hvc     #0
1:  wfi
    b       1b
    .ltorg
