/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the boot CPU runs before its MMU is on: the first tables and the registers that turn it on.
 * Runs at the physical address, where no address that the linker wrote is right: it may use no
 * global object, no table of functions, no string and no stack guard; all it needs comes by
 * arguments. Arm ARM DDI 0406C, B3.6 "Long-descriptor translation table format".
 */
#include "arch/arm/a32/boot_params.h"
#include "arch/arm/a32/layout.h"
#include "arch/arm/a32/sysreg.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/lpae.h"

struct boot_area boot_area __section(".boot_tables");

#define AT_PHYSICAL __attribute__((no_stack_protector, noipa))

void boot_area_fill(struct boot_area *area, uint32_t image, uint32_t idmap, uint32_t fdt);

/* The table below SLOT, taken from the pool if there is none yet; they are mapped as they lie. */
static __always_inline uint64_t *boot_table(struct boot_area *area, uint64_t *slot, unsigned *used)
{
    if (!lpae_is_valid(*slot))
        *slot = lpae_make_table(HPA((uintptr_t)area->table[(*used)++]));
    return (uint64_t *)(uintptr_t)lpae_address(*slot).raw;
}

static __always_inline unsigned index_at(uint32_t va, unsigned level)
{
    return (va >> (PAGE_SHIFT + 9 * (3 - level))) % BOOT_TABLE_ENTRIES;
}

static __always_inline void boot_map(struct boot_area *area, uint32_t va, uint32_t pa,
                                     uint8_t rights, bool block, unsigned *used)
{
    struct pt_attr attr = {.rights = rights, .memory = PT_NORMAL};
    uint64_t *level2 = boot_table(area, &area->table[0][index_at(va, 1)], used);
    uint64_t *slot = &level2[index_at(va, 2)];

    if (!block)
        slot = &boot_table(area, slot, used)[index_at(va, 3)];
    *slot = lpae_s1_make_leaf(HPA(pa), attr, block ? 1 : 2, 3);
}

/* IMAGE and FDT are where they lie, IDMAP the image's page that turns MMUs on. MMU off. */
AT_PHYSICAL void boot_area_fill(struct boot_area *area, uint32_t image, uint32_t idmap,
                                uint32_t fdt)
{
    uint32_t fdt_block = fdt & ~(uint32_t)(MIB(2) - 1);
    unsigned used = 1;

    for (unsigned t = 0; t < BOOT_TABLE_COUNT; t++)
        for (unsigned i = 0; i < BOOT_TABLE_ENTRIES; i++)
            area->table[t][i] = 0;
    boot_map(area, idmap, idmap, PT_READ | PT_EXEC, false, &used);
    /* Writable and executable until the final tables, which know the sections, replace these. */
    for (uint32_t at = 0; at < IMAGE_MAX_BYTES; at += PAGE_SIZE)
        boot_map(area, IMAGE_VA + at, image + at, PT_READ | PT_WRITE | PT_EXEC, false, &used);
    /* A tree is at most 2 MiB and 8-byte aligned, so it lies in two blocks. */
    boot_map(area, FDT_VA, fdt_block, PT_READ, true, &used);
    boot_map(area, FDT_VA + (uint32_t)MIB(2), fdt_block + (uint32_t)MIB(2), PT_READ, true, &used);
    boot_params_fill(&area->params, (uintptr_t)area->table[0]);
}

AT_PHYSICAL void boot_params_fill(struct boot_params *params, uint64_t httbr)
{
    params->httbr = httbr;
    params->hmair = (uint32_t)LPAE_MAIR;
    params->htcr =
        (uint32_t)(HTCR_RES1_31 | HTCR_RES1_23 | REG_PUT(HTCR, IRGN0, A32_RGN_WBWA) |
                   REG_PUT(HTCR, ORGN0, A32_RGN_WBWA) | REG_PUT(HTCR, SH0, A32_SH_INNER));
    /* Not HSCTLR_A: zlib and libfdt, compiled for any program, access unaligned. */
    params->hsctlr = HSCTLR_RES1 | HSCTLR_CP15BEN | HSCTLR_M | HSCTLR_C | HSCTLR_I;
    params->pcpu = NULL;
}
