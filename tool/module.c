/* SPDX-License-Identifier: Apache-2.0 */
/* Owns what a module's file holds. Must not decide where it goes (layout.c). */
#include "tool/module.h"
#include "lib/bits.h"
#include "tool/unpack.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK_SIZE MIB(2)

/* The path that FILE stands for, or NULL and *PROBLEM. */
static char *find_file(const char *file, const char *system, const struct pairs *provided,
                       const char **problem)
{
    const char *given = pairs_find(provided, file);
    char *path = given ? text_format("%s", given) : path_beside(system, file);
    struct stat status;

    if (stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, R_OK) == 0)
        return path;
    if (given)
        *problem = text_format("%s, which is provided as \"%s\", is no file that can be read. "
                               "Correct --provide.",
                               path, file);
    else if (strchr(file, ':'))
        *problem = text_format("Nothing is provided under the name \"%s\": ./run provides "
                               "\"debian:linux-ARCH\", \"debian:initramfs-ARCH\" and "
                               "\"debian:u-boot-ARCH\". Add "
                               "--provide %s=PATH for others.",
                               file, file);
    else
        *problem = text_format("There is no file %s that can be read. Write a path relative to the "
                               ".dts.",
                               path);
    return NULL;
}

/* Can a VM run it? Sets what the kernel's kind asks for. */
static const char *check_kernel(struct module *module, const char *path,
                                const struct tool_arch *arch)
{
    struct image_info *info = &module->image;
    struct blob blob = module->blob;
    const char *why = "";

    if (image_probe(blob.bytes, blob.size, info, &why) != ERR_NONE)
        return text_format("%s cannot be a kernel: it looks like %s. %s", path,
                           image_looks_like(blob.bytes, blob.size), why);
    if ((arch->kernel_kinds & bit32(info->kind)) == 0 ||
        (info->kind == IMAGE_ELF && info->machine != arch->elf_machine))
        return text_format("%s is %s, which VMs of %s cannot run. Give a kernel for this "
                           "architecture.",
                           path, image_looks_like(blob.bytes, blob.size), arch->name);
    if (info->kind != IMAGE_ARM64 && info->kind != IMAGE_RISCV)
        return NULL;
    module->align_bytes = MAX(BLOCK_SIZE, info->align_bytes);
    module->room_bytes = align_up(MAX(blob.size, info->memory_bytes), BLOCK_SIZE);
    return NULL;
}

const char *module_read(struct module *module, const char *file, bool kernel, const char *system,
                        const struct pairs *provided, const struct tool_arch *arch)
{
    const char *problem = NULL;
    char *path = find_file(file, system, provided, &problem);

    if (!path)
        return problem;
    module->blob = file_read(path);
    problem = unpack(&module->blob);
    if (problem)
        return text_format("%s %s.", path, problem);
    if (module->blob.size == 0)
        return text_format("%s is empty. Give the file that is meant.", path);
    module->align_bytes = PAGE_SIZE;
    module->room_bytes = align_up(module->blob.size, PAGE_SIZE);
    return kernel ? check_kernel(module, path, arch) : NULL;
}
