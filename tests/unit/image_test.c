/* SPDX-License-Identifier: Apache-2.0 */
/*
 * core/image*.c: each format, each field of its header made wrong, blobs cut off at each length,
 * random damage. Blobs lie in memory of exactly their size, so the sanitizer sees a byte too far.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "core/image.h"
#include "core/image_headers.h"
#include "lib/bits.h"
#include "tests/unit/gunzip.h"
#include "tests/unit/message_table.h"

static uint32_t seed = 0x1badf00d;

static uint32_t chance(void)
{
    seed ^= seed << 13;
    seed ^= seed >> 17;
    seed ^= seed << 5;
    return seed;
}

/* image_probe of a copy of exactly SIZE bytes, at an odd address. */
static enum err probe(const void *data, uint64_t size, struct image_info *out, const char **why)
{
    uint8_t *copy = malloc(size + 1);
    enum err err;

    memcpy(copy + 1, data, size);
    err = image_probe(copy + 1, size, out, why);
    assert_true((err == ERR_NONE) == (*why == NULL));
    if (err)
        message_add(&messages_seen, *why);
    assert_non_null(image_looks_like(copy + 1, size));
    free(copy);
    return err;
}

static void expect(const void *data, uint64_t size, enum err err, const char *text)
{
    struct image_info info;
    const char *why;

    assert_int_equal(probe(data, size, &info, &why), err);
    if (strstr(why, text) == NULL)
        fail_msg("\"%s\" is not in \"%s\"", text, why);
}

/* ---- Images --------------------------------------------------------------------------------- */

/* An arm64 Image of 4 KiB that is a PE file with two sections, as Linux's. */
#define IMAGE_BYTES 4096
struct arm64_file {
    struct arm64_header head;
    struct pe_header pe;
    uint8_t optional[32];
    struct pe_section sections[2];
    uint8_t rest[IMAGE_BYTES - 64 - 24 - 32 - 80];
};
static_assert(sizeof(struct arm64_file) == IMAGE_BYTES, "no padding");

static struct arm64_file arm64_file(void)
{
    struct arm64_file f = {
        .head = {.text_offset = 0,
                 .image_size = MIB(1),
                 .flags = 0xa,
                 .magic = ARM64_MAGIC,
                 .pe_offset = offsetof(struct arm64_file, pe)},
        .pe = {.magic = PE_MAGIC, .section_count = 2, .optional_bytes = 32},
        .sections = {{.offset = 256, .file_bytes = 1024}, {.offset = 1280, .file_bytes = 2816}},
    };

    memcpy(&f.head, "MZ\x40\xfa", 4);
    return f;
}

static void test_arm64(void **state)
{
    struct arm64_file f = arm64_file();
    struct image_info info;
    const char *why;

    assert_int_equal(probe(&f, sizeof(f), &info, &why), ERR_NONE);
    assert_int_equal(info.kind, IMAGE_ARM64);
    assert_int_equal(info.text_offset, 0);
    assert_int_equal(info.memory_bytes, MIB(1));
    assert_int_equal(info.align_bytes, MIB(2));
    assert_int_equal(info.entry, 0);
    assert_string_equal(image_looks_like(&f, sizeof(f)), "an arm64 kernel Image");

    f.head.text_offset = 0x80000;
    f.head.flags = 2;
    assert_int_equal(probe(&f, sizeof(f), &info, &why), ERR_NONE);
    assert_int_equal(info.text_offset, 0x80000);

    /* Without bss, and before 3.17. */
    f.head.image_size = 100;
    assert_int_equal(probe(&f, sizeof(f), &info, &why), ERR_NONE);
    assert_int_equal(info.memory_bytes, IMAGE_BYTES);
    f.head.image_size = 0;
    f.head.text_offset = 0x1234;
    assert_int_equal(probe(&f, sizeof(f), &info, &why), ERR_NONE);
    assert_int_equal(info.text_offset, 0x80000);
    assert_int_equal(info.memory_bytes, IMAGE_BYTES);

    /* No EFI stub: nothing says where the file ends. */
    f = arm64_file();
    memset(&f.head.code, 0, 8);
    assert_int_equal(probe(&f, 64, &info, &why), ERR_NONE);
    assert_int_equal(info.memory_bytes, MIB(1));
}

