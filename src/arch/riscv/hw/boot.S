/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First of the boot hart and of others: from the firmware's MMU-off state in S-mode to C at the linked
 * address. Owns the Image header (Documentation/arch/riscv/boot-image-header.rst; entry: boot.rst).
 * Only moves registers; tables are made by boot_tables.c.
 */
#include "arch/riscv/hw/layout.h"
#include "offsets.h"

    .section .head.text, "ax"
    .option push
    .option norvc
    .global _start
_start:
    j       primary_entry
    .word   0
    .quad   0x200000                /* text_offset from the start of RAM, as a hint */
    .quad   IMAGE_BYTES             /* image_size, bss included */
    .quad   0                       /* little endian */
    .word   2                       /* header 0.2 */
    .word   0
    .quad   0
    .ascii  "RISCV\0\0\0"
    .ascii  "RSC\x05"
    .word   0
    .option pop

    .section .idmap.text, "ax"
/* a0: hartid, a1: device tree, physical. */
primary_entry:
    csrw    sie, zero
    la      t0, park
    csrw    stvec, t0
    mv      s2, a0                  /* not s0, which is fp */
    mv      s3, a1
    la      s4, _start              /* image, physical */
    la      sp, boot_stack_top
    mv      a0, s4
    mv      a1, s3
    call    boot_tables_fill
    ld      ra, primary_target
    j       mmu_on

/* A hart that hart_start woke; a0: hartid, a1: physical address of its struct boot_params. */
    .global secondary_entry
secondary_entry:
    csrw    sie, zero
    la      t0, park
    csrw    stvec, t0
    ld      s2, BOOT_PARAMS_PCPU(a1)
    ld      a0, BOOT_PARAMS_SATP(a1)
    ld      ra, secondary_target

/* a0: satp, ra: virtual address to go on at. This page is mapped where it is. */
mmu_on:
    sfence.vma
    csrw    satp, a0
    sfence.vma
    ret

    .balign 4
park:
    wfi
    j       park

    .balign 8
primary_target:
    .quad   primary_mapped
secondary_target:
    .quad   secondary_mapped

    .text
primary_mapped:
    la      t0, bss_start
    la      t1, bss_end
1:  sd      zero, 0(t0)
    addi    t0, t0, 8
    bltu    t0, t1, 1b
    la      sp, boot_stack_top
    mv      fp, zero
    mv      ra, zero
    mv      a0, s2
    mv      a1, s3
    mv      a2, s4
    tail    rv_boot_main

secondary_mapped:
    ld      sp, PCPU_STACK_TOP(s2)
    mv      fp, zero
    mv      ra, zero
    mv      a0, s2
    tail    rv_secondary_main

    .section .boot_tables, "aw", %nobits
    .balign 4096
    .skip   16384
    .global boot_stack_top
boot_stack_top:
