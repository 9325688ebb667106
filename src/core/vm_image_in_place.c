/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the kernel that a guest runs where the boot loader put it: which blocks of 2 MiB may be
 * taken for it, and what they held, so that a restart finds them as they were. Stage 2 maps them
 * block by block, so a first write changes the rights of one entry and nothing is split while vCPUs
 * run.
 */
#include "arch/arch.h"
#include "core/frame.h"
#include "core/vm_image_impl.h"
#include "lib/log.h"
#include "lib/string.h"

static const struct pt_attr pristine = {
    .rights = PT_READ | PT_EXEC, .memory = PT_NORMAL, .software = S2_MARK_PRISTINE};

static uint64_t total_bytes(const struct vm_image_in_place *in_place)
{
    return in_place->block_count * VM_IMAGE_BLOCK;
}
static void *block_ptr(const struct vm_image_in_place *in_place, uint32_t index)
{
    return arch_to_ptr(hpa_add(in_place->hpa, index * VM_IMAGE_BLOCK));
}
static gpa_t block_gpa(const struct vm_image_in_place *in_place, uint32_t index)
{
    return gpa_add(in_place->gpa, index * VM_IMAGE_BLOCK);
}

static bool module_shares(const struct vm_module *module, uint64_t base, uint64_t size_bytes)
{
    uint64_t low = align_down(module->base.raw, PAGE_SIZE);
    return module->present &&
           range_overlaps(low, align_up(module->base.raw + module->size_bytes, PAGE_SIZE) - low,
                          base, size_bytes);
}

/* No module of any VM but CONFIG's kernel has a page in the range. */
static bool is_alone(const struct system_config *system, const struct vm_config *config,
                     uint64_t base, uint64_t size_bytes)
{
    for (uint32_t i = 0; i < system->vm_count; i++) {
        const struct vm_config *other = &system->vms[i];
        if ((other != config && module_shares(&other->kernel, base, size_bytes)) ||
            module_shares(&other->ramdisk, base, size_bytes) ||
            module_shares(&other->device_tree, base, size_bytes))
            return false;
    }
    return true;
}

static bool in_host_memory(const struct board *board, uint64_t base, uint64_t size_bytes)
{
    for (uint32_t i = 0; i < board->memory_count; i++)
        if (range_within(base, size_bytes, board->memory[i].base.raw, board->memory[i].size_bytes))
            return true;
    return false;
}

bool image_claim_in_place(struct vm *vm, const struct vm_image_params *params)
{
    struct vm_image *image = vm->image;
    struct vm_image_in_place *in_place = &image->in_place;
    const struct vm_module *module = &vm->config->kernel;
    uint64_t size = align_up(image->kernel_bytes, VM_IMAGE_BLOCK);
    bool is_image = image->kernel.kind == IMAGE_ARM64 || image->kernel.kind == IMAGE_RISCV;
    if (!is_image || !is_aligned(module->base.raw | image->kernel_gpa.raw, VM_IMAGE_BLOCK) ||
        size > VM_IMAGE_BLOCK_MAX * VM_IMAGE_BLOCK ||
        !range_within(image->kernel_gpa.raw, size, vm->banks[0].base.raw,
                      vm->banks[0].size_bytes) ||
        !in_host_memory(params->board, module->base.raw, size) ||
        !is_alone(params->system, vm->config, module->base.raw, size))
        return false;

    /* The kernel's bss, and what else is left of the last block, must be nobody's yet. */
    hpa_t claim = HPA(align_up(module->base.raw + module->size_bytes, PAGE_SIZE));
    uint64_t claim_bytes = module->base.raw + size - claim.raw;
    if (claim_bytes != 0 && frame_claim(claim, claim_bytes))
        return false;
    in_place->claim = claim;
    in_place->claim_bytes = claim_bytes;
    in_place->gpa = image->kernel_gpa;
    in_place->hpa = module->base;
    in_place->file_bytes = align_up(module->size_bytes, PAGE_SIZE);
    in_place->block_count = (uint32_t)(size / VM_IMAGE_BLOCK);
    image->kernel_bytes = size;
    return true;
}

enum err image_map_in_place(struct vm *vm)
{
    const struct vm_image_in_place *in_place = &vm->image->in_place;
    uint64_t module_bytes = vm->config->kernel.size_bytes, file_bytes = in_place->file_bytes;
    char *base = block_ptr(in_place, 0);
    memset(base + module_bytes, 0, file_bytes - module_bytes);
    arch_publish_code(base, file_bytes);
    if (file_bytes < total_bytes(in_place))
        arch_scrub_pages(base + file_bytes, total_bytes(in_place) - file_bytes);
    for (uint32_t i = 0; i < in_place->block_count; i++) {
        enum err err = s2_map(&vm->s2, block_gpa(in_place, i),
                              hpa_add(in_place->hpa, i * VM_IMAGE_BLOCK), VM_IMAGE_BLOCK, pristine);
        if (err)
            return err;
    }
    return ERR_NONE;
}

