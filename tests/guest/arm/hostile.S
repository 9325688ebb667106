/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way into a sample and out of it. Whatever a sample does to its registers and modes, each exception
 * comes back to the C that called sample_enter, on the stack it had: found by the CPU's number, which no
 * guest can change.
 */
    .arch   armv7ve
    .arm

    .text
/* unsigned sample_enter(const uint32_t r[13], uint32_t pc, uint32_t cpsr): which vector ended it. */
    .global sample_enter
    .type   sample_enter, %function
sample_enter:
    push    {r4-r11, lr}
    mrc     p15, 0, r3, c0, c0, 5   /* MPIDR */
    and     r3, r3, #3
    ldr     r4, =saved_sp
    str     sp, [r4, r3, lsl #2]
    push    {r1, r2}                /* as RFE takes them */
    mov     r12, sp
    add     lr, r0, #4
    ldr     r0, [r0]
    ldm     lr, {r1-r11}
    clrex
    rfeia   r12

    .balign 32
    .global hostile_vectors
hostile_vectors:
    b       .
    b       1f
    b       2f
    b       3f
    b       4f
    b       .
    b       5f
    b       6f
    .macro  back kind
    mov     r0, #\kind
    b       recover
    .endm
1:  back    0
2:  back    1
3:  back    2
4:  back    3
5:  back    4
6:  back    5

recover:
    cpsid   aif, #0x13
    mrc     p15, 0, r3, c0, c0, 5
    and     r3, r3, #3
    ldr     r4, =saved_sp
    ldr     sp, [r4, r3, lsl #2]
    pop     {r4-r11, pc}
    .ltorg

    .bss
    .balign 4
saved_sp:
    .space  16
    .section .note.GNU-stack, "", %progbits
