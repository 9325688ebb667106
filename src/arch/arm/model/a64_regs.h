/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of the EL1 and EL2 registers that the models, the world switch and the boot code
 * use; syndromes are in a64_esr.h. Holds layouts and architected values only: no policy, no access.
 * Bits that a later architecture version gave a meaning and that we leave alone are listed
 * as reserved.
 *
 * Arm Architecture Reference Manual for A-profile, DDI 0487, D19 "AArch64 System Register
 * Descriptions"; the non-VHE layout (HCR_EL2.E2H = 0) where there are two.
 */
#pragma once

#include "arch/arm/model/a64_esr.h"
#include "arch/arm/model/a64_id_regs.h"
#include "lib/regdef.h"

/* ---- EL2 configuration */
#define HCR_EL2_FIELDS(F)        \
    F(HCR_EL2, VM, 0, 0)         \
    F(HCR_EL2, SWIO, 1, 1)       \
    F(HCR_EL2, PTW, 2, 2)        \
    F(HCR_EL2, FMO, 3, 3)        \
    F(HCR_EL2, IMO, 4, 4)        \
    F(HCR_EL2, AMO, 5, 5)        \
    F(HCR_EL2, VF, 6, 6)         \
    F(HCR_EL2, VI, 7, 7)         \
    F(HCR_EL2, VSE, 8, 8)        \
    F(HCR_EL2, FB, 9, 9)         \
    F(HCR_EL2, BSU, 11, 10)      \
    F(HCR_EL2, DC, 12, 12)       \
    F(HCR_EL2, TWI, 13, 13)      \
    F(HCR_EL2, TWE, 14, 14)      \
    F(HCR_EL2, TID0, 15, 15)     \
    F(HCR_EL2, TID1, 16, 16)     \
    F(HCR_EL2, TID2, 17, 17)     \
    F(HCR_EL2, TID3, 18, 18)     \
    F(HCR_EL2, TSC, 19, 19)      \
    F(HCR_EL2, TIDCP, 20, 20)    \
    F(HCR_EL2, TACR, 21, 21)     \
    F(HCR_EL2, TSW, 22, 22)      \
    F(HCR_EL2, TPCP, 23, 23)     \
    F(HCR_EL2, TPU, 24, 24)      \
    F(HCR_EL2, TTLB, 25, 25)     \
    F(HCR_EL2, TVM, 26, 26)      \
    F(HCR_EL2, TGE, 27, 27)      \
    F(HCR_EL2, TDZ, 28, 28)      \
    F(HCR_EL2, HCD, 29, 29)      \
    F(HCR_EL2, TRVM, 30, 30)     \
    F(HCR_EL2, RW, 31, 31)       \
    F(HCR_EL2, CD, 32, 32)       \
    F(HCR_EL2, ID, 33, 33)       \
    F(HCR_EL2, E2H, 34, 34)      \
    F(HCR_EL2, TLOR, 35, 35)     \
    F(HCR_EL2, TERR, 36, 36)     \
    F(HCR_EL2, TEA, 37, 37)      \
    F(HCR_EL2, MIOCNCE, 38, 38)  \
    F(HCR_EL2, TME, 39, 39)      \
    F(HCR_EL2, APK, 40, 40)      \
    F(HCR_EL2, API, 41, 41)      \
    F(HCR_EL2, NV, 42, 42)       \
    F(HCR_EL2, NV1, 43, 43)      \
    F(HCR_EL2, AT, 44, 44)       \
    F(HCR_EL2, NV2, 45, 45)      \
    F(HCR_EL2, FWB, 46, 46)      \
    F(HCR_EL2, FIEN, 47, 47)     \
    F(HCR_EL2, GPF, 48, 48)      \
    F(HCR_EL2, TID4, 49, 49)     \
    F(HCR_EL2, TICAB, 50, 50)    \
    F(HCR_EL2, AMVOFFEN, 51, 51) \
    F(HCR_EL2, TOCU, 52, 52)     \
    F(HCR_EL2, EnSCXT, 53, 53)   \
    F(HCR_EL2, TTLBIS, 54, 54)   \
    F(HCR_EL2, TTLBOS, 55, 55)   \
    F(HCR_EL2, ATA, 56, 56)      \
    F(HCR_EL2, DCT, 57, 57)      \
    F(HCR_EL2, TID5, 58, 58)     \
    F(HCR_EL2, TWEDEn, 59, 59)   \
    F(HCR_EL2, TWEDEL, 63, 60)
