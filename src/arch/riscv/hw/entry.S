/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trap vector in HS-mode (Privileged Architecture 10.1.2). While a guest runs, sscratch is the
 * address of its vcpu, so registers go straight to where they live; while we run it is 0. C then
 * decides, on this hart's stack, and names the vcpu to go on with.
 */
#include "offsets.h"

#define SCAUSE_CSR 0x142

    .macro  each_register op, base
    .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    \op     x\n, (8 * \n)(\base)
    .endr
    .endm

    .section .text.hot, "ax"
    .balign 64
    .global trap_vector
trap_vector:
    csrrw   a0, sscratch, a0
    beqz    a0, from_hypervisor
    each_register sd, a0
    csrrw   t0, sscratch, zero      /* the guest's a0 */
    csrr    t1, sepc
    csrr    a1, SCAUSE_CSR
    ld      tp, VCPU_PCPU(a0)
    sd      t0, (8 * 10)(a0)
    sd      t1, VCPU_PC(a0)
    ld      sp, PCPU_STACK_TOP(tp)
    mv      fp, zero
    bltz    a1, 1f
    call    rv_trap_exception
    /* a0: the vcpu to run, whose state is loaded. */
    .global rv_enter
rv_enter:
    csrw    sscratch, a0
    ld      t1, VCPU_PC(a0)
    csrw    sepc, t1
    each_register ld, a0
    ld      a0, (8 * 10)(a0)
    sret
1:  call    rv_trap_interrupt
    j       rv_enter

    .text
/*
 * bool hlvx_u16(uint64_t at, uint16_t *to): a halfword of the guest's code, as the guest would fetch it (18.3.2).
 * False: it faulted; then sstatus and hstatus are not what they were.
 */
    .global hlvx_u16
hlvx_u16:
    la      t0, 1f
    csrrw   t0, stvec, t0
    .insn   r 0x73, 0x4, 0x32, a2, a0, x3       /* hlvx.hu a2, (a0) */
    csrw    stvec, t0
    sh      a2, 0(a1)
    li      a0, 1
    ret
    .balign 4
1:  csrw    stvec, t0
    li      a0, 0
    ret

/* Our own exception, always a bug: all registers go to the emergency stack, wherever sp was. */
from_hypervisor:
    ld      a0, PCPU_EMERGENCY_TOP(tp)
    addi    a0, a0, -FATAL_FRAME_BYTES
    each_register sd, a0
    csrrw   t0, sscratch, zero
    sd      t0, (8 * 10)(a0)
    mv      sp, a0
    mv      fp, zero
    call    rv_fatal
2:  wfi
    j       2b
