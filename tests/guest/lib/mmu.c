/* SPDX-License-Identifier: Apache-2.0 */
/* Stage-1 tables and the registers that switch them on; see mmu.h. Arm ARM DDI 0487, D8.3 and
 * D19.2. */
#include "guest/lib/mmu.h"

#include "guest/lib/guest.h"
#include "guest/lib/sysreg.h"

/* clang-format off */
#define PTE_FIELDS(F)                                                                             \
    F(PTE, VALID, 0, 0) F(PTE, TABLE, 1, 1) F(PTE, AttrIndx, 4, 2) F(PTE, NS, 5, 5)               \
    F(PTE, AP, 7, 6) F(PTE, SH, 9, 8) F(PTE, AF, 10, 10) F(PTE, nG, 11, 11)                       \
    F(PTE, ADDRESS, 47, 12) F(PTE, RES0_a, 52, 48) F(PTE, PXN, 53, 53) F(PTE, UXN, 54, 54)        \
    F(PTE, IGNORED, 63, 55)
/* clang-format on */
REG_DEFINE64(PTE, PTE_FIELDS);

/* clang-format off */
#define TCR_EL1_FIELDS(F)                                                                         \
    F(TCR_EL1, T0SZ, 5, 0) F(TCR_EL1, RES0_a, 6, 6) F(TCR_EL1, EPD0, 7, 7)                        \
    F(TCR_EL1, IRGN0, 9, 8) F(TCR_EL1, ORGN0, 11, 10) F(TCR_EL1, SH0, 13, 12)                     \
    F(TCR_EL1, TG0, 15, 14) F(TCR_EL1, T1SZ, 21, 16) F(TCR_EL1, A1, 22, 22)                       \
    F(TCR_EL1, EPD1, 23, 23) F(TCR_EL1, TTBR1, 31, 24) F(TCR_EL1, IPS, 34, 32)                    \
    F(TCR_EL1, REST, 63, 35)
/* clang-format on */
REG_DEFINE64(TCR_EL1, TCR_EL1_FIELDS);

/* clang-format off */
#define SCTLR_EL1_FIELDS(F)                                                                       \
    F(SCTLR_EL1, M, 0, 0) F(SCTLR_EL1, A, 1, 1) F(SCTLR_EL1, C, 2, 2) F(SCTLR_EL1, SA, 3, 3)      \
    F(SCTLR_EL1, SA0, 4, 4) F(SCTLR_EL1, a, 11, 5) F(SCTLR_EL1, I, 12, 12)                        \
    F(SCTLR_EL1, b, 63, 13)
/* clang-format on */
REG_DEFINE64(SCTLR_EL1, SCTLR_EL1_FIELDS);

enum { AP_EL1_RW = 0, AP_EL0_RW = 1, AP_EL1_RO = 2, AP_EL0_RO = 3 };
enum { SH_INNER = 3, RGN_WRITE_BACK = 1 };
enum { ATTR_NORMAL = 0, ATTR_DEVICE = 1 };
#define MAIR_EL1_VALUE 0x04ffULL /* 0: write-back, allocate; 1: Device-nGnRE */

enum {
    LEVEL_FIRST = 1,
    LEVEL_LAST = 3,
    INDEX_BITS = 9,
    ENTRIES = 512,
    TABLE_MAX = 48,
    VA_BITS = 39
};
enum { PARANGE_48_BITS = 5, PARANGE_MASK = 0xf };

static uint64_t root[ENTRIES] __aligned(4096);
static uint64_t pool[TABLE_MAX][ENTRIES] __aligned(4096);
static unsigned pool_used;

static unsigned level_shift(unsigned level)
{
    return PAGE_SHIFT + INDEX_BITS * (LEVEL_LAST - level);
}

static uint64_t leaf_attributes(enum mmu_kind kind)
{
    uint64_t normal =
        PTE_VALID | PTE_AF | REG_PUT(PTE, AttrIndx, ATTR_NORMAL) | REG_PUT(PTE, SH, SH_INNER);
    switch (kind) {
    case MMU_NORMAL:
        return normal | REG_PUT(PTE, AP, AP_EL1_RW) | PTE_UXN;
    case MMU_READ_ONLY:
        return normal | REG_PUT(PTE, AP, AP_EL1_RO) | PTE_UXN;
    case MMU_NO_EXECUTE:
        return normal | REG_PUT(PTE, AP, AP_EL1_RW) | PTE_UXN | PTE_PXN;
    case MMU_USER:
        return normal | REG_PUT(PTE, AP, AP_EL0_RW) | PTE_PXN;
    case MMU_USER_CODE:
        return normal | REG_PUT(PTE, AP, AP_EL0_RO);
    case MMU_DEVICE:
    default:
        return PTE_VALID | PTE_AF | REG_PUT(PTE, AttrIndx, ATTR_DEVICE) |
               REG_PUT(PTE, AP, AP_EL1_RW) | PTE_UXN | PTE_PXN;
    }
}

