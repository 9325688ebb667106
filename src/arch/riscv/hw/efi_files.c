/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `trapeze pack` wrote, from the volume that firmware loaded the image from (UEFI
 * Specification 2.10: 9.1, 13.4, 13.5): the device tree anywhere, modules where the tree says.
 * Owns no state. Runs as efi.c does.
 */
#include "arch/riscv/hw/efi.h"
#include "lib/bits.h"

static const struct efi_guid image_guid = {/* EFI_LOADED_IMAGE_PROTOCOL_GUID */
                                           0x5b1b31a1,
                                           0x9562,
                                           0x11d2,
                                           {0x8e, 0x3f, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};
static const struct efi_guid volume_guid = {/* EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID */
                                            0x0964e5b22,
                                            0x6459,
                                            0x11d2,
                                            {0x8e, 0x39, 0x00, 0xa0, 0xc9, 0x69, 0x72, 0x3b}};

/* The volume's root, NULL where the image came from nothing that has files. */
static struct efi_file *find_root(void *self, struct efi_boot_services *boot)
{
    struct efi_file *root;
    void *found;

    if (boot->handle_protocol(self, &image_guid, &found) != EFI_SUCCESS)
        return NULL;
    void *device = ((struct efi_loaded_image *)found)->device;
    if (device == NULL || boot->handle_protocol(device, &volume_guid, &found) != EFI_SUCCESS)
        return NULL;
    struct efi_file_system *volume = found;
    return volume->open_volume(volume, &root) == EFI_SUCCESS ? root : NULL;
}

/* NAME in ROOT and how long it is. NULL: it cannot be read. */
static struct efi_file *open_file(struct efi_file *root, const uint16_t *name, uint64_t *size_bytes)
{
    struct efi_file *file;

    if (root->open(root, &file, name, EFI_FILE_READ, 0) != EFI_SUCCESS)
        return NULL;
    /* The highest position is the file's end (13.5, SetPosition). */
    if (file->set_position(file, UINT64_MAX) == EFI_SUCCESS &&
        file->get_position(file, size_bytes) == EFI_SUCCESS &&
        file->set_position(file, 0) == EFI_SUCCESS && *size_bytes != 0)
        return file;
    (void)file->close(file);
    return NULL;
}

/* SIZE bytes of FILE, which is closed, to AT. */
static bool read_file(struct efi_file *file, uint64_t at, uint64_t size_bytes)
{
    uint64_t done = 0, some = size_bytes;

    while (done < size_bytes && some != 0) {
        some = size_bytes - done;
        if (file->read(file, &some, (void *)(at + done)) != EFI_SUCCESS)
            break;
        done += some;
    }
    (void)file->close(file);
    return done == size_bytes;
}

/* All of NAME somewhere, 0 if that cannot be. */
static uint64_t load_file(struct efi_boot_services *boot, struct efi_file *root,
                          const uint16_t *name, uint64_t *size_bytes)
{
    struct efi_file *file = open_file(root, name, size_bytes);
    uint64_t at;

    if (file == NULL)
        return 0;
    at = *size_bytes <= MIB(2) ? efi_allocate(boot, EFI_LOADER_DATA, *size_bytes) : 0;
    return read_file(file, at, at != 0 ? *size_bytes : 0) ? at : 0;
}

static uint64_t load_module(struct efi_system_table *system, struct efi_file *root,
                            const struct efi_module *module)
{
    struct efi_boot_services *boot = system->boot;
    uint64_t at = module->address, size_bytes;
    struct efi_file *file = open_file(root, module->name, &size_bytes);

    if (file == NULL || size_bytes != module->size_bytes) {
        (void)efi_fail(system, module->name, 0);
        return efi_fail(system, u"this module is not as modules.txt has it", EFI_NOT_FOUND);
    }
    if (boot->allocate_pages(EFI_AT_ADDRESS, EFI_LOADER_DATA,
                             align_up(size_bytes, EFI_PAGE_BYTES) / EFI_PAGE_BYTES,
                             &at) != EFI_SUCCESS) {
        (void)efi_fail(system, module->name, 0);
        return efi_fail(system, u"the firmware has this module's place in the memory",
                        EFI_LOAD_ERROR);
    }
    if (!read_file(file, at, size_bytes))
        return efi_fail(system, u"a module cannot be read", EFI_LOAD_ERROR);
    return EFI_SUCCESS;
}

static uint64_t load_modules(struct efi_system_table *system, struct efi_file *root)
{
    uint64_t size_bytes = 0, status = EFI_SUCCESS;
    uint64_t list = load_file(system->boot, root, u"modules.txt", &size_bytes);
    const char *at = (const char *)list, *end;
    struct efi_module module;

    if (list == 0)
        return EFI_SUCCESS; /* the tree's modules are there already, or it has none */
    end = at + size_bytes;
    while (status == EFI_SUCCESS && rv_efi_module(&at, end, &module))
        status = load_module(system, root, &module);
    if (status == EFI_SUCCESS && at != end)
        return efi_fail(system, u"modules.txt is not as `trapeze pack` writes it", EFI_LOAD_ERROR);
    return status;
}

uint64_t efi_files_load(void *self, struct efi_system_table *system, const void **fdt)
{
    struct efi_file *root = find_root(self, system->boot);
    uint64_t size_bytes, tree, status = EFI_SUCCESS;

    *fdt = NULL;
    if (root == NULL)
        return EFI_SUCCESS;
    tree = load_file(system->boot, root, u"system.dtb", &size_bytes);
    if (tree != 0)
        status = load_modules(system, root);
    *fdt = (const void *)tree;
    (void)root->close(root);
    return status;
}
