/* SPDX-License-Identifier: Apache-2.0 */
/* The last step of the UEFI entry (efi.c), in boot.S. */
#pragma once

#include "lib/types.h"

/* With translation and interrupts off to the image at PLACE, as OpenSBI enters it. */
void efi_enter(uint64_t hart, uint64_t fdt, uint64_t place) __noreturn;
