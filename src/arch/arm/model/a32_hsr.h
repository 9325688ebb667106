/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HSR's instruction-specific syndromes where they are not those of ESR_EL2 (a64_esr.h, which also
 * has the classes and fault status codes). Arm ARM DDI 0406C, B3.13.6 "Use of the HSR".
 */
#pragma once

#include "arch/arm/model/a64_esr.h"

/* Classes that AArch64 state does not report. */
enum { HSR_EC_BXJ = 0x0a };

/* MCR, MRC; VMRS to the ID registers of cp10. Direction 1 is a read. */
#define ISS_CP32_FIELDS(F)       \
    F(ISS_CP32, Direction, 0, 0) \
    F(ISS_CP32, CRm, 4, 1)       \
    F(ISS_CP32, Rt, 8, 5)        \
    F(ISS_CP32, RES0_9, 9, 9)    \
    F(ISS_CP32, CRn, 13, 10)     \
    F(ISS_CP32, Opc1, 16, 14)    \
    F(ISS_CP32, Opc2, 19, 17)    \
    F(ISS_CP32, COND, 23, 20)    \
    F(ISS_CP32, CV, 24, 24)
REG_DEFINE_ISS(ISS_CP32, ISS_CP32_FIELDS);
static_assert(ISS_CP32_CRn_SHIFT + 4 == ISS_CP32_Opc1_SHIFT &&
                  ISS_CP32_Opc1_SHIFT + 3 == ISS_CP32_Opc2_SHIFT,
              "CRn, Opc1 and Opc2 are one piece: a32_key_of_iss");

/* MCRR, MRRC. */
#define ISS_CP64_FIELDS(F)       \
    F(ISS_CP64, Direction, 0, 0) \
    F(ISS_CP64, CRm, 4, 1)       \
    F(ISS_CP64, Rt, 8, 5)        \
    F(ISS_CP64, RES0_9, 9, 9)    \
    F(ISS_CP64, Rt2, 13, 10)     \
    F(ISS_CP64, RES0_14, 15, 14) \
    F(ISS_CP64, Opc1, 19, 16)    \
    F(ISS_CP64, COND, 23, 20)    \
    F(ISS_CP64, CV, 24, 24)
REG_DEFINE_ISS(ISS_CP64, ISS_CP64_FIELDS);

/* Status codes of aborts that are not synchronous; AArch64 has SError instead. */
enum { FSC_ASYNC_EXTERNAL = 0x11, FSC_ASYNC_PARITY = 0x19 };
/* A breakpoint, vector catch or BKPT, reported as a prefetch abort. */
enum { FSC_DEBUG = 0x22 };

/* HCPTR's trap: TA is set for Advanced SIMD, whose coproc field then says nothing. */
#define ISS_HCPTR_FIELDS(F)     \
    F(ISS_HCPTR, coproc, 3, 0)  \
    F(ISS_HCPTR, RES0_4, 4, 4)  \
    F(ISS_HCPTR, TA, 5, 5)      \
    F(ISS_HCPTR, RES0_6, 19, 6) \
    F(ISS_HCPTR, COND, 23, 20)  \
    F(ISS_HCPTR, CV, 24, 24)
REG_DEFINE_ISS(ISS_HCPTR, ISS_HCPTR_FIELDS);