static void test_arm64_wrong(void **state)
{
    struct arm64_file f = arm64_file();
    struct image_info info;
    const char *why;

    f.head.flags = 0xb;
    expect(&f, sizeof(f), ERR_UNSUPPORTED, "big-endian. Build it little-endian");
    f = arm64_file();
    f.head.text_offset = bit64(52);
    expect(&f, sizeof(f), ERR_INVALID, "beyond all memory");
    f = arm64_file();
    f.head.image_size = ~0ULL;
    expect(&f, sizeof(f), ERR_INVALID, "beyond all memory");

    f = arm64_file();
    for (uint64_t n = offsetof(struct arm64_file, optional); n < sizeof(f); n++)
        expect(&f, n, ERR_TRUNCATED, "cut off");
    f.sections[1].file_bytes++;
    expect(&f, sizeof(f), ERR_TRUNCATED, "cut off");
    f.sections[1].file_bytes = UINT32_MAX;
    expect(&f, sizeof(f), ERR_TRUNCATED, "cut off");
    f = arm64_file();
    f.pe.section_count = UINT16_MAX;
    expect(&f, sizeof(f), ERR_TRUNCATED, "cut off");

    /* A PE header that is none says nothing. */
    f = arm64_file();
    f.pe.magic = 0;
    assert_int_equal(probe(&f, sizeof(f), &info, &why), ERR_NONE);
    f = arm64_file();
    f.head.pe_offset = UINT32_MAX;
    assert_int_equal(probe(&f, sizeof(f), &info, &why), ERR_NONE);
    f = arm64_file();
    f.head.magic++;
    expect(&f, sizeof(f), ERR_UNSUPPORTED, "Windows or EFI");
}

static void test_riscv(void **state)
{
    struct riscv_header h = {.text_offset = MIB(2), .image_size = MIB(30), .magic = RISCV_MAGIC};
    struct image_info info;
    const char *why;

    assert_int_equal(probe(&h, sizeof(h), &info, &why), ERR_NONE);
    assert_int_equal(info.kind, IMAGE_RISCV);
    assert_int_equal(info.text_offset, MIB(2));
    assert_int_equal(info.memory_bytes, MIB(30));
    assert_string_equal(image_looks_like(&h, sizeof(h)), "a RISC-V kernel Image");
    h.flags = 1;
    expect(&h, sizeof(h), ERR_UNSUPPORTED, "big-endian");
}

static void test_zimage(void **state)
{
    struct {
        struct zimage_header head;
        uint8_t rest[52];
    } f = {.head = {.code = {0xe1a00000}, .magic = ZIMAGE_MAGIC, .start = 0, .end = 100}};
    struct image_info info;
    const char *why;

    assert_int_equal(sizeof(f), 100);
    assert_int_equal(probe(&f, sizeof(f), &info, &why), ERR_NONE);
    assert_int_equal(info.kind, IMAGE_ZIMAGE);
    assert_int_equal(info.memory_bytes, 100);
    assert_int_equal(info.gpa_base, 0);
    assert_int_equal(info.text_offset, ZIMAGE_OFFSET);
    assert_int_equal(info.align_bytes, PAGE_SIZE);
    assert_string_equal(image_looks_like(&f, sizeof(f)), "an ARM zImage");

    f.head.start = 0x40008000;
    f.head.end = 0x40008000 + 100;
    assert_int_equal(probe(&f, sizeof(f), &info, &why), ERR_NONE);
    assert_int_equal(info.gpa_base, 0x40008000);
    assert_int_equal(info.text_offset, 0);
    f.head.end++;
    expect(&f, sizeof(f), ERR_TRUNCATED, "cut off");
    f.head.end = f.head.start;
    expect(&f, sizeof(f), ERR_INVALID, "broken");
    f.head.magic = ZIMAGE_MAGIC_BIG_ENDIAN;
    expect(&f, sizeof(f), ERR_UNSUPPORTED, "big-endian");
}

/* ---- ELF ------------------------------------------------------------------------------------ */

struct elf64_file {
    struct elf64_header head;
    struct elf64_phdr phdrs[3];
    uint8_t data[256];
};
struct elf32_file {
    struct elf32_header head;
    struct elf32_phdr phdrs[2];
    uint8_t data[256];
};

