/* SPDX-License-Identifier: Apache-2.0 */
/* What the host tool must know of each architecture, in one table. */
#pragma once

#include "lib/types.h"

struct tool_arch {
    const char *name;    /* as trapeze,arch and build/NAME have it */
    const char *qemu;    /* program */
    const char *machine; /* -machine, without gic-version */
    const char *cpu;
    bool has_gic;
    const char *gic; /* gic-version, if the user does not say */
    uint64_t
        image_offset; /* of the hypervisor from the start of RAM, where QEMU's -kernel puts it */
    const char *boot_command; /* of U-Boot */
    uint8_t uboot_arch;       /* IH_ARCH_* in an image's header */
    const char *efi_name;     /* of an image that UEFI starts by itself; NULL: ours is none */
    uint32_t kernel_kinds;    /* bit per enum image_kind that its VMs run */
    uint32_t elf_machine;     /* of an ELF kernel */
    bool has_sbi;             /* is the firmware's interface */
    bool has_machine_mode;    /* in which VMs may start */
};

/* By NAME; the tool ends if there is none. */
const struct tool_arch *tool_arch_find(const char *name);
