/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vectors that take the time first: the count goes to bench_vector_time, then the runtime's own IRQ vector goes on. For
 * IRQs of one CPU only, whose SP_irq bench_vectors_use sets; nothing else may happen while they are in use.
 */
    .arch   armv7ve
    .arm
#define VECTOR_IRQ 0x18
#define MODE_IRQ   0x12
#define MODE_SVC   0x13

    .text
    .balign 32
bench_vectors:
    .space  VECTOR_IRQ
    push    {r0-r2}                 /* the FIQ vector is not missed */
    mrrc    p15, 1, r0, r1, c14     /* CNTVCT */
    ldr     r2, =bench_vector_time
    strd    r0, r1, [r2]
    pop     {r0-r2}
    ldr     pc, =guest_vectors + VECTOR_IRQ
    .ltorg

/* void bench_vectors_use(void): interrupts are masked. */
    .global bench_vectors_use
    .type   bench_vectors_use, %function
bench_vectors_use:
    ldr     r0, =bench_vectors
    mcr     p15, 0, r0, c12, c0, 0  /* VBAR */
    cps     #MODE_IRQ
    ldr     sp, =stack_top
    cps     #MODE_SVC
    isb
    bx      lr
    .ltorg

    .bss
    .balign 8
    .space  16
stack_top:
    .section .note.GNU-stack, "", %progbits
