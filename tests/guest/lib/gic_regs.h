/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers of the Generic Interrupt Controller, version 2 (Arm IHI 0048B, chapter 4) and 3 (IHI
 * 0069H, chapter 12): offsets and the fields that guests use.
 */
#pragma once

#include "lib/regdef.h"

enum gicd_offset {
    GICD_CTLR = 0x000,
    GICD_TYPER = 0x004,
    GICD_IIDR = 0x008,
    GICD_IGROUPR = 0x080,
    GICD_ISENABLER = 0x100,
    GICD_ICENABLER = 0x180,
    GICD_ISPENDR = 0x200,
    GICD_ICPENDR = 0x280,
    GICD_ISACTIVER = 0x300,
    GICD_ICACTIVER = 0x380,
    GICD_IPRIORITYR = 0x400,
    GICD_ITARGETSR = 0x800,
    GICD_ICFGR = 0xc00,
    GICD_SGIR = 0xf00,
    GICD_CPENDSGIR = 0xf10,
    GICD_SPENDSGIR = 0xf20,
    GICD_V2_PIDR2 = 0xfe8,
    GICD_IROUTER = 0x6000, /* of INTID 0; the first there is is that of INTID 32 */
    GICD_V3_PIDR2 = 0xffe8,
};
enum gicr_offset {
    GICR_CTLR = 0x0000,
    GICR_IIDR = 0x0004,
    GICR_TYPER = 0x0008,
    GICR_WAKER = 0x0014,
    GICR_PIDR2 = 0xffe8,
    GICR_SGI_FRAME = 0x10000, /* from here the offsets are GICD's */
    GICR_STRIDE = 0x20000,
};
enum gicc_offset {
    GICC_CTLR = 0x00,
    GICC_PMR = 0x04,
    GICC_BPR = 0x08,
    GICC_IAR = 0x0c,
    GICC_EOIR = 0x10,
    GICC_RPR = 0x14,
    GICC_HPPIR = 0x18,
    GICC_IIDR = 0xfc,
    GICC_DIR = 0x1000,
};

/* As a GICv3 without security, or its Non-secure view, has it; v2 has the two enables. */
/* clang-format off */
#define GICD_CTLR_FIELDS(F)                                                                       \
    F(GICD_CTLR, EnableGrp0, 0, 0) F(GICD_CTLR, EnableGrp1, 1, 1) F(GICD_CTLR, RES0_a, 3, 2)      \
    F(GICD_CTLR, ARE, 4, 4) F(GICD_CTLR, RES0_b, 5, 5) F(GICD_CTLR, DS, 6, 6)                     \
    F(GICD_CTLR, E1NWF, 7, 7) F(GICD_CTLR, nASSGIreq, 8, 8) F(GICD_CTLR, RES0_c, 30, 9)           \
    F(GICD_CTLR, RWP, 31, 31)
/* clang-format on */
REG_DEFINE32(GICD_CTLR, GICD_CTLR_FIELDS);

/* clang-format off */
#define GICD_TYPER_FIELDS(F)                                                                      \
    F(GICD_TYPER, ITLinesNumber, 4, 0) F(GICD_TYPER, CPUNumber, 7, 5) F(GICD_TYPER, rest, 31, 8)
/* clang-format on */
REG_DEFINE32(GICD_TYPER, GICD_TYPER_FIELDS);

/* clang-format off */
#define GICD_IROUTER_FIELDS(F)                                                                    \
    F(GICD_IROUTER, Aff0, 7, 0) F(GICD_IROUTER, Aff1, 15, 8) F(GICD_IROUTER, Aff2, 23, 16)        \
    F(GICD_IROUTER, RES0_a, 30, 24) F(GICD_IROUTER, IRM, 31, 31) F(GICD_IROUTER, Aff3, 39, 32)    \
    F(GICD_IROUTER, RES0_b, 63, 40)
/* clang-format on */
REG_DEFINE64(GICD_IROUTER, GICD_IROUTER_FIELDS);

