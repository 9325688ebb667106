/* SPDX-License-Identifier: Apache-2.0 */
/* See core/vm_device.h. Knows no device. */
#include "core/vm_device.h"

enum err vm_add_region(struct vm *vm, uint64_t base, uint32_t size_bytes, mmio_handler_fn *handler,
                       void *device, const char *name)
{
    struct mmio_region region = {.base = GPA(base),
                                 .size_bytes = size_bytes,
                                 .handler = handler,
                                 .device = device,
                                 .name = name};

    return mmio_bus_add(&vm->mmio, &region);
}

void vm_add_console(struct vm *vm, console_input_fn *input, void (*room)(void *vm))
{
    vm->console_owner = console_add_owner(vm->name, input, vm);
    console_set_ready_hook(vm->console_owner, room);
}

bool vm_console_put(void *ctx, char byte)
{
    struct vm *vm = ctx;

    if (!console_put(vm->console_owner, byte))
        return false;
    if (vm->watch.listens)
        watch_byte(vm, byte);
    return true;
}

void vm_console_input_room(void *ctx)
{
    console_input_ready(((struct vm *)ctx)->console_owner);
}