/* Linked high, loaded low: a note, text and data with bss. */
static struct elf64_file elf64_file(void)
{
    struct elf64_file f = {
        .head = {.ident = {0x7f, 'E', 'L', 'F', ELF_CLASS_64, ELF_DATA_LITTLE, 1},
                 .type = ELF_TYPE_EXEC,
                 .machine = IMAGE_MACHINE_AARCH64,
                 .entry = 0xffff000000000040,
                 .phoff = sizeof(struct elf64_header),
                 .phentsize = sizeof(struct elf64_phdr),
                 .phnum = 3},
        .phdrs = {{.type = 4, .offset = ~0ULL, .filesz = ~0ULL},
                  {.type = ELF_PT_LOAD,
                   .offset = offsetof(struct elf64_file, data),
                   .vaddr = 0xffff000000000000,
                   .paddr = 0x40200000,
                   .filesz = 128,
                   .memsz = 128},
                  {.type = ELF_PT_LOAD,
                   .offset = offsetof(struct elf64_file, data) + 128,
                   .vaddr = 0xffff000000001000,
                   .paddr = 0x40100000,
                   .filesz = 128,
                   .memsz = 0x1000}},
    };
    return f;
}

static void test_elf64(void **state)
{
    struct elf64_file f = elf64_file();
    struct image_segment s;
    struct image_info info;
    const char *why;

    assert_int_equal(probe(&f, sizeof(f), &info, &why), ERR_NONE);
    assert_int_equal(info.kind, IMAGE_ELF);
    assert_int_equal(info.machine, IMAGE_MACHINE_AARCH64);
    assert_int_equal(info.entry, 0x40200040);
    assert_int_equal(info.gpa_base, 0x40100000);
    assert_int_equal(info.memory_bytes, 0x100080);
    assert_string_equal(image_looks_like(&f, sizeof(f)), "an ELF file for AArch64");

    assert_int_equal(image_elf_segment(&f, sizeof(f), 0, &s), ERR_NONE);
    assert_int_equal(s.offset, offsetof(struct elf64_file, data));
    assert_int_equal(s.gpa, 0x40200000);
    assert_int_equal(s.file_bytes, 128);
    assert_int_equal(s.memory_bytes, 128);
    assert_int_equal(image_elf_segment(&f, sizeof(f), 1, &s), ERR_NONE);
    assert_int_equal(s.gpa, 0x40100000);
    assert_int_equal(s.memory_bytes, 0x1000);
    assert_int_equal(image_elf_segment(&f, sizeof(f), 2, &s), ERR_NOT_FOUND);

    /* An entry given physically, in a file that is linked high. */
    f.head.entry = 0x40100ffc;
    f.head.type = ELF_TYPE_DYN;
    assert_int_equal(probe(&f, sizeof(f), &info, &why), ERR_NONE);
    assert_int_equal(info.entry, 0x40100ffc);
}

static void test_elf32(void **state)
{
    struct elf32_file f = {
        .head = {.ident = {0x7f, 'E', 'L', 'F', ELF_CLASS_32, ELF_DATA_LITTLE, 1},
                 .type = ELF_TYPE_EXEC,
                 .machine = IMAGE_MACHINE_ARM,
                 .entry = 0x40008010,
                 .phoff = sizeof(struct elf32_header),
                 .phentsize = sizeof(struct elf32_phdr),
                 .phnum = 2},
        .phdrs = {{.type = ELF_PT_LOAD,
                   .offset = offsetof(struct elf32_file, data),
                   .vaddr = 0x40008000,
                   .paddr = 0x40008000,
                   .filesz = 256,
                   .memsz = 512},
                  {.type = ELF_PT_LOAD}},
    };
    struct image_segment s;
    struct image_info info;
    const char *why;

    assert_int_equal(probe(&f, sizeof(f), &info, &why), ERR_NONE);
    assert_int_equal(info.machine, IMAGE_MACHINE_ARM);
    assert_int_equal(info.entry, 0x40008010);
    assert_int_equal(info.gpa_base, 0x40008000);
    assert_int_equal(info.text_offset, 0);
    assert_int_equal(info.memory_bytes, 512);
    assert_int_equal(image_elf_segment(&f, sizeof(f), 0, &s), ERR_NONE);
    assert_int_equal(s.file_bytes, 256);
    assert_int_equal(image_elf_segment(&f, sizeof(f), 1, &s), ERR_NOT_FOUND);
    for (uint64_t n = 4; n < sizeof(f); n++)
        expect(&f, n, ERR_TRUNCATED, "cut off");
}

