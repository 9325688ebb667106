/* SPDX-License-Identifier: Apache-2.0 */
/* Owns the table of architectures. Must not do anything with it. */
#include "tool/arch.h"
#include "core/image.h"
#include "tool/util.h"

#include <string.h>

#define KIND(name) (1u << IMAGE_##name)

static const struct tool_arch arches[] = {
    {
        .name = "arm64",
        .qemu = "qemu-system-aarch64",
        .machine = "virt,virtualization=on",
        .cpu = "cortex-a57",
        .has_gic = true,
        .gic = "3",
        .image_offset = MIB(2),
        .boot_command = "booti",
        .uboot_arch = 22,
        .kernel_kinds = KIND(RAW) | KIND(ARM64) | KIND(ELF),
        .elf_machine = IMAGE_MACHINE_AARCH64,
    },
    {
        .name = "arm",
        .qemu = "qemu-system-arm",
        .machine = "virt,virtualization=on",
        .cpu = "cortex-a15",
        .has_gic = true,
        .gic = "2",
        .image_offset = KIB(64),
        .boot_command = "bootz",
        .uboot_arch = 2,
        .kernel_kinds = KIND(RAW) | KIND(ZIMAGE) | KIND(ELF),
        .elf_machine = IMAGE_MACHINE_ARM,
    },
    {
        .name = "riscv64",
        .qemu = "qemu-system-riscv64",
        .machine = "virt",
        .cpu = "rv64",
        .image_offset = MIB(2),
        .boot_command = "booti",
        .uboot_arch = 26,
        .efi_name = "BOOTRISCV64.EFI",
        .kernel_kinds = KIND(RAW) | KIND(RISCV) | KIND(ELF),
        .elf_machine = IMAGE_MACHINE_RISCV,
        .has_sbi = true,
        .has_machine_mode = true,
    },
};

const struct tool_arch *tool_arch_find(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(arches); i++)
        if (strcmp(arches[i].name, name) == 0)
            return &arches[i];
    die("architecture '%s' is not known: trapeze,arch can be \"arm64\", \"arm\" or \"riscv64\"",
        name);
}
