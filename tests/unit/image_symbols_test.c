/* SPDX-License-Identifier: Apache-2.0 */
/* The symbol table of ELF files, whole and damaged. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/image.h"
#include "core/image_headers.h"

#define BASE 0xffff800080000000ULL
#define FUNC ELF_STT_FUNC

/* A kernel's, linked high. */
struct file64 {
    struct elf64_header head;
    struct elf64_shdr sections[3];
    struct elf64_sym symbols[9];
    char strings[64];
};
/* Strings: 1 "start", 7 "inner", 13 "sized", 19 "$x", 22 "data", 27 "undef", 33 "tail". */
#define STRINGS "\0start\0inner\0sized\0$x\0data\0undef\0tail"

static struct file64 file64(void)
{
    struct file64 f = {
        .head = {.ident = {0x7f, 'E', 'L', 'F', ELF_CLASS_64, ELF_DATA_LITTLE, 1},
                 .shoff = offsetof(struct file64, sections),
                 .shentsize = sizeof(struct elf64_shdr),
                 .shnum = 3},
        .sections = {{0},
                     {.type = ELF_SHT_SYMTAB,
                      .offset = offsetof(struct file64, symbols),
                      .size = sizeof(f.symbols),
                      .link = 2},
                     {.type = 3,
                      .offset = offsetof(struct file64, strings),
                      .size = sizeof(STRINGS)}},
        .symbols = {{0},
                    {.name = 1, .info = FUNC, .shndx = 1, .value = BASE},
                    {.name = 7, .info = FUNC, .shndx = 1, .value = BASE + 0x100},
                    {.name = 13, .info = FUNC, .shndx = 1, .value = BASE + 0x200, .size = 0x10},
                    {.name = 19, .info = ELF_STT_NOTYPE, .shndx = 1, .value = BASE + 0x104},
                    {.name = 22, .info = 1, .shndx = 1, .value = BASE + 0x108},
                    {.name = 27, .info = FUNC, .shndx = ELF_SHN_UNDEF, .value = BASE + 0x10c},
                    {.name = 33, .info = ELF_STT_NOTYPE, .shndx = 1, .value = BASE + 0x300},
                    {.name = 1000, .info = FUNC, .shndx = 1, .value = BASE + 0x400}},
    };
    memcpy(f.strings, STRINGS, sizeof(STRINGS));
    return f;
}

static void expect(const void *file, uint64_t size, uint64_t addr, const char *name, uint64_t at)
{
    uint64_t offset;
    /* A copy that ends where the file does: a read beyond it is noticed. */
    void *copy = memcpy(malloc(size + 1), file, size);
    const char *found = image_elf_symbol(copy, size, addr, &offset);

    if (name == NULL) {
        assert_null(found);
    } else {
        assert_non_null(found);
        assert_string_equal(found, name);
        assert_int_equal(offset, at);
    }
    free(copy);
}

static void names(void **state)
{
    struct file64 f = file64();

    expect(&f, sizeof(f), BASE - 1, NULL, 0);
    expect(&f, sizeof(f), BASE, "start", 0);
    expect(&f, sizeof(f), BASE + 0xff, "start", 0xff);
    /* The nearest before it, but not a mapping symbol, data, or what is not defined here. */
    expect(&f, sizeof(f), BASE + 0x110, "inner", 0x10);
    expect(&f, sizeof(f), BASE + 0x20f, "sized", 0xf);
    expect(&f, sizeof(f), BASE + 0x210, "inner", 0x110); /* behind one that says its size */
    expect(&f, sizeof(f), BASE + 0x304, "tail", 4);
    expect(&f, sizeof(f), BASE + 0x404, "tail", 0x104); /* that one's name is nowhere */
}

static void of_32_bits(void **state)
{
    struct {
        struct elf32_header head;
        struct elf32_shdr sections[2];
        struct elf32_sym symbols[2];
        char strings[8];
    } f = {
        .head = {.ident = {0x7f, 'E', 'L', 'F', ELF_CLASS_32, ELF_DATA_LITTLE, 1},
                 .shoff = 52,
                 .shentsize = sizeof(struct elf32_shdr),
                 .shnum = 2},
        .sections = {{.type = ELF_SHT_SYMTAB, .offset = 132, .size = 32, .link = 1},
                     {.offset = 164, .size = 8}},
        .symbols = {{0}, {.name = 1, .info = FUNC, .shndx = 1, .value = 0x8000}},
        .strings = "\0main",
    };

    expect(&f, sizeof(f), 0x8004, "main", 4);
    f.sections[0].link = 2;
    expect(&f, sizeof(f), 0x8004, NULL, 0);
}

static void damaged(void **state)
{
    const struct file64 whole = file64();
    struct file64 f;

    for (uint64_t size = 0; size < sizeof(f); size++) {
        uint64_t offset;
        void *copy = memcpy(malloc(size + 1), &whole, size);

        (void)image_elf_symbol(copy, size, BASE + 0x300, &offset);
        free(copy);
    }
    /* Every byte of the headers, and of the table, as large as can be. */
    for (size_t i = 0; i < sizeof(f); i++) {
        f = whole;
        ((uint8_t *)&f)[i] = 0xff;
        uint64_t offset;
        struct file64 *copy = memcpy(malloc(sizeof(f)), &f, sizeof(f));
        const char *found = image_elf_symbol(copy, sizeof(f), BASE + 0x304, &offset);

        if (found != NULL)
            assert_in_range((uintptr_t)found, (uintptr_t)copy, (uintptr_t)copy + sizeof(f) - 1);
        free(copy);
    }
    /* Strings without an end. */
    f = whole;
    f.sections[2].size = 36;
    expect(&f, sizeof(f), BASE + 0x304, "inner", 0x204);
    f = whole;
    f.head.ident[1] = 'e';
    expect(&f, sizeof(f), BASE, NULL, 0);
    f = whole;
    f.head.shnum = 0;
    expect(&f, sizeof(f), BASE, NULL, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names),
        cmocka_unit_test(of_32_bits),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
