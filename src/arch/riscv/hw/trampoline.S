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
/* So many instructions are done for one trap. */
#define ROW_MAX       8

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
 * address space; and since each trap is dear (firmware sees it first), those that follow in a row as well,
 * over a mask's ANDI and ORI between a read and a write. What is not for here goes on as if this had not
 * been.
 *
 * a0: the crossing; t0 and t1 are saved. From here on t1 is the PC, t0 the instruction there, t6 how many of
 * the row are done, t5 where the tables below go on.
 */
short_way:
    sd      t2, CROSSING_T2(a0)
    sd      t3, CROSSING_T3(a0)
    sd      t4, CROSSING_T4(a0)
    sd      t5, CROSSING_T5(a0)
    sd      t6, CROSSING_T6(a0)
    csrr    t1, sepc
    li      t6, 0
    /* S-mode may read the guest's page. A trap of that goes to `unreadable`. */
    lui     t2, SUM_UPPER
    la      t3, unreadable
    csrw    stvec, t3
    csrrs   t4, sstatus, t2
    sd      t4, CROSSING_STATUS(a0)
fetch:
    lhu     t0, 0(t1)
    lhu     t4, 2(t1)
    andi    t2, t0, 0x7f
    slli    t4, t4, 16
    or      t0, t0, t4
    addi    t2, t2, -0x73           /* SYSTEM */
    bnez    t2, mask
    /* Which register: t3 is a0 plus its place among those in the crossing. */
    srli    t2, t0, 20
    addi    t3, t2, -0x140          /* sscratch, sepc, scause, stval */
    li      t4, 4
    bltu    t3, t4, 1f
    addi    t3, t2, -0x105 + 4      /* stvec is behind them */
    beq     t3, t4, 1f
    li      t4, 5
    addi    t3, t2, -0x180 + 5      /* and satp: read by CSRRS of x0 */
    bne     t3, t4, 6f
    srli    t4, t0, 12
    andi    t4, t4, 0xff
    addi    t4, t4, -2
    bnez    t4, not_here
    j       1f
6:
    addi    t3, t2, -0x100          /* sstatus before them */
    bnez    t3, not_here
    /* The guest has used floating point, and its sstatus does not say so yet. */
    ld      t2, CROSSING_STATUS(a0)
    ld      t4, CROSSING_SSTATUS(a0)
    not     t4, t4
    and     t2, t2, t4
    bltz    t2, not_here
    li      t3, -1
1:  slli    t3, t3, 3
    add     t3, t3, a0
    ld      t2, CROSSING_SSCRATCH(t3)
    /* t2: what it was. t4: the operand, a register or the field itself. */
    srli    t4, t0, 12
    andi    t4, t4, 3
    beqz    t4, not_here            /* no access to a CSR */
    srli    t4, t0, 15
    andi    t4, t4, 31
    slli    t5, t0, 63 - 14
    bltz    t5, 2f
    slli    t4, t4, 3
    la      t5, operands
    add     t4, t4, t5
    la      t5, 2f
    jr      t4
2:  slli    t5, t0, 63 - 13
    bgez    t5, 4f                  /* write */
    slli    t5, t0, 63 - 12
    bltz    t5, 3f
    or      t4, t2, t4              /* set */
    j       4f
3:  not     t4, t4                  /* clear */
    and     t4, t2, t4
    /* t4: what it becomes. */
4:  addi    t5, a0, -8
    beq     t3, t5, status
    addi    t5, a0, 8               /* sepc: instructions are at multiples of 2 */
    bne     t3, t5, 5f
    andi    t4, t4, -2
5:  addi    t5, a0, 32              /* stvec: the mode that everybody uses */
    bne     t3, t5, write
    andi    t5, t4, 3
    bnez    t5, not_here
write:
    sd      t4, CROSSING_SSCRATCH(t3)
    ld      t4, CROSSING_SHORT_COUNT(a0)
    addi    t4, t4, 1
    sd      t4, CROSSING_SHORT_COUNT(a0)
    /* t2 to the register that the instruction names, on to the next one. */
    srli    t4, t0, 7
    andi    t4, t4, 31
wide:
    la      t5, 1f
    j       destination
1:  addi    t1, t1, 4
next:
    addi    t6, t6, 1
    addi    t4, t6, -ROW_MAX
    bgez    t4, row_end
    addi    t4, t1, 3               /* all of it in this page, which was readable */
    xor     t4, t4, t1
    srli    t4, t4, 12
    beqz    t4, fetch
