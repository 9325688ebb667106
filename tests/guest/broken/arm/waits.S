/* SPDX-License-Identifier: Apache-2.0 */
/* Halts with everything masked. */
    .arch   armv7ve
    .arm
    .text
    .global _start
_start:
    cpsid   aif
1:  wfi
    b       1b
