/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns ELF files, 32 and 64 bits, little-endian: their loadable segments and physical entry. Must
 * not judge the machine (image_info.machine is for the caller). System V gABI, chapters 4 and 5.
 */
#include "core/image_headers.h"
#include "core/image_impl.h"
#include "lib/bits.h"
#include "lib/string.h"

#define PHDR_MAX 64u

/* The parts of the header that matter, of either class. */
struct elf {
    const uint8_t *blob;
    uint64_t size;
    uint64_t entry, phoff;
    uint32_t type, machine, phentsize, phnum;
    bool wide;
};

static bool read_header(const uint8_t *blob, uint64_t size, struct elf *out)
{
    out->blob = blob;
    out->size = size;
    out->wide = blob[ELF_CLASS] == ELF_CLASS_64;
    if (out->wide) {
        struct elf64_header h;

        if (size < sizeof(h))
            return false;
        memcpy(&h, blob, sizeof(h));
        out->entry = h.entry;
        out->phoff = h.phoff;
        out->type = h.type;
        out->machine = h.machine;
        out->phentsize = h.phentsize;
        out->phnum = h.phnum;
    } else {
        struct elf32_header h;

        if (size < sizeof(h))
            return false;
        memcpy(&h, blob, sizeof(h));
        out->entry = h.entry;
        out->phoff = h.phoff;
        out->type = h.type;
        out->machine = h.machine;
        out->phentsize = h.phentsize;
        out->phnum = h.phnum;
    }
    return true;
}

/* The INDEX-th program header, which is in the blob. */
static struct elf64_phdr read_phdr(const struct elf *elf, uint32_t index)
{
    const uint8_t *p = elf->blob + elf->phoff + (uint64_t)index * elf->phentsize;
    struct elf64_phdr wide;
    struct elf32_phdr h;

    if (elf->wide) {
        memcpy(&wide, p, sizeof(wide));
        return wide;
    }
    memcpy(&h, p, sizeof(h));
    return (struct elf64_phdr){
        .type = h.type,
        .flags = h.flags,
        .offset = h.offset,
        .vaddr = h.vaddr,
        .paddr = h.paddr,
        .filesz = h.filesz,
        .memsz = h.memsz,
        .align = h.align,
    };
}

static bool is_load(const struct elf64_phdr *p)
{
    return p->type == ELF_PT_LOAD && p->memsz != 0;
}

/* The table of program headers lies in the blob and is not absurd. */
static enum err check_table(const struct elf *elf, const char **why)
{
    uint64_t entry = elf->wide ? sizeof(struct elf64_phdr) : sizeof(struct elf32_phdr);

    if (elf->phnum == 0) {
        *why = "The ELF file has no program headers: it is no executable. Link it.";
        return ERR_INVALID;
    }
    if (elf->phentsize < entry || elf->phnum > PHDR_MAX) {
        *why = "The ELF file's table of program headers is broken.";
        return ERR_INVALID;
    }
    if (!range_within(elf->phoff, (uint64_t)elf->phnum * elf->phentsize, 0, elf->size)) {
        *why = "The ELF file is cut off: its program headers lie beyond it. Give its exact size.";
        return ERR_TRUNCATED;
    }
    return ERR_NONE;
}

static enum err check_segment(const struct elf *elf, const struct elf64_phdr *p, const char **why)
{
    if (p->filesz > p->memsz || p->paddr + p->memsz < p->paddr ||
        p->offset + p->filesz < p->offset) {
        *why = "The ELF file has a broken segment.";
        return ERR_INVALID;
    }
    if (p->offset + p->filesz > elf->size) {
        *why = "The ELF file is cut off: a segment ends beyond it. Give its exact size.";
        return ERR_TRUNCATED;
    }
    return ERR_NONE;
}

/* Segments before the INDEX-th that share memory with it. */
static bool overlaps_earlier(const struct elf *elf, uint32_t index)
{
    struct elf64_phdr p = read_phdr(elf, index);

    for (uint32_t i = 0; i < index; i++) {
        struct elf64_phdr q = read_phdr(elf, i);

        if (is_load(&q) && range_overlaps(p.paddr, p.memsz, q.paddr, q.memsz))
            return true;
    }
    return false;
}

