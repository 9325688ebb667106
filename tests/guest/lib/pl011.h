/* SPDX-License-Identifier: Apache-2.0 */
/* Registers of the PrimeCell UART PL011 (Arm DDI 0183G, chapter 3): offsets and fields. */
#pragma once

#include "lib/regdef.h"

enum pl011_offset {
    UARTDR = 0x000,
    UARTRSR = 0x004,
    UARTFR = 0x018,
    UARTIBRD = 0x024,
    UARTFBRD = 0x028,
    UARTLCR_H = 0x02c,
    UARTCR = 0x030,
    UARTIFLS = 0x034,
    UARTIMSC = 0x038,
    UARTRIS = 0x03c,
    UARTMIS = 0x040,
    UARTICR = 0x044,
    UARTDMACR = 0x048,
    UARTPeriphID0 = 0xfe0,
    UARTPCellID0 = 0xff0,
};

/* clang-format off */
#define UARTFR_FIELDS(F)                                                                          \
    F(UARTFR, CTS, 0, 0) F(UARTFR, DSR, 1, 1) F(UARTFR, DCD, 2, 2) F(UARTFR, BUSY, 3, 3)          \
    F(UARTFR, RXFE, 4, 4) F(UARTFR, TXFF, 5, 5) F(UARTFR, RXFF, 6, 6) F(UARTFR, TXFE, 7, 7)       \
    F(UARTFR, RI, 8, 8) F(UARTFR, RES0_a, 31, 9)
/* clang-format on */
REG_DEFINE32(UARTFR, UARTFR_FIELDS);

/* clang-format off */
#define UARTLCR_H_FIELDS(F)                                                                       \
    F(UARTLCR_H, BRK, 0, 0) F(UARTLCR_H, PEN, 1, 1) F(UARTLCR_H, EPS, 2, 2)                       \
    F(UARTLCR_H, STP2, 3, 3) F(UARTLCR_H, FEN, 4, 4) F(UARTLCR_H, WLEN, 6, 5)                     \
    F(UARTLCR_H, SPS, 7, 7) F(UARTLCR_H, RES0_a, 31, 8)
/* clang-format on */
REG_DEFINE32(UARTLCR_H, UARTLCR_H_FIELDS);
enum { UARTLCR_H_WLEN_8_BITS = 3 };

/* clang-format off */
#define UARTCR_FIELDS(F)                                                                          \
    F(UARTCR, UARTEN, 0, 0) F(UARTCR, SIREN, 1, 1) F(UARTCR, SIRLP, 2, 2) F(UARTCR, RES0_a, 6, 3) \
    F(UARTCR, LBE, 7, 7) F(UARTCR, TXE, 8, 8) F(UARTCR, RXE, 9, 9) F(UARTCR, DTR, 10, 10)         \
    F(UARTCR, RTS, 11, 11) F(UARTCR, Out1, 12, 12) F(UARTCR, Out2, 13, 13)                        \
    F(UARTCR, RTSEn, 14, 14) F(UARTCR, CTSEn, 15, 15) F(UARTCR, RES0_b, 31, 16)
/* clang-format on */
REG_DEFINE32(UARTCR, UARTCR_FIELDS);

/* clang-format off */
#define UARTIFLS_FIELDS(F)                                                                        \
    F(UARTIFLS, TXIFLSEL, 2, 0) F(UARTIFLS, RXIFLSEL, 5, 3) F(UARTIFLS, RES0_a, 31, 6)
/* clang-format on */
REG_DEFINE32(UARTIFLS, UARTIFLS_FIELDS);

/* UARTIMSC, UARTRIS, UARTMIS and UARTICR share their layout. */
/* clang-format off */
#define UARTINT_FIELDS(F)                                                                         \
    F(UARTINT, RI, 0, 0) F(UARTINT, CTS, 1, 1) F(UARTINT, DCD, 2, 2) F(UARTINT, DSR, 3, 3)        \
    F(UARTINT, RX, 4, 4) F(UARTINT, TX, 5, 5) F(UARTINT, RT, 6, 6) F(UARTINT, FE, 7, 7)           \
    F(UARTINT, PE, 8, 8) F(UARTINT, BE, 9, 9) F(UARTINT, OE, 10, 10) F(UARTINT, RES0_a, 31, 11)
/* clang-format on */
REG_DEFINE32(UARTINT, UARTINT_FIELDS);
#define UARTINT_ALL ((uint32_t)low_bits(11))

/* clang-format off */
#define UARTPeriphID2_FIELDS(F)                                                                   \
    F(UARTPeriphID2, Designer1, 3, 0) F(UARTPeriphID2, Revision, 7, 4)                            \
    F(UARTPeriphID2, RES0_a, 31, 8)
/* clang-format on */
REG_DEFINE32(UARTPeriphID2, UARTPeriphID2_FIELDS);
