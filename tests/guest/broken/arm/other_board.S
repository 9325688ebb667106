/* SPDX-License-Identifier: Apache-2.0 */
/* Prints through the UART of another board, and catches the abort. */
    .arch   armv7ve
    .arm
    .text
    .global _start
_start:
    adr     r0, vectors
    mcr     p15, 0, r0, c12, c0, 0  /* VBAR */
    isb
    ldr     r1, =0x09000000
    mov     r2, #'h'
    str     r2, [r1]
    .ltorg
    .balign 32
vectors:
    .rept 8
    b       1f
    .endr
1:  wfi
    b       1b