static void test_elf_wrong(void **state)
{
    struct elf64_file f = elf64_file();

    for (uint64_t n = 4; n < sizeof(f); n++)
        expect(&f, n, ERR_TRUNCATED, "cut off");
/* clang-format off */
#define WRONG(change, err, text) \
    do { f = elf64_file(); change; expect(&f, sizeof(f), err, text); } while (0)
    WRONG(f.head.ident[ELF_CLASS] = 3, ERR_INVALID, "neither of 32 nor of 64");
    WRONG(f.head.ident[ELF_DATA] = 2, ERR_UNSUPPORTED, "big-endian");
    WRONG(f.head.type = 1, ERR_INVALID, "no executable");
    WRONG(f.head.phnum = 0, ERR_INVALID, "no program headers");
    WRONG(f.head.phnum = 65, ERR_INVALID, "table of program headers is broken");
    WRONG(f.head.phnum = 64, ERR_TRUNCATED, "program headers lie beyond");
    WRONG(f.head.phentsize = 55, ERR_INVALID, "table of program headers is broken");
    WRONG(f.head.phoff = ~0ULL, ERR_TRUNCATED, "program headers lie beyond");
    WRONG(f.head.phoff = sizeof(f) - 3 * 56 + 1, ERR_TRUNCATED, "program headers lie beyond");
    WRONG(f.head.entry = 0x40300000, ERR_INVALID, "entry lies in none");
    WRONG(f.phdrs[1].filesz = 129, ERR_INVALID, "broken segment");
    WRONG(f.phdrs[1].paddr = ~0ULL - 10, ERR_INVALID, "broken segment");
    WRONG(f.phdrs[1].offset = ~0ULL - 10, ERR_INVALID, "broken segment");
    WRONG(f.phdrs[2].offset++, ERR_TRUNCATED, "segment ends beyond");
    WRONG(f.phdrs[2].paddr = 0x4020007f, ERR_INVALID, "overlap in memory");
    WRONG(f.phdrs[1].type = f.phdrs[2].type = 0, ERR_INVALID, "nothing to load");
#undef WRONG
    /* clang-format on */
}

/* image_elf_segment does not trust that image_probe saw the same bytes. */
static void test_elf_segment_wrong(void **state)
{
    struct elf64_file f = elf64_file();
    struct image_segment s;

    assert_int_equal(image_elf_segment(&f, 4, 0, &s), ERR_INVALID);
    assert_int_equal(image_elf_segment(&f, 63, 0, &s), ERR_INVALID);
    f.head.phoff = ~0ULL;
    assert_int_equal(image_elf_segment(&f, sizeof(f), 0, &s), ERR_INVALID);
    f = elf64_file();
    f.phdrs[1].offset = ~0ULL;
    assert_int_equal(image_elf_segment(&f, sizeof(f), 0, &s), ERR_INVALID);
}

/* ---- raw, and what is no kernel ------------------------------------------------------------- */

static void test_raw(void **state)
{
    static const uint8_t code[] = {0x00, 0x00, 0x80, 0xd2, 0x1f, 0x20, 0x03, 0xd5};
    struct image_info info;
    const char *why;

    assert_int_equal(probe(code, sizeof(code), &info, &why), ERR_NONE);
    assert_int_equal(info.kind, IMAGE_RAW);
    assert_int_equal(info.memory_bytes, sizeof(code));
    assert_int_equal(info.align_bytes, PAGE_SIZE);
    assert_string_equal(image_looks_like(code, sizeof(code)), "no form of file that is known");
}

