/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owns the tables that are used when we were not entered in Hyp mode. Arm ARM DDI 0406C, B3.5
 * "Short-descriptor translation table format". refuse_tables_fill runs as boot_tables.c does: no
 * global object, no stack guard.
 */
#include "arch/arm/a32/refuse.h"

#include "arch/arch.h"
#include "arch/arm/a32/boot_params.h"
#include "arch/arm/a32/layout.h"
#include "arch/arm/a32/mm.h"
#include "arch/arm/a32/sysreg.h"
#include "arch/arm/model/a32_regs.h"

#define SECTION_SHIFT 20
#define SECTION_BYTES ((uint32_t)MIB(1))
#define SECTION_COUNT 4096u
#define PAGES         256u /* of a section */

/* A section: TEX, C and B say write-back, write-allocate; or Device. */
#define SECTION_FIELDS(F)       \
    F(SECTION, IS, 1, 0)        \
    F(SECTION, B, 2, 2)         \
    F(SECTION, C, 3, 3)         \
    F(SECTION, XN, 4, 4)        \
    F(SECTION, Domain, 8, 5)    \
    F(SECTION, IMP, 9, 9)       \
    F(SECTION, AP, 11, 10)      \
    F(SECTION, TEX, 14, 12)     \
    F(SECTION, AP2, 15, 15)     \
    F(SECTION, S, 16, 16)       \
    F(SECTION, nG, 17, 17)      \
    F(SECTION, RES0_18, 19, 18) \
    F(SECTION, BASE, 31, 20)
REG_DEFINE32(SECTION, SECTION_FIELDS);
enum { SECTION_IS_TABLE = 1, SECTION_IS_SECTION = 2, AP_ALL = 3 };

#define SMALL_FIELDS(F)  \
    F(SMALL, XN, 0, 0)   \
    F(SMALL, IS, 1, 1)   \
    F(SMALL, B, 2, 2)    \
    F(SMALL, C, 3, 3)    \
    F(SMALL, AP, 5, 4)   \
    F(SMALL, TEX, 8, 6)  \
    F(SMALL, AP2, 9, 9)  \
    F(SMALL, S, 10, 10)  \
    F(SMALL, nG, 11, 11) \
    F(SMALL, BASE, 31, 12)
REG_DEFINE32(SMALL, SMALL_FIELDS);

#define NORMAL_SECTION                                                                             \
    ((uint32_t)(SECTION_B | SECTION_C | REG_PUT(SECTION, TEX, 1) | REG_PUT(SECTION, AP, AP_ALL)) | \
     SECTION_IS_SECTION)
#define DEVICE_SECTION \
    ((uint32_t)(SECTION_B | SECTION_XN | REG_PUT(SECTION, AP, AP_ALL)) | SECTION_IS_SECTION)
#define NORMAL_PAGE \
    ((uint32_t)(SMALL_IS | SMALL_B | SMALL_C | REG_PUT(SMALL, TEX, 1) | REG_PUT(SMALL, AP, AP_ALL)))

uint64_t refuse_tables_fill(struct boot_area *area, uint32_t image, uint32_t fdt);

static uint32_t *sections;
static uint32_t device_count;

/* The first-level table must be aligned to its size, but the area only is to a page. */
static __always_inline uint32_t *sections_of(struct boot_area *area)
{
    uint32_t bytes = SECTION_COUNT * (uint32_t)sizeof(uint32_t);
    uint32_t first = (uint32_t)(uintptr_t)area;

    return (uint32_t *)(uintptr_t)((first + bytes - 1) & ~(bytes - 1));
}

/* TTBR0 in the low word, SCTLR in the high one. MMU off. */
__attribute__((no_stack_protector, noipa)) uint64_t refuse_tables_fill(struct boot_area *area,
                                                                       uint32_t image, uint32_t fdt)
{
    uint32_t *first = sections_of(area), fdt_block = fdt & ~(uint32_t)(MIB(2) - 1);
    uint32_t idmap = image >> SECTION_SHIFT;
    /* Second-level tables are in the last page of the area. */
    uint32_t *pages = (uint32_t *)area->table[BOOT_TABLE_COUNT - 1];

    for (unsigned i = 0; i < SECTION_COUNT; i++)
        first[i] = 0;
    for (unsigned i = 0; i < 2; i++) /* where the code that turns the MMU on may be */
        first[idmap + i] = (idmap + i) << SECTION_SHIFT | NORMAL_SECTION;
    for (unsigned i = 0; i < IMAGE_MAX_BYTES / PAGE_SIZE; i++)
        pages[i] = (image + i * (uint32_t)PAGE_SIZE) | NORMAL_PAGE;
    for (unsigned i = 0; i < IMAGE_MAX_BYTES / SECTION_BYTES; i++)
        first[(IMAGE_VA >> SECTION_SHIFT) + i] =
            (uint32_t)(uintptr_t)&pages[i * PAGES] | SECTION_IS_TABLE;
    for (unsigned i = 0; i < FDT_WINDOW_BYTES / SECTION_BYTES; i++)
        first[(FDT_VA >> SECTION_SHIFT) + i] = (fdt_block + i * SECTION_BYTES) | NORMAL_SECTION;
    return (uint64_t)(SCTLR_RESET | SCTLR_M | SCTLR_C | SCTLR_I | SCTLR_Z) << 32 |
           (uint32_t)(uintptr_t)first;
}

void refuse_init(void)
{
    uint32_t area = (uint32_t)arch_to_hpa(&boot_area).raw;
    uint32_t first = (uint32_t)(uintptr_t)sections_of((struct boot_area *)(uintptr_t)area);

    sections = (uint32_t *)(void *)((char *)&boot_area + (first - area));
}

void *refuse_map_device(hpa_t base)
{
    uint32_t va = DEVICE_VA + device_count++ * SECTION_BYTES;

    sections[va >> SECTION_SHIFT] = ((uint32_t)base.raw & (uint32_t)SECTION_BASE) | DEVICE_SECTION;
    /* Walks at PL1 do not look into caches: boot.S says so by TTBR0's attributes. */
    mm_flush(&sections[va >> SECTION_SHIFT], sizeof(uint32_t));
    isb();
    return (char *)va + base.raw % SECTION_BYTES;
}