static uint64_t *table_below(uint64_t *entry)
{
    if (*entry == 0) {
        if (pool_used == TABLE_MAX)
            return NULL;
        *entry = (uint64_t)pool[pool_used++] | PTE_VALID | PTE_TABLE;
    }
    return (uint64_t *)(*entry & PTE_ADDRESS);
}

/* The entry for VA at LEVEL, making tables on the way. */
static uint64_t *entry_at(uint64_t va, unsigned level)
{
    uint64_t *table = root;

    for (unsigned l = LEVEL_FIRST; table != NULL; l++) {
        uint64_t *entry = &table[(va >> level_shift(l)) % ENTRIES];
        if (l == level)
            return entry;
        table = table_below(entry);
    }
    return NULL;
}

static void tlb_forget_all(void)
{
    __asm__ volatile("dsb ishst\n tlbi vmalle1is\n dsb ish\n isb" ::: "memory");
}

bool mmu_map(uint64_t va, uint64_t pa, uint64_t bytes, enum mmu_kind kind)
{
    while (bytes > 0) {
        unsigned level = LEVEL_FIRST;
        while (level < LEVEL_LAST && (!is_aligned(va | pa, bit64(level_shift(level))) ||
                                      bytes < bit64(level_shift(level))))
            level++;
        uint64_t *entry = entry_at(va, level);
        if (entry == NULL)
            return false;
        *entry = pa | leaf_attributes(kind) | (level == LEVEL_LAST ? PTE_TABLE : 0);
        uint64_t step = bit64(level_shift(level));
        va += step;
        pa += step;
        bytes -= MIN(bytes, step);
    }
    tlb_forget_all();
    return true;
}

void mmu_unmap(uint64_t va, uint64_t bytes)
{
    for (uint64_t end = va + bytes; va < end;) {
        unsigned level = LEVEL_FIRST;
        uint64_t *entry = entry_at(va, level);
        while (level < LEVEL_LAST && *entry != 0 && (*entry & PTE_TABLE))
            entry = entry_at(va, ++level);
        *entry = 0;
        va = align_down(va, bit64(level_shift(level))) + bit64(level_shift(level));
    }
    tlb_forget_all();
}

void mmu_publish_code(const void *code, uint64_t bytes)
{
    uint64_t at = (uint64_t)code;

    for (uint64_t a = align_down(at, 16); a < at + bytes; a += 16)
        __asm__ volatile("dc cvau, %0" ::"r"(a) : "memory");
    __asm__ volatile("dsb ish" ::: "memory");
    for (uint64_t a = align_down(at, 16); a < at + bytes; a += 16)
        __asm__ volatile("ic ivau, %0" ::"r"(a) : "memory");
    __asm__ volatile("dsb ish\n isb" ::: "memory");
}

struct mmu_registers mmu_registers(void)
{
    uint64_t parange = READ_SYSREG(id_aa64mmfr0_el1) & PARANGE_MASK;

    return (struct mmu_registers){
        .ttbr0 = (uint64_t)root,
        .tcr = REG_PUT(TCR_EL1, T0SZ, 64 - VA_BITS) | REG_PUT(TCR_EL1, IRGN0, RGN_WRITE_BACK) |
               REG_PUT(TCR_EL1, ORGN0, RGN_WRITE_BACK) | REG_PUT(TCR_EL1, SH0, SH_INNER) |
               TCR_EL1_EPD1 | REG_PUT(TCR_EL1, IPS, MIN(parange, PARANGE_48_BITS)),
        .mair = MAIR_EL1_VALUE,
        .sctlr = (READ_SYSREG(sctlr_el1) & ~(uint64_t)SCTLR_EL1_A) | SCTLR_EL1_M | SCTLR_EL1_C |
                 SCTLR_EL1_SA | SCTLR_EL1_I,
    };
}

void mmu_init(void)
{
    mmu_map(0, 0, GIB(1), MMU_DEVICE);
    for (unsigned i = 0; i < machine.bank_count; i++)
        mmu_map(machine.banks[i].base, machine.banks[i].base,
                align_up(machine.banks[i].bytes, MIB(2)), MMU_NORMAL);
    struct mmu_registers r = mmu_registers();
    WRITE_SYSREG(mair_el1, r.mair);
    WRITE_SYSREG(tcr_el1, r.tcr);
    WRITE_SYSREG(ttbr0_el1, r.ttbr0);
    barrier_context();
    __asm__ volatile("tlbi vmalle1\n ic iallu\n dsb nsh\n isb" ::: "memory");
    WRITE_SYSREG(sctlr_el1, r.sctlr);
    barrier_context();
}
