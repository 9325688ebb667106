/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the boot hart runs before its MMU is on: the first tables (Sv39). Runs at the physical
 * address, so it must use no pointer that the linker wrote (no tables of functions, no switch
 * tables, no strings kept in structures).
 */
#include "arch/riscv/hw/boot_params.h"
#include "arch/riscv/hw/layout.h"
#include "arch/riscv/model/rv_pt.h"

#define TABLE_ENTRIES 512
#define ROOT_SHIFT    30 /* 1 GiB for each entry of the root */
#define BLOCK_SHIFT   21

static uint64_t boot_root[TABLE_ENTRIES] __section(".boot_tables") __aligned(4096);
/* One below the root for each of image in place, image where it is linked, device tree. */
static uint64_t tables[4][TABLE_ENTRIES] __section(".boot_tables") __aligned(4096);

static void boot_map_block(uint64_t va, uint64_t pa, uint8_t rights, unsigned *used)
{
    struct pt_attr attr = {.rights = rights, .memory = PT_NORMAL};
    uint64_t *slot = &boot_root[(va >> ROOT_SHIFT) % TABLE_ENTRIES];
    uint64_t *table;

    if (!rv_pte_is_valid(*slot))
        *slot = rv_pte_table(HPA((uint64_t)tables[(*used)++]));
    table = (uint64_t *)rv_pte_address(*slot).raw;
    table[(va >> BLOCK_SHIFT) % TABLE_ENTRIES] = rv_pte_leaf(HPA(pa), attr);
}

uint64_t boot_tables_fill(uint64_t image, uint64_t fdt)
{
    uint64_t fdt_block = align_down(fdt, MIB(2));
    unsigned used = 0;

    for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
        boot_root[i] = 0;
        for (unsigned t = 0; t < ARRAY_SIZE(tables); t++)
            tables[t][i] = 0;
    }
    boot_map_block(image, image, PT_READ | PT_EXEC, &used);
    /* Writable and executable until the final tables, which know the sections, replace these. */
    boot_map_block(IMAGE_VA, image, PT_READ | PT_WRITE | PT_EXEC, &used);
    boot_map_block(FDT_VA, fdt_block, PT_READ, &used);
    boot_map_block(FDT_VA + MIB(2), fdt_block + MIB(2), PT_READ, &used);
    return REG_PUT(SATP, MODE, RV_MODE_SV39) |
           REG_PUT(SATP, PPN, (uint64_t)boot_root >> PAGE_SHIFT);
}
