/* SPDX-License-Identifier: Apache-2.0 */
/* Calls through a pointer that was never set. */
    .arch   armv7ve
    .arm
    .text
    .global _start
_start:
    mov     r0, #0
    blx     r0
