/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the UEFI entry, of which efi.c is the whole. */
#pragma once

#include "arch/riscv/model/rv_efi.h"

/* Say WHY, in front of STATUS, which is returned. */
uint64_t efi_fail(struct efi_system_table *system, const uint16_t *why, uint64_t status);
/* Pages of TYPE for SIZE bytes, below what we can have. 0: there are none. */
uint64_t efi_allocate(struct efi_boot_services *boot, enum efi_memory_type type,
                      uint64_t size_bytes);
/*
 * From the volume that the image SELF was loaded from: the device tree that `trapeze pack` made, to
 * *FDT, and its modules to their places. *FDT is NULL if the volume has no such tree. An error has
 * been said.
 */
uint64_t efi_files_load(void *self, struct efi_system_table *system, const void **fdt);

/* boot.S: with translation and interrupts off to the image at PLACE, as OpenSBI enters it. */
void efi_enter(uint64_t hart, uint64_t fdt, uint64_t place) __noreturn;
