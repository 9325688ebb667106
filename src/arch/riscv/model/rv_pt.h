/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Page-table entries of Sv39, Sv48 and Sv57 and of their x4 forms for the G-stage (Privileged
 * Architecture 10.3 to 10.6, 18.5), as formats for core/pt_walk.h. Owns nothing but the encoding.
 *
 * A and D are set in advance: no fault and no hardware update is needed for them, with or without
 * Svadu. Whether an address is memory or a device is told by the machine (physical memory
 * attributes), so entries say nothing of it.
 */
#pragma once

#include "arch/riscv/model/rv_csr.h"
#include "core/pt.h"
#include "lib/bits.h"
#include "lib/regdef.h"

/* clang-format off */
#define RV_PTE_FIELDS(F) \
    F(RV_PTE, V, 0, 0) F(RV_PTE, R, 1, 1) F(RV_PTE, W, 2, 2) F(RV_PTE, X, 3, 3) \
    F(RV_PTE, U, 4, 4) F(RV_PTE, G, 5, 5) F(RV_PTE, A, 6, 6) F(RV_PTE, D, 7, 7) \
    F(RV_PTE, RSW, 9, 8) F(RV_PTE, PPN, 53, 10) F(RV_PTE, RES0_a, 60, 54) \
    F(RV_PTE, PBMT, 62, 61) F(RV_PTE, N, 63, 63)
/* clang-format on */
REG_DEFINE64(RV_PTE, RV_PTE_FIELDS);

/* Physical addresses have 56 bits: 44 of page number (10.4.1). */
#define RV_OUTPUT_BITS 56u
/* A G-stage root is four pages: two more index bits (18.5.1). */
#define RV_INDEX_BITS   9u
#define RV_ROOT_BITS_X4 11u

static __always_inline hpa_t rv_pte_address(uint64_t entry)
{
    return HPA(REG_GET(RV_PTE, PPN, entry) << PAGE_SHIFT);
}
static __always_inline bool rv_pte_is_valid(uint64_t entry)
{
    return (entry & RV_PTE_V) != 0;
}
static __always_inline bool rv_pte_is_leaf(uint64_t entry, unsigned level, unsigned level_count)
{
    return level + 1 == level_count || (entry & (RV_PTE_R | RV_PTE_W | RV_PTE_X)) != 0;
}
static __always_inline uint64_t rv_pte_table(hpa_t table)
{
    return RV_PTE_V | REG_PUT(RV_PTE, PPN, table.raw >> PAGE_SHIFT);
}
static __always_inline struct pt_attr rv_pte_attr(uint64_t entry)
{
    return (struct pt_attr){
        .rights = (uint8_t)((entry & RV_PTE_R ? PT_READ : 0) | (entry & RV_PTE_W ? PT_WRITE : 0) |
                            (entry & RV_PTE_X ? PT_EXEC : 0)),
        .memory = PT_NORMAL,
        .software = (uint8_t)REG_GET(RV_PTE, RSW, entry),
    };
}
static __always_inline uint64_t rv_pte_leaf(hpa_t hpa, struct pt_attr attr)
{
    return RV_PTE_V | RV_PTE_A | RV_PTE_D | (attr.rights & PT_READ ? RV_PTE_R : 0) |
           (attr.rights & PT_WRITE ? RV_PTE_W : 0) | (attr.rights & PT_EXEC ? RV_PTE_X : 0) |
           REG_PUT(RV_PTE, RSW, attr.software) | REG_PUT(RV_PTE, PPN, hpa.raw >> PAGE_SHIFT);
}
/* The hypervisor's own. Not global: under other ASIDs the same addresses are guests' (rv_shadow.h).
 */
static __always_inline uint64_t rv_hyp_leaf(hpa_t hpa, struct pt_attr attr, unsigned level,
                                            unsigned level_count)
{
    return rv_pte_leaf(hpa, attr);
}
/* G-stage translation is done as if by user mode (18.5.1). */
static __always_inline uint64_t rv_s2_leaf(hpa_t hpa, struct pt_attr attr, unsigned level,
                                           unsigned level_count)
{
    return rv_pte_leaf(hpa, attr) | RV_PTE_U;
}

/* An entry of the guest's that a translation was made of, as it was then. */
struct rv_source {
    const uint64_t *at; /* where it is read again; NULL: none */
    uint64_t entry;
};
/* All of them, by level; of a leaf of LEAF_BYTES. None without translation. */
struct rv_trail {
    struct rv_source sources[PT_LEVEL_MAX];
    unsigned count;
    uint64_t leaf_bytes;
};

/* Levels of MODE, which has tables. */
static __always_inline unsigned rv_mode_levels(enum rv_mode mode)
{
    return mode == RV_MODE_SV57 ? 5 : mode == RV_MODE_SV48 ? 4 : 3;
}

/* Of a table of LEVELS levels: the hypervisor's, or a G-stage. Any level may hold a leaf. */
static __always_inline struct pt_format rv_hyp_format(enum rv_mode mode)
{
    unsigned levels = rv_mode_levels(mode);

    return (struct pt_format){
        .level_count = (uint8_t)levels,
        .level_bits = RV_INDEX_BITS,
        .root_bits = RV_INDEX_BITS,
        .block_levels = (uint8_t)low_bits(levels),
        .output_bits = RV_OUTPUT_BITS,
        .make_leaf = rv_hyp_leaf,
        .make_table = rv_pte_table,
        .is_valid = rv_pte_is_valid,
        .is_leaf = rv_pte_is_leaf,
        .address = rv_pte_address,
        .attr = rv_pte_attr,
    };
}
static __always_inline struct pt_format rv_s2_format(enum rv_mode mode)
{
    struct pt_format format = rv_hyp_format(mode);

    format.root_bits = RV_ROOT_BITS_X4;
    format.make_leaf = rv_s2_leaf;
    return format;
}
