/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entry point for CPU_ON that writes down the state it finds: struct psci_probe of psci.c, whose address it
 * knows from its own image, not from the context; then CPU_OFF. The MMU is off, so are the caches.
 */
    .text
    .global psci_probe_entry
psci_probe_entry:
    adrp    x9, psci_probe
    add     x9, x9, :lo12:psci_probe
    mrs     x10, currentel
    stp     x0, x10, [x9]
    mrs     x10, sctlr_el1
    mrs     x11, daif
    stp     x10, x11, [x9, #16]
    mrs     x10, mpidr_el1
    mrs     x11, spsel
    stp     x10, x11, [x9, #32]
    dsb     sy
    mov     x10, #1
    str     x10, [x9, #48]
    dsb     sy
    movz    x0, #0x8400, lsl #16
    movk    x0, #0x0002
    ldr     x11, [x9, #56]
    cbnz    x11, 1f
    hvc     #0
    b       2f
1:  smc     #0
2:  wfi
    b       2b
