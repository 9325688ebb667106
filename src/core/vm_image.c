/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the order in which a VM's memory is made. What each step does is next door:
 * vm_image_memory.c (host memory), vm_image_kernel.c (the kernel's place), vm_image_in_place.c;
 * vm_image_load.c fills it.
 */
#include "core/vm_image.h"

#include "arch/arch.h"
#include "core/frame.h"
#include "core/guest_mem.h"
#include "core/vm_image_impl.h"
#include "lib/fmt.h"
#include "lib/panic.h"

#define IMAGE_PAGES ((uint32_t)((sizeof(struct vm_image) + PAGE_SIZE - 1) / PAGE_SIZE))

enum err image_error(const struct vm_image_report *report, enum err err, const char *property,
                     const char *format, ...)
{
    char text[LOG_LINE_MAX];
    va_list args;
    va_start(args, format);
    fmt_vprint(text, sizeof(text), format, args);
    va_end(args);
    report->sink->report(report->sink->context, CONFIG_ERROR, report->path, property, text);
    return err;
}

/* A 32-bit hypervisor sees not all of the memory that it gives to guests. */
static enum err check_reach(const struct vm_module *module, const char *what,
                            const struct vm_image_report *report)
{
    if (arch_to_ptr(hpa_add(module->base, module->size_bytes - 1)) != NULL)
        return ERR_NONE;
    return image_error(report, ERR_RANGE, "reg",
                       "The %s lies at 0x%llx, too high for this hypervisor. Load it lower.", what,
                       (unsigned long long)module->base.raw);
}

static enum err check_module(const struct board *board, const struct vm_module *module,
                             const char *what, const struct vm_image_report *report)
{
    for (uint32_t i = 0; i < board->memory_count; i++)
        if (module->size_bytes != 0 &&
            range_within(module->base.raw, module->size_bytes, board->memory[i].base.raw,
                         board->memory[i].size_bytes))
            return check_reach(module, what, report);
    return image_error(report, ERR_RANGE, "reg",
                       "The %s (0x%llx bytes at 0x%llx) is not in the machine's memory. Load it "
                       "there, and write where in its `reg`.",
                       what, (unsigned long long)module->size_bytes,
                       (unsigned long long)module->base.raw);
}

/* ---- places in the first bank for what comes beside the kernel */

static bool is_place(const struct vm *vm, uint64_t base, uint64_t size_bytes)
{
    const struct vm_image *image = vm->image;
    uint64_t fdt_bytes = vm->config->has_fdt_address ? GUEST_FDT_MAX : 0;
    return range_within(base, size_bytes, vm->banks[0].base.raw, vm->banks[0].size_bytes) &&
           !range_overlaps(base, size_bytes, vm->config->fdt_address.raw, fdt_bytes) &&
           !range_overlaps(base, size_bytes, image->kernel_gpa.raw, image->kernel_bytes) &&
           !range_overlaps(base, size_bytes, image->initrd.raw, image->initrd_bytes);
}

/* A place behind the kernel and the initrd, else between them, else before the kernel. */
static bool find_place(const struct vm *vm, uint64_t size_bytes, uint64_t align, gpa_t *out)
{
    const struct vm_image *image = vm->image;
    uint64_t kernel_end = image->kernel_gpa.raw + image->kernel_bytes;
    uint64_t initrd_end = image->initrd.raw + image->initrd_bytes;
    const uint64_t from[] = {MAX(kernel_end, initrd_end), kernel_end, vm->banks[0].base.raw};
    for (uint32_t i = 0; i < ARRAY_SIZE(from); i++) {
        *out = GPA(align_up(from[i], align));
        if (is_place(vm, out->raw, size_bytes))
            return true;
    }
    return false;
}

/* Where the configuration wants the device tree. */
static enum err take_fdt_address(struct vm *vm, const struct vm_image_report *report)
{
    const struct vm_image *image = vm->image;
    uint64_t base = vm->config->fdt_address.raw;

    vm->fdt = vm->config->fdt_address;
    if (range_within(base, GUEST_FDT_MAX, vm->banks[0].base.raw, vm->banks[0].size_bytes) &&
        !range_overlaps(base, GUEST_FDT_MAX, image->kernel_gpa.raw, image->kernel_bytes))
        return ERR_NONE;
    return image_error(report, ERR_RANGE, "trapeze,fdt-address",
                       "The device tree (0x%llx bytes at 0x%llx) would not lie in the VM's memory, "
                       "which begins at 0x%llx, or on its kernel at 0x%llx. Write another address.",
                       (unsigned long long)GUEST_FDT_MAX, (unsigned long long)base,
                       (unsigned long long)vm->banks[0].base.raw,
                       (unsigned long long)image->kernel_gpa.raw);
}

static enum err place_rest(struct vm *vm, const struct vm_image_report *report)
{
    struct vm_image *image = vm->image;
    uint64_t initrd_bytes = vm->config->ramdisk.present ? vm->config->ramdisk.size_bytes : 0;
    gpa_t initrd;
    if (vm->config->has_fdt_address && take_fdt_address(vm, report) != ERR_NONE)
        return ERR_RANGE;
    if (initrd_bytes != 0) {
        if (!find_place(vm, initrd_bytes, MIB(2), &initrd))
            return image_error(report, ERR_NO_MEMORY, "memory",
                               "The VM's %llu MiB cannot hold its kernel (%llu MiB) and its initrd "
                               "(%llu MiB). Give it more.",
                               (unsigned long long)(vm->banks[0].size_bytes >> 20),
                               (unsigned long long)(image->kernel_bytes >> 20),
                               (unsigned long long)(initrd_bytes >> 20));
        image->initrd = initrd;
        image->initrd_bytes = initrd_bytes;
    }
    if (vm->config->has_fdt_address)
        return ERR_NONE;
    /* Aligned to its size as well, a tree in a small VM does not cross a 2 MiB boundary either. */
    if (!find_place(vm, GUEST_FDT_MAX, MIB(2), &vm->fdt) &&
        !find_place(vm, GUEST_FDT_MAX, GUEST_FDT_MAX, &vm->fdt))
        return image_error(report, ERR_NO_MEMORY, "memory",
                           "The VM's memory has no room for a device tree (%llu KiB) beside its "
                           "kernel and initrd. Give it more.",
                           (unsigned long long)(GUEST_FDT_MAX >> 10));
    return ERR_NONE;
}

static enum err build(struct vm *vm, const struct vm_image_params *params,
                      const struct vm_image_report *report)
{
    struct vm_image *image = vm->image;
    enum err err = check_module(params->board, &vm->config->kernel, "kernel", report);
    if (!err && vm->config->ramdisk.present)
        err = check_module(params->board, &vm->config->ramdisk, "ramdisk", report);
    if (!err && vm->config->disk.present)
        err = check_module(params->board, &vm->config->disk, "disk", report);
    if (!err && vm->config->start_machine && !params->has_machine_mode)
        err = image_error(report, ERR_UNSUPPORTED, "trapeze,start-mode",
                          "This architecture has no machine mode. Leave it out.");
    if (!err && vm->config->sbi_legacy && !params->has_sbi)
        err = image_error(report, ERR_UNSUPPORTED, "trapeze,sbi-legacy",
                          "This architecture's firmware is not SBI. Leave it out.");
    if (!err && vm->config->emulate && !params->can_emulate)
        err = image_error(report, ERR_UNSUPPORTED, "trapeze,virtualise",
                          "This machine has nothing that could be emulated instead (on Arm it is "
                          "a GICv2's CPU interface). Leave it out.");
    if (!err)
        err = image_size_banks(vm, params, report);
    if (!err)
        err = image_plan_kernel(vm, params, report);
    if (err)
        return err;
    if (image_claim_in_place(vm, params)) {
        err = image_map_in_place(vm);
        if (err)
            return image_error(report, err, NULL, "The kernel cannot be mapped: %s.",
                               err_text(err));
    }
    err = image_alloc_banks(vm, image->in_place.gpa, image->in_place.block_count * VM_IMAGE_BLOCK,
                            report);
    if (!err && image->packed)
        err = image_unpack_kernel(vm, params, report);
    if (!err)
        err = place_rest(vm, report);
    return err;
}

enum err vm_image_build(struct vm *vm, const struct vm_image_params *params,
                        const struct config_sink *sink)
{
    const struct vm_image_report report = {sink, vm->config->path};
    vm->bank_count = 0;
    vm->image = frame_alloc_pages(IMAGE_PAGES, PAGE_SIZE);
    if (vm->image == NULL)
        return image_error(&report, ERR_NO_MEMORY, NULL, "No memory is left for this VM.");
    enum err err = build(vm, params, &report);
    if (err)
        vm_image_destroy(vm);
    return err;
}

void vm_image_destroy(struct vm *vm)
{
    for (uint32_t i = 0; i < vm->bank_count; i++) {
        /* Whole banks, so nothing is split and nothing can fail; the TLBs forget before the frames
         * go. */
        enum err err = s2_unmap(&vm->s2, vm->banks[i].base, vm->banks[i].size_bytes);
        BUG_ON(err);
    }
    image_end_unpacking(vm->image);
    image_free_banks(vm);
    image_release_in_place(vm);
    frame_free_pages(vm->image, IMAGE_PAGES);
    vm->image = NULL;
    vm->bank_count = 0;
}
