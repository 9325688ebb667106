/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for its timer, which its interrupt controller does not let through. */
    .text
    .global _start
_start:
    mrs     x0, CNTVCT_EL0
    msr     CNTV_CVAL_EL0, x0
    mov     x0, #1
    msr     CNTV_CTL_EL0, x0
    isb
1:  wfi
    b       1b
