/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LPAE page tables, 4 KiB granule: the descriptors (Arm ARM DDI 0487, D8.3 "Translation table
 * descriptor formats"; DDI 0406C, B3.6 for ARMv7, whose long descriptors are the same in 40 bits)
 * and the formats that core/pt_walk.h walks. Owns encodings only; touches no table and no register.
 */
#pragma once

#include "core/pt.h"
#include "lib/regdef.h"

/* A table descriptor. Table-wide restrictions are not used; stage 2 has none. */
#define LPAE_TABLE_FIELDS(F)                                         \
    F(LPAE_TABLE, VALID, 0, 0)                                       \
    F(LPAE_TABLE, TYPE, 1, 1) /* 1: a table, above the last level */ \
    F(LPAE_TABLE, IGNORED_2, 11, 2)                                  \
    F(LPAE_TABLE, ADDRESS, 47, 12)                                   \
    F(LPAE_TABLE, RES0_48, 50, 48)                                   \
    F(LPAE_TABLE, IGNORED_51, 58, 51)                                \
    F(LPAE_TABLE, PXNTable, 59, 59)                                  \
    F(LPAE_TABLE, XNTable, 60, 60)                                   \
    F(LPAE_TABLE, APTable, 62, 61)                                   \
    F(LPAE_TABLE, NSTable, 63, 63)
REG_DEFINE64(LPAE_TABLE, LPAE_TABLE_FIELDS);

/* A block or page of stage 1 in a regime with one privilege level (EL2, Hyp). */
#define LPAE_S1_FIELDS(F)                                                         \
    F(LPAE_S1, VALID, 0, 0)                                                       \
    F(LPAE_S1, TYPE, 1, 1) /* 1: a page at the last level; 0: a block above it */ \
    F(LPAE_S1, AttrIndx, 4, 2)                                                    \
    F(LPAE_S1, NS, 5, 5)                                                          \
    F(LPAE_S1, AP1, 6, 6) /* RES1 where there is one privilege level */           \
    F(LPAE_S1, AP2, 7, 7) /* read-only */                                         \
    F(LPAE_S1, SH, 9, 8)                                                          \
    F(LPAE_S1, AF, 10, 10)                                                        \
    F(LPAE_S1, nG, 11, 11)                                                        \
    F(LPAE_S1, ADDRESS, 47, 12)                                                   \
    F(LPAE_S1, RES0_48, 49, 48)                                                   \
    F(LPAE_S1, GP, 50, 50)                                                        \
    F(LPAE_S1, DBM, 51, 51)                                                       \
    F(LPAE_S1, Contiguous, 52, 52)                                                \
    F(LPAE_S1, PXN, 53, 53)                                                       \
    F(LPAE_S1, XN, 54, 54)                                                        \
    F(LPAE_S1, SOFTWARE, 58, 55)                                                  \
    F(LPAE_S1, PBHA, 62, 59)                                                      \
    F(LPAE_S1, IGNORED_63, 63, 63)
REG_DEFINE64(LPAE_S1, LPAE_S1_FIELDS);

/* A block or page of stage 2. XN[1], bit 54, alone forbids execution with and without FEAT_XNX. */
#define LPAE_S2_FIELDS(F)          \
    F(LPAE_S2, VALID, 0, 0)        \
    F(LPAE_S2, TYPE, 1, 1)         \
    F(LPAE_S2, MemAttr, 5, 2)      \
    F(LPAE_S2, S2AP_R, 6, 6)       \
    F(LPAE_S2, S2AP_W, 7, 7)       \
    F(LPAE_S2, SH, 9, 8)           \
    F(LPAE_S2, AF, 10, 10)         \
    F(LPAE_S2, FnXS, 11, 11)       \
    F(LPAE_S2, ADDRESS, 47, 12)    \
    F(LPAE_S2, RES0_48, 50, 48)    \
    F(LPAE_S2, DBM, 51, 51)        \
    F(LPAE_S2, Contiguous, 52, 52) \
    F(LPAE_S2, XN0, 53, 53)        \
    F(LPAE_S2, XN1, 54, 54)        \
    F(LPAE_S2, SOFTWARE, 58, 55)   \
    F(LPAE_S2, PBHA, 62, 59)       \
    F(LPAE_S2, IGNORED_63, 63, 63)
REG_DEFINE64(LPAE_S2, LPAE_S2_FIELDS);

static_assert((uint64_t)LPAE_S1_ADDRESS == (uint64_t)LPAE_TABLE_ADDRESS, "one address field");
static_assert((uint64_t)LPAE_S2_ADDRESS == (uint64_t)LPAE_TABLE_ADDRESS, "one address field");
static_assert((uint64_t)LPAE_S1_SOFTWARE == (uint64_t)LPAE_S2_SOFTWARE, "one software field");

enum { LPAE_SH_NONE = 0, LPAE_SH_OUTER = 2, LPAE_SH_INNER = 3 };
/* Indices into the memory attribute register that lpae_hyp_format expects to be set up so. */
enum { LPAE_ATTR_NORMAL = 0, LPAE_ATTR_DEVICE = 1 };
/* MAIR_EL2 (HMAIR0) for that: Normal inner and outer write-back, allocating; Device-nGnRE. */
#define LPAE_MAIR 0x04ffULL
/* Stage 2 memory attributes, combined with the guest's own: the stricter of both is used. */
enum { LPAE_S2_MEMATTR_DEVICE_nGnRE = 1, LPAE_S2_MEMATTR_NORMAL_WB = 15 };

#define LPAE_OUTPUT_BITS 48

static __always_inline bool lpae_is_valid(uint64_t entry)
{
    return (entry & LPAE_TABLE_VALID) != 0;
}
static __always_inline bool lpae_is_leaf(uint64_t entry, unsigned level, unsigned level_count)
{
    return level + 1 == level_count || (entry & LPAE_TABLE_TYPE) == 0;
}
static __always_inline hpa_t lpae_address(uint64_t entry)
{
    return HPA(entry & LPAE_TABLE_ADDRESS);
}
static __always_inline uint64_t lpae_make_table(hpa_t table)
{
    return LPAE_TABLE_VALID | LPAE_TABLE_TYPE | (table.raw & LPAE_TABLE_ADDRESS);
}

/* ---- stage 1 of the hypervisor. Readable always; devices are never executed. */

static __always_inline uint64_t lpae_s1_make_leaf(hpa_t hpa, struct pt_attr attr, unsigned level,
                                                  unsigned level_count)
{
    bool device = attr.memory == PT_DEVICE;
    bool exec = (attr.rights & PT_EXEC) != 0 && !device;
    return LPAE_S1_VALID | LPAE_S1_AF | LPAE_S1_AP1 | (hpa.raw & LPAE_S1_ADDRESS) |
           REG_PUT(LPAE_S1, TYPE, level + 1 == level_count) |
           REG_PUT(LPAE_S1, AttrIndx, device ? LPAE_ATTR_DEVICE : LPAE_ATTR_NORMAL) |
           REG_PUT(LPAE_S1, SH, device ? LPAE_SH_NONE : LPAE_SH_INNER) |
           REG_PUT(LPAE_S1, AP2, (attr.rights & PT_WRITE) == 0) | REG_PUT(LPAE_S1, XN, !exec) |
           REG_PUT(LPAE_S1, SOFTWARE, attr.software);
}
static __always_inline struct pt_attr lpae_s1_attr(uint64_t entry)
{
    struct pt_attr attr = {.rights = PT_READ};
    if ((entry & LPAE_S1_AP2) == 0)
        attr.rights |= PT_WRITE;
    if ((entry & LPAE_S1_XN) == 0)
        attr.rights |= PT_EXEC;
    attr.memory = REG_GET(LPAE_S1, AttrIndx, entry) == LPAE_ATTR_NORMAL ? PT_NORMAL : PT_DEVICE;
    attr.software = (uint8_t)REG_GET(LPAE_S1, SOFTWARE, entry);
    return attr;
}

/* ---- stage 2 */

static __always_inline uint64_t lpae_s2_make_leaf(hpa_t hpa, struct pt_attr attr, unsigned level,
                                                  unsigned level_count)
{
    bool device = attr.memory == PT_DEVICE;
    bool exec = (attr.rights & PT_EXEC) != 0 && !device;
    return LPAE_S2_VALID | LPAE_S2_AF | (hpa.raw & LPAE_S2_ADDRESS) |
           REG_PUT(LPAE_S2, TYPE, level + 1 == level_count) |
           REG_PUT(LPAE_S2, MemAttr,
                   device ? LPAE_S2_MEMATTR_DEVICE_nGnRE : LPAE_S2_MEMATTR_NORMAL_WB) |
           REG_PUT(LPAE_S2, SH, device ? LPAE_SH_NONE : LPAE_SH_INNER) |
           REG_PUT(LPAE_S2, S2AP_R, (attr.rights & PT_READ) != 0) |
           REG_PUT(LPAE_S2, S2AP_W, (attr.rights & PT_WRITE) != 0) | REG_PUT(LPAE_S2, XN1, !exec) |
           REG_PUT(LPAE_S2, SOFTWARE, attr.software);
}
static __always_inline struct pt_attr lpae_s2_attr(uint64_t entry)
{
    struct pt_attr attr = {.rights = 0};
    if ((entry & LPAE_S2_S2AP_R) != 0)
        attr.rights |= PT_READ;
    if ((entry & LPAE_S2_S2AP_W) != 0)
        attr.rights |= PT_WRITE;
    if ((entry & LPAE_S2_XN1) == 0)
        attr.rights |= PT_EXEC;
    attr.memory =
        REG_GET(LPAE_S2, MemAttr, entry) == LPAE_S2_MEMATTR_NORMAL_WB ? PT_NORMAL : PT_DEVICE;
    attr.software = (uint8_t)REG_GET(LPAE_S2, SOFTWARE, entry);
    return attr;
}

/* ---- formats */

/* EL2's own: 48 bits of address over four levels; blocks of 1 GiB and 2 MiB. */
static const struct pt_format lpae_hyp_format = {
    .level_count = 4,
    .level_bits = 9,
    .root_bits = 9,
    .block_levels = 0x6, /* levels 1 and 2 */
    .output_bits = LPAE_OUTPUT_BITS,
    .make_leaf = lpae_s1_make_leaf,
    .make_table = lpae_make_table,
    .is_valid = lpae_is_valid,
    .is_leaf = lpae_is_leaf,
    .address = lpae_address,
    .attr = lpae_s1_attr,
};

/* Hyp mode's of ARMv7: 32 bits of address over three levels, of which the first has four entries.
 */
static const struct pt_format lpae_hyp32_format = {
    .level_count = 3,
    .level_bits = 9,
    .root_bits = 2,
    .block_levels = 0x3, /* 1 GiB and 2 MiB */
    .output_bits = 40,
    .make_leaf = lpae_s1_make_leaf,
    .make_table = lpae_make_table,
    .is_valid = lpae_is_valid,
    .is_leaf = lpae_is_leaf,
    .address = lpae_address,
    .attr = lpae_s1_attr,
};

/* Widths of intermediate addresses that lpae_s2_format takes. */
#define LPAE_S2_IPA_BITS_MIN 32
#define LPAE_S2_IPA_BITS_MAX 48

/*
 * Stage 2 for IPA_BITS of input. Up to 16 tables may be concatenated as root, which saves a level
 * up to 43 bits: three levels from level 1, above that four from level 0 (DDI 0487, D8.2
 * "Concatenated translation tables").
 */
static __always_inline struct pt_format lpae_s2_format(unsigned ipa_bits)
{
    unsigned levels = ipa_bits <= 43 ? 3 : 4;
    return (struct pt_format){
        .level_count = (uint8_t)levels,
        .level_bits = 9,
        .root_bits = (uint8_t)(ipa_bits - PAGE_SHIFT - 9 * (levels - 1)),
        .block_levels = levels == 3 ? 0x3 : 0x6, /* 1 GiB and 2 MiB */
        .output_bits = LPAE_OUTPUT_BITS,
        .make_leaf = lpae_s2_make_leaf,
        .make_table = lpae_make_table,
        .is_valid = lpae_is_valid,
        .is_leaf = lpae_is_leaf,
        .address = lpae_address,
        .attr = lpae_s2_attr,
    };
}

/* The level at which the hardware begins: VTCR_EL2.SL0 is 2 minus this. */
static __always_inline unsigned lpae_s2_start_level(unsigned ipa_bits)
{
    return ipa_bits <= 43 ? 1 : 0;
}
