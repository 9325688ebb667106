/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the harts of a guest begin that starts in M-mode, its trap vectors, and the way to less
 * privileged modes (Privileged Architecture 3.1.6, 3.1.7, 3.4). struct machine_frame is what the
 * vector saves.
 */
#include "guest/lib/riscv/registers.inc"
#define FRAME_BYTES 272             /* a multiple of 16 */

    .option norvc
    .section .text.entry, "ax"
    .global machine_start
machine_start:
    csrr    t0, mhartid
    la      t1, machine_vector
    csrw    mtvec, t1
    bnez    t0, second
    la      t0, bss_start
    la      t1, bss_end
1:  sd      zero, (t0)
    addi    t0, t0, 8
    bltu    t0, t1, 1b
    la      sp, machine_stack_top
    call    guest_main
    j       .

/* Hart 1 waits for a software interrupt and calls machine_work; others wait for nothing. */
second:
    li      t1, 1
    beq     t0, t1, 2f
1:  wfi
    j       1b
2:
    la      sp, second_stack_top
    li      t1, 8                   /* MSI */
    csrw    mie, t1
3:  wfi
    csrr    t1, mip
    andi    t1, t1, 8
    beqz    t1, 3b
    li      t1, 0x2000004           /* msip of hart 1 */
    sw      zero, (t1)
    fence
    ld      t1, machine_work
    jalr    t1
    fence
    la      t1, machine_work
    sd      zero, (t1)
    j       3b


    .text
/* Vectored: interrupts come to their own entry, 4 bytes each, and say so in machine_entry. */
    .balign 256
    .global machine_vector, machine_vector_table
machine_vector:
    addi    sp, sp, -FRAME_BYTES
    each_register sd
    csrr    t0, mepc
    sd      t0, (8 * 32)(sp)
    csrr    t0, mstatus
    sd      t0, (8 * 33)(sp)
    mv      a0, sp
    call    machine_trap
    ld      t0, (8 * 32)(sp)
    csrw    mepc, t0
    ld      t0, (8 * 33)(sp)
    csrw    mstatus, t0
    each_register ld
    addi    sp, sp, FRAME_BYTES
    mret

    .balign 256
machine_vector_table:
    .rept   7
    j       machine_vector
    .endr
    j       4f                      /* 7: the timer */
    .rept   8
    j       machine_vector
    .endr
4:  csrw    mscratch, t0
    la      t0, machine_vectored
    sd      t0, (t0)
    csrr    t0, mscratch
    j       machine_vector

/* void lower_call(void (*fn)(void), uint64_t mode): fn in U- or S-mode, until its return. */
    .global lower_call, lower_return
lower_call:
    csrw    mepc, a0
    li      t0, 0x1880              /* MPP, MPIE */
    csrc    mstatus, t0
    slli    a1, a1, 11
    csrs    mstatus, a1
    addi    sp, sp, -16
    sd      ra, (sp)
    la      ra, lower_end
    mret
lower_end:
    li      a7, 0
    ecall
lower_return:
    ld      ra, (sp)
    addi    sp, sp, 16
    ret

/* What S-mode takes: noted in supervisor_seen; on behind the instruction of 4 bytes, or without interrupts. */
    .balign 4
    .global supervisor_vector
supervisor_vector:
    csrw    sscratch, t0
    la      t0, supervisor_seen
    sd      t1, 32(t0)
    csrr    t1, scause
    sd      t1, 0(t0)
    csrr    t1, sepc
    sd      t1, 8(t0)
    csrr    t0, scause
    bltz    t0, 1f
    addi    t1, t1, 4
    csrw    sepc, t1
    j       2f
1:  csrw    sie, zero
2:  la      t0, supervisor_seen
    csrr    t1, stval
    sd      t1, 16(t0)
    csrr    t1, sstatus
    sd      t1, 24(t0)
    ld      t1, 32(t0)
    csrr    t0, sscratch
    sret

    .bss
    .balign 16
    .space  16384
machine_stack_top:
    .space  4096
second_stack_top:
    .section .note.GNU-stack, "", %progbits
