/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry as a UEFI application (Unified Extensible Firmware Interface Specification 2.10: 2.3.7 the
 * calling convention on RISC-V, 4.1 entry point, 7.2 memory, 7.4.6 ExitBootServices): from
 * firmware's environment to what OpenSBI enters with. Owns nothing afterwards. Its own copy of the
 * image is what goes on, where the image needs to lie; this one is left as it was loaded, so
 * nothing here may write to the image. For what else it must not do see model/rv_efi.h.
 */
#include "arch/riscv/hw/efi.h"

#include "arch/riscv/hw/layout.h"
#include "lib/bits.h"
#include "lib/string.h"

#define IMAGE_ALIGN MIB(2)
/* Images lie below it, by the lower half of our address space (layout.h). */
#define ADDRESS_MAX (GIB(256) - 1)
/* Lines that the map may have more than it had: our own allocations, and what events do. */
#define MAP_SPARE    64u
#define EXIT_TRY_MAX 16u

uint64_t efi_main(void *self, struct efi_system_table *system, const char *image);

extern char image_start[], image_end[], file_end[];

static const struct efi_guid fdt_guid = {/* 4.6.1.3 EFI_DTB_TABLE_GUID */
                                         0xb1b621d5,
                                         0xf19c,
                                         0x41a5,
                                         {0x83, 0x0b, 0xd9, 0x15, 0x2c, 0x69, 0xaa, 0xe0}};
static const struct efi_guid riscv_guid = {/* RISCV_EFI_BOOT_PROTOCOL_GUID */
                                           0xccd15fec,
                                           0x6f73,
                                           0x4eec,
                                           {0x83, 0x95, 0x3e, 0x69, 0xe4, 0xb9, 0x40, 0xbf}};

uint64_t efi_fail(struct efi_system_table *system, const uint16_t *why, uint64_t status)
{
    struct efi_text_output *output = system->output;

    if (output != NULL) {
        (void)output->output(output, u"Trapeze: ");
        (void)output->output(output, why);
        (void)output->output(output, u"\r\n");
    }
    return status;
}

/* NULL: there is none. */
static const void *find_fdt(const struct efi_system_table *system)
{
    for (uint64_t i = 0; i < system->configuration_count; i++)
        if (memcmp(&system->configuration[i].guid, &fdt_guid, sizeof(fdt_guid)) == 0)
            return system->configuration[i].table;
    return NULL;
}

static bool find_hart(struct efi_boot_services *boot, uint64_t *hart)
{
    void *found;

    if (boot->locate_protocol(&riscv_guid, NULL, &found) != EFI_SUCCESS)
        return false;
    struct efi_riscv_boot *riscv = found;
    return riscv->get_hart(riscv, hart) == EFI_SUCCESS;
}

uint64_t efi_allocate(struct efi_boot_services *boot, enum efi_memory_type type,
                      uint64_t size_bytes)
{
    uint64_t at = ADDRESS_MAX, pages = align_up(size_bytes, EFI_PAGE_BYTES) / EFI_PAGE_BYTES;

    return boot->allocate_pages(EFI_MAX_ADDRESS, type, pages, &at) == EFI_SUCCESS ? at : 0;
}

/* What is left to an operating system is in the tree when boot services end. */
struct handover {
    const void *fdt;
    struct efi_map map;
    uint64_t map_room, tree, tree_room;
};

static uint64_t make_room(struct efi_boot_services *boot, struct handover *handover)
{
    uint64_t key, size = 0, line_bytes = 0;
    uint32_t version;
    uint64_t status = boot->get_memory_map(&size, NULL, &key, &line_bytes, &version);

    if (status != EFI_BUFFER_TOO_SMALL)
        return EFI_LOAD_ERROR;
    handover->map_room = size + MAP_SPARE * line_bytes;
    handover->map.lines = (void *)efi_allocate(boot, EFI_LOADER_DATA, handover->map_room);
    handover->tree_room = rv_efi_fdt_bytes(handover->fdt, handover->map_room, line_bytes);
    if (handover->map.lines == NULL || handover->tree_room == 0)
        return EFI_LOAD_ERROR;
    handover->tree = efi_allocate(boot, EFI_LOADER_DATA, handover->tree_room);
    return handover->tree != 0 ? EFI_SUCCESS : EFI_LOAD_ERROR;
}

/*
 * End boot services. Handlers that the end itself calls may change the map: then its key is stale
 * and all is done again (7.4.6); nothing but the map may be asked for by then.
 */
static uint64_t leave(struct efi_boot_services *boot, void *self, struct handover *handover)
{
    uint64_t status = EFI_INVALID_PARAMETER;

    for (unsigned i = 0; i < EXIT_TRY_MAX && status == EFI_INVALID_PARAMETER; i++) {
        struct efi_map *map = &handover->map;
        uint32_t version;
        uint64_t key;

        map->size_bytes = handover->map_room;
        status = boot->get_memory_map(&map->size_bytes, (void *)map->lines, &key, &map->line_bytes,
                                      &version);
        if (status != EFI_SUCCESS)
            return status;
        if (rv_efi_fdt_reserve(handover->fdt, map, (void *)handover->tree, handover->tree_room) !=
            ERR_NONE)
            return EFI_LOAD_ERROR;
        status = boot->exit_boot_services(self, key);
    }
    return status;
}

/* Does not return but with an error, if the firmware can go on. IMAGE: where it was loaded. */
uint64_t efi_main(void *self, struct efi_system_table *system, const char *image)
{
    struct efi_boot_services *boot = system->boot;
    struct handover handover = {0};
    uint64_t hart, place, status = efi_files_load(self, system, &handover.fdt);

    if (status != EFI_SUCCESS)
        return status;
    if (handover.fdt == NULL)
        handover.fdt = find_fdt(system);
    if (handover.fdt == NULL)
        return efi_fail(system, u"the firmware gives no device tree", EFI_NOT_FOUND);
    if (!find_hart(boot, &hart))
        return efi_fail(system, u"the firmware does not say which hart this is", EFI_NOT_FOUND);
    place = efi_allocate(boot, EFI_LOADER_CODE, (uint64_t)(image_end - image_start) + IMAGE_ALIGN);
    if (place == 0)
        return efi_fail(system, u"there is no memory for it", EFI_LOAD_ERROR);
    place = align_up(place, IMAGE_ALIGN);
    memcpy((void *)place, image, (size_t)(file_end - image_start));
    status = make_room(boot, &handover);
    if (status != EFI_SUCCESS)
        return efi_fail(system, u"there is no memory for the device tree, or it is none", status);
    status = leave(boot, self, &handover);
    if (status != EFI_SUCCESS)
        return status; /* nobody is there who could say it */
    efi_enter(hart, handover.tree, place);
}
