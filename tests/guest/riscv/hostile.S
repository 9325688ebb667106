/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way into a sample and out of it. Whatever a sample does to its registers, each exception and interrupt comes back
 * to the C that called sample_enter, on the stack it had: sscratch points at where that is kept.
 */
#include "guest/lib/riscv/registers.inc"

    .option norvc
    .text
/*
 * uint64_t sample_enter(const uint64_t x[32], uint64_t pc, struct context *context): SRET to pc with these registers, in
 * the mode that sstatus has; the cause of what ended it.
 */
    .global sample_enter
sample_enter:
    addi    sp, sp, -128
    preserved sd
    sd      sp, (a2)
    csrw    sscratch, a2
    csrw    sepc, a1
    mv      x31, a0
    .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    ld      x\n, (8 * \n)(x31)
    .endr
    sret

    .balign 4
    .global hostile_vector
hostile_vector:
    csrr    t0, sscratch
    ld      sp, (t0)
    preserved ld
    addi    sp, sp, 128
    csrw    satp, zero
    csrr    a0, scause
    ret
    .section .note.GNU-stack, "", %progbits
