/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files of the image reader only (image*.c); others include core/image.h. */
#pragma once

#include "core/image.h"

/* ---- image_elf.c: image_probe of what starts with the ELF magic */
enum err image_probe_elf(const void *blob, uint64_t size_bytes, struct image_info *out,
                         const char **why) __must_check;

/* ---- image_looks_like.c */
/*
 * Why BLOB cannot be a raw kernel, as a sentence: it has the form of something else. NULL if it
 * can.
 */
const char *image_no_kernel(const void *blob, uint64_t size_bytes);
