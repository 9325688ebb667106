/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a guest begins: the arm64 Image header, the road to C on the first CPU, and on the others.
 * Must stay correct at any 2 MiB-aligned address, with the MMU off (Linux Documentation/arch/arm64/booting.rst).
 * The image is position-independent; its R_AARCH64_RELATIVE relocations are applied here.
 */

#include "guest/lib/layout.h"

#define R_AARCH64_RELATIVE 1027
#define CACHE_LINE_MIN     16

    .section .text.entry, "ax"
    .global image_start
image_start:
    b       boot_entry
    .word   0
    .quad   0                       /* text_offset */
    .quad   image_end - image_start /* image_size, bss and stacks included */
    .quad   0xa                     /* flags: little endian, 4 KiB pages, anywhere in memory */
    .quad   0, 0, 0
    .ascii  "ARM\x64"
    .word   0

boot_entry:
    mov     x19, x0
    adrp    x0, image_start
    add     x0, x0, :lo12:image_start
    mov     x20, x0
    adrp    x1, image_end
    add     x1, x1, :lo12:image_end

    /* No line of a boot loader may hide what we write with caches off. */
1:  dc      ivac, x0
    add     x0, x0, #CACHE_LINE_MIN
    cmp     x0, x1
    b.lo    1b
    dsb     sy

    adrp    x0, bss_start
    add     x0, x0, :lo12:bss_start
2:  stp     xzr, xzr, [x0], #16
    cmp     x0, x1
    b.lo    2b

    adrp    x0, rela_start
    add     x0, x0, :lo12:rela_start
    adrp    x1, rela_end
    add     x1, x1, :lo12:rela_end
3:  cmp     x0, x1
    b.hs    4f
    ldp     x2, x3, [x0], #16       /* offset, type */
    ldr     x4, [x0], #8            /* addend */
    cmp     x3, #R_AARCH64_RELATIVE
    b.ne    3b
    add     x4, x4, x20
    str     x4, [x20, x2]
    b       3b

4:  adrp    x0, stacks
    add     x0, x0, :lo12:stacks
    add     x0, x0, #STACK_BYTES
    mov     sp, x0
    adrp    x0, vectors
    add     x0, x0, :lo12:vectors
    msr     vbar_el1, x0
    isb
    mov     x29, xzr
    mov     x30, xzr
    mov     x0, x19
    bl      guest_boot
5:  wfi
    b       5b

/*
 * PSCI CPU_ON comes here, x0 the context: { stack top, function, its argument, TTBR0, TCR, MAIR, SCTLR }.
 * The function does not return.
 */
    .global secondary_entry
secondary_entry:
    ldp     x1, x2, [x0]
    ldp     x3, x4, [x0, #16]
    ldp     x5, x6, [x0, #32]
    ldr     x7, [x0, #48]
    mov     sp, x1
    msr     ttbr0_el1, x4
    msr     tcr_el1, x5
    msr     mair_el1, x6
    adrp    x8, vectors
    add     x8, x8, :lo12:vectors
    msr     vbar_el1, x8
    isb
    tlbi    vmalle1
    ic      iallu
    dsb     nsh
    isb
    msr     sctlr_el1, x7
    isb
    mov     x29, xzr
    mov     x30, xzr
    mov     x0, x3
    br      x2
