/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the naming of files that somebody took for a kernel, from their first bytes, to help who
 * made the mistake. Must not decide how a kernel is loaded.
 */
#include "core/image_headers.h"
#include "core/image_impl.h"
#include "lib/string.h"

/* As much as is looked at for text and zeros. */
#define LOOK_BYTES 4096u

struct form {
    uint32_t offset;
    uint8_t length;
    const char *magic;
    const char *phrase;
    const char *why; /* it is no kernel; NULL if image_probe takes it */
};

#define UNPACK "Unpack it first (`trapeze pack` does so for gzip and zstd)."

/* The first that fits counts, so that the narrower form stands before the wider one. */
static const struct form forms[] = {
    {0x38, 4, "ARM\x64", "an arm64 kernel Image", NULL},
    {0x38, 4, "RSC\x05", "a RISC-V kernel Image", NULL},
    {0x24, 4, "\x18\x28\x6f\x01", "an ARM zImage", NULL},
    {0x24, 4, "\x01\x6f\x28\x18", "a big-endian ARM zImage", NULL},
    {0, 3, GZIP_MAGIC, "a gzip file", NULL},
    {0, 4, "\x28\xb5\x2f\xfd", "a zstd file",
     "The file is compressed by zstd, which is not unpacked at boot. " UNPACK},
    {0, 6,
     "\xfd"
     "7zXZ\0",
     "an xz file", "The file is compressed by xz, which is not unpacked at boot. Unpack it first."},
    {0, 3, "BZh", "a bzip2 file",
     "The file is compressed by bzip2, which is not unpacked at boot. Unpack it first."},
    {0, 4, "\x04\x22\x4d\x18", "an lz4 file",
     "The file is compressed by lz4, which is not unpacked at boot. Unpack it first."},
    {0, 4, "\x02\x21\x4c\x18", "an lz4 file",
     "The file is compressed by lz4, which is not unpacked at boot. Unpack it first."},
    {0, 3, "\x5d\0\0", "an lzma file",
     "The file is compressed by lzma, which is not unpacked at boot. Unpack it first."},
    {0, 4, "\x89LZO", "an lzop file",
     "The file is compressed by lzop, which is not unpacked at boot. Unpack it first."},
    {4, 4, "zimg", "an EFI application with a compressed kernel in it",
     "The file is an EFI application with a compressed kernel in it, which only UEFI firmware can "
     "start. Take the Image that it was made of."},
    {0x202, 4, "HdrS", "a Linux kernel for x86",
     "The file is a Linux kernel for x86. Take the one for this architecture."},
    {0, 2, DOS_MAGIC, "a Windows or EFI executable",
     "The file is a Windows or EFI executable, not a kernel. Take the kernel's Image."},
    {0, 4, "\xd0\x0d\xfe\xed", "a device tree or FIT image",
     "The file is a device tree or a FIT image, not a kernel. Take the kernel's Image."},
    {0, 6, "070701", "a cpio archive",
     "The file is a cpio archive, an initramfs perhaps. Give it as multiboot,ramdisk."},
    {0, 6, "070702", "a cpio archive",
     "The file is a cpio archive, an initramfs perhaps. Give it as multiboot,ramdisk."},
    {0, 4, "\x27\x05\x19\x56", "a U-Boot image (uImage)",
     "The file is a uImage for U-Boot. Take the Image that it was made of."},
    {0, 8, "ANDROID!", "an Android boot image",
     "The file is an Android boot image. Take the kernel out of it."},
    {0, 8, "!<arch>\n", "a library or Debian package",
     "The file is a library or a Debian package. Take the kernel out of it."},
    {257, 5, "ustar", "a tar archive", "The file is a tar archive. Take the kernel out of it."},
    {0, 4, "QFI\xfb", "a qcow2 disk image", "The file is a disk image. Take the kernel out of it."},
    {0, 2, "#!", "a script", "The file is a script, not a kernel. Take the kernel's Image."},
};

/* e_machine values as the gABI's registry has them. */
static const struct {
    uint32_t machine;
    const char *phrase;
} machines[] = {
    {3, "an ELF file for x86"},
    {8, "an ELF file for MIPS"},
    {20, "an ELF file for PowerPC"},
    {21, "an ELF file for 64-bit PowerPC"},
    {22, "an ELF file for S390"},
    {IMAGE_MACHINE_ARM, "an ELF file for 32-bit Arm"},
    {62, "an ELF file for x86-64"},
    {IMAGE_MACHINE_AARCH64, "an ELF file for AArch64"},
    {IMAGE_MACHINE_RISCV, "an ELF file for RISC-V"},
    {258, "an ELF file for LoongArch"},
};

static bool holds(const uint8_t *blob, uint64_t size, const struct form *form)
{
    return range_within(form->offset, form->length, 0, size) &&
           memcmp(blob + form->offset, form->magic, form->length) == 0;
}

static const struct form *find_form(const uint8_t *blob, uint64_t size)
{
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
        if (holds(blob, size, &forms[i]))
            return &forms[i];
    }
    return NULL;
}

static bool is_zeros(const uint8_t *blob, uint64_t size)
{
    for (uint64_t i = 0; i < MIN(size, LOOK_BYTES); i++) {
        if (blob[i] != 0)
            return false;
    }
    return true;
}

/* Code of any architecture soon has a byte that no text has. */
static bool is_text(const uint8_t *blob, uint64_t size)
{
    for (uint64_t i = 0; i < MIN(size, LOOK_BYTES); i++) {
        bool space = blob[i] == '\n' || blob[i] == '\r' || blob[i] == '\t';

        if (!space && (blob[i] < ' ' || blob[i] > '~'))
            return false;
    }
    return true;
}

static const char *elf_phrase(const uint8_t *blob, uint64_t size)
{
    uint32_t machine;

    if (size < offsetof(struct elf64_header, version) || blob[ELF_DATA] != ELF_DATA_LITTLE)
        return "an ELF file";
    machine = (uint32_t)blob[offsetof(struct elf64_header, machine)] |
              (uint32_t)blob[offsetof(struct elf64_header, machine) + 1] << 8;
    for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
        if (machines[i].machine == machine)
            return machines[i].phrase;
    }
    return "an ELF file for another machine";
}

const char *image_looks_like(const void *blob, uint64_t size_bytes)
{
    const struct form *form;

    if (size_bytes == 0)
        return "an empty file";
    if (size_bytes >= 4 && memcmp(blob, ELF_MAGIC, 4) == 0)
        return elf_phrase(blob, size_bytes);
    form = find_form(blob, size_bytes);
    if (form != NULL)
        return form->phrase;
    if (is_zeros(blob, size_bytes))
        return "zeros (nothing was loaded there?)";
    return is_text(blob, size_bytes) ? "text" : "no form of file that is known";
}

const char *image_no_kernel(const void *blob, uint64_t size_bytes)
{
    const struct form *form = find_form(blob, size_bytes);

    if (form != NULL)
        return form->why;
    if (is_zeros(blob, size_bytes))
        return "There are only zeros. Check that the loader puts the file where reg says.";
    if (is_text(blob, size_bytes))
        return "The file is text, not a kernel. Take the kernel's Image.";
    return NULL;
}
