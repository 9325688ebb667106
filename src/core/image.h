/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guest kernels: what a blob is, where it wants to be, and where it is entered. Reads only within
 * the blob. Formats: arm64 Image (Documentation/arch/arm64/booting.rst), RISC-V Image, ARM zImage, ELF,
 * gzip of these, raw.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

enum image_kind { IMAGE_RAW, IMAGE_ARM64, IMAGE_RISCV, IMAGE_ZIMAGE, IMAGE_ELF, IMAGE_GZIP };

struct image_info {
    enum image_kind kind;
    uint64_t text_offset;    /* Images: entry and load offset from a 2 MiB boundary */
    uint64_t memory_bytes;   /* with bss, from the load address: Image's image_size; for ELF the span */
    uint64_t gpa_base;       /* ELF: lowest p_paddr */
    uint64_t entry;          /* ELF: e_entry; else offset 0 of the image */
    uint64_t align_bytes;    /* of the load base: 2 MiB for Images */
    uint64_t unpacked_bytes; /* gzip: ISIZE from the trailer */
};

struct image_segment {
    uint64_t offset, file_bytes; /* in the blob */
    uint64_t gpa, memory_bytes;
};

/* What BLOB is. ERR_TRUNCATED if its header promises more than SIZE_BYTES; ERR_INVALID if broken: WHY says it. */
enum err image_probe(const void *blob, uint64_t size_bytes, struct image_info *out, const char **why)
    __must_check;
/* The INDEX-th PT_LOAD of an ELF that image_probe accepted; ERR_NOT_FOUND past the last. */
enum err image_elf_segment(const void *blob, uint64_t size_bytes, uint32_t index,
                           struct image_segment *out) __must_check;
/* A phrase for a user: "a gzip file", "a Windows executable", "a device tree", "text". Never NULL. */
const char *image_looks_like(const void *blob, uint64_t size_bytes);
/*
 * Unpack the gzip file BLOB into OUT. ERR_NO_MEMORY if OUT_SIZE is too small, ERR_INVALID on a bad stream or
 * checksum. SCRATCH is working memory of at least IMAGE_GUNZIP_SCRATCH bytes.
 */
#define IMAGE_GUNZIP_SCRATCH KIB(48)
enum err image_gunzip(const void *blob, uint64_t size_bytes, void *out, uint64_t out_size,
                      void *scratch, uint64_t *written) __must_check;
