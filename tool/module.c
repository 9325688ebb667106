/* SPDX-License-Identifier: Apache-2.0 */
/* Owns what a module's file holds. Must not decide where it goes (layout.c). */
#include "tool/module.h"
#include "core/image.h"
#include "tool/unpack.h"

#include <string.h>
#include <unistd.h>

#define BLOCK_SIZE MIB(2)

static char *find_file(const char *node, const char *file, const char *system,
                       const struct pairs *provided)
{
    const char *given = pairs_find(provided, file);

    if (given)
        return text_format("%s", given);
    char *path = path_beside(system, file);
    if (access(path, R_OK) == 0)
        return path;
    if (strchr(file, ':'))
        die("%s: trapeze,file: nothing is provided under the name '%s': ./run provides "
            "\"debian:linux-ARCH\" and \"debian:initramfs-ARCH\", others come by --provide %s=PATH",
            node, file, file);
    die("%s: trapeze,file: there is no readable file %s: write a path relative to the .dts", node,
        path);
}

void module_read(struct module *module, const char *node, const char *file, bool kernel,
                 const char *system, const struct pairs *provided)
{
    char *path = find_file(node, file, system, provided);
    struct image_info info;
    const char *why = "";

    module->blob = unpack(file_read(path), path);
    if (module->blob.size == 0)
        die("%s: trapeze,file: %s is empty", node, path);
    module->align_bytes = PAGE_SIZE;
    module->room_bytes = align_up(module->blob.size, PAGE_SIZE);
    if (!kernel)
        return;
    if (image_probe(module->blob.bytes, module->blob.size, &info, &why) != ERR_NONE)
        die("%s: trapeze,file: %s cannot be a kernel: it looks like %s; %s", node, path,
            image_looks_like(module->blob.bytes, module->blob.size), why);
    if (info.kind != IMAGE_ARM64 && info.kind != IMAGE_RISCV)
        return;
    module->align_bytes = MAX(BLOCK_SIZE, info.align_bytes);
    module->room_bytes = align_up(MAX(module->blob.size, info.memory_bytes), BLOCK_SIZE);
}
