/* SPDX-License-Identifier: Apache-2.0 */
/* Its exception handler reads a device that is not there, as at first. */
    .arch   armv7ve
    .arm
    .text
    .global _start
_start:
    adr     r0, vectors
    mcr     p15, 0, r0, c12, c0, 0  /* VBAR */
    isb
    ldr     r1, =0x10000000
    ldr     r2, [r1]
    .ltorg
    .balign 32
vectors:
    .rept 8
    ldr     r2, [r1]
    .endr
    b       .
