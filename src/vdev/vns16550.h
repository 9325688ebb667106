/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A virtual 16550A (National Semiconductor PC16550D, June 1995), registers one byte apart. A byte
 * written leaves at once while the console has room; otherwise it waits in the FIFO and LSR shows
 * that. No input is lost: a byte for which there is no room is refused, and offered again.
 *
 * Where it differs from the manual, on purpose: the receive timeout elapses at once; baud rate,
 * parity and breaks are registers without effect.
 *
 * Locks: one per UART, taken in every function. put() and the interrupt line are called with it
 * held (the console's and the interrupt controller's locks come after it), input_ready() with it
 * released.
 */
#pragma once

#include "core/lock.h"
#include "core/mmio.h"
#include "core/virq.h"
#include "lib/fifo.h"
#include "lib/ns16550_regs.h"
#include "lib/types.h"

#define VNS16550_SIZE 8u

struct vns16550_config {
    /* Take a byte of output. False: no room; vns16550_output_ready() will be called when there is.
     */
    bool (*put)(void *ctx, char byte);
    /* There is room again after vns16550_input() said false. May be NULL. */
    void (*input_ready)(void *ctx);
    void *ctx;
    struct virq_line irq;
    /*
     * The line is an edge at its controller: each event that finds or leaves an interrupt pending
     * is a rise of its own, and one that nobody acknowledges is told once for each event. So it is
     * between QEMU's 16550 and PLIC, and drivers made there need not read IIR.
     */
    bool edge;
};

struct vns16550 {
    struct spinlock lock;
    struct vns16550_config config;
    uint8_t lsr; /* as it reads; read without the lock */
    uint8_t ier, fcr, lcr, mcr, scr, dll, dlm;
    bool thr_empty;      /* the THR-empty interrupt is due: THR ran empty, IIR was not read since */
    bool overrun;        /* LSR.OE, until LSR is read */
    bool line;           /* level last given to config.irq */
    bool input_refused;  /* input_ready() is owed */
    uint8_t modem_delta; /* MSR's low half: inputs that changed since it was read */
    struct fifo tx, rx;
    char tx_bytes[NS16550_FIFO_DEPTH], rx_bytes[NS16550_FIFO_DEPTH];
};

/* Set up in reset state. The config is copied. */
void vns16550_init(struct vns16550 *uart, const struct vns16550_config *config);
/* To reset state, FIFOs empty, interrupt line low. */
void vns16550_reset(struct vns16550 *uart);
/* mmio_handler_fn; the region is VNS16550_SIZE bytes. */
bool vns16550_mmio(void *device, struct mmio_access *access);
/* mmio_peek_fn: LSR, which drivers ask before each byte. */
uint64_t vns16550_peek(const void *device, uint64_t offset, uint32_t size_bytes);
/* A byte from the console. False: the receive FIFO is full. */
bool vns16550_input(struct vns16550 *uart, char byte);
/* The console has room again: send what waits. */
void vns16550_output_ready(struct vns16550 *uart);
