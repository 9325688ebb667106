/* SPDX-License-Identifier: Apache-2.0 */
/* No code where it is entered: memory that was never written to. */
    .arch   armv7ve
    .arm
    .text
    .global _start
_start:
    .fill   64, 4, 0xffffffff
