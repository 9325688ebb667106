/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI and the other calls, by the vCPUs of two VMs that share two CPUs: on, off, suspend, reset,
 * off for good, in any order, with time slices and interrupts between.
 */
#include "arch/arm/model/a64_esr.h"
#include "arch/host/host_mem.h"
#include "lib/panic.h"
#include "tests/fuzz/guest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    uint8_t how = input_u8(&in);
    struct world_config config = {
        .gic_version = how & 1 ? 3 : 2,
        .lr_count = 4,
        .apr_count = 1,
        .cpus = 2,
        .vm_count = 2,
        .vms = {{.vcpus = 1 + (how >> 1 & 3), .memory_bytes = KIB(64), .cpus = 3},
                {.vcpus = 1 + (how >> 3 & 3),
                 .memory_bytes = KIB(64),
                 .cpus = 1 + (how >> 5 & 1),
                 .priority = how >> 6}},
    };

    world_power_on(&config);
    world_boot();
    for (unsigned n = 0; n < 100 && in.left != 0 && !world.off; n++) {
        uint8_t what = input_u8(&in);

        guest_call(&in, what & 1);
        if (what & 2)
            host_counter += 1ULL << (what >> 3);
        if (what & 4)
            world_settle();
        world_check();
    }
    /* The machine is off if, and only if, nobody is left. */
    world_settle();
    for (uint32_t i = 0; i < vm_count; i++)
        BUG_ON(world.off && vms[i]->state != VM_OFF && vms[i]->state != VM_CRASHED);
    return 0;
}
