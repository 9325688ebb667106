/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an architecture needs to give a VM its devices, whatever they are: a place on the VM's bus,
 * and the console behind its UART. While the VM is built, but for vm_console_put and
 * vm_console_input_room.
 */
#pragma once

#include "core/console.h"
#include "core/mmio.h"
#include "core/vm.h"

/* mmio_bus_add of VM's bus, with its errors. */
enum err vm_add_region(struct vm *vm, uint64_t base, uint32_t size_bytes, mmio_handler_fn *handler,
                       void *device, const char *name) __must_check;
/* VM, which has none so far, owns a console: INPUT gets what is typed, ROOM is called when there is
 * room for output again. Both get VM. */
void vm_add_console(struct vm *vm, console_input_fn *input, void (*room)(void *vm));
/* For the UART's model, CTX being the VM: a byte of output (false: no room for it now), and that
 * it has room for input again. */
bool vm_console_put(void *ctx, char byte);
void vm_console_input_room(void *ctx);
