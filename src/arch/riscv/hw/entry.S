/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trap vector in HS-mode (Privileged Architecture 10.1.2). While a guest runs, sscratch is the
 * address of its vcpu, so registers go straight to where they live; while we run it is 0. C then
 * decides, on this hart's stack, and names the vcpu to go on with. What our C preserves or leaves
 * alone is not even saved for a trap that is done at once (fast.h).
 */
#include "arch/riscv/hw/crossing.h"
#include "arch/riscv/hw/fast.h"
#include "offsets.h"

#define SCAUSE_CSR 0x142

    .macro  registers op, base, mask
    .irp    n, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
    .if     (\mask >> \n) & 1
    \op     x\n, (8 * \n)(\base)
    .endif
    .endr
    .endm

    .section .text.hot, "ax"
    .balign 64
    .global trap_vector
trap_vector:
    csrrw   a0, sscratch, a0
    beqz    a0, from_hypervisor
    registers sd, a0, ENTRY_SAVED
    csrrw   t0, sscratch, zero      /* the guest's a0 */
    csrr    a1, SCAUSE_CSR
    ld      tp, VCPU_PCPU(a0)
    sd      t0, (8 * 10)(a0)
    csrr    a2, sepc
    ld      sp, PCPU_STACK_TOP(tp)
    sd      a2, VCPU_PC(a0)
    bltz    a1, interrupt
    call    rv_trap_fast            /* tp is not C's to change */
    bnez    a0, not_fast
    ld      a0, PCPU_CURRENT(tp)
    csrw    sscratch, a0
    ld      t1, VCPU_PC(a0)
    csrw    sepc, t1
    registers ld, a0, ENTRY_SAVED
    ld      a0, (8 * 10)(a0)
    sret

    /* They are the guest's still. */
not_fast:
    mv      t0, a0
    ld      a0, PCPU_CURRENT(tp)
    registers sd, a0, ENTRY_REST
    mv      fp, zero
    sext.w  t0, t0                  /* RV_LEFT_ALL_BIT is its sign */
    bgez    t0, 1f
    csrr    a1, SCAUSE_CSR
    call    rv_trap_exception
    j       rv_enter
1:  call    rv_trap_resume
    /* a0: the vcpu to run, whose state is loaded. */
    .global rv_enter
rv_enter:
    ld      t0, VCPU_CAPS(a0)
    bnez    t0, smode_enter
    csrw    sscratch, a0
    ld      t1, VCPU_PC(a0)
    csrw    sepc, t1
    registers ld, a0, ENTRY_SAVED
    registers ld, a0, ENTRY_REST
    ld      a0, (8 * 10)(a0)
    sret
interrupt:
    registers sd, a0, ENTRY_REST
    mv      fp, zero
    call    rv_trap_interrupt
    j       rv_enter

/* ---- guests without the H extension: trampoline.S is between them and here */

/* Registers that the crossing uses: t0, t1, a0. */
#define CROSSING_USES 0x460
#define ALL_OTHERS    ((ENTRY_SAVED | ENTRY_A0 | ENTRY_REST) & ~CROSSING_USES)

/* a0: the vcpu, loaded. */
smode_enter:
    call    smode_prepare
    ld      a1, PCPU_CROSSING(tp)
    ld      t0, (8 * 5)(a0)
    ld      t1, (8 * 6)(a0)
    ld      t2, (8 * 10)(a0)
    sd      t0, CROSSING_T0(a1)
    sd      t1, CROSSING_T1(a1)
    sd      t2, CROSSING_A0(a1)
    ld      t0, VCPU_PC(a0)
    csrw    sepc, t0
    ld      t1, CROSSING_PLACE(a1)
    ld      t0, CROSSING_GUEST_SATP(a1)
    csrw    stvec, t1
    registers ld, a0, ALL_OTHERS
    lui     a0, 1                   /* the crossing's page is behind the code */
    add     a0, a0, t1
    csrw    sscratch, a0
    addi    t1, t1, TRAMPOLINE_EXIT
    jr      t1

/* From the trampoline. a0: the crossing, t0: the vcpu; the guest's a0 is in sscratch, its t0 and t1 are in
 * the crossing. */
    .global smode_trap
smode_trap:
    registers sd, t0, ALL_OTHERS
    la      t1, trap_vector
    csrw    stvec, t1
    csrrw   a2, sscratch, zero
    ld      a3, CROSSING_T0(a0)
    ld      a4, CROSSING_T1(a0)
    mv      a0, t0
    sd      a2, (8 * 10)(a0)
    sd      a3, (8 * 5)(a0)
    sd      a4, (8 * 6)(a0)
    csrr    t1, sepc
    sd      t1, VCPU_PC(a0)
    csrr    a1, SCAUSE_CSR
    ld      tp, VCPU_PCPU(a0)
    ld      sp, PCPU_STACK_TOP(tp)
    mv      fp, zero
    bltz    a1, 3f
    call    smode_exception
    j       rv_enter
3:  call    smode_interrupt
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

/* bool hstateen0_write(uint64_t value): false if machine mode has kept the register back (Volume II, 9.1). */
    .global hstateen0_write
hstateen0_write:
    la      t0, 1f
    csrrw   t0, stvec, t0
    csrw    0x60c, a0
    csrw    stvec, t0
    li      a0, 1
    ret
    .balign 4
1:  csrw    stvec, t0
    li      a0, 0
    ret

/* uint64_t instret_span(): see instret.c. */
    .global instret_span
instret_span:
    la      t0, 1f
    csrrw   t0, stvec, t0
    csrr    a1, 0xc02
    nop
    csrr    a2, 0xc02
    nop
    nop
    nop
    nop
    csrr    a3, 0xc02
    csrw    stvec, t0
    sub     a0, a2, a1
    sub     a3, a3, a2
    slli    a3, a3, 32
    or      a0, a0, a3
    ret
    .balign 4
1:  csrw    stvec, t0
    li      a0, 0
    ret

/* Our own exception, always a bug: all registers go to the emergency stack, wherever sp was. */
from_hypervisor:
    ld      a0, PCPU_EMERGENCY_TOP(tp)
    addi    a0, a0, -FATAL_FRAME_BYTES
    registers sd, a0, ENTRY_SAVED
    registers sd, a0, ENTRY_REST
    csrrw   t0, sscratch, zero
    sd      t0, (8 * 10)(a0)
    mv      sp, a0
    mv      fp, zero
    call    rv_fatal
2:  wfi
    j       2b
