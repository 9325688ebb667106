/* SPDX-License-Identifier: Apache-2.0 */
/* Position-dependent code, linked for 0x80080000: it leaves the place where it was put at its first jump. */
    .arch   armv7ve
    .arm
    .text
    .global _start
_start:
    ldr     pc, =0x80080400
    .ltorg
