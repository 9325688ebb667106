/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the way from files to a checked system. Must not decide where anything is put (pack.c), nor
 * what is a problem but for module files: the hypervisor's parser does.
 */
#include "tool/system.h"

#include <libfdt.h>
#include <string.h>

/* A tree that describes a machine, and so can be checked as one: it has memory. */
static bool is_machine(const void *fdt)
{
    return fdt_node_offset_by_prop_value(fdt, -1, "device_type", "memory", sizeof("memory")) >= 0;
}

static bool read_board(struct system *system)
{
    struct config_sink sink = {problems_add, &system->problems};
    const void *fdt = system->tree.fdt;
    bool good;

    if (system->board_path)
        system->problems.file = system->board_path;
    good = board_parse(fdt, fdt_totalsize(fdt), &sink, &system->board) == ERR_NONE;
    system->problems.file = system->path;
    return good;
}

static void read_trees(struct system *system)
{
    struct tree description = tree_load(system->path);

    problems_init(&system->problems, system->path);
    system->tree = description;
    if (system->board_path) {
        system->tree = tree_load(system->board_path);
        if (!read_board(system)) {
            problems_print(&system->problems);
            die("%s: not a usable board", system->board_path);
        }
        system->has_board = true;
        tree_merge(&system->tree, &description, system->path);
    } else if (is_machine(description.fdt)) {
        system->has_board = read_board(system);
    }
    system->arch =
        tool_arch_find(tree_string(&system->tree, "/chosen", "trapeze,arch",
                                   tree_string(&system->tree, "/", "trapeze,arch", "arm64")));
}

/* ---- modules -------------------------------------------------------------------------------- */

static struct module *read_module(struct system *system, const struct vm_config *vm,
                                  const struct vm_module *from, const char *kind)
{
    struct modules *modules = &system->modules;
    struct module *module = &modules->entry[modules->count];
    const char *problem;
    char path[256];

    if (!from->present || !from->file || !from->file[0])
        return NULL;
    if (modules->count == MODULE_MAX ||
        fdt_get_path(system->tree.fdt, from->node, path, sizeof(path)) != 0)
        die("%s: too many modules (%d at most), or too long a path", vm->path, MODULE_MAX);
    if (system->strangers && strchr(from->file, ':') && !pairs_find(system->provided, from->file)) {
        problems_add(&system->problems, CONFIG_WARNING, path, "trapeze,file",
                     text_format("Nothing is provided under the name \"%s\", so the file is not "
                                 "checked. Add --provide %s=PATH.",
                                 from->file, from->file));
        return NULL;
    }
    problem = module_read(module, from->file, strcmp(kind, "kernel") == 0, system->path,
                          system->provided, system->arch);
    if (problem) {
        problems_add(&system->problems, CONFIG_ERROR, path, "trapeze,file", problem);
        system->files_missing = true;
        return NULL;
    }
    modules->count++;
    module->path = text_format("%s", path);
    module->file = text_format("%s-%s", vm->name, kind);
    return module;
}

/* As core/vm_image.c will find when it places them: the kernel, and on 2 MiB the initrd. */
static void check_room(struct system *system, const struct vm_config *vm,
                       const struct module *kernel, const struct module *ramdisk)
{
    uint64_t kernel_bytes, ramdisk_bytes = ramdisk ? ramdisk->blob.size : 0;

    if (!kernel || vm->memory_bytes == 0 || kernel->image.kind == IMAGE_ELF)
        return;
    kernel_bytes = kernel->image.text_offset + kernel->image.memory_bytes;
    if (kernel_bytes <= vm->memory_bytes &&
        align_up(kernel_bytes, MIB(2)) + ramdisk_bytes <= vm->memory_bytes)
        return;
    problems_add(&system->problems, CONFIG_ERROR, vm->path, "memory",
                 text_format("The VM's %llu KiB cannot hold its kernel, which needs %llu KiB, and "
                             "its initrd of %llu KiB. Give it more.",
                             (unsigned long long)(vm->memory_bytes / KIB(1)),
                             (unsigned long long)(kernel_bytes / KIB(1) + 1),
                             (unsigned long long)(ramdisk_bytes / KIB(1) + 1)));
}

bool system_read(struct system *system)
{
    struct config_sink sink = {problems_add, &system->problems};
    struct board_limits limits = {0};
    enum err err;

    read_trees(system);
    if (system->has_board)
        limits = board_limits(&system->board);
    err = vm_config_parse(system->tree.fdt, fdt_totalsize(system->tree.fdt), true, &limits, &sink,
                          &system->config);
    for (uint32_t i = 0; i < system->config.vm_count; i++) {
        const struct vm_config *vm = &system->config.vms[i];
        const struct module *kernel = read_module(system, vm, &vm->kernel, "kernel");
        const struct module *ramdisk = read_module(system, vm, &vm->ramdisk, "ramdisk");

        (void)read_module(system, vm, &vm->device_tree, "device-tree");
        (void)read_module(system, vm, &vm->disk, "disk");
        /* As core/vm_image.c of another architecture's hypervisor will say. */
        if (vm->start_machine && !system->arch->has_machine_mode)
            problems_add(&system->problems, CONFIG_ERROR, vm->path, "trapeze,start-mode",
                         "This architecture has no machine mode. Leave it out.");
        if (vm->sbi_legacy && !system->arch->has_sbi)
            problems_add(&system->problems, CONFIG_ERROR, vm->path, "trapeze,sbi-legacy",
                         "This architecture's firmware is not SBI. Leave it out.");
        check_room(system, vm, kernel, ramdisk);
    }
    return err == ERR_NONE;
}
