/* SPDX-License-Identifier: Apache-2.0 */
/* Its exception vectors stop in a loop: UDF brings it there. */
    .arch   armv7ve
    .arm
    .text
    .global _start
_start:
    adr     r0, vectors
    mcr     p15, 0, r0, c12, c0, 0  /* VBAR */
    isb
    udf     #1
    .balign 32
vectors:
    .rept 8
    b       .
    .endr