REG_DEFINE64(HCR_EL2, HCR_EL2_FIELDS);

#define VTCR_EL2_FIELDS(F)       \
    F(VTCR_EL2, T0SZ, 5, 0)      \
    F(VTCR_EL2, SL0, 7, 6)       \
    F(VTCR_EL2, IRGN0, 9, 8)     \
    F(VTCR_EL2, ORGN0, 11, 10)   \
    F(VTCR_EL2, SH0, 13, 12)     \
    F(VTCR_EL2, TG0, 15, 14)     \
    F(VTCR_EL2, PS, 18, 16)      \
    F(VTCR_EL2, VS, 19, 19)      \
    F(VTCR_EL2, RES0_20, 20, 20) \
    F(VTCR_EL2, HA, 21, 21)      \
    F(VTCR_EL2, HD, 22, 22)      \
    F(VTCR_EL2, RES0_23, 24, 23) \
    F(VTCR_EL2, HWU59, 25, 25)   \
    F(VTCR_EL2, HWU60, 26, 26)   \
    F(VTCR_EL2, HWU61, 27, 27)   \
    F(VTCR_EL2, HWU62, 28, 28)   \
    F(VTCR_EL2, NSW, 29, 29)     \
    F(VTCR_EL2, NSA, 30, 30)     \
    F(VTCR_EL2, RES1_31, 31, 31) \
    F(VTCR_EL2, DS, 32, 32)      \
    F(VTCR_EL2, SL2, 33, 33)     \
    F(VTCR_EL2, RES0_34, 63, 34)
REG_DEFINE64(VTCR_EL2, VTCR_EL2_FIELDS);

#define VTTBR_EL2_FIELDS(F)    \
    F(VTTBR_EL2, CnP, 0, 0)    \
    F(VTTBR_EL2, BADDR, 47, 1) \
    F(VTTBR_EL2, VMID, 63, 48)
REG_DEFINE64(VTTBR_EL2, VTTBR_EL2_FIELDS);

#define TCR_EL2_FIELDS(F)       \
    F(TCR_EL2, T0SZ, 5, 0)      \
    F(TCR_EL2, RES0_6, 7, 6)    \
    F(TCR_EL2, IRGN0, 9, 8)     \
    F(TCR_EL2, ORGN0, 11, 10)   \
    F(TCR_EL2, SH0, 13, 12)     \
    F(TCR_EL2, TG0, 15, 14)     \
    F(TCR_EL2, PS, 18, 16)      \
    F(TCR_EL2, RES0_19, 19, 19) \
    F(TCR_EL2, TBI, 20, 20)     \
    F(TCR_EL2, HA, 21, 21)      \
    F(TCR_EL2, HD, 22, 22)      \
    F(TCR_EL2, RES1_23, 23, 23) \
    F(TCR_EL2, HPD, 24, 24)     \
    F(TCR_EL2, HWU59, 25, 25)   \
    F(TCR_EL2, HWU60, 26, 26)   \
    F(TCR_EL2, HWU61, 27, 27)   \
    F(TCR_EL2, HWU62, 28, 28)   \
    F(TCR_EL2, TBID, 29, 29)    \
    F(TCR_EL2, TCMA, 30, 30)    \
    F(TCR_EL2, RES1_31, 31, 31) \
    F(TCR_EL2, DS, 32, 32)      \
    F(TCR_EL2, RES0_33, 63, 33)
REG_DEFINE64(TCR_EL2, TCR_EL2_FIELDS);

#define TCR_EL1_FIELDS(F)       \
    F(TCR_EL1, T0SZ, 5, 0)      \
    F(TCR_EL1, RES0_6, 6, 6)    \
    F(TCR_EL1, EPD0, 7, 7)      \
    F(TCR_EL1, IRGN0, 9, 8)     \
    F(TCR_EL1, ORGN0, 11, 10)   \
    F(TCR_EL1, SH0, 13, 12)     \
    F(TCR_EL1, TG0, 15, 14)     \
    F(TCR_EL1, T1SZ, 21, 16)    \
    F(TCR_EL1, A1, 22, 22)      \
    F(TCR_EL1, EPD1, 23, 23)    \
    F(TCR_EL1, IRGN1, 25, 24)   \
    F(TCR_EL1, ORGN1, 27, 26)   \
    F(TCR_EL1, SH1, 29, 28)     \
    F(TCR_EL1, TG1, 31, 30)     \
    F(TCR_EL1, IPS, 34, 32)     \
    F(TCR_EL1, RES0_35, 35, 35) \
    F(TCR_EL1, REST, 63, 36)