uint64_t image_kept_bytes(const struct vm_image_in_place *in_place, uint32_t index)
{
    uint64_t before = index * VM_IMAGE_BLOCK;

    return in_place->file_bytes <= before ? PAGE_SIZE
                                          : MIN(in_place->file_bytes - before, VM_IMAGE_BLOCK);
}

/* Keep a copy of block INDEX, which nobody can write to, unless there is one since an earlier
 * start. False: there is no memory for it. */
static bool save_block(struct vm *vm, uint32_t index)
{
    struct vm_image_in_place *in_place = &vm->image->in_place;
    uint64_t size = image_kept_bytes(in_place, index);
    hpa_t copy;
    if (in_place->saved[index].raw != 0)
        return true;
    if (frame_alloc_run(size, size == VM_IMAGE_BLOCK ? VM_IMAGE_BLOCK : PAGE_SIZE, &copy))
        return false;
    arch_copy_pages(arch_to_ptr(copy), block_ptr(in_place, index), size);
    in_place->saved[index] = copy;
    return true;
}

/*
 * A kernel writes to nearly all of itself while it boots, and a copy then would stop the vCPU that
 * writes for as long as it takes. So the copies are made before, one for each step; where no memory
 * is left, it is for the first write to see (vm_image_cow).
 */
enum err image_keep_in_place(struct vm *vm, bool *done)
{
    struct vm_image_in_place *in_place = &vm->image->in_place;
    uint32_t i = vm->image->load.index++;
    enum err err = ERR_NONE;

    *done = i == in_place->block_count;
    /* What was kept before is the guest's to write already. */
    if (*done || in_place->saved[i].raw != 0)
        return ERR_NONE;
    spin_lock(&in_place->lock);
    if (save_block(vm, i))
        err = s2_protect(&vm->s2, block_gpa(in_place, i), VM_IMAGE_BLOCK, VM_IMAGE_RAM);
    else
        *done = true;
    spin_unlock(&in_place->lock);
    return err;
}

bool vm_image_cow(struct vm *vm, gpa_t gpa)
{
    struct vm_image_in_place *in_place = &vm->image->in_place;
    struct s2_mapping map;

    spin_lock(&in_place->lock);
    bool writable = s2_lookup(&vm->s2, gpa, &map) == ERR_NONE;
    /* With the right there, another vCPU came first and this one's TLB was late. */
    if (writable && (map.attr.rights & PT_WRITE) == 0) {
        uint64_t offset = gpa.raw - in_place->gpa.raw;
        writable = map.attr.software == S2_MARK_PRISTINE && offset < total_bytes(in_place);
        if (writable) {
            uint32_t index = (uint32_t)(offset / VM_IMAGE_BLOCK);
            if (!save_block(vm, index) && !in_place->lost) {
                log_warn("%s: no memory to keep a copy of its kernel: it cannot be restarted",
                         vm->name);
                in_place->lost = true;
            }
            writable = s2_protect(&vm->s2, block_gpa(in_place, index), VM_IMAGE_BLOCK,
                                  VM_IMAGE_RAM) == ERR_NONE;
        }
    }
    spin_unlock(&in_place->lock);
    return writable;
}

enum err image_restore_in_place(struct vm *vm, bool *done)
{
    struct vm_image_in_place *in_place = &vm->image->in_place;
    struct vm_image_load *load = &vm->image->load;
    uint32_t i = load->index;

    while (i < in_place->block_count && in_place->saved[i].raw == 0)
        i++;
    load->index = i;
    *done = i == in_place->block_count;
    if (*done)
        return ERR_NONE;

    uint64_t size, at = image_load_piece(load, VM_IMAGE_BLOCK, &size);
    uint64_t kept = image_kept_bytes(in_place, i), copied = at < kept ? MIN(size, kept - at) : 0;
    char *piece = (char *)block_ptr(in_place, i) + at;
    if (copied != 0) {
        arch_copy_pages(piece, (const char *)arch_to_ptr(in_place->saved[i]) + at, copied);
        arch_publish_code(piece, copied);
    }
    if (copied < size)
        arch_scrub_pages(piece + copied, size - copied);
    if (load->done_bytes < VM_IMAGE_BLOCK)
        return ERR_NONE;
    load->index++;
    load->done_bytes = 0;
    return ERR_NONE;
}

void image_release_in_place(struct vm *vm)
{
    struct vm_image_in_place *in_place = &vm->image->in_place;
    for (uint32_t i = 0; i < in_place->block_count; i++)
        if (in_place->saved[i].raw != 0)
            frame_free_run(in_place->saved[i], image_kept_bytes(in_place, i));
    if (in_place->claim_bytes != 0)
        frame_free_run(in_place->claim, in_place->claim_bytes);
}
