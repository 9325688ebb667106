/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page of code that is in every address space, at the same address in a guest's and in ours, so
 * that satp can be changed under it (docs/adr/0012-riscv-without-h.md). The hart's struct crossing is in
 * the page behind it, but there only in the guest's.
 */
#include "arch/riscv/hw/crossing.h"
#include "offsets.h"

#define SATP_CSR   0x180
#define SCAUSE_CSR 0x142
#define CAUSE_ILLEGAL 2
#define SSTATUS_SPP   0x100

    /* Tables have entries of two instructions, and vectors are at multiples of 4. */
    .option norvc
    .section .trampoline, "ax"
    .balign 4096
    .global trampoline_start
trampoline_start:
/* stvec while a guest runs without the H extension; sscratch is where the crossing is seen here. */
    csrrw   a0, sscratch, a0
    sd      t0, CROSSING_T0(a0)
    sd      t1, CROSSING_T1(a0)
    csrr    t0, SCAUSE_CSR
    addi    t0, t0, -CAUSE_ILLEGAL
    bnez    t0, leave
    ld      t0, CROSSING_SHORT(a0)
    bnez    t0, short_way
leave:
    ld      t0, CROSSING_HOST_SATP(a0)
    ld      t1, CROSSING_FENCE(a0)
    ld      a0, CROSSING_SELF(a0)
    csrw    SATP_CSR, t0
    beqz    t1, 1f
    sfence.vma
1:  ld      t0, CROSSING_VCPU(a0)
    ld      t1, CROSSING_ENTRY(a0)
    jr      t1

/* t0: the guest's satp, a0: where the crossing is seen under it. */
    .org    trampoline_start + TRAMPOLINE_EXIT
    csrw    SATP_CSR, t0
    ld      t1, CROSSING_FENCE(a0)
    beqz    t1, 1f
    sfence.vma
1:  ld      t0, CROSSING_T0(a0)
    ld      t1, CROSSING_T1(a0)
    ld      a0, CROSSING_A0(a0)
    sret
/*
 * The short way: accesses to those of the supervisor's registers that are kept in the crossing, where
 * they change nothing but themselves (crossing.h says which), are done here, without leaving the guest's
 * address space. All else goes on as if this had not been. a0: the crossing; t0 and t1 are saved.
 */
short_way:
    sd      t2, CROSSING_T2(a0)
    sd      t3, CROSSING_T3(a0)
    sd      t4, CROSSING_T4(a0)
    /* The instruction, as S-mode may read the guest's page. A trap of that goes to `unreadable`. */
    lui     t2, SUM_UPPER
    csrr    t1, sepc
    la      t3, unreadable
    csrrw   t3, stvec, t3
    csrrs   t4, sstatus, t2
    sd      t4, CROSSING_STATUS(a0)
    lhu     t0, 0(t1)
    lhu     t4, 2(t1)
    csrc    sstatus, t2
    csrw    stvec, t3
    andi    t2, t0, 0x7f
    addi    t2, t2, -0x73           /* SYSTEM */
    bnez    t2, long_way
    slli    t4, t4, 16
    or      t0, t0, t4
    /* t0: the instruction. Which register: t3 is a0 plus its place among those in the crossing. */
    srli    t2, t0, 20
    addi    t3, t2, -0x140          /* sscratch, sepc, scause, stval */
    li      t4, 4
    bltu    t3, t4, 1f
    addi    t3, t2, -0x100          /* sstatus */
    bnez    t3, long_way
    /* The guest has used floating point, and its sstatus does not say so yet. */
    ld      t2, CROSSING_STATUS(a0)
    ld      t4, CROSSING_SSTATUS(a0)
    not     t4, t4
    and     t2, t2, t4
    bltz    t2, long_way
    li      t3, -1
1:  slli    t3, t3, 3
    add     t3, t3, a0
    ld      t2, CROSSING_SSCRATCH(t3)
    /* t2: what it was. t4: the operand, a register or the field itself. */
    srli    t4, t0, 12
    andi    t4, t4, 3
    beqz    t4, long_way            /* no access to a CSR */
    srli    t4, t0, 15
    andi    t4, t4, 31
    srli    t1, t0, 14
    andi    t1, t1, 1
    bnez    t1, operand_known
    slli    t4, t4, 3
    la      t1, operands
    add     t1, t1, t4
    jr      t1