REG_DEFINE64(TCR_EL1, TCR_EL1_FIELDS);

/* Values of the fields that TCR_ELx, VTCR_EL2 and table entries share. */
enum {
    TCR_RGN_NC = 0,
    TCR_RGN_WBWA = 1,
    TCR_SH_NON = 0,
    TCR_SH_OUTER = 2,
    TCR_SH_INNER = 3,
    TCR_TG0_4K = 0,
    TCR_TG0_64K = 1,
    TCR_TG0_16K = 2,
};

/* EOS and EIS are RES1 without FEAT_ExS. */
#define SCTLR_EL2_FIELDS(F)       \
    F(SCTLR_EL2, M, 0, 0)         \
    F(SCTLR_EL2, A, 1, 1)         \
    F(SCTLR_EL2, C, 2, 2)         \
    F(SCTLR_EL2, SA, 3, 3)        \
    F(SCTLR_EL2, RES1_4, 5, 4)    \
    F(SCTLR_EL2, nAA, 6, 6)       \
    F(SCTLR_EL2, RES0_7, 10, 7)   \
    F(SCTLR_EL2, EOS, 11, 11)     \
    F(SCTLR_EL2, I, 12, 12)       \
    F(SCTLR_EL2, EnDB, 13, 13)    \
    F(SCTLR_EL2, RES0_14, 15, 14) \
    F(SCTLR_EL2, RES1_16, 16, 16) \
    F(SCTLR_EL2, RES0_17, 17, 17) \
    F(SCTLR_EL2, RES1_18, 18, 18) \
    F(SCTLR_EL2, WXN, 19, 19)     \
    F(SCTLR_EL2, RES0_20, 20, 20) \
    F(SCTLR_EL2, IESB, 21, 21)    \
    F(SCTLR_EL2, EIS, 22, 22)     \
    F(SCTLR_EL2, RES1_23, 23, 23) \
    F(SCTLR_EL2, RES0_24, 24, 24) \
    F(SCTLR_EL2, EE, 25, 25)      \
    F(SCTLR_EL2, RES0_26, 26, 26) \
    F(SCTLR_EL2, EnDA, 27, 27)    \
    F(SCTLR_EL2, RES1_28, 29, 28) \
    F(SCTLR_EL2, EnIB, 30, 30)    \
    F(SCTLR_EL2, EnIA, 31, 31)    \
    F(SCTLR_EL2, RES0_32, 35, 32) \
    F(SCTLR_EL2, BT, 36, 36)      \
    F(SCTLR_EL2, ITFSB, 37, 37)   \
    F(SCTLR_EL2, RES0_38, 39, 38) \
    F(SCTLR_EL2, TCF, 41, 40)     \
    F(SCTLR_EL2, RES0_42, 42, 42) \
    F(SCTLR_EL2, ATA, 43, 43)     \
    F(SCTLR_EL2, DSSBS, 44, 44)   \
    F(SCTLR_EL2, RES0_45, 63, 45)
REG_DEFINE64(SCTLR_EL2, SCTLR_EL2_FIELDS);

