/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns trees with modules in /chosen and no VM around them, as QEMU's guest-loader writes them
 * (docs/system/guest-loader of QEMU): they are one VM, and what it is not told is assumed here.
 */
#include "core/dtb.h"
#include "core/vm_config_impl.h"
#include "lib/string.h"

#define NAME "guest"
/* Where the machine is not known: `trapeze check` without a board. */
#define MEMORY_UNKNOWN MIB(512)

bool config_has_loose_modules(const void *fdt, int chosen)
{
    int node;

    dtb_for_each_child(node, fdt, chosen)
    {
        if (dtb_enabled(fdt, node) && config_is_module(fdt, node))
            return true;
    }
    return false;
}

/* All CPUs, and half of the memory: the modules, and copies of them, need some too. */
static void assume(struct config_reader *r)
{
    struct vm_config *vm = r->vm;
    uint32_t cpus = r->limits != NULL ? r->limits->cpu_count : 0;
    uint64_t memory_bytes = r->limits != NULL ? r->limits->memory_bytes : 0;

    memcpy(vm->name, NAME, sizeof(NAME));
    vm->cpu_count = MIN(MAX(cpus, 1u), (uint32_t)VM_VCPU_MAX);
    vm->memory_bytes = memory_bytes != 0 ? align_down(memory_bytes / 2, MIB(2)) : MEMORY_UNKNOWN;
    vm->vpl011 = true;
    vm->priority = VM_PRIORITY_DEFAULT;
    for (uint32_t i = 0; i < VM_VCPU_MAX; i++)
        vm->affinity[i] = ~(uint64_t)0;
    config_warn(r, NULL,
                "There are modules but no VM: they are taken for one called " NAME ", with %u "
                "CPU%s, %llu MiB of memory and a PL011. Write them into a node with compatible = "
                "\"xen,domain\" to choose.",
                (unsigned)vm->cpu_count, vm->cpu_count == 1 ? "" : "s",
                (unsigned long long)(vm->memory_bytes / MIB(1)));
}

void config_read_implicit(struct config_reader *r, int chosen)
{
    int node;

    r->vm->node = chosen;
    config_enter(r, chosen);
    dtb_path(r->fdt, chosen, r->vm->path, sizeof(r->vm->path));
    assume(r);
    dtb_for_each_child(node, r->fdt, chosen)
    {
        if (!dtb_enabled(r->fdt, node) || !config_is_module(r->fdt, node))
            continue;
        config_enter(r, node);
        config_check_node(r, node, IN_MODULE);
        config_read_module(r, node);
    }
    config_check_kernel(r);
}
