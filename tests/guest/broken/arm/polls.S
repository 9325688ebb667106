/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for a byte from its UART, polling. */
    .arch   armv7ve
    .arm
    .text
    .global _start
_start:
    ldr     r1, =0x22000000
1:  ldr     r2, [r1, #0x18]
    tst     r2, #0x10
    bne     1b
    b       .
    .ltorg
