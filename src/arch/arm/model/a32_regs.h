/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fields of the ARMv7 registers that the models, the world switch and the boot code use. Holds
 * layouts and architected values only. Syndromes: a64_esr.h, since HSR is what ESR_EL2 is there,
 * and what differs in a32_hsr.h. Bits that are "should be one" are listed as RES1.
 *
 * Arm Architecture Reference Manual ARMv7-A and ARMv7-R edition, DDI 0406C, B4.1 "VMSA System
 * control registers descriptions", B1.3.3 "Program Status Registers".
 */
#pragma once

#include "lib/regdef.h"

/* Hyp Configuration Register (B4.1.72). */
#define HCR_FIELDS(F)     \
    F(HCR, VM, 0, 0)      \
    F(HCR, SWIO, 1, 1)    \
    F(HCR, PTW, 2, 2)     \
    F(HCR, FMO, 3, 3)     \
    F(HCR, IMO, 4, 4)     \
    F(HCR, AMO, 5, 5)     \
    F(HCR, VF, 6, 6)      \
    F(HCR, VI, 7, 7)      \
    F(HCR, VA, 8, 8)      \
    F(HCR, FB, 9, 9)      \
    F(HCR, BSU, 11, 10)   \
    F(HCR, DC, 12, 12)    \
    F(HCR, TWI, 13, 13)   \
    F(HCR, TWE, 14, 14)   \
    F(HCR, TID0, 15, 15)  \
    F(HCR, TID1, 16, 16)  \
    F(HCR, TID2, 17, 17)  \
    F(HCR, TID3, 18, 18)  \
    F(HCR, TSC, 19, 19)   \
    F(HCR, TIDCP, 20, 20) \
    F(HCR, TAC, 21, 21)   \
    F(HCR, TSW, 22, 22)   \
    F(HCR, TPC, 23, 23)   \
    F(HCR, TPU, 24, 24)   \
    F(HCR, TTLB, 25, 25)  \
    F(HCR, TVM, 26, 26)   \
    F(HCR, TGE, 27, 27)   \
    F(HCR, RES0_28, 31, 28)
REG_DEFINE32(HCR, HCR_FIELDS);

/* Hyp System Trap Register: T0 to T15 trap cp15 by its primary register. */
#define HSTR_FIELDS(F)       \
    F(HSTR, T0, 0, 0)        \
    F(HSTR, T1, 1, 1)        \
    F(HSTR, T2, 2, 2)        \
    F(HSTR, T3, 3, 3)        \
    F(HSTR, RES0_4, 4, 4)    \
    F(HSTR, T5, 5, 5)        \
    F(HSTR, T6, 6, 6)        \
    F(HSTR, T7, 7, 7)        \
    F(HSTR, T8, 8, 8)        \
    F(HSTR, T9, 9, 9)        \
    F(HSTR, T10, 10, 10)     \
    F(HSTR, T11, 11, 11)     \
    F(HSTR, T12, 12, 12)     \
    F(HSTR, T13, 13, 13)     \
    F(HSTR, RES0_14, 14, 14) \
    F(HSTR, T15, 15, 15)     \
    F(HSTR, TTEE, 16, 16)    \
    F(HSTR, TJDBX, 17, 17)   \
    F(HSTR, RES0_18, 31, 18)
REG_DEFINE32(HSTR, HSTR_FIELDS);

/* Hyp Coprocessor Trap Register. TCP0 to TCP9, TCP12, TCP13: RES1 in later versions. */
#define HCPTR_FIELDS(F)       \
    F(HCPTR, TCP0, 9, 0)      \
    F(HCPTR, TCP10, 10, 10)   \
    F(HCPTR, TCP11, 11, 11)   \
    F(HCPTR, TCP12, 13, 12)   \
    F(HCPTR, RES0_14, 14, 14) \
    F(HCPTR, TASE, 15, 15)    \
    F(HCPTR, RES0_16, 19, 16) \
    F(HCPTR, TTA, 20, 20)     \
    F(HCPTR, RES0_21, 30, 21) \
    F(HCPTR, TCPAC, 31, 31)
REG_DEFINE32(HCPTR, HCPTR_FIELDS);

