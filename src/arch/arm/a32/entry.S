/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The eight entries of Hyp mode (Arm ARM DDI 0406C, B1.8.1). While a guest runs, SP_hyp is the address of
 * its vcpu, so registers go straight to where they live. C then decides, on this CPU's stack, and names
 * the vcpu to go on with.
 */
#include "offsets.h"

    .arch   armv7ve
    .arm

    .macro  save_guest
    stm     sp, {r0-r12, lr}
    mrs     r2, ELR_hyp
    mrs     r3, SPSR
    ldr     r1, [sp, #VCPU_PCPU]
    mov     r0, sp
    strd    r2, r3, [sp, #VCPU_PC]
    ldr     sp, [r1, #PCPU_STACK_TOP]
    .endm

/* Kept where no guest will look for it any more: nobody goes on from here. */
    .macro  fatal_vector kind
    msr     SP_fiq, r0
    mov     r0, #\kind
    b       fatal
    .endm

    .text
    .balign 32
    .global vectors
vectors:
    b       fatal_reset
    b       fatal_undef             /* these four: of Hyp mode itself */
    b       fatal_call
    b       fatal_prefetch
    b       fatal_data
    b       guest_sync              /* HVC, Hyp Trap, whatever is routed here */
    b       guest_irq
    b       guest_irq               /* FIQ */

fatal_reset:
    fatal_vector 0
fatal_undef:
    fatal_vector 1
fatal_call:
    fatal_vector 2
fatal_prefetch:
    fatal_vector 3

/*
 * A data abort of Hyp mode. Within the window of a32_abort_drain PL1's banked registers are saved, it can
 * be asynchronous only, and it is what the window is for; anywhere else it is our end.
 */
fatal_data:
    msr     SP_fiq, r0
    msr     LR_fiq, r1
    mrs     r0, ELR_hyp
    ldr     r1, =drain_begin
    sub     r0, r0, r1
    cmp     r0, #(drain_end - drain_begin)
    mrs     r1, LR_fiq
    movhi   r0, #4
    bhi     fatal
    mov     r0, #1
    eret
    dsb     nsh
    isb

/* bool a32_abort_drain(void): r0 is all it has (switch.h). */
    .global a32_abort_drain
    .type   a32_abort_drain, %function
a32_abort_drain:
    mov     r0, #0
    dsb     sy
    isb
drain_begin:
    cpsie   a
    isb
    cpsid   a
drain_end:
    bx      lr
    .ltorg

    .section .text.hot, "ax"
    .arm
    .balign 64
guest_sync:
    save_guest
    bl      a32_trap_sync
    /* r0: the vcpu to run, whose state is loaded. */
    .global a32_enter
    .type   a32_enter, %function
a32_enter:
    mov     sp, r0
    ldrd    r2, r3, [r0, #VCPU_PC]
    msr     ELR_hyp, r2
    msr     SPSR_cxsf, r3
    ldm     sp, {r0-r12, lr}
    eret
    dsb     nsh                     /* nothing is speculated past ERET */
    isb

    .balign 64
guest_irq:
    save_guest
    bl      a32_trap_irq
    b       a32_enter

    .text
    .arm
/* r0: which vector, SP_fiq: the old r0. Saves all on the emergency stack, wherever SP was. */
fatal:
    cpsid   aif
    msr     LR_fiq, r1
    msr     SP_irq, sp
    mrc     p15, 4, r1, c13, c0, 2  /* HTPIDR */
    cmp     r1, #0
    ldrne   sp, [r1, #PCPU_EMERGENCY_TOP]
    ldreq   sp, =boot_stack_top
    sub     sp, sp, #FATAL_FRAME_BYTES
    stm     sp, {r0-r12}
    str     lr, [sp, #FATAL_FRAME_LR]
    mrs     r2, SP_fiq
    mrs     r3, LR_fiq
    strd    r2, r3, [sp]
    mrs     r2, SP_irq
    str     r2, [sp, #FATAL_FRAME_SP]
    mov     r1, r0
    mov     r0, sp
    bl      a32_fatal
    b       .
    .ltorg

    .section .note.GNU-stack, "", %progbits
