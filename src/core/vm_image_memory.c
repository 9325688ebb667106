/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns which host memory is behind a VM's RAM banks: few large runs, aligned so that stage 2 can
 * map them by 1 GiB and 2 MiB. Must not know what is put there.
 */
#include "arch/arch.h"
#include "core/frame.h"
#include "core/vm_image_impl.h"

#define MIB_COUNT(bytes) ((unsigned long long)((bytes) >> 20))

enum err image_size_banks(struct vm *vm, const struct vm_image_params *params,
                          const struct vm_image_report *report)
{
    uint64_t left = align_down(vm->config->memory_bytes, PAGE_SIZE);
    uint64_t max = 0;
    if (left == 0)
        return image_error(report, ERR_INVALID, "memory",
                           "The VM has no memory. Give it some, in KiB.");
    vm->bank_count = 0;
    for (uint32_t i = 0; i < VM_BANK_MAX && left != 0; i++) {
        uint64_t size = MIN(left, params->banks[i].max_bytes);
        if (size != 0)
            vm->banks[vm->bank_count++] = (struct guest_bank){params->banks[i].base, size};
        max += size;
        left -= size;
    }
    if (left != 0)
        return image_error(report, ERR_RANGE, "memory",
                           "A VM can have at most %llu MiB. Write <%llu> or less.", MIB_COUNT(max),
                           (unsigned long long)(max >> 10));
    return ERR_NONE;
}

/* Memory for [gpa, end) or a first part of it: as large, and as well aligned, as there is. */
static bool alloc_run(gpa_t gpa, uint64_t end, hpa_t *hpa, uint64_t *got)
{
    static const uint64_t grains[] = {GIB(1), MIB(2), PAGE_SIZE};
    for (uint32_t i = 0; i < ARRAY_SIZE(grains); i++) {
        /* With a larger grain available further up, only as far as to its beginning. */
        uint64_t stop = end;
        if (i > 0 && !is_aligned(gpa.raw, grains[i - 1]))
            stop = MIN(end, align_up(gpa.raw, grains[i - 1]));
        if (!is_aligned(gpa.raw, grains[i]) || stop - gpa.raw < grains[i])
            continue;
        if (frame_alloc_largest(stop - gpa.raw, grains[i], hpa, got) == ERR_NONE)
            return true;
    }
    return false;
}

static enum err too_little(const struct vm *vm, uint64_t free_bytes,
                           const struct vm_image_report *report)
{
    return image_error(report, ERR_NO_MEMORY, "memory",
                       "The machine has %llu MiB left, this VM wants %llu MiB and some for its "
                       "tables. Give it or those before it less.",
                       MIB_COUNT(free_bytes), MIB_COUNT(vm->config->memory_bytes));
}

/* Find and map memory for [gpa, end). */
static enum err alloc_range(struct vm *vm, gpa_t gpa, uint64_t end, uint64_t free_bytes,
                            const struct vm_image_report *report)
{
    struct vm_image *image = vm->image;
    while (gpa.raw < end) {
        struct vm_image_run run = {.gpa = gpa};
        if (image->run_count == VM_IMAGE_RUN_MAX)
            return image_error(report, ERR_NO_MEMORY, "memory",
                               "The machine's free memory is in too many pieces. Give this VM "
                               "less, or describe it first.");
        if (!alloc_run(gpa, end, &run.hpa, &run.size_bytes))
            return too_little(vm, free_bytes, report);
        image->runs[image->run_count++] = run;
        /* The only failure there is: no page for a table. */
        if (s2_map(&vm->s2, run.gpa, run.hpa, run.size_bytes, VM_IMAGE_RAM))
            return too_little(vm, free_bytes, report);
        gpa = gpa_add(gpa, run.size_bytes);
    }
    return ERR_NONE;
}

enum err image_alloc_banks(struct vm *vm, gpa_t skip, uint64_t skip_bytes,
                           const struct vm_image_report *report)
{
    uint64_t free_bytes = frame_free_bytes();
    enum err err = ERR_NONE;
    for (uint32_t i = 0; i < vm->bank_count && !err; i++) {
        gpa_t base = vm->banks[i].base;
        uint64_t end = base.raw + vm->banks[i].size_bytes;
        if (skip_bytes != 0 && range_within(skip.raw, skip_bytes, base.raw, end - base.raw)) {
            err = alloc_range(vm, base, skip.raw, free_bytes, report);
            base = gpa_add(skip, skip_bytes);
        }
        if (!err)
            err = alloc_range(vm, base, end, free_bytes, report);
    }
    return err;
}

void image_free_banks(struct vm *vm)
{
    struct vm_image *image = vm->image;
    while (image->run_count != 0) {
        const struct vm_image_run *run = &image->runs[--image->run_count];
        frame_free_run(run->hpa, run->size_bytes);
    }
}

uint64_t image_run_bytes(const struct vm_image *image, gpa_t gpa)
{
    for (uint32_t i = 0; i < image->run_count; i++) {
        uint64_t offset = gpa.raw - image->runs[i].gpa.raw;
        if (offset < image->runs[i].size_bytes)
            return image->runs[i].size_bytes - offset;
    }
    return 0;
}

void *image_run_ptr(const struct vm_image *image, gpa_t gpa, uint64_t size_bytes)
{
    for (uint32_t i = 0; i < image->run_count; i++) {
        const struct vm_image_run *run = &image->runs[i];
        if (range_within(gpa.raw, size_bytes, run->gpa.raw, run->size_bytes))
            return arch_to_ptr(hpa_add(run->hpa, gpa.raw - run->gpa.raw));
    }
    return NULL;
}

/* Zero what of RUN lies in [lo, hi). */
static void scrub_part(const struct vm_image_run *run, uint64_t lo, uint64_t hi)
{
    uint64_t base = MAX(run->gpa.raw, lo);
    uint64_t end = MIN(run->gpa.raw + run->size_bytes, hi);
    for (uint64_t size; base < end; base += size) {
        size = end - base;
        void *p = arch_guest_ptr(hpa_add(run->hpa, base - run->gpa.raw), &size);
        arch_scrub_pages(p, size);
    }
}

void image_scrub(const struct vm_image_run *part, gpa_t keep, uint64_t keep_bytes)
{
    scrub_part(part, 0, keep.raw);
    scrub_part(part, keep.raw + keep_bytes, UINT64_MAX);
}
