/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host's console: one UART, shared by the hypervisor's log, its shell and every VM's virtual
 * UART.
 *
 * One owner is in front: its bytes go out as they are, so that editors and escape sequences work,
 * and what is typed goes to it. Ctrl-a three times takes the next owner: VMs in turn, then the
 * shell. Lines of the log are printed as "trapeze: LINE", above the line that the front owner has
 * begun. What other owners say is kept for each (CONSOLE_BACKLOG bytes, oldest lost first) and
 * shown on switching to it; in mode CONSOLE_ALL it is printed like the log, by whole lines as
 * "NAME: LINE". CONSOLE_BATCH prints every owner's lines so, and ignores input; prefixed lines hold
 * no control characters and no escape sequences.
 *
 * Nothing an owner in front says is lost: when there is no room console_put refuses. Nothing typed
 * is lost: when the owner's buffer (CONSOLE_INPUT bytes) is full the UART is not read. Lines of the
 * log that find no room are counted, and told; the log itself keeps them.
 *
 * Locks: the console's own, taken in every public function; it may be taken under a device model's
 * lock, never the other way round: input and ready hooks are called with it released. Under it,
 * only the UART's driver is called. No log call is made under it.
 */
#pragma once

#include "lib/log.h"
#include "lib/types.h"
#include "lib/uart.h"

#define CONSOLE_OWNER_MAX 17 /* VM_COUNT_MAX and the hypervisor's shell */
#define CONSOLE_NONE      UINT32_MAX
#define CONSOLE_BACKLOG   KIB(4)
#define CONSOLE_INPUT     KIB(1)
#define CONSOLE_OUT       KIB(8)

enum console_mode { CONSOLE_FRONT, CONSOLE_BATCH, CONSOLE_ALL };

/* Input for an owner. False: its buffer is full, offer the byte again later. */
typedef bool console_input_fn(void *owner, char byte);

/* Before this, log lines are only kept. Replays them, waiting for the UART where it must. */
void console_init(struct console_uart *uart, enum console_mode mode);
/*
 * A new owner, in switching order; NAME must live on. Returns its number, or CONSOLE_NONE if there
 * are CONSOLE_OWNER_MAX; the first one is in front.
 */
uint32_t console_add_owner(const char *name, console_input_fn *input, void *ctx);
/* One byte of output from OWNER. False: no room now (flow control); console calls the ready hook
 * later. */
bool console_put(uint32_t number, char byte);
/* Called when an owner's output has room again after console_put said false. */
void console_set_ready_hook(uint32_t number, void (*ready)(void *ctx));
/* OWNER can take input again after its input function said false. */
void console_input_ready(uint32_t number);
/*
 * The VM is off: end its partial line, take it from the turn once what it said last has been seen.
 * If it was in front, the next owner is. Both do nothing for CONSOLE_NONE.
 */
void console_close_owner(uint32_t number);
void console_open_owner(uint32_t number);
/* The UART's interrupt: move bytes both ways. Also safe to call by polling. */
void console_service(void);
/* Everything out, by polling, ignoring the lock if it cannot be had: for last words and power off.
 */
void console_flush_polled(void);
/* Bytes straight to the UART, by polling, without lock: for last words, after console_flush_polled.
 */
void console_write_polled(const char *bytes, size_t length);