/* Hyp Debug Configuration Register. */
#define HDCR_FIELDS(F)     \
    F(HDCR, HPMN, 4, 0)    \
    F(HDCR, TPMCR, 5, 5)   \
    F(HDCR, TPM, 6, 6)     \
    F(HDCR, HPME, 7, 7)    \
    F(HDCR, TDE, 8, 8)     \
    F(HDCR, TDA, 9, 9)     \
    F(HDCR, TDOSA, 10, 10) \
    F(HDCR, TDRA, 11, 11)  \
    F(HDCR, RES0_12, 31, 12)
REG_DEFINE32(HDCR, HDCR_FIELDS);

#define HTCR_FIELDS(F)       \
    F(HTCR, T0SZ, 2, 0)      \
    F(HTCR, RES0_3, 7, 3)    \
    F(HTCR, IRGN0, 9, 8)     \
    F(HTCR, ORGN0, 11, 10)   \
    F(HTCR, SH0, 13, 12)     \
    F(HTCR, RES0_14, 22, 14) \
    F(HTCR, RES1_23, 23, 23) \
    F(HTCR, RES0_24, 29, 24) \
    F(HTCR, IMP_30, 30, 30)  \
    F(HTCR, RES1_31, 31, 31)
REG_DEFINE32(HTCR, HTCR_FIELDS);

/* T0SZ is signed, S its sign: the input has 32 - T0SZ bits. SL0 1: from the first level. */
#define VTCR_FIELDS(F)       \
    F(VTCR, T0SZ, 3, 0)      \
    F(VTCR, S, 4, 4)         \
    F(VTCR, RES0_5, 5, 5)    \
    F(VTCR, SL0, 7, 6)       \
    F(VTCR, IRGN0, 9, 8)     \
    F(VTCR, ORGN0, 11, 10)   \
    F(VTCR, SH0, 13, 12)     \
    F(VTCR, RES0_14, 30, 14) \
    F(VTCR, RES1_31, 31, 31)
REG_DEFINE32(VTCR, VTCR_FIELDS);

#define VTTBR_FIELDS(F)       \
    F(VTTBR, BADDR, 39, 0)    \
    F(VTTBR, RES0_40, 47, 40) \
    F(VTTBR, VMID, 55, 48)    \
    F(VTTBR, RES0_56, 63, 56)
REG_DEFINE64(VTTBR, VTTBR_FIELDS);

#define HSCTLR_FIELDS(F)       \
    F(HSCTLR, M, 0, 0)         \
    F(HSCTLR, A, 1, 1)         \
    F(HSCTLR, C, 2, 2)         \
    F(HSCTLR, RES1_3, 4, 3)    \
    F(HSCTLR, CP15BEN, 5, 5)   \
    F(HSCTLR, RES1_6, 6, 6)    \
    F(HSCTLR, RES0_7, 10, 7)   \
    F(HSCTLR, RES1_11, 11, 11) \
    F(HSCTLR, I, 12, 12)       \
    F(HSCTLR, RES0_13, 15, 13) \
    F(HSCTLR, RES1_16, 16, 16) \
    F(HSCTLR, RES0_17, 17, 17) \
    F(HSCTLR, RES1_18, 18, 18) \
    F(HSCTLR, WXN, 19, 19)     \
    F(HSCTLR, RES0_20, 20, 20) \
    F(HSCTLR, FI, 21, 21)      \
    F(HSCTLR, RES1_22, 23, 22) \
    F(HSCTLR, RES0_24, 24, 24) \
    F(HSCTLR, EE, 25, 25)      \
    F(HSCTLR, RES0_26, 27, 26) \
    F(HSCTLR, RES1_28, 29, 28) \
    F(HSCTLR, TE, 30, 30)      \
    F(HSCTLR, RES0_31, 31, 31)
REG_DEFINE32(HSCTLR, HSCTLR_FIELDS);

