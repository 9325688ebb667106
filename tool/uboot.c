/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns boot.cmd and boot.scr. The header of boot.scr is U-Boot's legacy image (64 bytes,
 * big-endian), followed, for a script, by its length, a zero word and the text.
 */
#include "tool/uboot.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define IMAGE_MAGIC 0x27051956u
#define OS_LINUX    5
#define TYPE_SCRIPT 6
#define COMPRESS_NO 0

struct uboot_header {
    uint32_t magic, header_crc, time, size, load, entry, data_crc;
    uint8_t os, arch, type, compression;
    char name[32];
};
static_assert(sizeof(struct uboot_header) == 64, "U-Boot's legacy header");

static char *script_text(const struct tool_arch *arch, const struct layout *layout,
                         const struct modules *modules)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);

    if (!out)
        die("out of memory");
    fprintf(out, "# Starts Trapeze from U-Boot. boot.scr is this text as U-Boot's boot scan finds "
                 "it; by hand:\n"
                 "#   setenv devtype virtio; setenv devnum 0; setenv distro_bootpart 1\n"
                 "#   load ${devtype} ${devnum}:${distro_bootpart} ${scriptaddr} boot.scr; source "
                 "${scriptaddr}\n"
                 "# The tree is used where it is loaded.\n"
                 "setenv fdt_high 0xffffffffffffffff\n");
    for (uint32_t i = 0; i < modules->count; i++)
        fprintf(out, "load ${devtype} ${devnum}:${distro_bootpart} %#llx ${prefix}%s\n",
                (unsigned long long)modules->entry[i].address, modules->entry[i].file);
    fprintf(out, "load ${devtype} ${devnum}:${distro_bootpart} %#llx ${prefix}system.dtb\n",
            (unsigned long long)layout->tree);
    fprintf(out, "load ${devtype} ${devnum}:${distro_bootpart} %#llx ${prefix}trapeze.bin\n",
            (unsigned long long)layout->hypervisor);
    fprintf(out, "%s %#llx - %#llx\n", arch->boot_command, (unsigned long long)layout->hypervisor,
            (unsigned long long)layout->tree);
    fclose(out);
    return text;
}

void uboot_write(const char *folder, const struct tool_arch *arch, const struct layout *layout,
                 const struct modules *modules)
{
    char *text = script_text(arch, layout, modules);
    uint32_t length = (uint32_t)strlen(text);
    size_t size = sizeof(struct uboot_header) + 2 * sizeof(uint32_t) + length;
    uint8_t *image = xalloc(size);
    uint8_t *data = image + sizeof(struct uboot_header);
    uint32_t table[2] = {htonl(length), 0};
    struct uboot_header header = {
        .magic = htonl(IMAGE_MAGIC),
        .size = htonl((uint32_t)(size - sizeof(header))),
        .os = OS_LINUX,
        .arch = arch->uboot_arch,
        .type = TYPE_SCRIPT,
        .compression = COMPRESS_NO,
        .name = "Trapeze",
    };

    memcpy(data, table, sizeof(table));
    memcpy(data + sizeof(table), text, length);
    header.data_crc = htonl((uint32_t)crc32(0, data, (uInt)(size - sizeof(header))));
    header.header_crc = htonl((uint32_t)crc32(0, (const void *)&header, sizeof(header)));
    memcpy(image, &header, sizeof(header));
    file_write(text_format("%s/boot.cmd", folder), text, length);
    file_write(text_format("%s/boot.scr", folder), image, size);
}
