/* SPDX-License-Identifier: Apache-2.0 */
/* Register patterns around a trap, and every load into every register, for trap.c. */

/* x29 and x30 too: nothing but the stack pointer keeps its meaning. */
    .macro  SAVE_CALLEE
    stp     x29, x30, [sp, #-96]!
    stp     x19, x20, [sp, #16]
    stp     x21, x22, [sp, #32]
    stp     x23, x24, [sp, #48]
    stp     x25, x26, [sp, #64]
    stp     x27, x28, [sp, #80]
    .endm
    .macro  RESTORE_CALLEE
    ldp     x19, x20, [sp, #16]
    ldp     x21, x22, [sp, #32]
    ldp     x23, x24, [sp, #48]
    ldp     x25, x26, [sp, #64]
    ldp     x27, x28, [sp, #80]
    ldp     x29, x30, [sp], #96
    .endm
    /* Load, store x0 to x30 from, to BASE, a register that is loaded or stored last. */
    .macro  MOVE_ALL op, base, skip
    .irp    n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    .if     \n != \skip
    \op     x\n, [\base, #(\n * 8)]
    .endif
    .endr
    .endm

/*
 * void trap_around_hvc(uint64_t in[31], uint64_t out[31])
 * All registers from IN (x0 is the function), HVC #0, all registers and flags to OUT.
 */
    .text
    .global trap_around_hvc
trap_around_hvc:
    SAVE_CALLEE
    str     x1, [sp, #-16]!
    MOVE_ALL ldr, x0, 0
    ldr     x0, [x0]
    hvc     #0
    str     x0, [sp, #8]
    ldr     x0, [sp]
    MOVE_ALL str, x0, 0
    ldr     x1, [sp, #8]
    str     x1, [x0]
    add     sp, sp, #16
    RESTORE_CALLEE
    ret

/*
 * Loads of one kind, 32 of them, into x0 to x30 and xzr: void NAME(uint64_t address, uint64_t result[32]).
 * The address is in x0, or in x1 for the load into x0; all ones are in the destination before.
 */
    .macro  LOAD_TABLE name, op, w
    .global \name
\name:
    SAVE_CALLEE
    sub     sp, sp, #16
    stp     x0, x1, [sp]
    .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    ldr     x0, [sp]
    mov     x\n, #-1
    \op     \w\n, [x0]
    .if     \n == 1
    ldr     x0, [sp, #8]
    str     x1, [x0, #8]
    .else
    ldr     x1, [sp, #8]
    str     x\n, [x1, #(\n * 8)]
    .endif
    .endr
    ldr     x1, [sp]
    mov     x0, #-1
    \op     \w\()0, [x1]
    ldr     x1, [sp, #8]
    str     x0, [x1]
    ldr     x0, [sp]
    \op     \w\()zr, [x0]
    mov     x0, xzr
    str     x0, [x1, #(31 * 8)]
    add     sp, sp, #16
    RESTORE_CALLEE
    ret
    .endm

    LOAD_TABLE load_ldrb, ldrb, w
    LOAD_TABLE load_ldrh, ldrh, w
    LOAD_TABLE load_ldr_w, ldr, w
    LOAD_TABLE load_ldr_x, ldr, x
    LOAD_TABLE load_ldrsb_w, ldrsb, w
    LOAD_TABLE load_ldrsb_x, ldrsb, x
    LOAD_TABLE load_ldrsh_w, ldrsh, w
    LOAD_TABLE load_ldrsh_x, ldrsh, x
    LOAD_TABLE load_ldrsw_x, ldrsw, x

/*
 * Stores of x0 to x30 to the device: void store_str_w(uint64_t address, const uint64_t values[31],
 * uint64_t read_back[31]): each register is loaded with its value, stored, and the device read back.
 */
    .global store_str_w
store_str_w:
    SAVE_CALLEE
    sub     sp, sp, #32
    stp     x0, x1, [sp]
    str     x2, [sp, #16]
    .irp    n, 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
    ldp     x0, x\n, [sp]
    ldr     x\n, [x\n, #(\n * 8)]
    str     w\n, [x0]
    ldr     w\n, [x0]
    ldr     x0, [sp, #16]
    str     x\n, [x0, #(\n * 8)]
    .endr
    ldp     x1, x0, [sp]
    ldr     x0, [x0]
    str     w0, [x1]
    ldr     w0, [x1]
    ldr     x1, [sp, #16]
    str     x0, [x1]
    add     sp, sp, #32
    RESTORE_CALLEE
    ret
