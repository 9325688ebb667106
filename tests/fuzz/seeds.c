/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inputs for the fuzzers to begin with: what is well formed, and long streams of bytes, which as
 * choices are long sessions. `seeds DIR TARGET` writes them into DIR. The same on each run.
 */
#include <elf.h>
#include <libfdt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define STREAMS    24
#define BLOB_BYTES 8192

static const char *folder;
static unsigned number;

static void put(const void *bytes, size_t size)
{
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/seed-%02u", folder, number++);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) {
        perror(path);
        exit(1);
    }
}

static uint32_t chance(void)
{
    static uint32_t state = 0x2545f491;

    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

/* Choices: the first byte tells the machine, so each value of its low bits comes up. */
static void streams(size_t size)
{
    uint8_t bytes[4096];

    for (unsigned n = 0; n < STREAMS; n++) {
        size_t length = size / (1 + n % 3);

        for (size_t i = 0; i < length; i++)
            bytes[i] = (uint8_t)(chance() >> 16);
        bytes[0] = (uint8_t)(n * 11);
        put(bytes, length);
    }
}

static void syndromes(void)
{
    for (uint64_t class = 0; class < 64; class ++) {
        uint64_t words[3] = {class << 26 | 1u << 25 | 1u << 24 | (chance() & 0xffffff), 0x9000ff8,
                             0x90000};

        put(words, sizeof(words));
    }
}

/* ---- device trees */

static void tree(void)
{
    static const char memory[] = "\0\0\0\0\x40\0\0\0\0\0\0\0\x40\0\0";
    uint8_t blob[1 + BLOB_BYTES]; /* one byte before the tree says how it is read */
    void *fdt = malloc(BLOB_BYTES);

    fdt_create(fdt, BLOB_BYTES);
    fdt_finish_reservemap(fdt);
    fdt_begin_node(fdt, "");
    fdt_property_u32(fdt, "#address-cells", 2);
    fdt_property_u32(fdt, "#size-cells", 2);
    fdt_begin_node(fdt, "memory@40000000");
    fdt_property_string(fdt, "device_type", "memory");
    fdt_property(fdt, "reg", memory, sizeof(memory));
    fdt_end_node(fdt);
    fdt_begin_node(fdt, "cpus");
    fdt_property_u32(fdt, "#address-cells", 1);
    fdt_property_u32(fdt, "#size-cells", 0);
    fdt_begin_node(fdt, "cpu@0");
    fdt_property_string(fdt, "device_type", "cpu");
    fdt_property_u32(fdt, "reg", 0);
    fdt_end_node(fdt);
    fdt_end_node(fdt);
    fdt_begin_node(fdt, "chosen");
    fdt_property_u32(fdt, "#address-cells", 1);
    fdt_property_u32(fdt, "#size-cells", 1);
    fdt_begin_node(fdt, "vm");
    fdt_property_string(fdt, "compatible", "xen,domain");
    fdt_property_u32(fdt, "#address-cells", 1);
    fdt_property_u32(fdt, "#size-cells", 1);
    fdt_property_u32(fdt, "memory", 65536);
    fdt_property_u32(fdt, "cpus", 1);
    fdt_begin_node(fdt, "module@48000000");
    fdt_property_string(fdt, "compatible", "multiboot,kernel");
    fdt_property_u64(fdt, "reg", 0x4800000000010000);
    fdt_end_node(fdt);
    fdt_end_node(fdt);
    fdt_end_node(fdt);
    fdt_end_node(fdt);
    fdt_finish(fdt);
    memcpy(blob + 1, fdt, fdt_totalsize(fdt));
    for (blob[0] = 1; blob[0] <= 3; blob[0] += 2) {
        put(blob, 1 + fdt_totalsize(fdt));
        put(blob, 1 + fdt_totalsize(fdt) / 2);
    }
    free(fdt);
}

/* ---- images */

static void elf(void)
{
    static struct {
        Elf64_Ehdr header;
        Elf64_Phdr segments[2];
        uint8_t text[64];
    } file;

    memcpy(file.header.e_ident, ELFMAG "\2\1\1", 7);
    file.header.e_type = ET_EXEC;
    file.header.e_machine = EM_AARCH64;
    file.header.e_version = EV_CURRENT;
    file.header.e_entry = 0x40000000;
    file.header.e_phoff = sizeof(file.header);
    file.header.e_ehsize = sizeof(file.header);
    file.header.e_phentsize = sizeof(file.segments[0]);
    file.header.e_phnum = 2;
    for (unsigned i = 0; i < 2; i++)
        file.segments[i] = (Elf64_Phdr){.p_type = PT_LOAD,
                                        .p_offset = offsetof(__typeof__(file), text) + 32 * i,
                                        .p_vaddr = 0x40000000 + 0x1000 * i,
                                        .p_paddr = 0x40000000 + 0x1000 * i,
                                        .p_filesz = 32,
                                        .p_memsz = 64};
    put(&file, sizeof(file));
    file.header.e_ident[EI_CLASS] = ELFCLASS32;
    put(&file, sizeof(file));
}

static void gzip(void)
{
    static uint8_t in[2048], out[4096];
    z_stream z = {.next_in = in, .avail_in = sizeof(in), .next_out = out, .avail_out = sizeof(out)};

    for (size_t i = 0; i < sizeof(in); i++)
        in[i] = (uint8_t)(i % 7 == 0 ? chance() : i);
    if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK ||
        deflate(&z, Z_FINISH) != Z_STREAM_END)
        exit(1);
    put(out, sizeof(out) - z.avail_out);
    deflateEnd(&z);
}

static void images(void)
{
    uint8_t image[4096] = {0};
    uint64_t span = sizeof(image) + 4096;

    memcpy(image + 16, &span, sizeof(span));
    memcpy(image + 56, "ARM\x64", 4);
    put(image, sizeof(image));
    memcpy(image + 56, "RSC\x05", 4);
    put(image, sizeof(image));
    memset(image, 0, 64);
    memcpy(image + 36, "\x18\x28\x6f\x01\0\0\0\0\0\x10\0\0", 12); /* zImage: magic, start, end */
    put(image, sizeof(image));
    elf();
    gzip();
    put("#!/bin/sh\n", 10);
}

int main(int count, char **arguments)
{
    const char *target = count == 3 ? arguments[2] : "";

    if (count != 3) {
        fprintf(stderr, "usage: seeds DIR TARGET\n");
        return 2;
    }
    folder = arguments[1];
    if (strcmp(target, "decode") == 0) {
        syndromes();
    } else if (strcmp(target, "image") == 0 || strcmp(target, "build") == 0) {
        images();
    } else {
        if (strcmp(target, "config") == 0)
            tree();
        streams(1000);
    }
    return 0;
}