#define SCTLR_EL1_FIELDS(F)         \
    F(SCTLR_EL1, M, 0, 0)           \
    F(SCTLR_EL1, A, 1, 1)           \
    F(SCTLR_EL1, C, 2, 2)           \
    F(SCTLR_EL1, SA, 3, 3)          \
    F(SCTLR_EL1, SA0, 4, 4)         \
    F(SCTLR_EL1, CP15BEN, 5, 5)     \
    F(SCTLR_EL1, nAA, 6, 6)         \
    F(SCTLR_EL1, ITD, 7, 7)         \
    F(SCTLR_EL1, SED, 8, 8)         \
    F(SCTLR_EL1, UMA, 9, 9)         \
    F(SCTLR_EL1, EnRCTX, 10, 10)    \
    F(SCTLR_EL1, EOS, 11, 11)       \
    F(SCTLR_EL1, I, 12, 12)         \
    F(SCTLR_EL1, EnDB, 13, 13)      \
    F(SCTLR_EL1, DZE, 14, 14)       \
    F(SCTLR_EL1, UCT, 15, 15)       \
    F(SCTLR_EL1, nTWI, 16, 16)      \
    F(SCTLR_EL1, RES0_17, 17, 17)   \
    F(SCTLR_EL1, nTWE, 18, 18)      \
    F(SCTLR_EL1, WXN, 19, 19)       \
    F(SCTLR_EL1, TSCXT, 20, 20)     \
    F(SCTLR_EL1, IESB, 21, 21)      \
    F(SCTLR_EL1, EIS, 22, 22)       \
    F(SCTLR_EL1, SPAN, 23, 23)      \
    F(SCTLR_EL1, E0E, 24, 24)       \
    F(SCTLR_EL1, EE, 25, 25)        \
    F(SCTLR_EL1, UCI, 26, 26)       \
    F(SCTLR_EL1, EnDA, 27, 27)      \
    F(SCTLR_EL1, nTLSMD, 28, 28)    \
    F(SCTLR_EL1, LSMAOE, 29, 29)    \
    F(SCTLR_EL1, EnIB, 30, 30)      \
    F(SCTLR_EL1, EnIA, 31, 31)      \
    F(SCTLR_EL1, CMOW, 32, 32)      \
    F(SCTLR_EL1, MSCEn, 33, 33)     \
    F(SCTLR_EL1, EnFPM, 34, 34)     \
    F(SCTLR_EL1, BT0, 35, 35)       \
    F(SCTLR_EL1, BT1, 36, 36)       \
    F(SCTLR_EL1, ITFSB, 37, 37)     \
    F(SCTLR_EL1, TCF0, 39, 38)      \
    F(SCTLR_EL1, TCF, 41, 40)       \
    F(SCTLR_EL1, ATA0, 42, 42)      \
    F(SCTLR_EL1, ATA, 43, 43)       \
    F(SCTLR_EL1, DSSBS, 44, 44)     \
    F(SCTLR_EL1, TWEDEn, 45, 45)    \
    F(SCTLR_EL1, TWEDEL, 49, 46)    \
    F(SCTLR_EL1, TMT0, 50, 50)      \
    F(SCTLR_EL1, TMT, 51, 51)       \
    F(SCTLR_EL1, TME0, 52, 52)      \
    F(SCTLR_EL1, TME, 53, 53)       \
    F(SCTLR_EL1, EnASR, 54, 54)     \
    F(SCTLR_EL1, EnAS0, 55, 55)     \
    F(SCTLR_EL1, EnALS, 56, 56)     \
    F(SCTLR_EL1, EPAN, 57, 57)      \
    F(SCTLR_EL1, TCSO0, 58, 58)     \
    F(SCTLR_EL1, TCSO, 59, 59)      \
    F(SCTLR_EL1, EnTP2, 60, 60)     \
    F(SCTLR_EL1, NMI, 61, 61)       \
    F(SCTLR_EL1, SPINTMASK, 62, 62) \
    F(SCTLR_EL1, TIDCP, 63, 63)
REG_DEFINE64(SCTLR_EL1, SCTLR_EL1_FIELDS);

/* What is RES1 in an ARMv8.0 SCTLR_EL1, and so its value out of reset beside EE. */
#define SCTLR_EL1_RES1                                                                     \
    (SCTLR_EL1_EOS | SCTLR_EL1_TSCXT | SCTLR_EL1_EIS | SCTLR_EL1_SPAN | SCTLR_EL1_nTLSMD | \
     SCTLR_EL1_LSMAOE)

/* TZ and TSM are RES1 without FEAT_SVE and FEAT_SME. */
#define CPTR_EL2_FIELDS(F)       \
    F(CPTR_EL2, RES1_0, 7, 0)    \
    F(CPTR_EL2, TZ, 8, 8)        \
    F(CPTR_EL2, RES1_9, 9, 9)    \
    F(CPTR_EL2, TFP, 10, 10)     \
    F(CPTR_EL2, RES0_11, 11, 11) \
    F(CPTR_EL2, TSM, 12, 12)     \
    F(CPTR_EL2, RES1_13, 13, 13) \
    F(CPTR_EL2, RES0_14, 19, 14) \
    F(CPTR_EL2, TTA, 20, 20)     \
    F(CPTR_EL2, RES0_21, 29, 21) \
    F(CPTR_EL2, TAM, 30, 30)     \
    F(CPTR_EL2, TCPAC, 31, 31)   \
    F(CPTR_EL2, RES0_32, 63, 32)
