/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vectors that take the time first: the count goes to bench_vector_time[CPU] (CPU = MPIDR.Aff0), then the runtime's own
 * IRQ vector goes on. For IRQs at EL1 only; nothing else may happen while they are in use.
 */
#define VECTOR_IRQ_EL1H 0x280
#define VECTOR_TABLE    0x800

    .text
    .balign VECTOR_TABLE
    .global bench_vectors
bench_vectors:
    .space  VECTOR_IRQ_EL1H
    stp     x0, x1, [sp, #-32]!
    mrs     x0, cntvct_el0
    stp     x2, x3, [sp, #16]
    mrs     x1, mpidr_el1
    and     x1, x1, #7
    adrp    x2, bench_vector_time
    add     x2, x2, :lo12:bench_vector_time
    str     x0, [x2, x1, lsl #3]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp], #32
    b       vectors + VECTOR_IRQ_EL1H
    .balign VECTOR_TABLE
