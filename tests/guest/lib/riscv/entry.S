/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a guest's harts begin, with the header of a Linux Image, and its trap vector (Privileged
 * Architecture 10.1.2), which saves the interrupted registers in a struct frame on the stack; C may
 * change them.
 */
#include "guest/lib/riscv/registers.inc"
#define FRAME_BYTES 272             /* struct frame, a multiple of 16 */

    .option norvc
    .section .text.entry, "ax"
    .global guest_start
guest_start:
    j       1f
    .word   0
    .quad   0x200000                /* text_offset */
    .quad   image_bytes
    .quad   0
    .word   2                       /* version 0.2 */
    .word   0
    .quad   0
    .ascii  "RISCV\0\0\0RSC\x05"
    .word   0
1:  la      t0, bss_start
    la      t1, bss_end
2:  sd      zero, (t0)
    addi    t0, t0, 8
    bltu    t0, t1, 2b
    la      sp, boot_stack_top
    la      t0, guest_vector
    csrw    stvec, t0
    call    guest_main
    j       .

/* SBI's hart_start comes here; a1: the stack's top, at which the function to call is. */
    .global guest_second_start
guest_second_start:
    mv      sp, a1
    la      t0, guest_vector
    csrw    stvec, t0
    ld      t0, (sp)
    jalr    t0
    j       .

/* void user_call(void (*fn)(void)): in U-mode; fn ends with an ecall, and that returns here. */
    .global user_call, user_return
user_call:
    csrw    sepc, a0
    li      t0, 0x100               /* sstatus.SPP */
    csrc    sstatus, t0
    addi    sp, sp, -16
    sd      ra, (sp)
    sret
user_return:
    ld      ra, (sp)
    addi    sp, sp, 16
    ret

/*
 * int64_t guest_suspend(uint64_t extension, uint64_t function, uint64_t type): by SBI, so that registers are lost but for
 * a1, which is the stack. The call's error; 1 if it slept.
 */
    .text
    .global guest_suspend
guest_suspend:
    addi    sp, sp, -128
    preserved sd
    mv      a7, a0
    mv      a6, a1
    mv      a0, a2
    la      a1, suspend_resume
    mv      a2, sp
    ecall
1:  preserved ld
    addi    sp, sp, 128
    ret
    .balign 4
suspend_resume:
    mv      sp, a1
    la      t0, guest_vector
    csrw    stvec, t0
    li      a0, 1
    j       1b

    .text
    .balign 4
    .global guest_vector
guest_vector:
    addi    sp, sp, -FRAME_BYTES
    each_register sd
    csrr    t0, sepc
    sd      t0, (8 * 32)(sp)
    csrr    t0, sstatus
    sd      t0, (8 * 33)(sp)
    mv      a0, sp
    call    guest_trap
    ld      t0, (8 * 32)(sp)
    csrw    sepc, t0
    ld      t0, (8 * 33)(sp)
    csrw    sstatus, t0
    each_register ld
    addi    sp, sp, FRAME_BYTES
    sret

    .bss
    .balign 16
    .space  16384
boot_stack_top:
    .space  16
    .section .note.GNU-stack, "", %progbits
