/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An APLIC's registers (The RISC-V Advanced Interrupt Architecture, version 1.0, chapter 4): shared
 * by the driver and the virtual one. Must hold no state and no code.
 */
#pragma once

#include "lib/regdef.h"

/* The memory map of a domain (4.5), and what each hart has behind it (4.8.1). Arrays have a bit or
 * a word for each source, from 0 on. */
enum {
    APLIC_DOMAINCFG = 0x0,
    APLIC_SOURCECFG = 0x0, /* of source 1: 4 */
    APLIC_SOURCECFG_END = 0x1000,
    APLIC_SETIP = 0x1c00,
    APLIC_SETIPNUM = 0x1cdc,
    APLIC_IN_CLRIP = 0x1d00,
    APLIC_CLRIPNUM = 0x1ddc,
    APLIC_SETIE = 0x1e00,
    APLIC_SETIENUM = 0x1edc,
    APLIC_CLRIE = 0x1f00,
    APLIC_CLRIENUM = 0x1fdc,
    APLIC_SETIPNUM_LE = 0x2000,
    APLIC_SETIPNUM_BE = 0x2004,
    APLIC_GENMSI = 0x3000,
    APLIC_TARGET = 0x3000, /* of source 1: 4 */
    APLIC_IDC = 0x4000,
    APLIC_IDC_STRIDE = 0x20,
};
/* clang-format off */
#define APLIC_DOMAINCFG_FIELDS(F) \
    F(APLIC_DOMAINCFG, BE, 0, 0) F(APLIC_DOMAINCFG, RES0_a, 1, 1) F(APLIC_DOMAINCFG, DM, 2, 2) \
    F(APLIC_DOMAINCFG, RES0_b, 7, 3) F(APLIC_DOMAINCFG, IE, 8, 8) \
    F(APLIC_DOMAINCFG, RES0_c, 23, 9) F(APLIC_DOMAINCFG, FIXED, 31, 24)
#define APLIC_SOURCECFG_FIELDS(F) \
    F(APLIC_SOURCECFG, SM, 2, 0) F(APLIC_SOURCECFG, RES0_a, 9, 3) \
    F(APLIC_SOURCECFG, D, 10, 10) F(APLIC_SOURCECFG, RES0_b, 31, 11)
/* By messages (4.5.16). */
#define APLIC_MSI_TARGET_FIELDS(F) \
    F(APLIC_MSI_TARGET, EIID, 10, 0) F(APLIC_MSI_TARGET, RES0_a, 11, 11) \
    F(APLIC_MSI_TARGET, GUEST, 17, 12) F(APLIC_MSI_TARGET, HART, 31, 18)
/* clang-format on */
REG_DEFINE32(APLIC_DOMAINCFG, APLIC_DOMAINCFG_FIELDS);
REG_DEFINE32(APLIC_SOURCECFG, APLIC_SOURCECFG_FIELDS);
REG_DEFINE32(APLIC_MSI_TARGET, APLIC_MSI_TARGET_FIELDS);

/* sourcecfg.SM (4.5.2). */
enum {
    SOURCE_INACTIVE = 0,
    SOURCE_DETACHED = 1,
    SOURCE_EDGE_RISES = 4,
    SOURCE_EDGE_FALLS = 5,
    SOURCE_LEVEL_HIGH = 6,
    SOURCE_LEVEL_LOW = 7,
};
