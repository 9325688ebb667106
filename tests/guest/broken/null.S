/* SPDX-License-Identifier: Apache-2.0 */
/* Calls through a pointer that was never set. */
    .text
    .global _start
_start:
    mov     x0, xzr
    blr     x0
