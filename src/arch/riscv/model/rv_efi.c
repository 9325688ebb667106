/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/model/rv_efi.h"

#include <libfdt.h>

#include "arch/riscv/model/rv_pt.h"
#include "lib/bits.h"
#include "lib/string.h"

#define FDT_VERSION_17 17u
#define ADDRESS_END    bit64(RV_OUTPUT_BITS) /* of what there can be */

/* ---- the memory map */

/* What is free once boot services have ended. */
#define USABLE                                                                         \
    (bit32(EFI_LOADER_CODE) | bit32(EFI_LOADER_DATA) | bit32(EFI_BOOT_SERVICES_CODE) | \
     bit32(EFI_BOOT_SERVICES_DATA) | bit32(EFI_CONVENTIONAL))

/* Line INDEX of MAP, [*start, *end). False: it is nothing that may be used. */
static bool usable_line(const struct efi_map *map, uint64_t index, uint64_t *start, uint64_t *end)
{
    const struct efi_memory_descriptor *line =
        (const void *)((const char *)map->lines + index * map->line_bytes);

    *start = line->start;
    *end = line->start + line->page_count * EFI_PAGE_BYTES;
    return line->type <= EFI_CONVENTIONAL && (USABLE & bit32(line->type)) != 0 &&
           (line->attribute & EFI_MEMORY_RUNTIME) == 0 && line->page_count != 0 &&
           line->page_count <= ADDRESS_END / EFI_PAGE_BYTES && line->start < ADDRESS_END &&
           *end <= ADDRESS_END;
}

static uint64_t line_count(const struct efi_map *map)
{
    return map->line_bytes < sizeof(struct efi_memory_descriptor)
               ? 0
               : map->size_bytes / map->line_bytes;
}

/* Lines are in no order. From AT on: *used is how far it goes on usable; then where that begins
 * again. */
static uint64_t next_usable(const struct efi_map *map, uint64_t at, uint64_t *used)
{
    uint64_t next = ADDRESS_END, start, end;

    *used = at;
    for (uint64_t i = 0; i < line_count(map); i++) {
        if (!usable_line(map, i, &start, &end))
            continue;
        if (start <= at)
            *used = MAX(*used, end);
        else
            next = MIN(next, start);
    }
    return next;
}

/* ---- the device tree */

static uint32_t field(const void *fdt, size_t offset)
{
    fdt32_t raw;

    memcpy(&raw, (const char *)fdt + offset, sizeof(raw));
    return fdt32_to_cpu(raw);
}
#define FIELD(fdt, name) field(fdt, offsetof(struct fdt_header, name))

static bool is_tree(const void *fdt)
{
    uint64_t total = FIELD(fdt, totalsize), reserved = FIELD(fdt, off_mem_rsvmap);

    return FIELD(fdt, magic) == FDT_MAGIC && FIELD(fdt, version) >= FDT_VERSION_17 &&
           FIELD(fdt, last_comp_version) <= FDT_VERSION_17 && total >= sizeof(struct fdt_header) &&
           reserved <= total &&
           (uint64_t)FIELD(fdt, off_dt_struct) + FIELD(fdt, size_dt_struct) <= total &&
           (uint64_t)FIELD(fdt, off_dt_strings) + FIELD(fdt, size_dt_strings) <= total;
}

/* Entries of the reservation block, without its end. */
static uint64_t reserve_count(const void *fdt)
{
    uint64_t at = FIELD(fdt, off_mem_rsvmap), total = FIELD(fdt, totalsize), count = 0;
    struct fdt_reserve_entry entry;

    for (; at + sizeof(entry) <= total; at += sizeof(entry), count++) {
        memcpy(&entry, (const char *)fdt + at, sizeof(entry));
        if (entry.size == 0)
            break;
    }
    return count;
}

uint64_t rv_efi_fdt_bytes(const void *fdt, uint64_t map_bytes, uint64_t line_bytes)
{
    struct efi_map map = {.size_bytes = map_bytes, .line_bytes = line_bytes};

    if (!is_tree(fdt))
        return 0;
    /* A hole before each line and behind all, and the end; what is aligned anew. */
    return FIELD(fdt, totalsize) + sizeof(struct fdt_header) +
           sizeof(struct fdt_reserve_entry) * (line_count(&map) + 3);
}