/*
 * The physical address of the entry: e_entry is virtual by the gABI, which for a kernel linked
 * high is not where it is loaded. Files that give it physical are taken at their word.
 */
static bool find_entry(const struct elf *elf, uint64_t *out)
{
    for (int physical = 0; physical < 2; physical++) {
        for (uint32_t i = 0; i < elf->phnum; i++) {
            struct elf64_phdr p = read_phdr(elf, i);
            uint64_t base = physical ? p.paddr : p.vaddr;

            if (!is_load(&p) || elf->entry < base || elf->entry - base >= p.memsz)
                continue;
            *out = p.paddr + (elf->entry - base);
            return true;
        }
    }
    return false;
}

static enum err check_identity(const uint8_t *blob, uint64_t size, const char **why)
{
    if (size <= ELF_DATA) {
        *why = "The ELF file is cut off. Give its exact size.";
        return ERR_TRUNCATED;
    }
    if (blob[ELF_CLASS] != ELF_CLASS_32 && blob[ELF_CLASS] != ELF_CLASS_64) {
        *why = "The ELF file is broken: it is neither of 32 nor of 64 bits.";
        return ERR_INVALID;
    }
    if (blob[ELF_DATA] != ELF_DATA_LITTLE) {
        *why = "The ELF file is big-endian. Build it little-endian.";
        return ERR_UNSUPPORTED;
    }
    return ERR_NONE;
}

static enum err check_segments(const struct elf *elf, struct image_info *out, const char **why)
{
    uint64_t lowest = UINT64_MAX, end = 0;

    for (uint32_t i = 0; i < elf->phnum; i++) {
        struct elf64_phdr p = read_phdr(elf, i);
        enum err err;

        if (!is_load(&p))
            continue;
        err = check_segment(elf, &p, why);
        if (err)
            return err;
        if (overlaps_earlier(elf, i)) {
            *why = "The ELF file has segments that overlap in memory.";
            return ERR_INVALID;
        }
        lowest = MIN(lowest, p.paddr);
        end = MAX(end, p.paddr + p.memsz);
    }
    if (end == 0) {
        *why = "The ELF file has nothing to load.";
        return ERR_INVALID;
    }
    out->gpa_base = lowest;
    out->memory_bytes = end - lowest;
    return ERR_NONE;
}

enum err image_probe_elf(const void *blob, uint64_t size_bytes, struct image_info *out,
                         const char **why)
{
    struct elf elf;
    enum err err = check_identity(blob, size_bytes, why);

    if (err)
        return err;
    if (!read_header(blob, size_bytes, &elf)) {
        *why = "The ELF file is cut off. Give its exact size.";
        return ERR_TRUNCATED;
    }
    out->kind = IMAGE_ELF;
    out->machine = elf.machine;
    if (elf.type != ELF_TYPE_EXEC && elf.type != ELF_TYPE_DYN) {
        *why = "The ELF file is no executable. Link it.";
        return ERR_INVALID;
    }
    err = check_table(&elf, why);
    if (!err)
        err = check_segments(&elf, out, why);
    if (err)
        return err;
    if (!find_entry(&elf, &out->entry)) {
        *why = "The ELF file's entry lies in none of its segments. Check its linker script.";
        return ERR_INVALID;
    }
    return ERR_NONE;
}

enum err image_elf_segment(const void *blob, uint64_t size_bytes, uint32_t index,
                           struct image_segment *out)
{
    struct elf elf;

    /* Cheap checks again: the caller may have the blob in memory that changed hands. */
    if (size_bytes <= ELF_DATA || !read_header(blob, size_bytes, &elf))
        return ERR_INVALID;
    for (uint32_t i = 0; i < elf.phnum; i++) {
        struct elf64_phdr p;
        const char *why;

        if (check_table(&elf, &why) != ERR_NONE)
            return ERR_INVALID;
        p = read_phdr(&elf, i);
        if (!is_load(&p) || index-- != 0)
            continue;
        if (check_segment(&elf, &p, &why) != ERR_NONE)
            return ERR_INVALID;
        *out = (struct image_segment){p.offset, p.filesz, p.paddr, p.memsz};
        return ERR_NONE;
    }
    return ERR_NOT_FOUND;
}
