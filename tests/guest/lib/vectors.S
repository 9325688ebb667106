/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The exception vectors (Arm ARM DDI 0487, D1.3.1): save everything in a struct exception_frame, call C,
 * go back with what C left in the frame. And the way out of a fault that was expected.
 */
#include "guest/lib/layout.h"

    .macro  VECTOR kind
    .balign 0x80
    sub     sp, sp, #FRAME_BYTES
    stp     x0, x1, [sp, #FRAME_X(0)]
    mov     x0, #\kind
    b       exception_save
    .endm

    .section .text.vectors, "ax"
    .balign 0x800
    .global vectors
vectors:
    .irp    kind, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15
    VECTOR  \kind
    .endr

    .balign 0x80
exception_save:
    stp     x2, x3, [sp, #FRAME_X(2)]
    stp     x4, x5, [sp, #FRAME_X(4)]
    stp     x6, x7, [sp, #FRAME_X(6)]
    stp     x8, x9, [sp, #FRAME_X(8)]
    stp     x10, x11, [sp, #FRAME_X(10)]
    stp     x12, x13, [sp, #FRAME_X(12)]
    stp     x14, x15, [sp, #FRAME_X(14)]
    stp     x16, x17, [sp, #FRAME_X(16)]
    stp     x18, x19, [sp, #FRAME_X(18)]
    stp     x20, x21, [sp, #FRAME_X(20)]
    stp     x22, x23, [sp, #FRAME_X(22)]
    stp     x24, x25, [sp, #FRAME_X(24)]
    stp     x26, x27, [sp, #FRAME_X(26)]
    stp     x28, x29, [sp, #FRAME_X(28)]
    mrs     x1, elr_el1
    stp     x30, x1, [sp, #FRAME_X(30)]
    mrs     x1, spsr_el1
    mrs     x2, esr_el1
    stp     x1, x2, [sp, #FRAME_SPSR]
    mrs     x1, far_el1
    stp     x1, x0, [sp, #FRAME_FAR]
    mov     x0, sp
    bl      exception_taken
    ldp     x1, x2, [sp, #FRAME_X(30)]
    mov     x30, x1
    msr     elr_el1, x2
    ldr     x1, [sp, #FRAME_SPSR]
    msr     spsr_el1, x1
    ldp     x2, x3, [sp, #FRAME_X(2)]
    ldp     x4, x5, [sp, #FRAME_X(4)]
    ldp     x6, x7, [sp, #FRAME_X(6)]
    ldp     x8, x9, [sp, #FRAME_X(8)]
    ldp     x10, x11, [sp, #FRAME_X(10)]
    ldp     x12, x13, [sp, #FRAME_X(12)]
    ldp     x14, x15, [sp, #FRAME_X(14)]
    ldp     x16, x17, [sp, #FRAME_X(16)]
    ldp     x18, x19, [sp, #FRAME_X(18)]
    ldp     x20, x21, [sp, #FRAME_X(20)]
    ldp     x22, x23, [sp, #FRAME_X(22)]
    ldp     x24, x25, [sp, #FRAME_X(24)]
    ldp     x26, x27, [sp, #FRAME_X(26)]
    ldp     x28, x29, [sp, #FRAME_X(28)]
    ldp     x0, x1, [sp, #FRAME_X(0)]
    add     sp, sp, #FRAME_BYTES
    eret

/*
 * bool fault_call(void (*fn)(void *), void *argument, struct fault *fault, struct fault **expected)
 * Call FN with *EXPECTED = FAULT; exception_taken comes to fault_landing with x0 = FAULT if it faults.
 */
    .text
    .global fault_call, fault_landing
fault_call:
    stp     x29, x30, [sp, #-112]!
    mov     x29, sp
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    str     x3, [sp, #96]
    mov     x9, sp
    str     x9, [x2, #FAULT_SP]
    str     x2, [x3]
    mov     x9, x0
    mov     x0, x1
    blr     x9
    mov     x0, xzr
    b       1f
fault_landing:
    ldr     x9, [x0, #FAULT_SP]
    mov     sp, x9
    mov     x0, #1
1:  ldr     x3, [sp, #96]
    str     xzr, [x3]
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #112
    ret
