/* SPDX-License-Identifier: Apache-2.0 */
/* Its exception vectors stop in a loop: BRK brings it there. */
    .text
    .global _start
_start:
    adr     x0, vectors
    msr     VBAR_EL1, x0
    isb
    brk     #1
    .balign 2048
vectors:
    .rept 16
    .balign 128
    b       .
    .endr
