/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns whether the modules lie where modules may: in memory, and on nobody else's. Must not read
 * the tree (vm_config_module.c did), nor look at the bytes of a module.
 */
#include "core/board.h"
#include "core/dtb.h"
#include "core/vm_config_impl.h"

static struct vm_module *module_at(struct vm_config *vm, uint32_t index)
{
    struct vm_module *const modules[] = {&vm->kernel, &vm->ramdisk, &vm->device_tree, &vm->disk};

    return index < ARRAY_SIZE(modules) ? modules[index] : NULL;
}

/* There, with a place, which does not wrap (that was told already). */
static bool is_placed(const struct vm_module *module)
{
    return module->present && module->size_bytes != 0 &&
           module->base.raw + module->size_bytes >= module->base.raw;
}

/* ---- against the machine -------------------------------------------------------------------- */

static bool in_memory(const struct board *board, const struct vm_module *module)
{
    for (uint32_t i = 0; i < board->memory_count; i++) {
        if (range_within(module->base.raw, module->size_bytes, board->memory[i].base.raw,
                         board->memory[i].size_bytes))
            return true;
    }
    return false;
}

static void report_outside(struct config_reader *r, const struct vm_module *module)
{
    const struct board *board = r->limits->board;
    const struct hpa_range *first = &board->memory[0];
    const struct hpa_range *last = &board->memory[board->memory_count - 1];

    config_error(r, "reg",
                 "The module at 0x%llx of 0x%llx bytes is not in the machine's memory, which "
                 "begins at 0x%llx and ends before 0x%llx%s. Load it there, and write where.",
                 (unsigned long long)module->base.raw, (unsigned long long)module->size_bytes,
                 (unsigned long long)first->base.raw,
                 (unsigned long long)(last->base.raw + last->size_bytes),
                 board->memory_count > 1 ? ", with holes" : "");
}

/* WHAT lies at TAKEN: nothing else may. */
static void check_taken(struct config_reader *r, const struct vm_module *module, const char *what,
                        const struct hpa_range *taken)
{
    if (taken->size_bytes == 0 ||
        !range_overlaps(module->base.raw, module->size_bytes, taken->base.raw, taken->size_bytes))
        return;
    config_error(r, "reg",
                 "The module at 0x%llx of 0x%llx bytes overlaps %s at 0x%llx of 0x%llx bytes. "
                 "Load it elsewhere, and write where.",
                 (unsigned long long)module->base.raw, (unsigned long long)module->size_bytes, what,
                 (unsigned long long)taken->base.raw, (unsigned long long)taken->size_bytes);
}

static void check_against_machine(struct config_reader *r, const struct vm_module *module)
{
    const struct board *board = r->limits->board;

    config_enter(r, module->node);
    check_taken(r, module, "the hypervisor", &r->limits->hypervisor);
    check_taken(r, module, "the device tree", &r->limits->device_tree);
    if (board == NULL)
        return;
    if (board->memory_count != 0 && !in_memory(board, module))
        report_outside(r, module);
    for (uint32_t i = 0; i < board->reserved_count; i++)
        check_taken(r, module, "what is reserved", &board->reserved[i]);
}

/* ---- against each other --------------------------------------------------------------------- */

/* The two modules share bytes and may not. One blob may serve several VMs. */
static bool collide(const struct vm_module *a, const struct vm_module *b, bool same_vm)
{
    if (!same_vm && a->base.raw == b->base.raw && a->size_bytes == b->size_bytes)
        return false;
    return range_overlaps(a->base.raw, a->size_bytes, b->base.raw, b->size_bytes);
}

/* Where module INDEX of r->vm collides with one of EARLIER; in r->vm itself, with one before. */
static void check_against_vm(struct config_reader *r, uint32_t index, struct vm_config *earlier)
{
    const struct vm_module *module = module_at(r->vm, index), *other;
    bool same_vm = earlier == r->vm;

    for (uint32_t i = 0; (other = module_at(earlier, i)) != NULL && !(same_vm && i == index); i++) {
        char other_path[CONFIG_PATH_MAX];

        if (!is_placed(other) || !collide(module, other, same_vm))
            continue;
        dtb_path(r->fdt, other->node, other_path, sizeof(other_path));
        config_enter(r, module->node);
        config_conflict(
            r, earlier, "reg",
            "The module at 0x%llx of 0x%llx bytes overlaps %s at 0x%llx of 0x%llx bytes. "
            "Place it elsewhere, or correct its size.",
            (unsigned long long)module->base.raw, (unsigned long long)module->size_bytes,
            other_path, (unsigned long long)other->base.raw, (unsigned long long)other->size_bytes);
    }
}

void config_check_places(struct config_reader *r)
{
    for (uint32_t later = 0; later < r->out->vm_count; later++) {
        const struct vm_module *module;

        r->vm = &r->out->vms[later];
        for (uint32_t i = 0; (module = module_at(r->vm, i)) != NULL; i++) {
            if (!is_placed(module))
                continue;
            if (r->limits != NULL)
                check_against_machine(r, module);
            for (uint32_t k = 0; k <= later; k++)
                check_against_vm(r, i, &r->out->vms[k]);
        }
    }
    r->vm = NULL;
}