static void test_no_kernel(void **state)
{
    static const struct {
        uint32_t offset, length;
        const char *magic, *phrase, *why;
    } files[] = {
        {0, 4, "\x28\xb5\x2f\xfd", "a zstd file", "Unpack it"},
        {0, 6, "\xfd\x37zXZ", "an xz file", "Unpack it"},
        {0, 4, "BZh9", "a bzip2 file", "Unpack it"},
        {0, 4, "\x04\x22\x4d\x18", "an lz4 file", "Unpack it"},
        {0, 4, "\x02\x21\x4c\x18", "an lz4 file", "Unpack it"},
        {0, 4, "\x5d\0\0\x80", "an lzma file", "Unpack it"},
        {0, 4, "\x89LZO", "an lzop file", "Unpack it"},
        {0, 8, "MZ\0\0zimg", "an EFI application with a compressed kernel in it", "UEFI"},
        {0x202, 4, "HdrS", "a Linux kernel for x86", "for this architecture"},
        {0, 2, "MZ", "a Windows or EFI executable", "not a kernel"},
        {0, 4, "\xd0\x0d\xfe\xed", "a device tree or FIT image", "not a kernel"},
        {0, 6, "070701", "a cpio archive", "multiboot,ramdisk"},
        {0, 6, "070702", "a cpio archive", "multiboot,ramdisk"},
        {0, 4, "\x27\x05\x19\x56", "a U-Boot image (uImage)", "uImage"},
        {0, 8, "ANDROID!", "an Android boot image", "Android"},
        {0, 8, "!<arch>\n", "a library or Debian package", "Debian package"},
        {257, 5, "ustar", "a tar archive", "tar"},
        {0, 4, "QFI\xfb", "a qcow2 disk image", "disk image"},
        {0, 9, "#!/bin/sh", "a script", "script"},
        {0, 0, "", "zeros (nothing was loaded there?)", "only zeros"},
    };
    char text[600];

    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        uint8_t blob[600] = {0};

        memcpy(blob + files[i].offset, files[i].magic, files[i].length);
        assert_string_equal(image_looks_like(blob, sizeof(blob)), files[i].phrase);
        expect(blob, sizeof(blob), ERR_UNSUPPORTED, files[i].why);
        /* Cut off within the magic, it is not recognised, and nothing is read beyond. */
        for (uint64_t n = 1; n <= sizeof(blob); n += 13) {
            struct image_info info;
            const char *why;

            assert_true(probe(blob, n, &info, &why) != ERR_INVALID);
        }
    }
    memset(text, 'a', sizeof(text));
    text[100] = '\n';
    expect(text, sizeof(text), ERR_UNSUPPORTED, "is text");
    assert_string_equal(image_looks_like(text, sizeof(text)), "text");
    expect(text, 0, ERR_TRUNCATED, "empty");
    assert_string_equal(image_looks_like(text, 0), "an empty file");
}

static void test_elf_machines(void **state)
{
    struct elf64_file f = elf64_file();

    f.head.machine = 62;
    assert_string_equal(image_looks_like(&f, sizeof(f)), "an ELF file for x86-64");
    f.head.machine = IMAGE_MACHINE_RISCV;
    assert_string_equal(image_looks_like(&f, sizeof(f)), "an ELF file for RISC-V");
    f.head.machine = 0x1234;
    assert_string_equal(image_looks_like(&f, sizeof(f)), "an ELF file for another machine");
    assert_string_equal(image_looks_like(&f, 10), "an ELF file");
}

static void test_damage(void **state)
{
    struct arm64_file image = arm64_file();
    struct elf64_file elf = elf64_file();

    for (int round = 0; round < 20000; round++) {
        uint8_t blob[IMAGE_BYTES];
        uint64_t size = round & 1 ? sizeof(elf) : sizeof(image);
        struct image_segment s;
        struct image_info info;
        const char *why;

        memcpy(blob, round & 1 ? (void *)&elf : (void *)&image, size);
        for (uint32_t n = chance() % 4 + 1; n > 0; n--)
            blob[chance() % (n & 1 ? 256 : size)] = (uint8_t)chance();
        if (probe(blob, size, &info, &why) == ERR_NONE && info.kind == IMAGE_ELF) {
            assert_int_equal(image_elf_segment(blob, size, 0, &s), ERR_NONE);
            assert_true(range_within(s.offset, s.file_bytes, 0, size));
        }
    }
}

/* ---- gzip ----------------------------------------------------------------------------------- */

#define PLAIN_BYTES 200000u
static uint8_t plain[PLAIN_BYTES], packed[PLAIN_BYTES + 1000], unpacked[PLAIN_BYTES];
static _Alignas(16) uint8_t scratch[IMAGE_GUNZIP_SCRATCH + 1];

/* PLAIN, half noise and half repetition, as a gzip file of LENGTH bytes in PACKED. */
static uint64_t pack(int level)
{
    z_stream z = {0};

    for (uint32_t i = 0; i < PLAIN_BYTES; i++)
        plain[i] = (uint8_t)(i & 4096 ? chance() : i % 100);
    assert_int_equal(deflateInit2(&z, level, Z_DEFLATED, 15 + 16, 9, Z_DEFAULT_STRATEGY), Z_OK);
    z.next_in = plain;
    z.avail_in = PLAIN_BYTES;
    z.next_out = packed;
    z.avail_out = sizeof(packed);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    assert_int_equal(deflateEnd(&z), Z_OK);
    return z.total_out;
}

