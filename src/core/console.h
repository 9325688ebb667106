/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's console: one UART, shared by the hypervisor's log, its shell and every VM's virtual UART.
 *
 * Output comes in whole lines, each with its owner's name; only the VM in front may leave a partial
 * line (its prompt) on the screen, and what another says meanwhile is printed above it. What a VM said
 * while it was not in front is kept (CONSOLE_BACKLOG bytes, oldest lost first) and is shown on
 * switching to it. Ctrl-a three times takes the next owner: VMs in turn, then the shell.
 * Batch mode (trapeze,console = "batch"): all owners' lines at once, each prefixed, input ignored.
 *
 * Locks: the console's own, taken in every public function; it may be taken under a device model's lock,
 * never the other way round: input is delivered with it released.
 */
#pragma once

#include "lib/log.h"
#include "lib/types.h"

#define CONSOLE_OWNER_MAX 17 /* VM_COUNT_MAX and the hypervisor */
#define CONSOLE_BACKLOG   KIB(4)

/* The physical UART. Both run with the console's lock held. */
struct console_uart {
    /* Take up to LENGTH bytes without waiting; returns how many the device took. */
    size_t (*write)(struct console_uart *uart, const char *bytes, size_t length);
    /* Interrupt when there is room again / stop that. */
    void (*set_tx_interrupt)(struct console_uart *uart, bool on);
    /* The next received byte, or -1. */
    int (*read)(struct console_uart *uart);
};

/* Input for an owner. False: its buffer is full, offer the byte again later. */
typedef bool console_input_fn(void *owner, char byte);

/* Before this, log lines are only kept. Replays them. */
void console_init(struct console_uart *uart, bool batch);
/* A new owner, in switching order; NAME must live on. Returns its number; the first one is in front. */
uint32_t console_add_owner(const char *name, console_input_fn *input, void *owner);
/* One byte of output from OWNER. False: no room now (flow control); console calls the ready hook later. */
bool console_put(uint32_t owner, char byte);
/* Called when an owner's output has room again after console_put said false. */
void console_set_ready_hook(uint32_t owner, void (*ready)(void *owner));
/* The VM is off: end its partial line, take it from the turn. */
void console_close_owner(uint32_t owner);
void console_open_owner(uint32_t owner);
/* The UART's interrupt: move bytes both ways. Also safe to call by polling. */
void console_service(void);
/* Everything out, by polling, ignoring the lock if it cannot be had: for last words and power off. */
void console_flush_polled(void);