operand_known:
    srli    t1, t0, 12
    andi    t1, t1, 3
    addi    t1, t1, -2
    bltz    t1, 3f                  /* write */
    bnez    t1, 2f
    or      t4, t2, t4              /* set */
    j       3f
2:  not     t4, t4                  /* clear */
    and     t4, t2, t4
    /* t4: what it becomes. */
3:  addi    t1, a0, -8
    beq     t3, t1, 5f
    addi    t1, a0, 8               /* sepc: instructions are at multiples of 2 */
    bne     t3, t1, 4f
    andi    t4, t4, -2
4:  sd      t4, CROSSING_SSCRATCH(t3)
    /* The old value to its register. */
    srli    t1, t0, 4
    andi    t1, t1, 31 << 3
    la      t4, destinations
    add     t1, t1, t4
    jr      t1
destination_known:
    ld      t1, CROSSING_SHORT_COUNT(a0)
    csrr    t0, sepc
    addi    t1, t1, 1
    addi    t0, t0, 4
    sd      t1, CROSSING_SHORT_COUNT(a0)
    csrw    sepc, t0
    ld      t0, CROSSING_T0(a0)
    ld      t1, CROSSING_T1(a0)
    ld      t2, CROSSING_T2(a0)
    ld      t3, CROSSING_T3(a0)
    ld      t4, CROSSING_T4(a0)
    csrrw   a0, sscratch, a0
    sret

/* sstatus: SIE, SPIE and SPP may change here; to allow interrupts, only if none waits. */
5:  xor     t4, t4, t2
    ld      t1, CROSSING_STATUS_LONG(a0)
    and     t1, t1, t4
    bnez    t1, long_way
    andi    t4, t4, STATUS_SHORT
    xor     t4, t4, t2              /* t4: new, as far as its bits can be written */
    not     t1, t2
    and     t1, t1, t4
    andi    t1, t1, STATUS_SIE
    beqz    t1, 4b
    ld      t1, CROSSING_PENDING(a0)
    beqz    t1, 4b

long_way:
    ld      t2, CROSSING_T2(a0)
    ld      t3, CROSSING_T3(a0)
    ld      t4, CROSSING_T4(a0)
    j       leave

/* The guest may execute there and not read, or its page has gone: as if we had not tried. */
unreadable:
    csrc    sstatus, t2
    li      t2, SSTATUS_SPP
    csrc    sstatus, t2
    csrw    stvec, t3
    csrw    sepc, t1
    li      t2, CAUSE_ILLEGAL
    csrw    SCAUSE_CSR, t2
    j       long_way

/* By number of register; those in use here are in the crossing, a0 in sscratch. */
    .macro  operand n
    .if     \n == 5
    ld      t4, CROSSING_T0(a0)
    .elseif \n == 6
    ld      t4, CROSSING_T1(a0)
    .elseif \n == 7
    ld      t4, CROSSING_T2(a0)
    .elseif \n == 28
    ld      t4, CROSSING_T3(a0)
    .elseif \n == 29
    ld      t4, CROSSING_T4(a0)
    .elseif \n == 10
    csrr    t4, sscratch
    .else
    mv      t4, x\n
    .endif
    j       operand_known
    .endm
    .macro  destination n
    .if     \n == 5
    sd      t2, CROSSING_T0(a0)
    .elseif \n == 6
    sd      t2, CROSSING_T1(a0)
    .elseif \n == 7
    sd      t2, CROSSING_T2(a0)
    .elseif \n == 28
    sd      t2, CROSSING_T3(a0)
    .elseif \n == 29
    sd      t2, CROSSING_T4(a0)
    .elseif \n == 10
    csrw    sscratch, t2
    .else
    mv      x\n, t2
    .endif
    j       destination_known
    .endm
#define NUMBERS \
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
operands:
    .irp    n, NUMBERS
    operand \n
    .endr
destinations:
    .irp    n, NUMBERS
    destination \n
    .endr
    .global trampoline_end
trampoline_end:
