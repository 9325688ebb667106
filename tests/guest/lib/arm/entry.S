/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a guest's CPUs begin, and its vectors (Arm ARM DDI 0406C, B1.8.1). Each exception saves the
 * interrupted registers in a struct frame on the SVC stack, and C may change them.
 */
    .arch   armv7ve
    .arm

    .section .text.entry, "ax"
    .global guest_start
guest_start:
    ldr     r0, =bss_start
    ldr     r1, =bss_end
    mov     r3, #0
1:  str     r3, [r0], #4
    cmp     r0, r1
    blo     1b
    ldr     r0, =guest_boot_fdt
    str     r2, [r0]
    ldr     r0, =boot_stack_top
    bl      cpu_start
    bl      guest_boot
    b       .

/* PSCI CPU_ON comes here; r0: the stack's top, at which the function to call is. */
    .global guest_second_start
guest_second_start:
    bl      cpu_start
    ldr     r1, [sp]
    blx     r1
    b       .
/* The same, entered in Thumb state. */
    .thumb
    .thumb_func
    .global guest_thumb_start
guest_thumb_start:
    blx     guest_second_start
    .arm
    .balign 4

/* r0: stack's top. */
cpu_start:
    mov     sp, r0
    mrs     r1, cpsr
    and     r1, r1, #0x1f
    cmp     r1, #0x10               /* User mode, under trapeze,user-mode: has no vectors */
    bxeq    lr
    ldr     r1, =guest_vectors
    mcr     p15, 0, r1, c12, c0, 0  /* VBAR */
    isb
    bx      lr
    .ltorg

    .text
    .balign 32
    .global guest_vectors
guest_vectors:
    b       .
    b       undef
    b       svc
    b       prefetch
    b       data
    b       .
    b       irq
    b       fiq

/* LR of the exception less \back is where it happened, or, for an interrupt, where to go on. */
    .macro  exception name, back, kind
\name:
    .if \back
    sub     lr, lr, #\back
    .endif
    srsdb   sp!, #0x13              /* lr and spsr to the SVC stack */
    cps     #0x13
    push    {r0-r12, lr}
    mov     r0, sp
    mov     r1, #\kind
    mov     r4, sp
    bic     sp, sp, #7
    bl      guest_exception
    mov     sp, r4
    pop     {r0-r12, lr}
    rfeia   sp!
    .endm
    exception undef, 0, 0
    exception svc, 0, 1
    exception prefetch, 4, 2
    exception data, 8, 3
    exception irq, 4, 4
    exception fiq, 4, 5

    .bss
    .balign 16
    .space  16384
boot_stack_top:
    .global guest_boot_fdt
guest_boot_fdt:
    .space  4
    .section .note.GNU-stack, "", %progbits
