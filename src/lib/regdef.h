/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers are listed once, as the manual's tables list them, and the build proves that the
 * fields neither overlap nor leave holes:
 *
 *     #define VTTBR_EL2_FIELDS(F) F(VTTBR_EL2, CnP, 0, 0) F(VTTBR_EL2, BADDR, 47, 1) F(VTTBR_EL2,
 * VMID, 63, 48) REG_DEFINE64(VTTBR_EL2, VTTBR_EL2_FIELDS)
 *
 * gives the mask VTTBR_EL2_VMID, VTTBR_EL2_VMID_SHIFT and VTTBR_EL2_VMID_WIDTH. Reserved bits are
 * fields as well (RES0_a, RES1_b). Use REG_GET and REG_PUT; no shift is written at a use.
 */
#pragma once

#include "lib/types.h"

#define REG_MASK64(hi, lo) ((~0ULL >> (63 - (hi))) & (~0ULL << (lo)))

#define REG_FIELD_ENUM_(reg, field, hi, lo) \
    reg##_##field##_SHIFT = (lo), reg##_##field##_WIDTH = (hi) - (lo) + 1,
#define REG_FIELD_MASK_(reg, field, hi, lo)  reg##_##field = REG_MASK64(hi, lo),
#define REG_FIELD_OR_(reg, field, hi, lo)    | REG_MASK64(hi, lo)
#define REG_FIELD_WIDTH_(reg, field, hi, lo) +((hi) - (lo) + 1)

#define REG_DEFINE_(reg, list, bits)                                                           \
    enum { list(REG_FIELD_ENUM_) };                                                            \
    enum { list(REG_FIELD_MASK_) };                                                            \
    static_assert((0 list(REG_FIELD_WIDTH_)) >= (bits), #reg ": some bits are not described"); \
    static_assert((0 list(REG_FIELD_WIDTH_)) <= (bits), #reg ": fields overlap");              \
    static_assert((0ULL list(REG_FIELD_OR_)) == REG_MASK64((bits)-1, 0),                       \
                  #reg ": fields overlap and leave a hole")

#define REG_DEFINE64(reg, list) REG_DEFINE_(reg, list, 64)
#define REG_DEFINE32(reg, list) REG_DEFINE_(reg, list, 32)

/* The value of FIELD in X, shifted down. */
#define REG_GET(reg, field, x) (((uint64_t)(x) & (uint64_t)reg##_##field) >> reg##_##field##_SHIFT)
/* V placed in FIELD; bits that do not fit are cut off. */
#define REG_PUT(reg, field, v) (((uint64_t)(v) << reg##_##field##_SHIFT) & (uint64_t)reg##_##field)
/* X with FIELD replaced by V. */
#define REG_SET(reg, field, x, v) \
    (((uint64_t)(x) & ~(uint64_t)reg##_##field) | REG_PUT(reg, field, v))
