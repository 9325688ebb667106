/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the order in which a VM's memory is filled for a start, and how far that has come: a guest
 * may reset itself without end, and its CPU's other guests must not wait for all of its memory.
 */
#include "arch/arch.h"
#include "core/guest_mem.h"
#include "core/vm_image_impl.h"

uint64_t image_load_piece(struct vm_image_load *load, uint64_t total_bytes, uint64_t *size_bytes)
{
    uint64_t at = load->done_bytes;

    *size_bytes = MIN(total_bytes - at, VM_IMAGE_STEP_BYTES);
    load->done_bytes += *size_bytes;
    return at;
}

/* The next piece of the runs; *DONE if there is none. */
static struct vm_image_run next_part(struct vm_image *image, bool *done)
{
    struct vm_image_load *load = &image->load;
    struct vm_image_run part = {0};
    uint64_t at;

    *done = load->index == image->run_count;
    if (*done)
        return part;
    const struct vm_image_run *run = &image->runs[load->index];
    at = image_load_piece(load, run->size_bytes, &part.size_bytes);
    part.gpa = gpa_add(run->gpa, at);
    part.hpa = hpa_add(run->hpa, at);
    if (load->done_bytes == run->size_bytes) {
        load->index++;
        load->done_bytes = 0;
    }
    return part;
}

static bool scrub(struct vm_image *image)
{
    uint64_t keep = image->load.kernel_ready ? align_up(image->kernel_file_bytes, PAGE_SIZE) : 0;
    bool done;
    struct vm_image_run part = next_part(image, &done);

    image_scrub(&part, image->kernel_gpa, keep);
    return done;
}

/* In a step, of what needs nothing more. */
#define PIECES_PASSED 256

/* More than zero was written to PART. */
static bool was_filled(const struct vm *vm, const struct vm_image_run *part)
{
    const struct vm_image *image = vm->image;
    const struct guest_bank filled[] = {
        {image->kernel_gpa, image->kernel_bytes},
        {image->initrd, image->initrd_bytes},
        {vm->fdt, GUEST_FDT_MAX},
    };

    for (unsigned i = 0; i < ARRAY_SIZE(filled); i++)
        if (range_overlaps(part->gpa.raw, part->size_bytes, filled[i].base.raw,
                           filled[i].size_bytes))
            return true;
    return false;
}

/* What was written is seen by a guest that runs without caches, and as instructions; scrubbing has
 * seen to the rest. */
static bool publish(const struct vm *vm)
{
    bool done = false;
    struct vm_image_run part = {0};
    unsigned passed = 0;

    while (!done && passed < PIECES_PASSED) {
        part = next_part(vm->image, &done);
        if (!done && was_filled(vm, &part))
            break;
        passed++;
    }
    if (done || passed == PIECES_PASSED)
        return done;
    for (uint64_t at = 0, size; at < part.size_bytes; at += size) {
        size = part.size_bytes - at;
        const void *p = arch_guest_ptr(hpa_add(part.hpa, at), &size);
        arch_publish_code(p, size);
    }
    return false;
}

static enum err put_initrd(struct vm *vm, bool *done)
{
    struct vm_image *image = vm->image;
    const char *initrd = arch_to_ptr(vm->config->ramdisk.base);
    uint64_t size, at = image_load_piece(&image->load, image->initrd_bytes, &size);

    *done = at + size == image->initrd_bytes;
    return guest_mem_write(vm, gpa_add(image->initrd, at), initrd + at, size);
}

enum err vm_image_load_begin(struct vm *vm)
{
    struct vm_image *image = vm->image;

    if (image->in_place.lost)
        return ERR_DENIED;
    image_end_unpacking(image);
    image->load = (struct vm_image_load){.kernel_ready = image->unpacked};
    /* What the build has unpacked is good for one start. */
    image->unpacked = false;
    return ERR_NONE;
}

enum err vm_image_load_step(struct vm *vm, vm_image_fdt_fn *put_fdt, bool *done)
{
    struct vm_image *image = vm->image;
    struct vm_image_load *load = &image->load;
    enum err err = ERR_NONE;
    bool stage_done = true;

    switch (load->stage) {
    case VM_IMAGE_RESTORE:
        err = image_restore_in_place(vm, &stage_done);
        break;
    case VM_IMAGE_KEEP:
        err = image_keep_in_place(vm, &stage_done);
        break;
    case VM_IMAGE_SCRUB:
        stage_done = scrub(image);
        break;
    case VM_IMAGE_KERNEL:
        if (!load->kernel_ready && image->in_place.block_count == 0)
            err = image_put_kernel(vm, &stage_done);
        break;
    case VM_IMAGE_INITRD:
        if (image->initrd_bytes != 0)
            err = put_initrd(vm, &stage_done);
        break;
    case VM_IMAGE_FDT:
        err = put_fdt(vm);
        break;
    case VM_IMAGE_PUBLISH:
        stage_done = publish(vm);
        break;
    case VM_IMAGE_LOADED:
        break;
    }
    if (stage_done && load->stage != VM_IMAGE_LOADED) {
        load->stage++;
        load->index = 0;
        load->done_bytes = 0;
    }
    *done = load->stage == VM_IMAGE_LOADED;
    return err;
}