REG_DEFINE64(CPTR_EL2, CPTR_EL2_FIELDS);

#define CPACR_EL1_FIELDS(F)       \
    F(CPACR_EL1, RES0_0, 15, 0)   \
    F(CPACR_EL1, ZEN, 17, 16)     \
    F(CPACR_EL1, RES0_18, 19, 18) \
    F(CPACR_EL1, FPEN, 21, 20)    \
    F(CPACR_EL1, RES0_22, 23, 22) \
    F(CPACR_EL1, SMEN, 25, 24)    \
    F(CPACR_EL1, RES0_26, 27, 26) \
    F(CPACR_EL1, TTA, 28, 28)     \
    F(CPACR_EL1, E0POE, 29, 29)   \
    F(CPACR_EL1, RES0_30, 63, 30)
REG_DEFINE64(CPACR_EL1, CPACR_EL1_FIELDS);

#define MDCR_EL2_FIELDS(F)       \
    F(MDCR_EL2, HPMN, 4, 0)      \
    F(MDCR_EL2, TPMCR, 5, 5)     \
    F(MDCR_EL2, TPM, 6, 6)       \
    F(MDCR_EL2, HPME, 7, 7)      \
    F(MDCR_EL2, TDE, 8, 8)       \
    F(MDCR_EL2, TDA, 9, 9)       \
    F(MDCR_EL2, TDOSA, 10, 10)   \
    F(MDCR_EL2, TDRA, 11, 11)    \
    F(MDCR_EL2, E2PB, 13, 12)    \
    F(MDCR_EL2, TPMS, 14, 14)    \
    F(MDCR_EL2, EnSPM, 15, 15)   \
    F(MDCR_EL2, RES0_16, 16, 16) \
    F(MDCR_EL2, HPMD, 17, 17)    \
    F(MDCR_EL2, RES0_18, 18, 18) \
    F(MDCR_EL2, TTRF, 19, 19)    \
    F(MDCR_EL2, RES0_20, 22, 20) \
    F(MDCR_EL2, HCCD, 23, 23)    \
    F(MDCR_EL2, E2TB, 25, 24)    \
    F(MDCR_EL2, HLP, 26, 26)     \
    F(MDCR_EL2, TDCC, 27, 27)    \
    F(MDCR_EL2, MTPME, 28, 28)   \
    F(MDCR_EL2, HPMFZO, 29, 29)  \
    F(MDCR_EL2, PMSSE, 31, 30)   \
    F(MDCR_EL2, RES0_32, 35, 32) \
    F(MDCR_EL2, HPMFZS, 36, 36)  \
    F(MDCR_EL2, RES0_37, 63, 37)
REG_DEFINE64(MDCR_EL2, MDCR_EL2_FIELDS);

#define CNTHCTL_EL2_FIELDS(F)        \
    F(CNTHCTL_EL2, EL1PCTEN, 0, 0)   \
    F(CNTHCTL_EL2, EL1PCEN, 1, 1)    \
    F(CNTHCTL_EL2, EVNTEN, 2, 2)     \
    F(CNTHCTL_EL2, EVNTDIR, 3, 3)    \
    F(CNTHCTL_EL2, EVNTI, 7, 4)      \
    F(CNTHCTL_EL2, RES0_8, 11, 8)    \
    F(CNTHCTL_EL2, ECV, 12, 12)      \
    F(CNTHCTL_EL2, EL1TVT, 13, 13)   \
    F(CNTHCTL_EL2, EL1TVCT, 14, 14)  \
    F(CNTHCTL_EL2, EL1NVPCT, 15, 15) \
    F(CNTHCTL_EL2, EL1NVVCT, 16, 16) \
    F(CNTHCTL_EL2, EVNTIS, 17, 17)   \
    F(CNTHCTL_EL2, CNTVMASK, 18, 18) \
    F(CNTHCTL_EL2, CNTPMASK, 19, 19) \
    F(CNTHCTL_EL2, RES0_20, 63, 20)
REG_DEFINE64(CNTHCTL_EL2, CNTHCTL_EL2_FIELDS);

