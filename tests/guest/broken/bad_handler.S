/* SPDX-License-Identifier: Apache-2.0 */
/* Its exception handler reads a device that is not there, as at first. */
    .text
    .global _start
_start:
    adr     x0, vectors
    msr     VBAR_EL1, x0
    isb
    ldr     x1, =0x50000000
    ldr     w2, [x1]
    .ltorg
    .balign 2048
vectors:
    .rept 16
    .balign 128
    ldr     w2, [x1]
    b       .
    .endr
