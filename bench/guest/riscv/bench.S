/* SPDX-License-Identifier: Apache-2.0 */
/*
 * void bench_vector(): an interrupt's own time, exactly. A tick of `time` is many instructions: those until the next
 * tick are counted, and the instant of the entry, in instructions, goes to bench_vector_time. Then the runtime's vector
 * goes on.
 */
#define INSTRUCTIONS_PER_TICK 100
#define LOOP_INSTRUCTIONS     3

    .text
    .balign 4
    .global bench_vector
bench_vector:
    addi    sp, sp, -32
    sd      t0, (sp)
    sd      t1, 8(sp)
    sd      t2, 16(sp)
    rdtime  t0
    mv      t2, zero
1:  addi    t2, t2, LOOP_INSTRUCTIONS
    rdtime  t1
    beq     t1, t0, 1b
    li      t0, INSTRUCTIONS_PER_TICK
    mul     t1, t1, t0
    sub     t1, t1, t2
    la      t0, bench_vector_time
    sd      t1, (t0)
    ld      t0, (sp)
    ld      t1, 8(sp)
    ld      t2, 16(sp)
    addi    sp, sp, 32
    j       guest_vector
    .section .note.GNU-stack, "", %progbits
