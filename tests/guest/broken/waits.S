/* SPDX-License-Identifier: Apache-2.0 */
/* Halts with everything masked. */
    .text
    .global _start
_start:
    msr     DAIFSet, #15
1:  wfi
    b       1b
