/* SPDX-License-Identifier: Apache-2.0 */
/* Prints through the UART of another board, and catches the abort. */
    .text
    .global _start
_start:
    adr     x0, vectors
    msr     VBAR_EL1, x0
    isb
    ldr     x1, =0x09000000
    mov     w2, #'h'
    str     w2, [x1]
    .ltorg
    .balign 2048
vectors:
    .rept 16
    .balign 128
1:  wfi
    b       1b
    .endr
