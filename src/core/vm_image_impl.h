/* SPDX-License-Identifier: Apache-2.0 */
/* Between the files vm_image*.c only. Preconditions as in core/vm_image.h. */
#pragma once

#include "core/vm_image.h"

/* Where problems of one VM go. */
struct vm_image_report {
    const struct config_sink *sink;
    const char *path;
};
/*
 * Report an error at PROPERTY (NULL: the node itself) and return ERR, for `return
 * image_error(...)`.
 */
enum err image_error(const struct vm_image_report *report, enum err err, const char *property,
                     const char *format, ...) __printf(4, 5);

/* Rights of RAM. */
#define VM_IMAGE_RAM ((struct pt_attr){.rights = PT_READ | PT_WRITE | PT_EXEC, .memory = PT_NORMAL})

/* ---- vm_image_load.c */
/* The next piece of TOTAL bytes, of which load->done_bytes are done and count as done then: where
 * it begins, and its size. */
uint64_t image_load_piece(struct vm_image_load *load, uint64_t total_bytes, uint64_t *size_bytes);

/* ---- vm_image_memory.c: the banks' host memory */
/* Size vm->banks for MEMORY_BYTES. */
enum err image_size_banks(struct vm *vm, const struct vm_image_params *params,
                          const struct vm_image_report *report) __must_check;
/* Find and map memory for the banks but for [skip, skip + SKIP_BYTES), which is mapped in place. */
enum err image_alloc_banks(struct vm *vm, gpa_t skip, uint64_t skip_bytes,
                           const struct vm_image_report *report) __must_check;
void image_free_banks(struct vm *vm);
/* The host memory at GPA, if all of SIZE lies there in a row and in the direct map; NULL. */
void *image_run_ptr(const struct vm_image *image, gpa_t gpa, uint64_t size_bytes);
/* Bytes in a row from GPA on in the run that holds it. */
uint64_t image_run_bytes(const struct vm_image *image, gpa_t gpa);
/* Zero PART of a run, but for [keep, keep + size), page-aligned. */
void image_scrub(const struct vm_image_run *part, gpa_t keep, uint64_t keep_bytes);

/* ---- vm_image_kernel.c: where a kernel goes, and putting it there */
/* Probe the module and decide its place; not yet inside of a gzip file. Banks are sized. */
enum err image_plan_kernel(struct vm *vm, const struct vm_image_params *params,
                           const struct vm_image_report *report) __must_check;
/* Unpack a gzip'ed kernel to its place and find out what it is. Banks are mapped. */
enum err image_unpack_kernel(struct vm *vm, const struct vm_image_params *params,
                             const struct vm_image_report *report) __must_check;
/* Copy or unpack the kernel to its place, which is zero, in steps by image->load. */
enum err image_put_kernel(struct vm *vm, bool *done) __must_check;
/* The unpacking of the kernel is over, also when it was broken off. */
void image_end_unpacking(struct vm_image *image);

/* ---- vm_image_in_place.c: the kernel mapped where it lies */
/* True if the planned kernel can be mapped in place; claims the memory for that. */
bool image_claim_in_place(struct vm *vm, const struct vm_image_params *params);
/* Map it, pristine. */
enum err image_map_in_place(struct vm *vm) __must_check;
/* Put back what there is a copy of, which the guest may write to, in steps by image->load. */
enum err image_restore_in_place(struct vm *vm, bool *done) __must_check;
/* Keep copies of its blocks and let the guest write to them, a block a step. */
enum err image_keep_in_place(struct vm *vm, bool *done) __must_check;
/* Of block INDEX, how much a copy of it holds: the kernel's bss, behind its file, is zero. A page
 * at least, so that there is one. */
uint64_t image_kept_bytes(const struct vm_image_in_place *in_place, uint32_t index);
void image_release_in_place(struct vm *vm);