row_end:
    lui     t2, SUM_UPPER
    la      t3, trampoline_start
    csrc    sstatus, t2
    csrw    stvec, t3
    csrw    sepc, t1
    ld      t0, CROSSING_T0(a0)
    ld      t1, CROSSING_T1(a0)
    ld      t2, CROSSING_T2(a0)
    ld      t3, CROSSING_T3(a0)
    ld      t4, CROSSING_T4(a0)
    ld      t5, CROSSING_T5(a0)
    ld      t6, CROSSING_T6(a0)
    csrrw   a0, sscratch, a0
    sret

/* sstatus: SIE, SPIE and SPP may change here; to allow interrupts, only if none waits. */
status:
    xor     t4, t4, t2
    ld      t5, CROSSING_STATUS_LONG(a0)
    and     t5, t5, t4
    bnez    t5, not_here
    andi    t4, t4, STATUS_SHORT
    xor     t4, t4, t2              /* t4: new, as far as its bits can be written */
    not     t5, t2
    and     t5, t5, t4
    andi    t5, t5, STATUS_SIE
    beqz    t5, write
    ld      t5, CROSSING_PENDING(a0)
    beqz    t5, write
    j       not_here

/* Not SYSTEM: ANDI and ORI, or C.ANDI, behind another of the row. */
mask:
    beqz    t6, long_way
    li      t2, 0xec03
    li      t3, 0x8801
    and     t2, t2, t0
    beq     t2, t3, short_mask
    li      t2, 0x607f
    li      t3, 0x6013
    and     t2, t2, t0
    bne     t2, t3, row_end
    srli    t4, t0, 15
    andi    t4, t4, 31
    la      t5, 1f
    j       operand
1:  sraiw   t2, t0, 20
    slli    t3, t0, 63 - 12
    bltz    t3, 2f
    or      t2, t4, t2
    j       3f
2:  and     t2, t4, t2
3:  srli    t4, t0, 7
    andi    t4, t4, 31
    j       wide
short_mask:
    srli    t4, t0, 7
    andi    t4, t4, 7
    addi    t4, t4, 8
    la      t5, 1f
    j       operand
1:  slli    t2, t0, 63 - 12         /* the mask's bit 5, its sign, is bit 12; the others are 6 to 2 */
    srai    t2, t2, 63
    slli    t2, t2, 5
    srli    t3, t0, 2
    andi    t3, t3, 31
    or      t2, t2, t3
    and     t2, t4, t2
    srli    t4, t0, 7
    andi    t4, t4, 7
    addi    t4, t4, 8
    la      t5, 2f
    j       destination
2:  addi    t1, t1, 2
    j       next

/* Behind others of a row it would trap next if it is of a higher mode (2.1); else it is the guest's to do. */
not_here:
    beqz    t6, long_way
    srli    t2, t0, 28
    andi    t2, t2, 3
    beqz    t2, row_end
long_way:
    lui     t2, SUM_UPPER
    la      t3, trampoline_start
    csrc    sstatus, t2
    csrw    stvec, t3
    csrw    sepc, t1
    ld      t2, CROSSING_T2(a0)
    ld      t3, CROSSING_T3(a0)
    ld      t4, CROSSING_T4(a0)
    ld      t5, CROSSING_T5(a0)
    ld      t6, CROSSING_T6(a0)
    j       leave

/* The guest may execute there and not read, or its page has gone: as if we had not tried. */
    .balign 4
unreadable:
    li      t2, SSTATUS_SPP
    csrc    sstatus, t2
    bnez    t6, row_end
    li      t2, CAUSE_ILLEGAL
    csrw    SCAUSE_CSR, t2
    j       long_way

/* t4: the number of a register, or its value from there on. */
operand:
    slli    t4, t4, 3
    la      t3, operands
    add     t4, t4, t3
    jr      t4
destination:
    slli    t4, t4, 3
    la      t3, destinations
    add     t4, t4, t3
    jr      t4

/* By number of register; those in use here are in the crossing, a0 in sscratch. */
    .macro  operand_of n
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
    .elseif \n == 30
    ld      t4, CROSSING_T5(a0)
    .elseif \n == 31
    ld      t4, CROSSING_T6(a0)
    .elseif \n == 10
    csrr    t4, sscratch
    .else
    mv      t4, x\n
    .endif
    jr      t5
    .endm
    .macro  destination_of n
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
    .elseif \n == 30
    sd      t2, CROSSING_T5(a0)
    .elseif \n == 31
    sd      t2, CROSSING_T6(a0)
    .elseif \n == 10
    csrw    sscratch, t2
    .else
    mv      x\n, t2
    .endif
    jr      t5
    .endm
#define NUMBERS \
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31
operands:
    .irp    n, NUMBERS
    operand_of \n
    .endr
destinations:
    .irp    n, NUMBERS
    destination_of \n
    .endr
    .global trampoline_end
trampoline_end:
