/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of the hardware's virtual CPU interface, as the hypervisor sees them: GICv2's
 * GICH_* (IHI 0048B, 5.3) and GICv3's ICH_* (IHI 0069H, 12.4). Shared by the model and by
 * arch/arm/hw. Must hold no state and no code.
 */
#pragma once

#include "lib/regdef.h"

/* State of a list register: the same two bits in both versions. */
enum vgic_lr_state {
    VGIC_LR_INVALID = 0,
    VGIC_LR_PENDING = 1,
    VGIC_LR_ACTIVE = 2,
    VGIC_LR_PENDING_ACTIVE = 3,
};

/* With HW = 0, bit 41 of pINTID asks for a maintenance interrupt at EOI (ICH_LR_SW_EOI). */
#define ICH_LR_EL2_FIELDS(F)        \
    F(ICH_LR_EL2, vINTID, 31, 0)    \
    F(ICH_LR_EL2, pINTID, 44, 32)   \
    F(ICH_LR_EL2, RES0_a, 47, 45)   \
    F(ICH_LR_EL2, Priority, 55, 48) \
    F(ICH_LR_EL2, RES0_b, 58, 56)   \
    F(ICH_LR_EL2, NMI, 59, 59)      \
    F(ICH_LR_EL2, Group, 60, 60)    \
    F(ICH_LR_EL2, HW, 61, 61)       \
    F(ICH_LR_EL2, State, 63, 62)
REG_DEFINE64(ICH_LR_EL2, ICH_LR_EL2_FIELDS);

#define ICH_LR_SW_FIELDS(F)      \
    F(ICH_LR_SW, vINTID, 31, 0)  \
    F(ICH_LR_SW, RES0_a, 40, 32) \
    F(ICH_LR_SW, EOI, 41, 41)    \
    F(ICH_LR_SW, RES0_b, 63, 42)
REG_DEFINE64(ICH_LR_SW, ICH_LR_SW_FIELDS);

#define GICH_LR_FIELDS(F)          \
    F(GICH_LR, VirtualID, 9, 0)    \
    F(GICH_LR, PhysicalID, 19, 10) \
    F(GICH_LR, RES0_a, 22, 20)     \
    F(GICH_LR, Priority, 27, 23)   \
    F(GICH_LR, State, 29, 28)      \
    F(GICH_LR, Grp1, 30, 30)       \
    F(GICH_LR, HW, 31, 31)
REG_DEFINE32(GICH_LR, GICH_LR_FIELDS);

/* GICH_LR.PhysicalID when HW = 0. */
#define GICH_LR_SW_FIELDS(F)       \
    F(GICH_LR_SW, VirtualID, 9, 0) \
    F(GICH_LR_SW, CPUID, 12, 10)   \
    F(GICH_LR_SW, RES0_a, 18, 13)  \
    F(GICH_LR_SW, EOI, 19, 19)     \
    F(GICH_LR_SW, RES0_b, 31, 20)
REG_DEFINE32(GICH_LR_SW, GICH_LR_SW_FIELDS);

/* GICH_HCR has the same bits, those from TC to DVIM being RES0 there. */
#define ICH_HCR_EL2_FIELDS(F)          \
    F(ICH_HCR_EL2, En, 0, 0)           \
    F(ICH_HCR_EL2, UIE, 1, 1)          \
    F(ICH_HCR_EL2, LRENPIE, 2, 2)      \
    F(ICH_HCR_EL2, NPIE, 3, 3)         \
    F(ICH_HCR_EL2, VGrp0EIE, 4, 4)     \
    F(ICH_HCR_EL2, VGrp0DIE, 5, 5)     \
    F(ICH_HCR_EL2, VGrp1EIE, 6, 6)     \
    F(ICH_HCR_EL2, VGrp1DIE, 7, 7)     \
    F(ICH_HCR_EL2, vSGIEOICount, 8, 8) \
    F(ICH_HCR_EL2, RES0_a, 9, 9)       \
    F(ICH_HCR_EL2, TC, 10, 10)         \
    F(ICH_HCR_EL2, TALL0, 11, 11)      \
    F(ICH_HCR_EL2, TALL1, 12, 12)      \
    F(ICH_HCR_EL2, TSEI, 13, 13)       \
    F(ICH_HCR_EL2, TDIR, 14, 14)       \
    F(ICH_HCR_EL2, DVIM, 15, 15)       \
    F(ICH_HCR_EL2, RES0_b, 26, 16)     \
    F(ICH_HCR_EL2, EOIcount, 31, 27)
REG_DEFINE32(ICH_HCR_EL2, ICH_HCR_EL2_FIELDS);

/* GICH_VMCR differs in VPMR only: five bits, 31 to 27, and so the same weight; bits 26 to 24 are
 * RES0. */
#define ICH_VMCR_EL2_FIELDS(F)      \
    F(ICH_VMCR_EL2, VENG0, 0, 0)    \
    F(ICH_VMCR_EL2, VENG1, 1, 1)    \
    F(ICH_VMCR_EL2, VAckCtl, 2, 2)  \
    F(ICH_VMCR_EL2, VFIQEn, 3, 3)   \
    F(ICH_VMCR_EL2, VCBPR, 4, 4)    \
    F(ICH_VMCR_EL2, RES0_a, 8, 5)   \
    F(ICH_VMCR_EL2, VEOIM, 9, 9)    \
    F(ICH_VMCR_EL2, RES0_b, 17, 10) \
    F(ICH_VMCR_EL2, VBPR1, 20, 18)  \
    F(ICH_VMCR_EL2, VBPR0, 23, 21)  \
    F(ICH_VMCR_EL2, VPMR, 31, 24)
REG_DEFINE32(ICH_VMCR_EL2, ICH_VMCR_EL2_FIELDS);

/* A write to ICC_SGI1R_EL1, ICC_ASGI1R_EL1 or ICC_SGI0R_EL1. */
#define ICC_SGI1R_EL1_FIELDS(F)         \
    F(ICC_SGI1R_EL1, TargetList, 15, 0) \
    F(ICC_SGI1R_EL1, Aff1, 23, 16)      \
    F(ICC_SGI1R_EL1, INTID, 27, 24)     \
    F(ICC_SGI1R_EL1, RES0_a, 31, 28)    \
    F(ICC_SGI1R_EL1, Aff2, 39, 32)      \
    F(ICC_SGI1R_EL1, IRM, 40, 40)       \
    F(ICC_SGI1R_EL1, RES0_b, 43, 41)    \
    F(ICC_SGI1R_EL1, RS, 47, 44)        \
    F(ICC_SGI1R_EL1, Aff3, 55, 48)      \
    F(ICC_SGI1R_EL1, RES0_c, 63, 56)
REG_DEFINE64(ICC_SGI1R_EL1, ICC_SGI1R_EL1_FIELDS);
