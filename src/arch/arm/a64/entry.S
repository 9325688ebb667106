/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vectors at EL2 (Arm ARM DDI 0487, D1.3.1.5). While a guest runs, SP_EL2 is the address of its
 * vcpu, so registers go straight to where they live. C then decides, on this CPU's stack, and names the
 * vcpu to go on with. What our C preserves or leaves alone is not even saved for a trap that is done
 * at once (fast.h).
 */
#include "offsets.h"

    /* What our C may change, and where the guest was. Leaves its PC in x3, the vcpu in x0. */
    .macro save_guest
    stp     x0, x1, [sp, #0]
    stp     x2, x3, [sp, #16]
    stp     x4, x5, [sp, #32]
    stp     x6, x7, [sp, #48]
    stp     x8, x9, [sp, #64]
    stp     x16, x17, [sp, #128]
    stp     x29, x30, [sp, #232]
    mrs     x3, ELR_EL2
    mrs     x2, SPSR_EL2
    stp     x3, x2, [sp, #VCPU_PC]
    mov     x0, sp
    ldr     x2, [sp, #VCPU_PCPU]
    ldr     x2, [x2, #PCPU_STACK_TOP]
    mov     x29, xzr
    mov     sp, x2
    str     x0, [sp, #-16]!
    .endm

    /* What it preserves or does not use: the guest's still, on the way from a vector. */
    .macro save_rest vcpu
    stp     x10, x11, [\vcpu, #80]
    stp     x12, x13, [\vcpu, #96]
    stp     x14, x15, [\vcpu, #112]
    stp     x18, x19, [\vcpu, #144]
    stp     x20, x21, [\vcpu, #160]
    stp     x22, x23, [\vcpu, #176]
    stp     x24, x25, [\vcpu, #192]
    stp     x26, x27, [\vcpu, #208]
    str     x28, [\vcpu, #224]
    .endm

    /* SP is the vcpu. */
    .macro enter_guest
    ldp     x1, x2, [sp, #VCPU_PC]
    msr     ELR_EL2, x1
    msr     SPSR_EL2, x2
    ldp     x29, x30, [sp, #232]
    ldp     x16, x17, [sp, #128]
    ldp     x8, x9, [sp, #64]
    ldp     x6, x7, [sp, #48]
    ldp     x4, x5, [sp, #32]
    ldp     x2, x3, [sp, #16]
    ldp     x0, x1, [sp, #0]
    eret
    dsb     nsh                     /* nothing is speculated past ERET */
    isb
    .endm

    .macro guest_vector handler
    .balign 128
    b       \handler
    .endm
    .macro fatal_vector kind
    .balign 128
    msr     SP_EL0, x0              /* the guest's is lost: nobody goes on from here */
    mov     x0, #\kind
    b       fatal
    .endm

    .text
    .balign 2048
    .global vectors
vectors:
    fatal_vector 0
    fatal_vector 1
    fatal_vector 2
    fatal_vector 3
    fatal_vector 4
    fatal_vector 5
    fatal_vector 6
    .balign 128
    b       serror_here
    guest_vector guest_sync
    guest_vector guest_irq
    guest_vector guest_irq
    guest_vector guest_serror
    guest_vector guest_sync
    guest_vector guest_irq
    guest_vector guest_irq
    guest_vector guest_serror

/*
 * A physical SError at EL2. Within the window of a64_serror_drain EL1's registers are saved, and it
 * is what the window is for; anywhere else it is our end, with x0 and x1 where `fatal` wants them.
 */
serror_here:
    msr     SP_EL0, x0
    msr     ELR_EL1, x1
    mrs     x0, ELR_EL2
    adr     x1, drain_begin
    sub     x0, x0, x1
    cmp     x0, #(drain_end - drain_begin)
    mrs     x1, ELR_EL1
    b.hi    1f
    mov     x0, #1
    eret
    dsb     nsh
    isb
1:  mov     x0, #7
    b       fatal

/* bool a64_serror_drain(void): x0 is all it has (switch.h). */
    .global a64_serror_drain
a64_serror_drain:
    mov     x0, xzr
    dsb     sy
    isb
drain_begin:
    msr     DAIFClr, #4
    isb
    msr     DAIFSet, #4
drain_end:
    ret

    .section .text.hot, "ax"
    .balign 64
guest_sync:
    save_guest
    mrs     x1, ESR_EL2
    mrs     x2, FAR_EL2
    bl      a64_trap_sync
    /* w0: what is left to do (fast.h). */
    ldr     x1, [sp]
    cbnz    w0, not_done
enter_rest_kept:
    mov     sp, x1
    enter_guest

    .balign 64
guest_irq:
    save_guest
    bl      a64_trap_irq
    ldr     x1, [sp]
    cbnz    w0, not_done
    mov     sp, x1
    enter_guest

guest_serror:
    save_guest
    save_rest x0
    bl      a64_trap_serror
    b       a64_enter

    /* w0: what is left, x1: the vcpu. The other registers are as the guest left them. */
not_done:
    save_rest x1
    tbnz    w0, #LEFT_REG_SHIFT, not_saved
1:  bl      a64_trap_rest
    /* x0: the vcpu to run, whose state is loaded. */
    .global a64_enter
a64_enter:
    mov     sp, x0
    ldp     x10, x11, [sp, #80]
    ldp     x12, x13, [sp, #96]
    ldp     x14, x15, [sp, #112]
    ldp     x18, x19, [sp, #144]
    ldp     x20, x21, [sp, #160]
    ldp     x22, x23, [sp, #176]
    ldp     x24, x25, [sp, #192]
    ldp     x26, x27, [sp, #208]
    ldr     x28, [sp, #224]
    enter_guest

    /* The trap was refused because it names one of those. */
not_saved:
    mov     x0, x1
    bl      a64_trap_again
    ldr     x1, [sp]
    cbz     w0, enter_rest_kept
    tbz     w0, #LEFT_LOAD_SHIFT, 1b
    mov     x0, x1
    b       a64_enter

    .text
/* x0: which vector, SP_EL0: the old x0. Saves all on the emergency stack, wherever SP was. */
fatal:
    msr     DAIFSet, #0xf
    msr     ELR_EL1, x1             /* as good as any: the guest's state is not needed any more */
    mrs     x1, TPIDR_EL2
    cbz     x1, 2f
    ldr     x1, [x1, #PCPU_EMERGENCY_TOP]
    b       3f
2:  ldr     x1, =boot_stack_top
3:  sub     x1, x1, #FATAL_FRAME_BYTES
    stp     x2, x3, [x1, #16]
    stp     x4, x5, [x1, #32]
    stp     x6, x7, [x1, #48]
    stp     x8, x9, [x1, #64]
    stp     x10, x11, [x1, #80]
    stp     x12, x13, [x1, #96]
    stp     x14, x15, [x1, #112]
    stp     x16, x17, [x1, #128]
    stp     x18, x19, [x1, #144]
    stp     x20, x21, [x1, #160]
    stp     x22, x23, [x1, #176]
    stp     x24, x25, [x1, #192]
    stp     x26, x27, [x1, #208]
    stp     x28, x29, [x1, #224]
    mov     x2, sp
    stp     x30, x2, [x1, #240]
    mrs     x2, SP_EL0
    mrs     x3, ELR_EL1
    stp     x2, x3, [x1]
    mov     sp, x1
    mov     x29, xzr
    mov     x2, x0
    mov     x0, x1
    mov     x1, x2
    bl      a64_fatal
    b       .
    .ltorg