#define MDSCR_EL1_FIELDS(F)       \
    F(MDSCR_EL1, SS, 0, 0)        \
    F(MDSCR_EL1, RES0_1, 5, 1)    \
    F(MDSCR_EL1, ERR, 6, 6)       \
    F(MDSCR_EL1, RES0_7, 11, 7)   \
    F(MDSCR_EL1, TDCC, 12, 12)    \
    F(MDSCR_EL1, KDE, 13, 13)     \
    F(MDSCR_EL1, HDE, 14, 14)     \
    F(MDSCR_EL1, MDE, 15, 15)     \
    F(MDSCR_EL1, RES0_16, 18, 16) \
    F(MDSCR_EL1, SC2, 19, 19)     \
    F(MDSCR_EL1, RES0_20, 20, 20) \
    F(MDSCR_EL1, TDA, 21, 21)     \
    F(MDSCR_EL1, INTdis, 23, 22)  \
    F(MDSCR_EL1, RES0_24, 25, 24) \
    F(MDSCR_EL1, TXU, 26, 26)     \
    F(MDSCR_EL1, RXO, 27, 27)     \
    F(MDSCR_EL1, RES0_28, 28, 28) \
    F(MDSCR_EL1, TXfull, 29, 29)  \
    F(MDSCR_EL1, RXfull, 30, 30)  \
    F(MDSCR_EL1, RES0_31, 63, 31)
REG_DEFINE64(MDSCR_EL1, MDSCR_EL1_FIELDS);

#define MDCCINT_EL1_FIELDS(F)     \
    F(MDCCINT_EL1, RES0_0, 28, 0) \
    F(MDCCINT_EL1, TX, 29, 29)    \
    F(MDCCINT_EL1, RX, 30, 30)    \
    F(MDCCINT_EL1, RES0_31, 63, 31)
REG_DEFINE64(MDCCINT_EL1, MDCCINT_EL1_FIELDS);

#define OSLAR_EL1_FIELDS(F)  \
    F(OSLAR_EL1, OSLK, 0, 0) \
    F(OSLAR_EL1, RES0_1, 63, 1)
REG_DEFINE64(OSLAR_EL1, OSLAR_EL1_FIELDS);

#define OSLSR_EL1_FIELDS(F)    \
    F(OSLSR_EL1, OSLM_0, 0, 0) \
    F(OSLSR_EL1, OSLK, 1, 1)   \
    F(OSLSR_EL1, nTT, 2, 2)    \
    F(OSLSR_EL1, OSLM_1, 3, 3) \
    F(OSLSR_EL1, RES0_4, 63, 4)
REG_DEFINE64(OSLSR_EL1, OSLSR_EL1_FIELDS);

#define ICC_SRE_EL1_FIELDS(F) \
    F(ICC_SRE_EL1, SRE, 0, 0) \
    F(ICC_SRE_EL1, DFB, 1, 1) \
    F(ICC_SRE_EL1, DIB, 2, 2) \
    F(ICC_SRE_EL1, RES0_3, 63, 3)
REG_DEFINE64(ICC_SRE_EL1, ICC_SRE_EL1_FIELDS);

#define ICC_DIR_EL1_FIELDS(F)    \
    F(ICC_DIR_EL1, INTID, 23, 0) \
    F(ICC_DIR_EL1, RES0_24, 63, 24)
REG_DEFINE64(ICC_DIR_EL1, ICC_DIR_EL1_FIELDS);

/* ---- memory attributes and time */
#define MAIR_ELx_FIELDS(F)     \
    F(MAIR_ELx, Attr0, 7, 0)   \
    F(MAIR_ELx, Attr1, 15, 8)  \
    F(MAIR_ELx, Attr2, 23, 16) \
    F(MAIR_ELx, Attr3, 31, 24) \
    F(MAIR_ELx, Attr4, 39, 32) \
    F(MAIR_ELx, Attr5, 47, 40) \
    F(MAIR_ELx, Attr6, 55, 48) \
    F(MAIR_ELx, Attr7, 63, 56)
REG_DEFINE64(MAIR_ELx, MAIR_ELx_FIELDS);

/* Bytes of MAIR_ELx. */
enum {
    MAIR_DEVICE_nGnRnE = 0x00,
    MAIR_DEVICE_nGnRE = 0x04,
    MAIR_NORMAL_NC = 0x44,
    MAIR_NORMAL_WB = 0xff, /* write-back, read and write allocate, inner and outer */
};

