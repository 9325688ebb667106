/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the boot CPU runs before its MMU is on: the first tables and the registers that turn it on.
 * Runs at the physical address, so it must use no pointer that the linker wrote (no tables of
 * functions, no switch tables, no strings kept in structures). Arm ARM DDI 0487, D8.2 to D8.5.
 */
#include "arch/arm/a64/boot_params.h"
#include "arch/arm/a64/layout.h"
#include "arch/arm/a64/sysreg.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/lpae.h"

#define TABLE_ENTRIES 512

uint64_t boot_root[TABLE_ENTRIES] __section(".bss.boot_tables") __aligned(4096);
static uint64_t tables[8][TABLE_ENTRIES] __section(".bss.boot_tables") __aligned(4096);
struct boot_params boot_params __section(".bss.boot_tables");

/* The table below SLOT, taken from the pool if there is none yet. */
static uint64_t *boot_table(uint64_t *slot, unsigned *used)
{
    if (!lpae_is_valid(*slot))
        *slot = lpae_make_table(HPA((uint64_t)tables[(*used)++]));
    return (uint64_t *)lpae_address(*slot).raw;
}

static unsigned index_at(uint64_t va, unsigned level)
{
    return (unsigned)(va >> (PAGE_SHIFT + 9 * (3 - level))) % TABLE_ENTRIES;
}

/* With the EL1&0 regime what EL0 may write, EL1 may not execute; EL2 has no EL0, and the bit is 1.
 */
static uint64_t level_bits(uint64_t el)
{
    return el == 2 ? ~(uint64_t)0 : ~(uint64_t)LPAE_S1_AP1;
}

static void boot_map_block(uint64_t va, uint64_t pa, uint8_t rights, uint64_t keep, unsigned *used)
{
    struct pt_attr attr = {.rights = rights, .memory = PT_NORMAL};
    uint64_t *level1 = boot_table(&boot_root[index_at(va, 0)], used);
    uint64_t *level2 = boot_table(&level1[index_at(va, 1)], used);

    level2[index_at(va, 2)] = lpae_s1_make_leaf(HPA(pa), attr, 2, 4) & keep;
}

uint64_t boot_tables_fill(uint64_t image, uint64_t fdt, uint64_t el)
{
    uint64_t fdt_block = align_down(fdt, MIB(2)), keep = level_bits(el);
    unsigned used = 0;

    for (unsigned i = 0; i < TABLE_ENTRIES; i++) {
        boot_root[i] = 0;
        for (unsigned t = 0; t < ARRAY_SIZE(tables); t++)
            tables[t][i] = 0;
    }
    boot_map_block(image, image, PT_READ | PT_EXEC, keep, &used);
    /* Writable and executable until the final tables, which know the sections, replace these. */
    boot_map_block(IMAGE_VA, image, PT_READ | PT_WRITE | PT_EXEC, keep, &used);
    /* A tree is at most 2 MiB and 8-byte aligned (booting.rst), so it lies in two blocks. */
    boot_map_block(FDT_VA, fdt_block, PT_READ, keep, &used);
    boot_map_block(FDT_VA + MIB(2), fdt_block + MIB(2), PT_READ, keep, &used);
    return (uint64_t)boot_root;
}

void boot_params_fill(struct boot_params *params, uint64_t ttbr, uint64_t el)
{
    uint64_t pa_range = REG_GET(ID_AA64MMFR0, PARange, sysreg_read(ID_AA64MMFR0_EL1));
    uint64_t tcr = REG_PUT(TCR_EL2, T0SZ, 64 - 48) | REG_PUT(TCR_EL2, IRGN0, TCR_RGN_WBWA) |
                   REG_PUT(TCR_EL2, ORGN0, TCR_RGN_WBWA) | REG_PUT(TCR_EL2, SH0, TCR_SH_INNER) |
                   REG_PUT(TCR_EL2, TG0, TCR_TG0_4K);

    /* 52-bit addresses need other descriptors: 48 is as far as ours go. */
    pa_range = MIN(pa_range, 5);
    params->ttbr = ttbr;
    params->mair = LPAE_MAIR;
    params->pcpu = NULL;
    if (el == 2) {
        params->tcr = tcr | TCR_EL2_RES1_31 | TCR_EL2_RES1_23 | REG_PUT(TCR_EL2, PS, pa_range);
        /* Not SCTLR_EL2_A: zlib and libfdt, compiled for any program, access unaligned. */
        params->sctlr = SCTLR_EL2_RES1_4 | SCTLR_EL2_EOS | SCTLR_EL2_RES1_16 | SCTLR_EL2_RES1_18 |
                        SCTLR_EL2_EIS | SCTLR_EL2_RES1_23 | SCTLR_EL2_RES1_28 | SCTLR_EL2_M |
                        SCTLR_EL2_C | SCTLR_EL2_I | SCTLR_EL2_SA;
    } else {
        /* EL1 is only entered to say that EL2 is needed. */
        params->tcr = tcr | TCR_EL1_EPD1 | REG_PUT(TCR_EL1, IPS, pa_range);
        params->sctlr = SCTLR_EL1_RES1 | SCTLR_EL1_M | SCTLR_EL1_C | SCTLR_EL1_I;
    }
}
