/* SPDX-License-Identifier: Apache-2.0 */
/* The last steps before a sample: void sample_enter(struct { uint64_t x[31], sp, pc, pstate; } *) */
    .text
    .global sample_enter
sample_enter:
    mov     x30, x0
    ldp     x0, x1, [x30, #(32 * 8)]
    msr     elr_el1, x0
    msr     spsr_el1, x1
    ldr     x0, [x30, #(31 * 8)]
    msr     sp_el0, x0
    ldp     x0, x1, [x30, #(0 * 8)]
    ldp     x2, x3, [x30, #(2 * 8)]
    ldp     x4, x5, [x30, #(4 * 8)]
    ldp     x6, x7, [x30, #(6 * 8)]
    ldp     x8, x9, [x30, #(8 * 8)]
    ldp     x10, x11, [x30, #(10 * 8)]
    ldp     x12, x13, [x30, #(12 * 8)]
    ldp     x14, x15, [x30, #(14 * 8)]
    ldp     x16, x17, [x30, #(16 * 8)]
    ldp     x18, x19, [x30, #(18 * 8)]
    ldp     x20, x21, [x30, #(20 * 8)]
    ldp     x22, x23, [x30, #(22 * 8)]
    ldp     x24, x25, [x30, #(24 * 8)]
    ldp     x26, x27, [x30, #(26 * 8)]
    ldp     x28, x29, [x30, #(28 * 8)]
    ldr     x30, [x30, #(30 * 8)]
    eret
