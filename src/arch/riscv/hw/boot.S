/* SPDX-License-Identifier: Apache-2.0 */
/*
 * First of the boot hart and of others: from the firmware's MMU-off state in S-mode to C at the linked
 * address. Owns the Image header (Documentation/arch/riscv/boot-image-header.rst; entry: boot.rst), which is a
 * PE/COFF header too, for UEFI (UEFI Specification 2.10, 2.1.1; Microsoft PE Format).
 * Only moves registers; tables are made by boot_tables.c.
 */
#include "arch/riscv/hw/layout.h"
#include "offsets.h"

    .section .head.text, "ax"
    .option push
    .option arch, +c
    .global _start
_start:
    c.li    s4, -13                 /* "MZ"; s4 is set anew */
    .option norvc
    j       primary_entry
    .hword  0
    .quad   0x200000                /* text_offset from the start of RAM, as a hint */
    .quad   IMAGE_BYTES             /* image_size, bss included */
    .quad   0                       /* little endian */
    .word   2                       /* header 0.2 */
    .word   0
    .quad   0
    .ascii  "RISCV\0\0\0"
    .ascii  "RSC\x05"
    .word   pe_header - _start

/* Sections lie in memory as in the file, so the first page is the header's. Bases are not relocated: the code finds
 * itself. */
#define PE_PAGE 0x1000
#define PE_FILE 0x200
    .balign 8
pe_header:
    .ascii  "PE\0\0"
    .hword  0x5064                  /* Machine: RISC-V, 64 bits */
    .hword  2                       /* NumberOfSections */
    .word   0, 0, 0                 /* TimeDateStamp, symbols */
    .hword  pe_sections - pe_optional
    .hword  0x226                   /* executable, without lines and debug, addresses of any size */
pe_optional:
    .hword  0x20b                   /* PE32+ */
    .hword  0
    .word   PE_TEXT_BYTES           /* SizeOfCode */
    .word   PE_DATA_BYTES           /* SizeOfInitializedData */
    .word   0                       /* SizeOfUninitializedData: the copy's affair (efi.c) */
    .word   PE_ENTRY
    .word   PE_PAGE                 /* BaseOfCode */
    .quad   0                       /* ImageBase */
    .word   PE_PAGE, PE_FILE        /* SectionAlignment, FileAlignment */
    .hword  0, 0, 0, 0, 0, 0        /* versions: system, image, subsystem */
    .word   0
    .word   PE_IMAGE_BYTES
    .word   PE_PAGE                 /* SizeOfHeaders */
    .word   0                       /* CheckSum */
    .hword  10                      /* Subsystem: EFI application */
    .hword  0x100                   /* DllCharacteristics: no code in data */
    .quad   0, 0, 0, 0              /* stack, heap */
    .word   0
    .word   6                       /* NumberOfRvaAndSizes */
    .quad   0, 0, 0, 0, 0, 0
pe_sections:
    .ascii  ".text\0\0\0"
    .word   PE_TEXT_BYTES, PE_PAGE, PE_TEXT_BYTES, PE_PAGE  /* in memory, in the file */
    .word   0, 0, 0
    .word   0x60000020              /* code, executable, readable */
    .ascii  ".data\0\0\0"
    .word   PE_DATA_BYTES, PE_DATA, PE_DATA_BYTES, PE_DATA
    .word   0, 0, 0
    .word   0xc0000040              /* data, readable, writable */
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
/* UEFI's entry point. a0: the image's handle, a1: the system table. Comes back with an error only. */
    .global efi_entry
efi_entry:
    la      a2, _start
    tail    efi_main

/* a0: hartid, a1: device tree, a2: the image's place. Firmware runs where addresses are physical ones. */
    .global efi_enter
efi_enter:
    csrci   sstatus, 2              /* SIE */
    csrw    satp, zero
    sfence.vma
    fence.i
    jr      a2

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
