/* SPDX-License-Identifier: Apache-2.0 */
/* Stops in a loop, having done nothing. */
    .arch   armv7ve
    .arm
    .text
    .global _start
_start:
1:  b       1b
