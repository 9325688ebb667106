/* SPDX-License-Identifier: Apache-2.0 */
/*
 * trapeze pack: from a system description and a board's tree to a folder that boots.
 * Owns the order of the steps; each is in a file of its own.
 */
#include "tool/commands.h"
#include "tool/layout.h"
#include "tool/system.h"
#include "tool/uboot.h"

#include <getopt.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TREE_SLACK KIB(12) /* what boot loaders like to add */

struct pack {
    const char *system, *board_path, *folder, *hypervisor;
    bool batch, keep_going;
    struct pairs provided, exec;
    uint64_t load_address; /* 0: the architecture's */
};

const char pack_usage[] =
    "usage: trapeze pack FILE.dts|FILE.dtb --dtb BOARD.dtb -o DIR [OPTION...]\n"
    "Merge a system's description into a board's device tree, find addresses for the modules, and\n"
    "write hypervisor, device tree, modules, modules.txt and a U-Boot script to DIR.\n"
    "  --dtb BOARD.dtb         the board's own tree\n"
    "  -o, --output DIR        where to write\n"
    "  --hypervisor FILE       default: build/ARCH/trapeze.bin\n"
    "  --load-address ADDRESS  of the hypervisor; default: where QEMU's -kernel puts it\n"
    "  --provide NAME=PATH     the file for modules with trapeze,file = \"NAME\"\n"
    "  --exec VM=COMMAND       have that VM's initramfs run COMMAND and power off\n"
    "  --set-batch             no console input, all output with the VMs' names\n"
    "  --keep-going            write DIR although a VM is refused (the hypervisor says so again)\n";

static struct pack parse_options(int argc, char **argv)
{
    static const struct option options[] = {
        {"dtb", required_argument, NULL, 'd'},
        {"output", required_argument, NULL, 'o'},
        {"hypervisor", required_argument, NULL, 'y'},
        {"load-address", required_argument, NULL, 'l'},
        {"provide", required_argument, NULL, 'p'},
        {"exec", required_argument, NULL, 'e'},
        {"set-batch", no_argument, NULL, 'b'},
        {"keep-going", no_argument, NULL, 'k'},
        {"help", no_argument, NULL, 'h'},
        {0},
    };
    struct pack pack = {0};
    int option;

    while ((option = getopt_long(argc, argv, "o:h", options, NULL)) != -1) {
        switch (option) {
        case 'd':
            pack.board_path = optarg;
            break;
        case 'o':
            pack.folder = optarg;
            break;
        case 'y':
            pack.hypervisor = optarg;
            break;
        case 'l':
            pack.load_address = number_parse("--load-address", optarg);
            break;
        case 'p':
            pairs_add(&pack.provided, "--provide", optarg);
            break;
        case 'e':
            pairs_add(&pack.exec, "--exec", optarg);
            break;
        case 'b':
            pack.batch = true;
            break;
        case 'k':
            pack.keep_going = true;
            break;
        case 'h':
            command_help(pack_usage);
        default:
            command_misuse(pack_usage);
        }
    }
    if (optind + 1 != argc || !pack.board_path || !pack.folder)
        command_misuse(pack_usage);
    pack.system = argv[optind];
    return pack;
}

/* What has an address already is kept clear of. */
static void take_placed(struct layout *layout, const struct system_config *config)
{
    for (uint32_t i = 0; i < config->vm_count; i++) {
        const struct vm_config *vm = &config->vms[i];
        const struct vm_module *modules[] = {&vm->kernel, &vm->ramdisk, &vm->device_tree,
                                             &vm->disk};

        for (uint32_t m = 0; m < ARRAY_SIZE(modules); m++)
            if (modules[m]->present && !modules[m]->file)
                layout_take(layout, (struct hpa_range){modules[m]->base, modules[m]->size_bytes});
    }
}

/* Those that need large alignment first, so that they leave no holes. */
static void place_modules(struct tree *tree, struct layout *layout, struct modules *modules)
{
    for (uint32_t pass = 0; pass < 2; pass++) {
        for (uint32_t i = 0; i < modules->count; i++) {
            struct module *module = &modules->entry[i];

            if ((module->align_bytes > PAGE_SIZE) != (pass == 0))
                continue;
            if (!layout_place(layout, module))
                die("%s: its %llu MiB do not fit into the board's memory: give the board more, "
                    "or the VMs less",
                    module->path, (unsigned long long)(module->room_bytes >> 20));
            tree_set_reg(tree, module->path, module->address, module->blob.size);
        }
    }
}