/* PA and ATTR are of a successful translation, F = 0. */
#define PAR_EL1_FIELDS(FIELD)       \
    FIELD(PAR_EL1, F, 0, 0)         \
    FIELD(PAR_EL1, RES0_1, 11, 1)   \
    FIELD(PAR_EL1, PA, 51, 12)      \
    FIELD(PAR_EL1, RES0_52, 55, 52) \
    FIELD(PAR_EL1, ATTR, 63, 56)
REG_DEFINE64(PAR_EL1, PAR_EL1_FIELDS);

/* CNTP_CTL_EL0, CNTV_CTL_EL0 and CNTHP_CTL_EL2. */
#define CNT_CTL_FIELDS(F)     \
    F(CNT_CTL, ENABLE, 0, 0)  \
    F(CNT_CTL, IMASK, 1, 1)   \
    F(CNT_CTL, ISTATUS, 2, 2) \
    F(CNT_CTL, RES0_3, 63, 3)
REG_DEFINE64(CNT_CTL, CNT_CTL_FIELDS);

#define CNT_TVAL_FIELDS(F)         \
    F(CNT_TVAL, TimerValue, 31, 0) \
    F(CNT_TVAL, RES0_32, 63, 32)
REG_DEFINE64(CNT_TVAL, CNT_TVAL_FIELDS);

#define CNTKCTL_EL1_FIELDS(F)       \
    F(CNTKCTL_EL1, EL0PCTEN, 0, 0)  \
    F(CNTKCTL_EL1, EL0VCTEN, 1, 1)  \
    F(CNTKCTL_EL1, EVNTEN, 2, 2)    \
    F(CNTKCTL_EL1, EVNTDIR, 3, 3)   \
    F(CNTKCTL_EL1, EVNTI, 7, 4)     \
    F(CNTKCTL_EL1, EL0VTEN, 8, 8)   \
    F(CNTKCTL_EL1, EL0PTEN, 9, 9)   \
    F(CNTKCTL_EL1, RES0_10, 16, 10) \
    F(CNTKCTL_EL1, EVNTIS, 17, 17)  \
    F(CNTKCTL_EL1, RES0_18, 63, 18)
REG_DEFINE64(CNTKCTL_EL1, CNTKCTL_EL1_FIELDS);

/* ---- identity */
#define MPIDR_EL1_FIELDS(F)       \
    F(MPIDR_EL1, Aff0, 7, 0)      \
    F(MPIDR_EL1, Aff1, 15, 8)     \
    F(MPIDR_EL1, Aff2, 23, 16)    \
    F(MPIDR_EL1, MT, 24, 24)      \
    F(MPIDR_EL1, RES0_25, 29, 25) \
    F(MPIDR_EL1, U, 30, 30)       \
    F(MPIDR_EL1, RES1_31, 31, 31) \
    F(MPIDR_EL1, Aff3, 39, 32)    \
    F(MPIDR_EL1, RES0_40, 63, 40)
REG_DEFINE64(MPIDR_EL1, MPIDR_EL1_FIELDS);

/* The affinity fields: what PSCI and the GIC call a CPU. */
#define MPIDR_EL1_AFFINITY (MPIDR_EL1_Aff3 | MPIDR_EL1_Aff2 | MPIDR_EL1_Aff1 | MPIDR_EL1_Aff0)

#define CTR_EL0_FIELDS(F)        \
    F(CTR_EL0, IminLine, 3, 0)   \
    F(CTR_EL0, RES0_4, 13, 4)    \
    F(CTR_EL0, L1Ip, 15, 14)     \
    F(CTR_EL0, DminLine, 19, 16) \
    F(CTR_EL0, ERG, 23, 20)      \
    F(CTR_EL0, CWG, 27, 24)      \
    F(CTR_EL0, IDC, 28, 28)      \
    F(CTR_EL0, DIC, 29, 29)      \
    F(CTR_EL0, RES0_30, 30, 30)  \
    F(CTR_EL0, RES1_31, 31, 31)  \
    F(CTR_EL0, TminLine, 37, 32) \
    F(CTR_EL0, RES0_38, 63, 38)
REG_DEFINE64(CTR_EL0, CTR_EL0_FIELDS);
