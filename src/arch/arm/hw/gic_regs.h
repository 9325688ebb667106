/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the host's GIC: offsets and values the drivers use (IHI 0048B chapter 4, IHI 0069H
 * chapter 12). */
#pragma once

#include "lib/regdef.h"
#include "vdev/vgic_lr.h"

/* Distributor, both versions. */
enum {
    GICD_CTLR = 0x000,
    GICD_TYPER = 0x004,
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
    GICD_IROUTER = 0x6000,
    GICD_PIDR2 = 0xffe8,
};

#define GICD_TYPER_FIELDS(F) F(GICD_TYPER, ITLinesNumber, 4, 0) F(GICD_TYPER, REST, 31, 5)
REG_DEFINE32(GICD_TYPER, GICD_TYPER_FIELDS);

/* As a hypervisor sees it: non-secure, or with a single security state. */
#define GICD_CTLR_FIELDS(F)         \
    F(GICD_CTLR, EnableGrp0, 0, 0)  \
    F(GICD_CTLR, EnableGrp1A, 1, 1) \
    F(GICD_CTLR, RES0_2, 3, 2)      \
    F(GICD_CTLR, ARE_NS, 4, 4)      \
    F(GICD_CTLR, RES0_5, 30, 5)     \
    F(GICD_CTLR, RWP, 31, 31)
REG_DEFINE32(GICD_CTLR, GICD_CTLR_FIELDS);

#define GICD_SGIR_FIELDS(F)          \
    F(GICD_SGIR, INTID, 3, 0)        \
    F(GICD_SGIR, RES0_4, 15, 4)      \
    F(GICD_SGIR, TargetList, 23, 16) \
    F(GICD_SGIR, Filter, 25, 24)     \
    F(GICD_SGIR, RES0_26, 31, 26)
REG_DEFINE32(GICD_SGIR, GICD_SGIR_FIELDS);

/* Redistributor. */
enum {
    GICR_CTLR = 0x0000,
    GICR_TYPER = 0x0008,
    GICR_WAKER = 0x0014,
    GICR_SGI_FRAME = 0x10000,
    GICR_FRAME_BYTES = 0x20000,
};

#define GICR_WAKER_FIELDS(F)            \
    F(GICR_WAKER, RES0_0, 0, 0)         \
    F(GICR_WAKER, ProcessorSleep, 1, 1) \
    F(GICR_WAKER, ChildrenAsleep, 2, 2) \
    F(GICR_WAKER, RES0_3, 31, 3)
REG_DEFINE32(GICR_WAKER, GICR_WAKER_FIELDS);

#define GICR_CTLR_FIELDS(F)        \
    F(GICR_CTLR, EnableLPIs, 0, 0) \
    F(GICR_CTLR, LOW, 2, 1)        \
    F(GICR_CTLR, RWP, 3, 3)        \
    F(GICR_CTLR, HIGH, 31, 4)
REG_DEFINE32(GICR_CTLR, GICR_CTLR_FIELDS);

#define GICR_TYPER_FIELDS(F)   \
    F(GICR_TYPER, PLPIS, 0, 0) \
    F(GICR_TYPER, VLPIS, 1, 1) \
    F(GICR_TYPER, LOW, 3, 2)   \
    F(GICR_TYPER, Last, 4, 4)  \
    F(GICR_TYPER, HIGH, 31, 5) \
    F(GICR_TYPER, Affinity, 63, 32)
REG_DEFINE64(GICR_TYPER, GICR_TYPER_FIELDS);

#define ICC_SRE_EL2_FIELDS(F)    \
    F(ICC_SRE_EL2, SRE, 0, 0)    \
    F(ICC_SRE_EL2, DFB, 1, 1)    \
    F(ICC_SRE_EL2, DIB, 2, 2)    \
    F(ICC_SRE_EL2, Enable, 3, 3) \
    F(ICC_SRE_EL2, RES0_4, 63, 4)
REG_DEFINE64(ICC_SRE_EL2, ICC_SRE_EL2_FIELDS);

#define ICC_CTLR_EL1_FIELDS(F)     \
    F(ICC_CTLR_EL1, CBPR, 0, 0)    \
    F(ICC_CTLR_EL1, EOImode, 1, 1) \
    F(ICC_CTLR_EL1, REST, 63, 2)
REG_DEFINE64(ICC_CTLR_EL1, ICC_CTLR_EL1_FIELDS);

#define ICH_VTR_EL2_FIELDS(F)       \
    F(ICH_VTR_EL2, ListRegs, 4, 0)  \
    F(ICH_VTR_EL2, RES0_5, 18, 5)   \
    F(ICH_VTR_EL2, TDS, 19, 19)     \
    F(ICH_VTR_EL2, REST, 25, 20)    \
    F(ICH_VTR_EL2, PREbits, 28, 26) \
    F(ICH_VTR_EL2, PRIbits, 31, 29) \
    F(ICH_VTR_EL2, RES0_32, 63, 32)
REG_DEFINE64(ICH_VTR_EL2, ICH_VTR_EL2_FIELDS);

/* CPU interface of version 2. */
enum {
    GICC_CTLR = 0x000,
    GICC_PMR = 0x004,
    GICC_BPR = 0x008,
    GICC_IAR = 0x00c,
    GICC_EOIR = 0x010,
    GICC_DIR = 0x1000,
};
#define GICC_CTLR_FIELDS(F)        \
    F(GICC_CTLR, EnableGrp1, 0, 0) \
    F(GICC_CTLR, LOW, 8, 1)        \
    F(GICC_CTLR, EOImodeNS, 9, 9)  \
    F(GICC_CTLR, HIGH, 31, 10)
REG_DEFINE32(GICC_CTLR, GICC_CTLR_FIELDS);

#define GICC_IAR_FIELDS(F) \
    F(GICC_IAR, INTID, 9, 0) F(GICC_IAR, CPUID, 12, 10) F(GICC_IAR, RES0_13, 31, 13)
REG_DEFINE32(GICC_IAR, GICC_IAR_FIELDS);

/* Virtual interface control of version 2. */
enum {
    GICH_HCR = 0x000,
    GICH_VTR = 0x004,
    GICH_VMCR = 0x008,
    GICH_ELRSR0 = 0x030,
    GICH_ELRSR1 = 0x034,
    GICH_APR = 0x0f0,
    GICH_LR = 0x100,
};
#define GICH_VTR_FIELDS(F) F(GICH_VTR, ListRegs, 5, 0) F(GICH_VTR, REST, 31, 6)
REG_DEFINE32(GICH_VTR, GICH_VTR_FIELDS);

/* The priority of everything the hypervisor takes; lower is more urgent, 0xff masks none of it. */
#define GIC_PRIORITY      0xa0
#define GIC_PRIORITY_WORD 0xa0a0a0a0
#define GIC_PMR_ALL       0xff