/* clang-format off */
#define GICD_SGIR_FIELDS(F)                                                                       \
    F(GICD_SGIR, INTID, 3, 0) F(GICD_SGIR, RES0_a, 14, 4) F(GICD_SGIR, NSATT, 15, 15)             \
    F(GICD_SGIR, CPUTargetList, 23, 16) F(GICD_SGIR, TargetListFilter, 25, 24)                    \
    F(GICD_SGIR, RES0_b, 31, 26)
/* clang-format on */
REG_DEFINE32(GICD_SGIR, GICD_SGIR_FIELDS);
enum { SGIR_FILTER_LIST = 0, SGIR_FILTER_OTHERS = 1, SGIR_FILTER_SELF = 2 };

/* clang-format off */
#define GICR_WAKER_FIELDS(F)                                                                      \
    F(GICR_WAKER, IMPDEF, 0, 0) F(GICR_WAKER, ProcessorSleep, 1, 1)                               \
    F(GICR_WAKER, ChildrenAsleep, 2, 2) F(GICR_WAKER, rest, 31, 3)
/* clang-format on */
REG_DEFINE32(GICR_WAKER, GICR_WAKER_FIELDS);

/* clang-format off */
#define GICR_TYPER_FIELDS(F)                                                                      \
    F(GICR_TYPER, a, 3, 0) F(GICR_TYPER, Last, 4, 4) F(GICR_TYPER, b, 7, 5)                       \
    F(GICR_TYPER, Processor_Number, 23, 8) F(GICR_TYPER, c, 31, 24)                               \
    F(GICR_TYPER, Affinity_Value, 63, 32)
/* clang-format on */
REG_DEFINE64(GICR_TYPER, GICR_TYPER_FIELDS);

/* clang-format off */
#define GICC_CTLR_FIELDS(F)                                                                       \
    F(GICC_CTLR, EnableGrp0, 0, 0) F(GICC_CTLR, EnableGrp1, 1, 1) F(GICC_CTLR, AckCtl, 2, 2)      \
    F(GICC_CTLR, FIQEn, 3, 3) F(GICC_CTLR, CBPR, 4, 4) F(GICC_CTLR, a, 8, 5)                      \
    F(GICC_CTLR, EOImode, 9, 9) F(GICC_CTLR, b, 31, 10)
/* clang-format on */
REG_DEFINE32(GICC_CTLR, GICC_CTLR_FIELDS);

/* clang-format off */
#define GICC_IAR_FIELDS(F)                                                                        \
    F(GICC_IAR, INTID, 9, 0) F(GICC_IAR, CPUID, 12, 10) F(GICC_IAR, RES0_a, 31, 13)
/* clang-format on */
REG_DEFINE32(GICC_IAR, GICC_IAR_FIELDS);

/* clang-format off */
#define ICC_CTLR_EL1_FIELDS(F)                                                                    \
    F(ICC_CTLR_EL1, CBPR, 0, 0) F(ICC_CTLR_EL1, EOImode, 1, 1) F(ICC_CTLR_EL1, rest, 63, 2)
/* clang-format on */
REG_DEFINE64(ICC_CTLR_EL1, ICC_CTLR_EL1_FIELDS);

/* clang-format off */
#define ICC_SGI1R_EL1_FIELDS(F)                                                                   \
    F(ICC_SGI1R_EL1, TargetList, 15, 0) F(ICC_SGI1R_EL1, Aff1, 23, 16)                            \
    F(ICC_SGI1R_EL1, INTID, 27, 24) F(ICC_SGI1R_EL1, RES0_a, 31, 28)                              \
    F(ICC_SGI1R_EL1, Aff2, 39, 32) F(ICC_SGI1R_EL1, IRM, 40, 40) F(ICC_SGI1R_EL1, RES0_b, 43, 41) \
    F(ICC_SGI1R_EL1, RS, 47, 44) F(ICC_SGI1R_EL1, Aff3, 55, 48) F(ICC_SGI1R_EL1, RES0_c, 63, 56)
/* clang-format on */
REG_DEFINE64(ICC_SGI1R_EL1, ICC_SGI1R_EL1_FIELDS);

#define INTID_SPURIOUS 1023u
#define INTID_SGI_MAX  16u
#define INTID_SPI_MIN  32u
