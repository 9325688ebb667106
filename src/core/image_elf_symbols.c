/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the symbol table of ELF files, 32 and 64 bits, little-endian: which function an address is
 * in. Trusts nothing in the file. System V gABI, chapter 4: "Sections", "Symbol Table".
 */
#include "core/image.h"
#include "core/image_headers.h"
#include "lib/string.h"

/* More than any kernel has: what is beyond them is not looked at. */
#define SECTION_MAX 256u
#define SYMBOL_MAX  (1u << 18)

struct file {
    const uint8_t *blob;
    uint64_t size;
    bool wide;
};
struct table {
    uint64_t offset, size;
    uint32_t link;
};

/* COUNT bytes at OFFSET, NULL if they are not all in the file. */
static const void *bytes_at(const struct file *file, uint64_t offset, uint64_t count)
{
    return range_within(offset, count, 0, file->size) ? file->blob + offset : NULL;
}

static bool read_section(const struct file *file, uint64_t at, uint32_t *type, struct table *out)
{
    const void *p =
        bytes_at(file, at, file->wide ? sizeof(struct elf64_shdr) : sizeof(struct elf32_shdr));

    if (p == NULL)
        return false;
    if (file->wide) {
        struct elf64_shdr h;

        memcpy(&h, p, sizeof(h));
        *type = h.type;
        *out = (struct table){h.offset, h.size, h.link};
    } else {
        struct elf32_shdr h;

        memcpy(&h, p, sizeof(h));
        *type = h.type;
        *out = (struct table){h.offset, h.size, h.link};
    }
    return bytes_at(file, out->offset, out->size) != NULL;
}

/* The symbol table and its strings. */
static bool find_tables(const struct file *file, struct table *symbols, struct table *strings)
{
    uint64_t offset;
    uint32_t count, step, type;

    if (file->wide) {
        struct elf64_header h;

        if (file->size < sizeof(h))
            return false;
        memcpy(&h, file->blob, sizeof(h));
        offset = h.shoff, count = h.shnum, step = h.shentsize;
    } else {
        struct elf32_header h;

        if (file->size < sizeof(h))
            return false;
        memcpy(&h, file->blob, sizeof(h));
        offset = h.shoff, count = h.shnum, step = h.shentsize;
    }
    count = MIN(count, SECTION_MAX);
    if (bytes_at(file, offset, (uint64_t)count * step) == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        if (read_section(file, offset + (uint64_t)i * step, &type, symbols) &&
            type == ELF_SHT_SYMTAB)
            return symbols->link < count &&
                   read_section(file, offset + (uint64_t)symbols->link * step, &type, strings);
    }
    return false;
}

static struct elf64_sym read_symbol(const struct file *file, uint64_t at)
{
    struct elf64_sym wide;
    struct elf32_sym s;

    if (file->wide) {
        memcpy(&wide, file->blob + at, sizeof(wide));
        return wide;
    }
    memcpy(&s, file->blob + at, sizeof(s));
    return (struct elf64_sym){s.name, s.info, s.other, s.shndx, s.value, s.size};
}

/* A name that ends within the strings and is not empty, nor a mapping symbol of the Arm ABI ($x).
 */
static const char *name_of(const struct file *file, const struct table *strings, uint32_t name)
{
    const char *text = (const char *)file->blob + strings->offset + name;

    if (name >= strings->size || *text == 0 || *text == '$')
        return NULL;
    for (uint64_t i = 0; i < strings->size - name; i++)
        if (text[i] == 0)
            return text;
    return NULL;
}

const char *image_elf_symbol(const void *blob, uint64_t size_bytes, uint64_t addr, uint64_t *offset)
{
    struct file file = {blob, size_bytes, false};
    struct table symbols, strings;
    const char *best = NULL;
    uint64_t step, count;

    *offset = 0;
    if (size_bytes <= ELF_DATA || memcmp(blob, ELF_MAGIC, strlen(ELF_MAGIC)) != 0)
        return NULL;
    file.wide = file.blob[ELF_CLASS] == ELF_CLASS_64;
    step = file.wide ? sizeof(struct elf64_sym) : sizeof(struct elf32_sym);
    if (!find_tables(&file, &symbols, &strings))
        return NULL;
    count = MIN(symbols.size / step, SYMBOL_MAX);
    for (uint64_t i = 0; i < count; i++) {
        struct elf64_sym s = read_symbol(&file, symbols.offset + i * step);
        uint8_t type = s.info & ELF_STT_MASK;
        const char *name;

        if (s.shndx == ELF_SHN_UNDEF || (type != ELF_STT_FUNC && type != ELF_STT_NOTYPE) ||
            addr < s.value || (s.size != 0 && addr - s.value >= s.size) ||
            (best != NULL && addr - s.value >= *offset))
            continue;
        name = name_of(&file, &strings, s.name);
        if (name != NULL) {
            best = name;
            *offset = addr - s.value;
        }
    }
    return best;
}
