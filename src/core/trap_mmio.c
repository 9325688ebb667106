/* SPDX-License-Identifier: Apache-2.0 */
/* An access to another device than the last one, or to none: what core/mmio.h's window leaves. */
#include "core/trap_dispatch.h"

enum trap_result trap_mmio_elsewhere(struct vcpu *vcpu, struct trap *trap)
{
    struct vm *vm = vcpu->vm;
    const struct mmio_region *region =
        mmio_bus_search(&vm->mmio, trap->mmio.gpa, trap->mmio.size_bytes);

    if (region != NULL) {
        mmio_window_open(&vcpu->mmio, region);
        return trap_mmio_window(vcpu, trap);
    }
    if (!vm->config->unmapped_reads_ones)
        return TRAP_ABORT;
    trap->value = UINT64_MAX;
    return TRAP_DONE;
}
