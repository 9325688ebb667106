/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of the 16550 UART (National Semiconductor PC16550D, June 1995, section 8), and of
 * Synopsys' DW_apb_uart where it adds to them. Owns no code.
 */
#pragma once

#include "lib/regdef.h"

/* Numbers, to be shifted by the node's reg-shift. */
enum ns16550_register {
    NS16550_RBR = 0, /* written: THR */
    NS16550_IER = 1,
    NS16550_IIR = 2, /* written: FCR */
    NS16550_LCR = 3,
    NS16550_MCR = 4,
    NS16550_LSR = 5,
    NS16550_MSR = 6,
    NS16550_SCR = 7,
    NS16550_DW_USR = 31, /* DW_apb_uart's status; reading it ends a busy-detect interrupt */
};

#define NS16550_FIFO_DEPTH 16

/* IIR.ID (with its bit 0: 1 means none pending). */
enum {
    NS16550_ID_MODEM = 0,
    NS16550_ID_NONE = 1,
    NS16550_ID_THR_EMPTY = 2,
    NS16550_ID_DATA = 4,
    NS16550_ID_LINE = 6,
    NS16550_ID_DW_BUSY = 7, /* LCR was written while busy */
    NS16550_ID_TIMEOUT = 12,
};

/* clang-format off */
#define NS_IER_FIELDS(F) \
    F(NS_IER, RES0_a, 31, 4) F(NS_IER, EDSSI, 3, 3) F(NS_IER, ELSI, 2, 2) F(NS_IER, ETBEI, 1, 1) \
    F(NS_IER, ERBFI, 0, 0)
#define NS_IIR_FIELDS(F) \
    F(NS_IIR, RES0_a, 31, 8) F(NS_IIR, FIFOS, 7, 6) F(NS_IIR, RES0_b, 5, 4) F(NS_IIR, ID, 3, 0)
#define NS_FCR_FIELDS(F) \
    F(NS_FCR, RES0_a, 31, 8) F(NS_FCR, RXTRIG, 7, 6) F(NS_FCR, RES0_b, 5, 4) F(NS_FCR, DMA, 3, 3) \
    F(NS_FCR, XRST, 2, 2) F(NS_FCR, RRST, 1, 1) F(NS_FCR, FIFOEN, 0, 0)
#define NS_LCR_FIELDS(F) \
    F(NS_LCR, RES0_a, 31, 8) F(NS_LCR, DLAB, 7, 7) F(NS_LCR, BREAK, 6, 6) F(NS_LCR, STICK, 5, 5) \
    F(NS_LCR, EPS, 4, 4) F(NS_LCR, PEN, 3, 3) F(NS_LCR, STB, 2, 2) F(NS_LCR, WLS, 1, 0)
#define NS_MCR_FIELDS(F) \
    F(NS_MCR, RES0_a, 31, 5) F(NS_MCR, LOOP, 4, 4) F(NS_MCR, OUT2, 3, 3) F(NS_MCR, OUT1, 2, 2) \
    F(NS_MCR, RTS, 1, 1) F(NS_MCR, DTR, 0, 0)
#define NS_LSR_FIELDS(F) \
    F(NS_LSR, RES0_a, 31, 8) F(NS_LSR, FIFOERR, 7, 7) F(NS_LSR, TEMT, 6, 6) F(NS_LSR, THRE, 5, 5) \
    F(NS_LSR, BI, 4, 4) F(NS_LSR, FE, 3, 3) F(NS_LSR, PE, 2, 2) F(NS_LSR, OE, 1, 1) \
    F(NS_LSR, DR, 0, 0)
#define NS_MSR_FIELDS(F) \
    F(NS_MSR, RES0_a, 31, 8) F(NS_MSR, DCD, 7, 7) F(NS_MSR, RI, 6, 6) F(NS_MSR, DSR, 5, 5) \
    F(NS_MSR, CTS, 4, 4) F(NS_MSR, DDCD, 3, 3) F(NS_MSR, TERI, 2, 2) F(NS_MSR, DDSR, 1, 1) \
    F(NS_MSR, DCTS, 0, 0)
/* clang-format on */

REG_DEFINE32(NS_IER, NS_IER_FIELDS);
REG_DEFINE32(NS_IIR, NS_IIR_FIELDS);
REG_DEFINE32(NS_FCR, NS_FCR_FIELDS);
REG_DEFINE32(NS_LCR, NS_LCR_FIELDS);
REG_DEFINE32(NS_MCR, NS_MCR_FIELDS);
REG_DEFINE32(NS_LSR, NS_LSR_FIELDS);
REG_DEFINE32(NS_MSR, NS_MSR_FIELDS);