static void test_gunzip(void **state)
{
    for (int level = 0; level <= 9; level += 3) {
        uint64_t size = pack(level), written = 0;
        struct image_info info;
        const char *why;

        assert_int_equal(probe(packed, size, &info, &why), ERR_NONE);
        assert_int_equal(info.kind, IMAGE_GZIP);
        assert_int_equal(info.unpacked_bytes, PLAIN_BYTES);
        assert_string_equal(image_looks_like(packed, size), "a gzip file");
        memset(unpacked, 0, PLAIN_BYTES);
        assert_int_equal(image_gunzip(packed, size, unpacked, PLAIN_BYTES, scratch, &written),
                         ERR_NONE);
        assert_int_equal(written, PLAIN_BYTES);
        assert_memory_equal(plain, unpacked, PLAIN_BYTES);
        /* Zeros behind are what a rounded size gives. */
        memset(packed + size, 0, 16);
        assert_int_equal(
            image_gunzip(packed, size + 16, unpacked, PLAIN_BYTES, scratch + 1, &written),
            ERR_NONE);
        packed[size + 15] = 1;
        assert_int_equal(image_gunzip(packed, size + 16, unpacked, PLAIN_BYTES, scratch, &written),
                         ERR_INVALID);
    }
}

static void test_gunzip_room(void **state)
{
    uint64_t size = pack(6), written = 0;
    uint8_t *small = malloc(PLAIN_BYTES - 1);

    assert_int_equal(image_gunzip(packed, size, small, PLAIN_BYTES - 1, scratch, &written),
                     ERR_NO_MEMORY);
    assert_int_equal(written, PLAIN_BYTES - 1);
    assert_int_equal(image_gunzip(packed, size, small, 0, scratch, &written), ERR_NO_MEMORY);
    assert_int_equal(written, 0);
    free(small);
}

static void test_gunzip_truncated(void **state)
{
    uint64_t size = pack(9);

    for (uint64_t n = 0; n < size; n += n < 200 || n > size - 100 ? 1 : 997) {
        uint8_t *copy = malloc(n + !n);
        uint64_t written;

        memcpy(copy, packed, n);
        assert_int_equal(image_gunzip(copy, n, unpacked, PLAIN_BYTES, scratch, &written),
                         ERR_TRUNCATED);
        free(copy);
    }
    expect(packed, 17, ERR_TRUNCATED, "gzip file is cut off");
}

static void test_gunzip_damaged(void **state)
{
    uint64_t size = pack(6), written;
    int damaged = 0;

    for (int round = 0; round < 500; round++) {
        uint64_t at = round < 8 ? size - 1 - (uint64_t)round : 10 + chance() % (size - 10);
        uint8_t before = packed[at];

        packed[at] ^= (uint8_t)(1 + chance() % 255);
        if (image_gunzip(packed, size, unpacked, PLAIN_BYTES, scratch, &written) != ERR_NONE)
            damaged++;
        assert_true(written <= PLAIN_BYTES);
        packed[at] = before;
    }
    assert_int_equal(damaged, 500);
    packed[3] = 0xe0; /* reserved flags */
    assert_int_equal(image_gunzip(packed, size, unpacked, PLAIN_BYTES, scratch, &written),
                     ERR_INVALID);
}

static void test_table(void **state)
{
    static const char *const headings[] = {"Of a kernel"};

    messages_check(headings, ARRAY_SIZE(headings), ARRAY_SIZE(headings));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_arm64),
        cmocka_unit_test(test_arm64_wrong),
        cmocka_unit_test(test_riscv),
        cmocka_unit_test(test_zimage),
        cmocka_unit_test(test_elf64),
        cmocka_unit_test(test_elf32),
        cmocka_unit_test(test_elf_wrong),
        cmocka_unit_test(test_elf_segment_wrong),
        cmocka_unit_test(test_raw),
        cmocka_unit_test(test_no_kernel),
        cmocka_unit_test(test_elf_machines),
        cmocka_unit_test(test_damage),
        cmocka_unit_test(test_gunzip),
        cmocka_unit_test(test_gunzip_room),
        cmocka_unit_test(test_gunzip_truncated),
        cmocka_unit_test(test_gunzip_damaged),
        cmocka_unit_test(test_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
