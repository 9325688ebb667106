/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The page of code that is in every address space, at the same address in a guest's and in ours, so
 * that satp can be changed under it (docs/adr/0012-riscv-without-h.md). The hart's struct crossing is in
 * the page behind it, but there only in the guest's.
 */
#include "arch/riscv/hw/crossing.h"
#include "offsets.h"

#define SATP_CSR 0x180

    .section .trampoline, "ax"
    .balign 4096
    .global trampoline_start
trampoline_start:
/* stvec while a guest runs without the H extension; sscratch is where the crossing is seen here. */
    csrrw   a0, sscratch, a0
    sd      t0, CROSSING_T0(a0)
    sd      t1, CROSSING_T1(a0)
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
    .global trampoline_end
trampoline_end:
