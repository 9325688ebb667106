/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual PrimeCell UART (PL011 r1p5, Arm DDI 0183G), as Linux, U-Boot and bare-metal guests use
 * it. A byte written leaves at once while the console has room; otherwise it waits in the FIFO and
 * FR shows that. No input is lost: a byte for which there is no room is refused, and offered again.
 *
 * Where it differs from the manual, on purpose: the line is up whatever CR's UARTEN, TXE and RXE
 * say, because an early console relies on firmware having enabled it; and the receive timeout
 * elapses at once. Baud rate, DMA, IrDA and breaks are registers without effect.
 *
 * Locks: one per UART, taken in every function (not to read FR). put() and the interrupt line are
 * called with it held (the console's and the interrupt controller's locks come after it),
 * input_ready() with it released.
 */
#pragma once

#include "core/lock.h"
#include "core/mmio.h"
#include "core/virq.h"
#include "lib/pl011_regs.h"
#include "lib/types.h"

struct vpl011_config {
    /* Take a byte of output. False: no room; vpl011_output_ready() will be called when there is. */
    bool (*put)(void *ctx, char byte);
    /* There is room again after vpl011_input() said false. May be NULL. */
    void (*input_ready)(void *ctx);
    void *ctx;
    struct virq_line irq;
};

struct vpl011 {
    struct spinlock lock;
    struct vpl011_config config;
    uint16_t ris, imsc; /* UARTINT bits */
    uintptr_t fr;       /* kept ready; as wide as what reads it in one instruction */
    uint16_t ibrd, cr;
    uint8_t ilpr, fbrd, lcr_h, ifls, dmacr, rsr;
    bool line;          /* level last given to config.irq */
    bool overrun;       /* the next byte received carries OE */
    bool input_refused; /* input_ready() is owed */
    uint8_t tx_first, tx_count, rx_first, rx_count;
    uint8_t tx[PL011_FIFO_DEPTH];
    uint16_t rx[PL011_FIFO_DEPTH]; /* DR's bits 11 to 0 */
};

/* Set up in reset state. The config is copied. */
void vpl011_init(struct vpl011 *uart, const struct vpl011_config *config);
/* To reset state, FIFOs empty, interrupt line low. */
void vpl011_reset(struct vpl011 *uart);
/* mmio_handler_fn; the region is PL011_SIZE bytes. */
bool vpl011_mmio(void *device, struct mmio_access *access);
/* A byte from the console. False: the receive FIFO is full. */
bool vpl011_input(struct vpl011 *uart, char byte);
/* The console has room again: send what waits. */
void vpl011_output_ready(struct vpl011 *uart);
