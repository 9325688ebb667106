/* SPDX-License-Identifier: Apache-2.0 */
/* A module of a VM at pack time: which file it is, what is in it, and where it goes. */
#pragma once

#include "core/image.h"
#include "tool/arch.h"
#include "tool/util.h"

#define MODULE_MAX 48

struct module {
    char *path;              /* of its node in the tree */
    char *file;              /* name in the output folder */
    struct blob blob;        /* unpacked */
    uint64_t align_bytes;    /* of the address; a power of two */
    uint64_t room_bytes;     /* memory that nothing else may lie in; at least the blob */
    uint64_t address;        /* set by layout_place() */
    struct image_info image; /* of a kernel */
};

struct modules {
    struct module entry[MODULE_MAX];
    uint32_t count;
};

/*
 * Read the file that a module names: FILE is one of PROVIDED, or a path relative to the folder of
 * SYSTEM. gzip and zstd are unpacked. KERNEL decides alignment and room: an Image is mapped where
 * it lies, so its 2 MiB blocks are its own up to the end of its bss. NULL, or what is wrong and
 * what to do, in sentences.
 */
const char *module_read(struct module *module, const char *file, bool kernel, const char *system,
                        const struct pairs *provided, const struct tool_arch *arch);
