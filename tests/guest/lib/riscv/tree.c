/* SPDX-License-Identifier: Apache-2.0 */
/* What the guest's device tree says, by a property's name, wherever that stands (Devicetree
 * Specification 0.4, chapter 5). */
#include "guest/lib/riscv/guest.h"
#include "guest/lib/text.h"

enum { FDT_STRUCT = 2, FDT_STRINGS = 3 }; /* words of the header */
enum { BEGIN_NODE = 1, END_NODE = 2, PROP = 3, NOP = 4 };

static uint32_t word(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static const uint8_t *align_word(const uint8_t *at)
{
    return (const uint8_t *)(((uintptr_t)at + 3) & ~(uintptr_t)3);
}

/* The first property called NAME that is not empty, of *COUNT bytes; NULL: there is none. */
static const char *property(uint64_t fdt, const char *name, uint32_t *count)
{
    const uint8_t *base = (const uint8_t *)fdt, *at = base + word(base + FDT_STRUCT * 4);
    const char *strings = (const char *)base + word(base + FDT_STRINGS * 4);

    for (;;) {
        uint32_t token = word(at);

        at += 4;
        if (token == BEGIN_NODE) {
            while (*at != 0)
                at++;
            at = align_word(at + 1);
        } else if (token == PROP) {
            uint32_t bytes = word(at);

            if (bytes != 0 && text_equal(strings + word(at + 4), name)) {
                *count = bytes;
                return (const char *)at + 8;
            }
            at = align_word(at + 8 + bytes);
        } else if (token != END_NODE && token != NOP) {
            return NULL;
        }
    }
}

const char *bootargs(uint64_t fdt)
{
    uint32_t bytes;
    const char *text = property(fdt, "bootargs", &bytes);

    return text != NULL ? text : "";
}

const char *mmu_type(uint64_t fdt)
{
    uint32_t bytes;
    const char *text = property(fdt, "mmu-type", &bytes);

    return text != NULL ? text : "";
}

bool has_extension(uint64_t fdt, const char *name)
{
    uint32_t bytes = 0;
    const char *list = property(fdt, "riscv,isa-extensions", &bytes), *end = list + bytes;

    while (list != NULL && list < end) {
        if (text_equal(list, name))
            return true;
        while (*list++ != 0)
            ;
    }
    return false;
}
