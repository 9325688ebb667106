/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for its timer, which its interrupt controller does not let through. */
    .arch   armv7ve
    .arm
    .text
    .global _start
_start:
    mrrc    p15, 1, r0, r1, c14     /* CNTVCT */
    mcrr    p15, 3, r0, r1, c14     /* CNTV_CVAL */
    mov     r0, #1
    mcr     p15, 0, r0, c14, c3, 1  /* CNTV_CTL */
    isb
1:  wfi
    b       1b
