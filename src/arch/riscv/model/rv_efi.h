/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is used of UEFI firmware, by the Unified Extensible Firmware Interface Specification,
 * release 2.10, and the RISC-V UEFI Protocol Specification 1.0. Owns the structures and what is
 * made of its memory map; calls of firmware are hw/efi.c's.
 *
 * Runs before the MMU maps the image where it is linked: no pointer that the linker wrote, so no
 * tables of pointers, no switch that becomes one, and no libfdt.
 */
#pragma once

#include "lib/err.h"
#include "lib/types.h"

/* An error has the highest bit set (appendix D). */
#define EFI_SUCCESS           0ULL
#define EFI_ERROR(number)     ((number) | 1ULL << 63)
#define EFI_LOAD_ERROR        EFI_ERROR(1)
#define EFI_INVALID_PARAMETER EFI_ERROR(2)
#define EFI_BUFFER_TOO_SMALL  EFI_ERROR(5)
#define EFI_NOT_FOUND         EFI_ERROR(14)

#define EFI_PAGE_BYTES 4096ULL

struct efi_guid {
    uint32_t a;
    uint16_t b, c;
    uint8_t d[8];
};

/* 7.2: types of memory, and a line of the map; lines are as far apart as firmware says. */
enum efi_memory_type {
    EFI_RESERVED,
    EFI_LOADER_CODE,
    EFI_LOADER_DATA,
    EFI_BOOT_SERVICES_CODE,
    EFI_BOOT_SERVICES_DATA,
    EFI_RUNTIME_SERVICES_CODE,
    EFI_RUNTIME_SERVICES_DATA,
    EFI_CONVENTIONAL,
};
#define EFI_MEMORY_RUNTIME (1ULL << 63)
struct efi_memory_descriptor {
    uint32_t type;
    uint64_t start, virtual_start, page_count, attribute;
};
enum efi_allocate { EFI_ANY_PAGES, EFI_MAX_ADDRESS, EFI_AT_ADDRESS };

struct efi_map {
    const void *lines;
    uint64_t size_bytes, line_bytes;
};

/* 12.4 */
struct efi_text_output {
    void *reset;
    uint64_t (*output)(struct efi_text_output *self, const uint16_t *text);
};

struct efi_table_header {
    uint64_t signature;
    uint32_t revision, header_bytes, crc32, reserved;
};

/* 4.4: services in the specification's order; those that are not called have no type. */
struct efi_boot_services {
    struct efi_table_header header;
    void *raise_tpl, *restore_tpl;
    uint64_t (*allocate_pages)(uint32_t how, uint32_t type, uint64_t count, uint64_t *address);
    void *free_pages;
    uint64_t (*get_memory_map)(uint64_t *size_bytes, void *lines, uint64_t *key,
                               uint64_t *line_bytes, uint32_t *version);
    void *pools[2], *events[6], *install[3];
    uint64_t (*handle_protocol)(void *handle, const struct efi_guid *guid, void **found);
    void *protocols[5], *images[4];
    uint64_t (*exit_boot_services)(void *image, uint64_t key);
    void *times[3], *controllers[2], *open[3], *handles[2];
    uint64_t (*locate_protocol)(const struct efi_guid *guid, void *registration, void **found);
};

/* 4.6 */
struct efi_configuration {
    struct efi_guid guid;
    const void *table;
};
/* 4.3 */
struct efi_system_table {
    struct efi_table_header header;
    void *vendor;
    uint64_t revision; /* 32 bits, and as many of padding */
    void *input_handle, *input, *output_handle;
    struct efi_text_output *output;
    void *error_handle, *error, *runtime;
    struct efi_boot_services *boot;
    uint64_t configuration_count;
    const struct efi_configuration *configuration;
};

/* RISC-V UEFI Protocol Specification 1.0, chapter 2 */
struct efi_riscv_boot {
    uint64_t revision;
    uint64_t (*get_hart)(struct efi_riscv_boot *self, uint64_t *hart);
};

/* 9.1 */
struct efi_loaded_image {
    uint64_t revision;
    void *parent;
    struct efi_system_table *system;
    void *device;
};

/* 13.5 */
#define EFI_FILE_READ 1ULL
struct efi_file {
    uint64_t revision;
    uint64_t (*open)(struct efi_file *self, struct efi_file **found, const uint16_t *name,
                     uint64_t mode, uint64_t attributes);
    uint64_t (*close)(struct efi_file *self);
    void *delete;
    uint64_t (*read)(struct efi_file *self, uint64_t *size_bytes, void *to);
    void *write;
    uint64_t (*get_position)(struct efi_file *self, uint64_t *position);
    uint64_t (*set_position)(struct efi_file *self, uint64_t position);
};
/* 13.4 */
struct efi_file_system {
    uint64_t revision;
    uint64_t (*open_volume)(struct efi_file_system *self, struct efi_file **root);
};

/* A line of modules.txt (tool/README.md). */
#define EFI_NAME_MAX 64u
struct efi_module {
    uint64_t address, size_bytes;
    uint16_t name[EFI_NAME_MAX];
};
/*
 * The line at *TEXT, which moves behind it; the text ends at END. False: at the end there is none;
 * before it, it is not "ADDRESS SIZE NAME", and *TEXT stays.
 */
bool rv_efi_module(const char **text, const char *end, struct efi_module *module);

/* Bytes that rv_efi_fdt_reserve needs at most, for a map of MAP_BYTES; 0: FDT is no device tree. */
uint64_t rv_efi_fdt_bytes(const void *fdt, uint64_t map_bytes, uint64_t line_bytes);
/*
 * FDT once more at OUT, of OUT_BYTES and aligned to 8, with all that MAP does not leave to an
 * operating system (7.2, "Memory Type Usage after ExitBootServices") in its memory reservation
 * block. ERR_INVALID: FDT is no device tree of version 17; ERR_NO_MEMORY: OUT is too small.
 */
enum err rv_efi_fdt_reserve(const void *fdt, const struct efi_map *map, void *out,
                            uint64_t out_bytes) __must_check;
