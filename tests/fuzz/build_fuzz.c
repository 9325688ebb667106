/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A VM from any kernel file: built, started, restarted, beside one that runs and is not touched. A
 * file that is refused costs nothing: all memory is back.
 */
#include "core/frame.h"
#include "lib/panic.h"
#include "tests/fuzz/input.h"
#include "tests/fuzz/world.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void restart(void *vm)
{
    (void)!vm_restart(vm);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const uint64_t sizes[] = {KIB(64), KIB(4), KIB(68), MIB(1), MIB(2), MIB(4), MIB(5), 0};
    struct input in = {data, size};
    uint8_t how = input_u8(&in);
    struct world_config config = {
        .gic_version = 3,
        .lr_count = 4,
        .apr_count = 1,
        .cpus = 2,
        .vm_count = 2,
        .vms = {{.vcpus = 1, .memory_bytes = KIB(64), .cpus = 1},
                {.vcpus = 1, .memory_bytes = sizes[how & 7], .cpus = 2}},
    };
    struct world_digest neighbour;
    uint64_t free_bytes;
    struct vm *vm;

    config.vms[1].kernel = in.bytes;
    config.vms[1].kernel_bytes = MIN(in.left, WORLD_KERNEL_MAX);
    world_power_on(&config);
    vm = world_create(0);
    if (vm == NULL || vm_start(vm) != ERR_NONE)
        panic("the neighbour is not built");
    world_settle();
    neighbour = world_digest(vm);
    free_bytes = frame_free_bytes();
    vm = world_create(1);
    if (vm == NULL) {
        BUG_ON(world.reports == 0);
        /* But for structures, which are cut from pages that stay. */
        BUG_ON(free_bytes - frame_free_bytes() > KIB(64));
    } else if (vm_start(vm) == ERR_NONE) {
        world_settle();
        world_from_shell(restart, vm);
        world_settle();
        world_check();
    }
    world_check();
    world_check_same(vms[0], &neighbour);
    return 0;
}
