/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guest kernels: what a blob is, where it wants to be, and where it is entered. Reads only within
 * the blob. Formats: arm64 Image (Documentation/arch/arm64/booting.rst), RISC-V Image, ARM zImage,
 * ELF, gzip of these, raw.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

/* e_machine of the ELF files that any of our guests may be. */
#define IMAGE_MACHINE_ARM     40u
#define IMAGE_MACHINE_AARCH64 183u
#define IMAGE_MACHINE_RISCV   243u

enum image_kind { IMAGE_RAW, IMAGE_ARM64, IMAGE_RISCV, IMAGE_ZIMAGE, IMAGE_ELF, IMAGE_GZIP };

struct image_info {
    enum image_kind kind;
    uint32_t machine; /* ELF: e_machine; else 0 */
    uint64_t
        text_offset; /* Images: entry and load offset from a 2 MiB boundary; zImage: from RAM */
    uint64_t
        memory_bytes;  /* with bss, from the load address: Image's image_size; for ELF the span */
    uint64_t gpa_base; /* ELF: lowest p_paddr; zImage: where it must lie, 0 for anywhere */
    uint64_t entry;    /* ELF: physical address of e_entry; else 0, the first byte of the image */
    uint64_t align_bytes;    /* of the load base: 2 MiB for Images */
    uint64_t unpacked_bytes; /* gzip: ISIZE from the trailer */
};

struct image_segment {
    uint64_t offset, file_bytes; /* in the blob */
    uint64_t gpa, memory_bytes;
};

/*
 * What BLOB is. ERR_TRUNCATED if its header promises more than SIZE_BYTES; ERR_UNSUPPORTED if it is
 * no kernel of ours (big-endian, another format); ERR_INVALID if broken. In all three *WHY is a
 * sentence; else NULL. Bytes of no known form are IMAGE_RAW.
 */
enum err image_probe(const void *blob, uint64_t size_bytes, struct image_info *out,
                     const char **why) __must_check;
/* The INDEX-th PT_LOAD of an ELF that image_probe accepted; ERR_NOT_FOUND past the last. */
enum err image_elf_segment(const void *blob, uint64_t size_bytes, uint32_t index,
                           struct image_segment *out) __must_check;
/*
 * The function (else the label) of the ELF file BLOB that holds the virtual address ADDR, and how
 * far in it that is; NULL if its symbol table names none. The file may be damaged anywhere. Looks
 * through the whole table: for messages only.
 */
const char *image_elf_symbol(const void *blob, uint64_t size_bytes, uint64_t addr,
                             uint64_t *offset);
/* A phrase for a user: "a gzip file", "a Windows executable", "a device tree", "text". Never NULL.
 */
const char *image_looks_like(const void *blob, uint64_t size_bytes);
/*
 * Unpack the gzip file BLOB, of one member, a piece at a time, to TO. SCRATCH is working memory of
 * at least IMAGE_GUNZIP_SCRATCH bytes (zlib's state of 7160 bytes and window of 32 KiB), in which
 * *OUT lies. A step writes at most MAX_BYTES, not 0, and says how many it did, also on an error;
 * *DONE with the last one, or on an error: ERR_NO_MEMORY if ROOM_BYTES are too few, ERR_TRUNCATED
 * if the file is cut off, ERR_INVALID on a bad stream or checksum or if more than zeros follow.
 */
#define IMAGE_GUNZIP_SCRATCH KIB(40)
struct image_gunzip;
enum err image_gunzip_begin(struct image_gunzip **out, const void *blob, uint64_t size_bytes,
                            void *to, uint64_t room_bytes, void *scratch) __must_check;
enum err image_gunzip_step(struct image_gunzip *gunzip, uint64_t max_bytes, uint64_t *written,
                           bool *done) __must_check;