/* Of PL1. */
#define SCTLR_FIELDS(F)       \
    F(SCTLR, M, 0, 0)         \
    F(SCTLR, A, 1, 1)         \
    F(SCTLR, C, 2, 2)         \
    F(SCTLR, RES1_3, 4, 3)    \
    F(SCTLR, CP15BEN, 5, 5)   \
    F(SCTLR, RES1_6, 6, 6)    \
    F(SCTLR, B, 7, 7)         \
    F(SCTLR, RES0_8, 9, 8)    \
    F(SCTLR, SW, 10, 10)      \
    F(SCTLR, Z, 11, 11)       \
    F(SCTLR, I, 12, 12)       \
    F(SCTLR, V, 13, 13)       \
    F(SCTLR, RR, 14, 14)      \
    F(SCTLR, RES0_15, 15, 15) \
    F(SCTLR, RES1_16, 16, 16) \
    F(SCTLR, HA, 17, 17)      \
    F(SCTLR, RES1_18, 18, 18) \
    F(SCTLR, WXN, 19, 19)     \
    F(SCTLR, UWXN, 20, 20)    \
    F(SCTLR, FI, 21, 21)      \
    F(SCTLR, RES1_22, 23, 22) \
    F(SCTLR, VE, 24, 24)      \
    F(SCTLR, EE, 25, 25)      \
    F(SCTLR, RES0_26, 26, 26) \
    F(SCTLR, NMFI, 27, 27)    \
    F(SCTLR, TRE, 28, 28)     \
    F(SCTLR, AFE, 29, 29)     \
    F(SCTLR, TE, 30, 30)      \
    F(SCTLR, RES0_31, 31, 31)
REG_DEFINE32(SCTLR, SCTLR_FIELDS);

/* The short format's PD0 and PD1; with EAE the long format's EPD0 and EPD1 are others. */
#define TTBCR_FIELDS(F)     \
    F(TTBCR, N, 2, 0)       \
    F(TTBCR, RES0_3, 3, 3)  \
    F(TTBCR, PD0, 4, 4)     \
    F(TTBCR, PD1, 5, 5)     \
    F(TTBCR, LONG_6, 30, 6) \
    F(TTBCR, EAE, 31, 31)
REG_DEFINE32(TTBCR, TTBCR_FIELDS);

/* And every SPSR. */
#define CPSR_FIELDS(FIELD)       \
    FIELD(CPSR, M, 4, 0)         \
    FIELD(CPSR, T, 5, 5)         \
    FIELD(CPSR, F, 6, 6)         \
    FIELD(CPSR, I, 7, 7)         \
    FIELD(CPSR, A, 8, 8)         \
    FIELD(CPSR, E, 9, 9)         \
    FIELD(CPSR, IT2, 15, 10)     \
    FIELD(CPSR, GE, 19, 16)      \
    FIELD(CPSR, RES0_20, 23, 20) \
    FIELD(CPSR, J, 24, 24)       \
    FIELD(CPSR, IT0, 26, 25)     \
    FIELD(CPSR, Q, 27, 27)       \
    FIELD(CPSR, V, 28, 28)       \
    FIELD(CPSR, C, 29, 29)       \
    FIELD(CPSR, Z, 30, 30)       \
    FIELD(CPSR, N, 31, 31)
REG_DEFINE32(CPSR, CPSR_FIELDS);

/* In the short format; in the long one STATUS takes the place of FS and Domain. */
#define DFSR_FIELDS(F)    \
    F(DFSR, FS, 3, 0)     \
    F(DFSR, Domain, 7, 4) \
    F(DFSR, RES0_8, 8, 8) \
    F(DFSR, LPAE, 9, 9)   \
    F(DFSR, FS4, 10, 10)  \
    F(DFSR, WnR, 11, 11)  \
    F(DFSR, ExT, 12, 12)  \
    F(DFSR, CM, 13, 13)   \
    F(DFSR, RES0_14, 31, 14)
REG_DEFINE32(DFSR, DFSR_FIELDS);

/* PAR after a translation that gave a long-format result. */
#define PAR32_FIELDS(FIELD)    \
    FIELD(PAR32, F, 0, 0)      \
    FIELD(PAR32, RES_1, 11, 1) \
    FIELD(PAR32, PA, 39, 12)   \
    FIELD(PAR32, RES_40, 63, 40)
REG_DEFINE64(PAR32, PAR32_FIELDS);

#define FPEXC_FIELDS(F)    \
    F(FPEXC, RES_0, 29, 0) \
    F(FPEXC, EN, 30, 30)   \
    F(FPEXC, EX, 31, 31)
