/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First and last resort of the boot CPU and of secondary ones: from the loader's MMU-off state to C at
 * the linked address. Owns the zImage header (Documentation/arch/arm/booting.rst; bootz, QEMU). Only
 * moves registers; tables are made by boot_tables.c.
 */
#include "arch/arm/a32/layout.h"
#include "offsets.h"

#define MODE_MASK 0x1f
#define MODE_HYP  0x1a

    .arch   armv7ve
    .arm
    .section .head.text, "ax"
    .global _start
_start:
    .rept   8
    mov     r0, r0
    .endr
    b       primary_entry
    .long   0x016f2818              /* zImage */
    .long   0                       /* it runs anywhere */
    .long   IMAGE_BYTES             /* bss included, so that nobody puts anything there */
    .long   0x04030201              /* little endian */

/* \reg: where \symbol lies now, from where we run. */
    .macro  here reg, symbol
    ldr     \reg, .Lhere\@
.Lbase\@:
    add     \reg, pc, \reg
    b       .Lover\@
.Lhere\@:
    .word   \symbol - .Lbase\@ - 8
.Lover\@:
    .endm

    .section .idmap.text, "ax"
primary_entry:
    cpsid   aif
    mov     r10, r2                 /* device tree, physical */
    here    r8, _start             /* image, physical */
    mrs     r9, cpsr
    and     r9, r9, #MODE_MASK
    /* The tables are written with caches off: no stale line may cover or shadow them. */
    here    r0, boot_tables
    here    r1, boot_tables_end
    bl      invalidate_range
    here    sp, boot_stack_top
    here    r0, boot_area
    mov     r1, r8
    here    r2, idmap_start
    mov     r3, r10
    cmp     r9, #MODE_HYP
    bne     refused_entry
    bl      boot_area_fill
    here    r0, boot_tables
    here    r1, boot_tables_end
    bl      invalidate_range
    here    r0, boot_area + BOOT_AREA_PARAMS
    ldr     lr, =primary_mapped
    b       mmu_on

/* r0: struct boot_params, lr: virtual address to go on at. */
mmu_on:
    ldrd    r2, r3, [r0, #BOOT_PARAMS_HTTBR]
    mcrr    p15, 4, r2, r3, c2      /* HTTBR */
    ldr     r2, [r0, #BOOT_PARAMS_HTCR]
    mcr     p15, 4, r2, c2, c0, 2   /* HTCR */
    ldr     r2, [r0, #BOOT_PARAMS_HMAIR]
    mcr     p15, 4, r2, c10, c2, 0  /* HMAIR0 */
    ldr     r2, [r0, #BOOT_PARAMS_HSCTLR]
    dsb     ish
    isb
    mcr     p15, 4, r0, c8, c7, 0   /* TLBIALLH */
    dsb     nsh
    mcr     p15, 0, r0, c7, c5, 0   /* ICIALLU */
    mcr     p15, 0, r0, c7, c5, 6   /* BPIALL */
    dsb     nsh
    isb
    mcr     p15, 4, r2, c1, c0, 0   /* HSCTLR */
    isb
    bx      lr

/* PSCI CPU_ON comes here; r0: physical address of this CPU's struct boot_params, cleaned to memory. */
    .global secondary_entry
    .type   secondary_entry, %function
secondary_entry:
    cpsid   aif
    ldr     r8, [r0, #BOOT_PARAMS_PCPU]
    ldr     lr, =secondary_mapped
    b       mmu_on

/* r0 area, r1 image, r3 tree, r9 mode: at PL1 our registers are out of reach. Say so, and stop. */
refused_entry:
    mov     r2, r3
    bl      refuse_tables_fill      /* r0: TTBR0, r1: SCTLR */
    mov     r4, r0
    mov     r5, r1
    here    r0, boot_tables
    here    r1, boot_tables_end
    bl      invalidate_range
    mov     r2, #0
    mvn     r3, #0
    mcr     p15, 0, r2, c2, c0, 2   /* TTBCR: short descriptors, TTBR0 for all */
    mcr     p15, 0, r4, c2, c0, 0   /* TTBR0 */
    mcr     p15, 0, r3, c3, c0, 0   /* DACR: all domains, whatever the entries say */
    dsb     ish
    isb
    mcr     p15, 0, r0, c8, c7, 0   /* TLBIALL */
    mcr     p15, 0, r0, c7, c5, 0   /* ICIALLU */
    mcr     p15, 0, r0, c7, c5, 6   /* BPIALL */
    dsb     nsh
    isb
    mcr     p15, 0, r5, c1, c0, 0   /* SCTLR */
    isb
    ldr     pc, =primary_mapped

/* [r0, r1) page aligned: invalidate to the point of coherency, by the smallest line. */
invalidate_range:
    mrc     p15, 0, r2, c0, c0, 1   /* CTR */
    ubfx    r2, r2, #16, #4         /* DminLine: log2 of words */
    mov     r3, #4
    lsl     r3, r3, r2
1:  mcr     p15, 0, r0, c7, c6, 1   /* DCIMVAC */
    add     r0, r0, r3
    cmp     r0, r1
    blo     1b
    dsb     sy
    bx      lr
    .ltorg

    .text
    .arm
primary_mapped:
    ldr     r0, =data_start
    ldr     r1, =data_end
    ldr     r2, =data_load
1:  ldr     r3, [r2], #4
    str     r3, [r0], #4
    cmp     r0, r1
    blo     1b
    ldr     r0, =sealed_zero_start
    ldr     r1, =sealed_end
    bl      clear
    ldr     r0, =bss_start
    ldr     r1, =bss_end
    bl      clear
    ldr     sp, =boot_stack_top
    mov     r0, r10
    mov     r1, r8
    mov     r2, r9
    bl      a32_boot_main

/* [r0, r1), multiples of 8. */
clear:
    mov     r2, #0
    mov     r3, #0
1:  strd    r2, r3, [r0], #8
    cmp     r0, r1
    blo     1b
    bx      lr

secondary_mapped:
    mov     r0, r8
    ldr     sp, [r0, #PCPU_STACK_TOP]
    bl      a32_secondary_main
    .ltorg

    .section .boot_tables, "aw", %nobits
    .balign 4096
    .skip   16384
    .global boot_stack_top
boot_stack_top:

    .section .note.GNU-stack, "", %progbits
