/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns where in guest memory a kernel goes, by its format (core/image.h; for arm64 Image:
 * Documentation/arch/arm64/booting.rst, "Call the kernel image": text_offset from a 2 MiB
 * boundary), and putting it there. The module itself is never changed.
 */
#include "arch/arch.h"
#include "core/frame.h"
#include "core/guest_mem.h"
#include "core/vm_image_impl.h"
#include "lib/bits.h"
#include "lib/string.h"

#define SCRATCH_PAGES ((uint32_t)(IMAGE_GUNZIP_SCRATCH / PAGE_SIZE))

static const void *module_ptr(const struct vm_module *module)
{
    return arch_to_ptr(module->base);
}

static bool in_banks(const struct vm *vm, uint64_t base, uint64_t size_bytes)
{
    for (uint32_t i = 0; i < vm->bank_count; i++)
        if (range_within(base, size_bytes, vm->banks[i].base.raw, vm->banks[i].size_bytes))
            return true;
    return false;
}

static bool runs_here(const struct vm_image_params *params, const struct image_info *kernel)
{
    if (kernel->kind == IMAGE_ELF && params->elf_machine != 0 &&
        kernel->machine != params->elf_machine)
        return false;
    return (params->kernel_kinds & bit32(kernel->kind)) != 0;
}

static enum err refuse_kind(const void *kernel, uint64_t size_bytes,
                            const struct vm_image_report *report)
{
    return image_error(
        report, ERR_UNSUPPORTED, NULL,
        "The kernel is %s, which this machine's guests cannot run. Give a kernel for "
        "this architecture.",
        image_looks_like(kernel, size_bytes));
}

/* All of an ELF file's segments lie in RAM. */
static enum err check_elf(const struct vm *vm, const struct vm_image_report *report)
{
    const struct vm_module *module = &vm->config->kernel;
    struct image_segment s;
    for (uint32_t i = 0;
         image_elf_segment(module_ptr(module), module->size_bytes, i, &s) == ERR_NONE; i++) {
        if (s.memory_bytes != 0 && !in_banks(vm, s.gpa, s.memory_bytes))
            return image_error(
                report, ERR_RANGE, NULL,
                "Segment %u of the ELF kernel wants 0x%llx bytes at 0x%llx, which is "
                "not in the VM's memory. Link it to run from 0x%llx, or give the VM "
                "more memory.",
                i, (unsigned long long)s.memory_bytes, (unsigned long long)s.gpa,
                (unsigned long long)vm->banks[0].base.raw);
    }
    return ERR_NONE;
}

/* The place that the configuration gives KERNEL, which must be raw code (in a gzip file perhaps).
 */
static enum err take_load_address(struct vm *vm, const struct image_info *kernel,
                                  const struct vm_image_report *report)
{
    struct vm_image *image = vm->image;

    if (kernel->kind != IMAGE_RAW && kernel->kind != IMAGE_GZIP)
        return image_error(report, ERR_UNSUPPORTED, "trapeze,load-address",
                           "The kernel says itself where it goes; only raw code can be told. Leave "
                           "the property out.");
    image->kernel_gpa = vm->config->load_address;
    image->kernel_bytes = kernel->memory_bytes;
    vm->entry = image->kernel_gpa;
    if (!in_banks(vm, image->kernel_gpa.raw, image->kernel_bytes))
        return image_error(report, ERR_RANGE, "trapeze,load-address",
                           "The kernel (0x%llx bytes at 0x%llx) would not lie in the VM's memory, "
                           "which begins at 0x%llx. Write another address, or give it more memory.",
                           (unsigned long long)image->kernel_bytes,
                           (unsigned long long)image->kernel_gpa.raw,
                           (unsigned long long)vm->banks[0].base.raw);
    return ERR_NONE;
}

/* Take the place that KERNEL, which is no gzip file, wants. */
static enum err choose_place(struct vm *vm, const struct image_info *kernel,
                             const struct vm_image_report *report)
{
    struct vm_image *image = vm->image;
    const struct guest_bank *bank = &vm->banks[0];
    image->kernel = *kernel;
    if (vm->config->has_load_address)
        return take_load_address(vm, kernel, report);
    if (kernel->kind == IMAGE_ELF) {
        image->kernel_gpa = GPA(kernel->gpa_base);
        image->kernel_bytes = kernel->memory_bytes;
        vm->entry = GPA(kernel->entry);
        return check_elf(vm, report);
    }
    uint64_t base = align_up(bank->base.raw, MAX(kernel->align_bytes, PAGE_SIZE));
    image->kernel_gpa =
        kernel->gpa_base != 0 ? GPA(kernel->gpa_base) : GPA(base + kernel->text_offset);
    image->kernel_bytes = kernel->memory_bytes;
    vm->entry = gpa_add(image->kernel_gpa, kernel->entry);
    if (kernel->text_offset > bank->size_bytes ||
        !range_within(image->kernel_gpa.raw, image->kernel_bytes, bank->base.raw, bank->size_bytes))
        return image_error(
            report, ERR_RANGE, "memory",
            "The kernel needs %llu KiB of memory, the VM has %llu. Give it more.",
            (unsigned long long)((kernel->text_offset + kernel->memory_bytes) >> 10) + 1,
            (unsigned long long)(bank->size_bytes >> 10));
    return ERR_NONE;
}