REG_DEFINE32(FPEXC, FPEXC_FIELDS);

/* Of each coprocessor: 3 is all access. */
#define CPACR_FIELDS(FIELD)    \
    FIELD(CPACR, CP0_9, 19, 0) \
    FIELD(CPACR, CP10, 21, 20) \
    FIELD(CPACR, CP11, 23, 22) \
    FIELD(CPACR, RES_24, 31, 24)
REG_DEFINE32(CPACR, CPACR_FIELDS);

#define MVFR0_FIELDS(F)    \
    F(MVFR0, A_SIMD, 3, 0) \
    F(MVFR0, REST, 31, 4)
REG_DEFINE32(MVFR0, MVFR0_FIELDS);

/* Type 1 to 7: 2, data only; 3, separate; 4, unified. */
#define CLIDR_FIELDS(F)      \
    F(CLIDR, Ctype1, 2, 0)   \
    F(CLIDR, Ctype2, 5, 3)   \
    F(CLIDR, Ctype3, 8, 6)   \
    F(CLIDR, Ctype4, 11, 9)  \
    F(CLIDR, Ctype5, 14, 12) \
    F(CLIDR, Ctype6, 17, 15) \
    F(CLIDR, Ctype7, 20, 18) \
    F(CLIDR, LoUIS, 23, 21)  \
    F(CLIDR, LoC, 26, 24)    \
    F(CLIDR, LoUU, 29, 27)   \
    F(CLIDR, RES0_30, 31, 30)
REG_DEFINE32(CLIDR, CLIDR_FIELDS);

#define CCSIDR_FIELDS(F)            \
    F(CCSIDR, LineSize, 2, 0)       \
    F(CCSIDR, Associativity, 12, 3) \
    F(CCSIDR, NumSets, 27, 13)      \
    F(CCSIDR, WA, 28, 28)           \
    F(CCSIDR, RA, 29, 29)           \
    F(CCSIDR, WB, 30, 30)           \
    F(CCSIDR, WT, 31, 31)
REG_DEFINE32(CCSIDR, CCSIDR_FIELDS);

/* HSCTLR's and SCTLR's bits that are one, and SCTLR out of reset beside V, EE and TE. */
#define HSCTLR_RES1                                                                     \
    (HSCTLR_RES1_3 | HSCTLR_RES1_6 | HSCTLR_RES1_11 | HSCTLR_RES1_16 | HSCTLR_RES1_18 | \
     HSCTLR_RES1_22 | HSCTLR_RES1_28)
#define SCTLR_RESET \
    (SCTLR_RES1_3 | SCTLR_CP15BEN | SCTLR_RES1_6 | SCTLR_RES1_16 | SCTLR_RES1_18 | SCTLR_RES1_22)

/* CPSR.M */
enum a32_mode {
    A32_MODE_USR = 0x10,
    A32_MODE_FIQ = 0x11,
    A32_MODE_IRQ = 0x12,
    A32_MODE_SVC = 0x13,
    A32_MODE_MON = 0x16,
    A32_MODE_ABT = 0x17,
    A32_MODE_HYP = 0x1a,
    A32_MODE_UND = 0x1b,
    A32_MODE_SYS = 0x1f,
};

/* Cacheability and shareability in HTCR and VTCR. */
enum { A32_RGN_WBWA = 1, A32_SH_INNER = 3 };

/* A synchronous external abort that is not on a table walk: short format's FS, long one's STATUS.
 */
enum { A32_FS_EXTERNAL = 0x08, A32_STATUS_EXTERNAL = 0x10 };
/* A debug event, likewise. */
enum { A32_FS_DEBUG = 0x02, A32_STATUS_DEBUG = 0x22 };

/* SCTLR.V: where the vectors are then. */
#define A32_HIVECS 0xffff0000u

/* Bit 0 of an address to begin at: in Thumb state (as BX, A4.1.1). */
#define A32_ENTRY_THUMB 1u

/* ThumbEE until it is used, Jazelle, and what an implementation has of its own. */
#define A32_HSTR_TRAPS (HSTR_TTEE | HSTR_TJDBX | HSTR_T15)
