/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First and last resort of the boot CPU and of secondary ones: from the loader's MMU-off state to C at
 * the linked address. Owns the Image header (Documentation/arch/arm64/booting.rst). Only moves registers;
 * tables are made by boot_tables.c.
 */
#include "arch/arm/a64/layout.h"
#include "offsets.h"

    .section .head.text, "ax"
    .global _start
_start:
    b       primary_entry
    .long   0
    .quad   0                       /* text_offset */
    .quad   IMAGE_BYTES             /* image_size, bss included */
    .quad   0xa                     /* little endian, 4 KiB pages, anywhere in memory */
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .long   0

    .section .idmap.text, "ax"
primary_entry:
    mov     x19, x0                 /* device tree, physical */
    adrp    x20, _start             /* image, physical */
    mrs     x21, CurrentEL
    lsr     x21, x21, #2
    msr     DAIFSet, #0xf
    msr     SPSel, #1
    adrp    x1, boot_stack_top
    mov     sp, x1
    /* The tables are written with caches off: no stale line may cover or shadow them. */
    adrp    x0, boot_tables
    adrp    x1, boot_tables_end
    bl      invalidate_range
    mov     x0, x20
    mov     x1, x19
    mov     x2, x21
    bl      boot_tables_fill
    mov     x22, x0                 /* root */
    adrp    x0, boot_tables
    adrp    x1, boot_tables_end
    bl      invalidate_range
    adrp    x0, boot_params
    add     x0, x0, :lo12:boot_params
    mov     x1, x22
    mov     x2, x21
    bl      boot_params_fill        /* TCR, MAIR, SCTLR for the level we are at */
    adrp    x0, boot_params
    add     x0, x0, :lo12:boot_params
    ldr     x30, =primary_mapped
    b       mmu_on

/* x0: struct boot_params, x30: virtual address to go on at. Loads the regime of the current level. */
mmu_on:
    ldp     x1, x2, [x0, #BOOT_PARAMS_TTBR]     /* ttbr, tcr */
    ldp     x3, x4, [x0, #BOOT_PARAMS_MAIR]     /* mair, sctlr */
    mrs     x5, CurrentEL
    cmp     x5, #(1 << 2)
    b.eq    1f
    msr     TTBR0_EL2, x1
    msr     TCR_EL2, x2
    msr     MAIR_EL2, x3
    dsb     ish
    isb
    tlbi    alle2
    dsb     nsh
    ic      iallu
    dsb     nsh
    isb
    msr     SCTLR_EL2, x4
    isb
    ret
1:  msr     TTBR0_EL1, x1
    msr     TCR_EL1, x2
    msr     MAIR_EL1, x3
    dsb     ish
    isb
    tlbi    vmalle1
    dsb     nsh
    ic      iallu
    dsb     nsh
    isb
    msr     SCTLR_EL1, x4
    isb
    ret

/* Called at its physical address: go on under the tables at x0, which may contradict the present ones. */
    .global idmap_switch
idmap_switch:
    mrs     x1, SCTLR_EL2
    bic     x2, x1, #1
    msr     SCTLR_EL2, x2
    isb
    msr     TTBR0_EL2, x0
    isb
    tlbi    alle2
    dsb     nsh
    isb
    msr     SCTLR_EL2, x1
    isb
    ret

/* PSCI CPU_ON comes here; x0: physical address of this CPU's struct boot_params, cleaned to memory. */
    .global secondary_entry
secondary_entry:
    msr     DAIFSet, #0xf
    msr     SPSel, #1
    ldr     x19, [x0, #BOOT_PARAMS_PCPU]
    ldr     x30, =secondary_mapped
    b       mmu_on

/* [x0, x1) page aligned: invalidate to the point of coherency, by the smallest line, 16 bytes at least. */
invalidate_range:
    mrs     x2, CTR_EL0
    ubfx    x2, x2, #16, #4         /* DminLine: log2 of words */
    mov     x3, #4
    lsl     x3, x3, x2
1:  dc      ivac, x0
    add     x0, x0, x3
    cmp     x0, x1
    b.lo    1b
    dsb     sy
    ret
    .ltorg

    .text
primary_mapped:
    ldr     x0, =sealed_zero_start
    ldr     x1, =sealed_end
    bl      clear
    ldr     x0, =bss_start
    ldr     x1, =bss_end
    bl      clear
    ldr     x0, =data_start
    ldr     x1, =data_end
    ldr     x2, =data_load
1:  ldp     x3, x4, [x2], #16
    stp     x3, x4, [x0], #16
    cmp     x0, x1
    b.lo    1b
    ldr     x0, =boot_stack_top
    mov     sp, x0
    mov     x29, xzr
    mov     x30, xzr
    mov     x0, x19
    mov     x1, x20
    mov     x2, x21
    b       a64_boot_main

/* [x0, x1), multiples of 64. */
clear:
    stp     xzr, xzr, [x0], #16
    stp     xzr, xzr, [x0], #16
    stp     xzr, xzr, [x0], #16
    stp     xzr, xzr, [x0], #16
    cmp     x0, x1
    b.lo    clear
    ret

secondary_mapped:
    ldr     x1, [x19, #PCPU_STACK_TOP]
    mov     sp, x1
    mov     x29, xzr
    mov     x30, xzr
    mov     x0, x19
    b       a64_secondary_main

    .section .bss.boot_tables, "aw", %nobits
    .balign 4096
    .skip   16384
    .global boot_stack_top
boot_stack_top:
