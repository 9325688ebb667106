/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for a byte from its UART, polling. */
    .text
    .global _start
_start:
    ldr     x1, =0x22000000
1:  ldr     w2, [x1, #0x18]
    tbnz    w2, #4, 1b
    b       .
    .ltorg
