/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns in the FP and SIMD registers: the rest of the guest is compiled not to touch them. */
    .arch   armv8-a+fp+simd
    .text

/* Lane values of register n for SEED: seed + n and ~(seed + n). */
    .macro  LANES n
    add     x1, x0, #\n
    mvn     x2, x1
    .endm

/* void simd_set(uint64_t seed) */
    .global simd_set
simd_set:
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    LANES   \n
    mov     v\n\().d[0], x1
    mov     v\n\().d[1], x2
    .endr
    ret

/* unsigned simd_differences(uint64_t seed): registers that no longer hold what simd_set put there */
    .global simd_differences
simd_differences:
    mov     x3, xzr
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
    LANES   \n
    mov     x4, v\n\().d[0]
    mov     x5, v\n\().d[1]
    cmp     x4, x1
    ccmp    x5, x2, #0, eq
    cinc    x3, x3, ne
    .endr
    mov     x0, x3
    ret