enum err image_plan_kernel(struct vm *vm, const struct vm_image_params *params,
                           const struct vm_image_report *report)
{
    const struct vm_module *module = &vm->config->kernel;
    struct image_info info;
    const char *why = NULL;
    enum err err = image_probe(module_ptr(module), module->size_bytes, &info, &why);
    if (err)
        return image_error(report, err, NULL, "The kernel cannot be used: it looks like %s. %s",
                           image_looks_like(module_ptr(module), module->size_bytes),
                           why != NULL ? why : "");
    if (vm->config->user_mode && !params->user_mode)
        return image_error(report, ERR_UNSUPPORTED, "trapeze,user-mode",
                           "This architecture has no programs without a kernel. Leave it out, and "
                           "give a kernel.");
    vm->image->packed = info.kind == IMAGE_GZIP;
    if (!vm->image->packed && !runs_here(params, &info))
        return refuse_kind(module_ptr(module), module->size_bytes, report);
    /* For a packed one this is the first guess: as if a raw image were inside. */
    return choose_place(vm, &info, report);
}

void image_end_unpacking(struct vm_image *image)
{
    if (image->load.scratch != NULL)
        frame_free_pages(image->load.scratch, SCRATCH_PAGES);
    image->load.scratch = NULL;
    image->load.gunzip = NULL;
}

/* Begin to unpack the module to GPA, within one run of host memory. */
static enum err begin_unpacking(struct vm *vm, gpa_t gpa)
{
    const struct vm_module *module = &vm->config->kernel;
    struct vm_image *image = vm->image;
    uint64_t room = image_run_bytes(image, gpa);
    /* A stream is unpacked to where its earlier parts are seen too: to the direct map. */
    if (room == 0 || image_run_ptr(image, gpa, room) == NULL)
        return ERR_RANGE;
    image->load.scratch = frame_alloc_pages(SCRATCH_PAGES, PAGE_SIZE);
    if (image->load.scratch == NULL)
        return ERR_NO_MEMORY;
    image->kernel_file_bytes = 0;
    return image_gunzip_begin(&image->load.gunzip, module_ptr(module), module->size_bytes,
                              image_run_ptr(image, gpa, room), room, image->load.scratch);
}

/* A step of it; with the last one the last page is zero behind it. Sets image->kernel_file_bytes.
 */
static enum err unpack_to(struct vm *vm, gpa_t gpa, bool *done)
{
    struct vm_image *image = vm->image;
    uint64_t written = 0;
    enum err err = ERR_NONE;

    *done = false;
    if (image->load.gunzip == NULL)
        err = begin_unpacking(vm, gpa);
    if (!err)
        err = image_gunzip_step(image->load.gunzip, VM_IMAGE_STEP_BYTES, &written, done);
    image->kernel_file_bytes += written;
    if (!err && *done) {
        uint64_t end = gpa.raw + image->kernel_file_bytes, rest = align_up(end, PAGE_SIZE) - end;
        if (rest != 0)
            memset(image_run_ptr(image, GPA(end), rest), 0, rest);
    }
    if (err || *done)
        image_end_unpacking(image);
    return err;
}

enum err image_unpack_kernel(struct vm *vm, const struct vm_image_params *params,
                             const struct vm_image_report *report)
{
    struct vm_image *image = vm->image;
    gpa_t guess = image->kernel_gpa;
    struct image_info inner;
    const char *why = NULL;
    bool done = false;
    enum err err = ERR_NONE;
    while (!err && !done)
        err = unpack_to(vm, guess, &done);
    if (err)
        return image_error(
            report, err, NULL,
            "The kernel cannot be unpacked: %s. Give the VM more memory, or unpack the "
            "file (gunzip) when the system is packed.",
            err_text(err));
    const void *unpacked = image_run_ptr(image, guess, image->kernel_file_bytes);
    err = image_probe(unpacked, image->kernel_file_bytes, &inner, &why);
    if (err || inner.kind == IMAGE_GZIP || inner.kind == IMAGE_ELF)
        return image_error(report, err ? err : ERR_UNSUPPORTED, NULL,
                           "What is in the gzip'ed kernel cannot be used: it looks like %s. %s",
                           image_looks_like(unpacked, image->kernel_file_bytes),
                           why != NULL ? why : "Give the file itself, unpacked.");
    if (!runs_here(params, &inner))
        return refuse_kind(unpacked, image->kernel_file_bytes, report);
    err = choose_place(vm, &inner, report);
    image->unpacked = !err && image->kernel_gpa.raw == guess.raw;
    return err;
}

/* A piece of the segment whose turn it is. */
static enum err put_elf(struct vm *vm, bool *done)
{
    const struct vm_module *module = &vm->config->kernel;
    struct vm_image_load *load = &vm->image->load;
    const char *blob = module_ptr(module);
    struct image_segment s;
    *done = image_elf_segment(blob, module->size_bytes, load->index, &s) != ERR_NONE;
    if (*done)
        return ERR_NONE;
    uint64_t size, at = image_load_piece(load, s.file_bytes, &size);
    if (load->done_bytes == s.file_bytes) {
        load->index++;
        load->done_bytes = 0;
    }
    return guest_mem_write(vm, GPA(s.gpa + at), blob + s.offset + at, size);
}

enum err image_put_kernel(struct vm *vm, bool *done)
{
    const struct vm_module *module = &vm->config->kernel;
    const char *blob = module_ptr(module);
    if (vm->image->packed)
        return unpack_to(vm, vm->image->kernel_gpa, done);
    if (vm->image->kernel.kind == IMAGE_ELF)
        return put_elf(vm, done);
    /* What stands behind a zImage (an appended tree) is not part of it. */
    uint64_t total = MIN(module->size_bytes, vm->image->kernel_bytes);
    uint64_t size, at = image_load_piece(&vm->image->load, total, &size);
    *done = at + size == total;
    return guest_mem_write(vm, gpa_add(vm->image->kernel_gpa, at), blob + at, size);
}