/* Bytes that are written in a row. */
struct writer {
    char *to;
    uint64_t used_bytes, size_bytes;
};
static void append(struct writer *writer, const void *bytes, uint64_t count)
{
    if (writer->used_bytes + count <= writer->size_bytes)
        memcpy(writer->to + writer->used_bytes, bytes, count);
    writer->used_bytes += count;
}
static void append_reserve(struct writer *writer, uint64_t start, uint64_t size_bytes)
{
    struct fdt_reserve_entry entry = {cpu_to_fdt64(start), cpu_to_fdt64(size_bytes)};

    append(writer, &entry, sizeof(entry));
}

static void append_holes(struct writer *writer, const struct efi_map *map)
{
    uint64_t at = 0;

    while (at != ADDRESS_END) {
        uint64_t used, next = next_usable(map, at, &used);

        if (used == at) {
            append_reserve(writer, at, next - at);
            used = next;
        }
        at = used;
    }
}

enum err rv_efi_fdt_reserve(const void *fdt, const struct efi_map *map, void *out,
                            uint64_t out_bytes)
{
    struct writer writer = {.to = out, .size_bytes = out_bytes};
    struct fdt_header header;

    if (!is_tree(fdt))
        return ERR_INVALID;
    memcpy(&header, fdt, sizeof(header));
    append(&writer, &header, sizeof(header));
    header.off_mem_rsvmap = cpu_to_fdt32((uint32_t)writer.used_bytes);
    append(&writer, (const char *)fdt + FIELD(fdt, off_mem_rsvmap),
           reserve_count(fdt) * sizeof(struct fdt_reserve_entry));
    append_holes(&writer, map);
    append_reserve(&writer, 0, 0);
    header.off_dt_struct = cpu_to_fdt32((uint32_t)writer.used_bytes);
    append(&writer, (const char *)fdt + FIELD(fdt, off_dt_struct), FIELD(fdt, size_dt_struct));
    header.off_dt_strings = cpu_to_fdt32((uint32_t)writer.used_bytes);
    append(&writer, (const char *)fdt + FIELD(fdt, off_dt_strings), FIELD(fdt, size_dt_strings));
    if (writer.used_bytes > out_bytes)
        return ERR_NO_MEMORY;
    header.totalsize = cpu_to_fdt32((uint32_t)writer.used_bytes);
    header.version = header.last_comp_version = cpu_to_fdt32(FDT_VERSION_17);
    header.last_comp_version = cpu_to_fdt32(FDT_VERSION_17 - 1);
    memcpy(out, &header, sizeof(header));
    return ERR_NONE;
}

/* ---- modules.txt */

/* Digits at *TEXT up to a space, which is passed as well. */
static bool number(const char **text, const char *end, unsigned base, uint64_t *value)
{
    const char *at = *text;

    for (*value = 0; at < end && *at != ' '; at++) {
        unsigned digit = *at >= '0' && *at <= '9'   ? (unsigned)(*at - '0')
                         : *at >= 'a' && *at <= 'f' ? (unsigned)(*at - 'a') + 10
                                                    : base;

        if (digit >= base || *value > (UINT64_MAX - digit) / base)
            return false;
        *value = *value * base + digit;
    }
    if (at == end || at == *text)
        return false;
    *text = at + 1;
    return true;
}

bool rv_efi_module(const char **text, const char *end, struct efi_module *module)
{
    const char *at = *text;
    unsigned length = 0;

    if (end - at < 2 || at[0] != '0' || at[1] != 'x')
        return false;
    at += 2;
    if (!number(&at, end, 16, &module->address) || !number(&at, end, 10, &module->size_bytes))
        return false;
    for (; at < end && *at != '\n'; at++) {
        if (*at <= ' ' || *at > '~' || *at == '/' || *at == '\\' || length + 1 == EFI_NAME_MAX)
            return false;
        module->name[length++] = (uint16_t)*at;
    }
    module->name[length] = 0;
    if (at == end || length == 0)
        return false;
    *text = at + 1;
    return true;
}
