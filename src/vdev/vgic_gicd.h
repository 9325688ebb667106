/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Fields of the registers that the vGIC emulates: distributor (GICD_*) and redistributor (GICR_*),
 * as a guest with one security state sees them (IHI 0048B, 4.3; IHI 0069H, 12.9 to 12.11 with
 * GICD_CTLR.DS = 1). Must hold no state and no code.
 */
#pragma once

#include "lib/regdef.h"

/* Bits 4 to 31 are RES0 on v2. ARE and DS are RAO/WI on v3. */
#define GICD_CTLR_FIELDS(F)        \
    F(GICD_CTLR, EnableGrp0, 0, 0) \
    F(GICD_CTLR, EnableGrp1, 1, 1) \
    F(GICD_CTLR, RES0_a, 3, 2)     \
    F(GICD_CTLR, ARE, 4, 4)        \
    F(GICD_CTLR, RES0_b, 5, 5)     \
    F(GICD_CTLR, DS, 6, 6)         \
    F(GICD_CTLR, E1NWF, 7, 7)      \
    F(GICD_CTLR, nASSGIreq, 8, 8)  \
    F(GICD_CTLR, RES0_c, 30, 9)    \
    F(GICD_CTLR, RWP, 31, 31)
REG_DEFINE32(GICD_CTLR, GICD_CTLR_FIELDS);

#define GICD_TYPER_FIELDS(F)            \
    F(GICD_TYPER, ITLinesNumber, 4, 0)  \
    F(GICD_TYPER, CPUNumber, 7, 5)      \
    F(GICD_TYPER, ESPI, 8, 8)           \
    F(GICD_TYPER, NMI, 9, 9)            \
    F(GICD_TYPER, SecurityExtn, 10, 10) \
    F(GICD_TYPER, num_LPIs, 15, 11)     \
    F(GICD_TYPER, MBIS, 16, 16)         \
    F(GICD_TYPER, LPIS, 17, 17)         \
    F(GICD_TYPER, DVIS, 18, 18)         \
    F(GICD_TYPER, IDbits, 23, 19)       \
    F(GICD_TYPER, A3V, 24, 24)          \
    F(GICD_TYPER, No1N, 25, 25)         \
    F(GICD_TYPER, RSS, 26, 26)          \
    F(GICD_TYPER, ESPI_range, 31, 27)
REG_DEFINE32(GICD_TYPER, GICD_TYPER_FIELDS);

/* GICR_IIDR is alike. */
#define GICD_IIDR_FIELDS(F)          \
    F(GICD_IIDR, Implementer, 11, 0) \
    F(GICD_IIDR, Revision, 15, 12)   \
    F(GICD_IIDR, Variant, 19, 16)    \
    F(GICD_IIDR, RES0_a, 23, 20)     \
    F(GICD_IIDR, ProductID, 31, 24)
REG_DEFINE32(GICD_IIDR, GICD_IIDR_FIELDS);

/* What we say in IIDR: a register layout by Arm (JEP106 code), product T. */
#define VGIC_IIDR (REG_PUT(GICD_IIDR, Implementer, 0x43b) | REG_PUT(GICD_IIDR, ProductID, 0x54))

#define GICD_PIDR2_FIELDS(F)     \
    F(GICD_PIDR2, DES_1, 2, 0)   \
    F(GICD_PIDR2, JEDEC, 3, 3)   \
    F(GICD_PIDR2, ArchRev, 7, 4) \
    F(GICD_PIDR2, RES0_a, 31, 8)
REG_DEFINE32(GICD_PIDR2, GICD_PIDR2_FIELDS);

#define GICD_SGIR_FIELDS(F)                \
    F(GICD_SGIR, SGIINTID, 3, 0)           \
    F(GICD_SGIR, RES0_a, 14, 4)            \
    F(GICD_SGIR, NSATT, 15, 15)            \
    F(GICD_SGIR, CPUTargetList, 23, 16)    \
    F(GICD_SGIR, TargetListFilter, 25, 24) \
    F(GICD_SGIR, RES0_b, 31, 26)
REG_DEFINE32(GICD_SGIR, GICD_SGIR_FIELDS);

enum gicd_sgir_filter { GICD_SGIR_LIST = 0, GICD_SGIR_OTHERS = 1, GICD_SGIR_SELF = 2 };

#define GICD_IROUTER_FIELDS(F)      \
    F(GICD_IROUTER, Aff210, 23, 0)  \
    F(GICD_IROUTER, RES0_a, 30, 24) \
    F(GICD_IROUTER, IRM, 31, 31)    \
    F(GICD_IROUTER, Aff3, 39, 32)   \
    F(GICD_IROUTER, RES0_b, 63, 40)
REG_DEFINE64(GICD_IROUTER, GICD_IROUTER_FIELDS);

#define GICR_TYPER_FIELDS(F)               \
    F(GICR_TYPER, PLPIS, 0, 0)             \
    F(GICR_TYPER, VLPIS, 1, 1)             \
    F(GICR_TYPER, Dirty, 2, 2)             \
    F(GICR_TYPER, DirectLPI, 3, 3)         \
    F(GICR_TYPER, Last, 4, 4)              \
    F(GICR_TYPER, DPGS, 5, 5)              \
    F(GICR_TYPER, MPAM, 6, 6)              \
    F(GICR_TYPER, RVPEID, 7, 7)            \
    F(GICR_TYPER, Processor_Number, 23, 8) \
    F(GICR_TYPER, CommonLPIAff, 25, 24)    \
    F(GICR_TYPER, VSGI, 26, 26)            \
    F(GICR_TYPER, PPInum, 31, 27)          \
    F(GICR_TYPER, Affinity_Value, 63, 32)
REG_DEFINE64(GICR_TYPER, GICR_TYPER_FIELDS);

#define GICR_WAKER_FIELDS(F)            \
    F(GICR_WAKER, IMP_DEF_a, 0, 0)      \
    F(GICR_WAKER, ProcessorSleep, 1, 1) \
    F(GICR_WAKER, ChildrenAsleep, 2, 2) \
    F(GICR_WAKER, RES0_a, 30, 3)        \
    F(GICR_WAKER, IMP_DEF_b, 31, 31)
REG_DEFINE32(GICR_WAKER, GICR_WAKER_FIELDS);

/* The affinity part of an MPIDR_EL1. */
#define MPIDR_AFFINITY_FIELDS(F)       \
    F(MPIDR_AFFINITY, Aff210, 23, 0)   \
    F(MPIDR_AFFINITY, Other_a, 31, 24) \
    F(MPIDR_AFFINITY, Aff3, 39, 32)    \
    F(MPIDR_AFFINITY, Other_b, 63, 40)
REG_DEFINE64(MPIDR_AFFINITY, MPIDR_AFFINITY_FIELDS);