/* The initramfs that ./run provides reads the command from the kernel's command line. */
static void add_exec(const struct pack *pack, struct tree *tree, const struct system_config *config)
{
    char kernel[VM_COUNT_MAX][256];

    for (uint32_t e = 0; e < pack->exec.count; e++) {
        uint32_t vm = 0;

        while (vm < config->vm_count && strcmp(config->vms[vm].name, pack->exec.entry[e].name) != 0)
            vm++;
        if (vm == config->vm_count)
            die("--exec: %s describes no VM called '%s'", pack->system, pack->exec.entry[e].name);
        if (!config->vms[vm].kernel.present)
            die("--exec: VM '%s' has no kernel", pack->exec.entry[e].name);
    }
    for (uint32_t vm = 0; vm < config->vm_count; vm++)
        if (config->vms[vm].kernel.present)
            fdt_get_path(tree->fdt, config->vms[vm].kernel.node, kernel[vm], sizeof(kernel[vm]));
    /* From here the tree changes, and the offsets and strings in CONFIG are stale. */
    for (uint32_t vm = 0; vm < config->vm_count; vm++) {
        const char *command = pairs_find(&pack->exec, config->vms[vm].name);

        if (!command)
            continue;
        char *bootargs =
            text_format("%s trapeze.exec=%s", tree_string(tree, kernel[vm], "bootargs", ""),
                        base64_encode(command));
        tree_set_string(tree, kernel[vm], "bootargs", bootargs);
    }
}

static void write_folder(const struct pack *pack, const struct tool_arch *arch, struct tree *tree,
                         const struct layout *layout, const struct modules *modules)
{
    const char *from =
        pack->hypervisor ? pack->hypervisor : text_format("build/%s/trapeze.bin", arch->name);
    struct blob hypervisor = file_read(from), dtb = tree_finish(tree, TREE_SLACK);
    char *list = NULL;
    size_t list_size;
    FILE *out = open_memstream(&list, &list_size);

    folder_make(pack->folder);
    file_write(text_format("%s/trapeze.bin", pack->folder), hypervisor.bytes, hypervisor.size);
    if (arch->efi_name != NULL) {
        folder_make(text_format("%s/EFI/BOOT", pack->folder));
        file_write(text_format("%s/EFI/BOOT/%s", pack->folder, arch->efi_name), hypervisor.bytes,
                   hypervisor.size);
    }
    file_write(text_format("%s/system.dtb", pack->folder), dtb.bytes, dtb.size);
    for (uint32_t i = 0; i < modules->count; i++) {
        const struct module *module = &modules->entry[i];

        file_write(text_format("%s/%s", pack->folder, module->file), module->blob.bytes,
                   module->blob.size);
        fprintf(out, "%#llx %zu %s\n", (unsigned long long)module->address, module->blob.size,
                module->file);
    }
    fclose(out);
    file_write(text_format("%s/modules.txt", pack->folder), list, list_size);
    uboot_write(pack->folder, arch, layout, modules);
}

int command_pack(int argc, char **argv)
{
    static struct system system;
    static struct layout layout;
    struct pack pack = parse_options(argc, argv);
    bool any;

    system.path = pack.system;
    system.board_path = pack.board_path;
    system.provided = &pack.provided;
    any = system_read(&system);
    problems_print(&system.problems);
    if (!any || system.files_missing || (system.problems.errors && !pack.keep_going))
        die("%s: nothing was packed", pack.system);

    layout_init(&layout, &system.board, system.arch->image_offset);
    if (pack.load_address)
        layout.hypervisor = pack.load_address;
    take_placed(&layout, &system.config);
    add_exec(&pack, &system.tree, &system.config);
    if (pack.batch)
        tree_set_string(&system.tree, "/chosen", "trapeze,console", "batch");
    place_modules(&system.tree, &layout, &system.modules);
    write_folder(&pack, system.arch, &system.tree, &layout, &system.modules);
    return 0;
}
