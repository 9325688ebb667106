/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The headers of kernel images as they lie in the file, all little-endian: arm64 Image
 * (Documentation/arch/arm64/booting.rst of Linux), RISC-V Image (Documentation/arch/riscv/
 * boot-image-header.rst), ARM zImage (arch/arm/boot/compressed/head.S), PE (Microsoft PE format),
 * ELF (System V gABI, chapters 4 and 5), gzip (RFC 1952). Read by memcpy: a blob has any alignment.
 */
#pragma once

#include "lib/regdef.h"
#include "lib/types.h"

struct arm64_header {
    uint32_t code[2];
    uint64_t text_offset;
    uint64_t image_size;
    uint64_t flags;
    uint64_t reserved[3];
    uint32_t magic;
    uint32_t pe_offset;
};
#define ARM64_MAGIC 0x644d5241u /* "ARM\x64" */
#define IMAGE_FLAGS_FIELDS(F)        \
    F(IMAGE_FLAGS, BIG_ENDIAN, 0, 0) \
    F(IMAGE_FLAGS, PAGE_BYTES, 2, 1) \
    F(IMAGE_FLAGS, PLACEMENT, 3, 3)  \
    F(IMAGE_FLAGS, RES0, 63, 4)
REG_DEFINE64(IMAGE_FLAGS, IMAGE_FLAGS_FIELDS);
/* Before Linux 3.17 image_size was 0, and text_offset had one value. */
#define ARM64_OLD_TEXT_OFFSET 0x80000u

struct riscv_header {
    uint32_t code[2];
    uint64_t text_offset;
    uint64_t image_size;
    uint64_t flags;
    uint32_t version;
    uint32_t reserved[3];
    uint64_t old_magic;
    uint32_t magic;
    uint32_t pe_offset;
};
#define RISCV_MAGIC 0x05435352u /* "RSC\x05" */

static_assert(sizeof(struct arm64_header) == 64, "the header has 64 bytes");
static_assert(sizeof(struct riscv_header) == 64, "the header has 64 bytes");
static_assert(offsetof(struct arm64_header, magic) == 0x38, "where the boot protocol says");
static_assert(offsetof(struct riscv_header, magic) == 0x38, "where the boot protocol says");

struct zimage_header {
    uint32_t code[9];
    uint32_t magic;
    uint32_t start, end; /* [start, end): 0 based unless linked to one place */
};
#define ZIMAGE_MAGIC            0x016f2818u
#define ZIMAGE_MAGIC_BIG_ENDIAN 0x18286f01u
static_assert(offsetof(struct zimage_header, magic) == 0x24, "where the boot protocol says");

#define DOS_MAGIC "MZ"
#define PE_MAGIC  0x00004550u /* "PE\0\0" */
struct pe_header {
    uint32_t magic;
    uint16_t machine;
    uint16_t section_count;
    uint32_t time, symbols, symbol_count;
    uint16_t optional_bytes;
    uint16_t characteristics;
};
struct pe_section {
    char name[8];
    uint32_t memory_bytes, address, file_bytes, offset;
    uint32_t unused[4];
};
static_assert(sizeof(struct pe_header) == 24 && sizeof(struct pe_section) == 40, "no padding");

struct elf64_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
struct elf32_header {
    uint8_t ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint32_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
};
struct elf64_phdr {
    uint32_t type, flags;
    uint64_t offset, vaddr, paddr, filesz, memsz, align;
};
struct elf32_phdr {
    uint32_t type, offset, vaddr, paddr, filesz, memsz, flags, align;
};
static_assert(sizeof(struct elf64_header) == 64 && sizeof(struct elf32_header) == 52, "no padding");
static_assert(sizeof(struct elf64_phdr) == 56 && sizeof(struct elf32_phdr) == 32, "no padding");

struct elf64_shdr {
    uint32_t name, type;
    uint64_t flags, addr, offset, size;
    uint32_t link, info;
    uint64_t align, entsize;
};
struct elf32_shdr {
    uint32_t name, type, flags, addr, offset, size, link, info, align, entsize;
};
struct elf64_sym {
    uint32_t name;
    uint8_t info, other;
    uint16_t shndx;
    uint64_t value, size;
};
struct elf32_sym {
    uint32_t name, value, size;
    uint8_t info, other;
    uint16_t shndx;
};
static_assert(sizeof(struct elf64_shdr) == 64 && sizeof(struct elf32_shdr) == 40, "no padding");
static_assert(sizeof(struct elf64_sym) == 24 && sizeof(struct elf32_sym) == 16, "no padding");

enum {
    ELF_CLASS = 4, /* index into ident */
    ELF_DATA = 5,
    ELF_CLASS_32 = 1,
    ELF_CLASS_64 = 2,
    ELF_DATA_LITTLE = 1,
    ELF_TYPE_EXEC = 2,
    ELF_TYPE_DYN = 3,
    ELF_PT_LOAD = 1,
    ELF_SHT_SYMTAB = 2,
    ELF_STT_MASK = 15, /* of a symbol's info */
    ELF_STT_NOTYPE = 0,
    ELF_STT_FUNC = 2,
    ELF_SHN_UNDEF = 0,
};
#define ELF_MAGIC "\177ELF"

/* RFC 1952, 2.3: ID1 ID2 CM FLG, MTIME, XFL OS; trailer CRC32 ISIZE. */
#define GZIP_MAGIC         "\x1f\x8b\x08"
#define GZIP_HEADER_BYTES  10u
#define GZIP_TRAILER_BYTES 8u
