/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole trap entry: a VM of one to four vCPUs on two CPUs does anything, trap after trap, while
 * time goes on, interrupts come and the shell pauses and restarts it. Beside it, on a CPU of its
 * own, a VM that does nothing: not a bit of it may change. The first bytes choose the machine.
 */
#include <string.h>

#include "arch/arch.h"
#include "arch/host/host_mem.h"
#include "core/console.h"
#include "core/stat.h"
#include "core/trace.h"
#include "lib/panic.h"
#include "tests/fuzz/guest.h"

#define ACTIONS_MAX 120

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void boot(struct input *in)
{
    static const uint8_t lr_counts[] = {4, 1, 2, 16};
    uint8_t how = input_u8(in), more = input_u8(in);
    struct world_config config = {
        .gic_version = how & 1 ? 3 : 2,
        .lr_count = lr_counts[how >> 1 & 3],
        .apr_count = (how & 1) && (how & 8) ? 4 : 1,
        .cpus = 3,
        .vm_count = 2,
        .vms = {{.vcpus = 1 + (how >> 4 & 3),
                 .memory_bytes = KIB(128),
                 .cpus = 3,
                 .spis = more & 1 ? 64 : 0,
                 .uart = (more & 2) == 0,
                 .unmapped_reads_ones = more & 4},
                {.vcpus = 2, .memory_bytes = KIB(64), .cpus = 4, .uart = more & 8}},
    };

    /* Costs time, so seldom. */
    if ((more & 0xf0) == 0xf0) {
        config.vms[0].in_place = true;
        config.vms[0].memory_bytes = MIB(4);
    }
    world_power_on(&config);
    world_boot();
    if (how & 0x40)
        world_bring_up(vms[0]);
}

static void pause_vm(void *vm)
{
    (void)!vm_pause(vm);
}
static void resume_vm(void *vm)
{
    (void)!vm_resume(vm);
}
static void restart_vm(void *vm)
{
    (void)!vm_restart(vm);
}
static void trace_vm(void *vm)
{
    static bool on;

    on = !on;
    (void)!trace_set(vm, on);
    stat_set_timing(on);
}
static void type_byte(void *text)
{
    world.typed = text;
    console_service();
}

static void machine_acts(struct input *in)
{
    static char text[2];

    switch (input_below(in, 10)) {
    case 0 ... 2:
        host_counter += 1ULL << input_below(in, 40);
        break;
    case 3:
        world_from_shell(pause_vm, vms[0]);
        break;
    case 4:
        world_from_shell(resume_vm, vms[0]);
        break;
    case 5:
        world_from_shell(restart_vm, vms[0]);
        break;
    case 6:
        world_from_shell(trace_vm, vms[0]);
        break;
    case 7 ... 8:
        world.console_room = input_u8(in) & 1 ? UINT32_MAX : 0;
        world_from_shell(type_byte, "");
        break;
    default:
        /* What is typed may be for the neighbour. */
        text[0] = (char)input_u8(in);
        if (world.config.vms[1].uart)
            break;
        world_from_shell(type_byte, text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {data, size};
    struct world_digest neighbour;

    boot(&in);
    neighbour = world_digest(vms[1]);
    for (unsigned n = 0; n < ACTIONS_MAX && in.left != 0 && !world.off; n++) {
        uint32_t how = input_u8(&in), cpu = how & 1;

        if (how < 0xe0)
            guest_act(&in, cpu);
        else
            machine_acts(&in);
        if (how & 2)
            world_settle();
        else
            world_poll(cpu);
        world_check();
    }
    BUG_ON(world.off); /* the other VM runs */
    BUG_ON(world.cpus[2].guest != vms[1]->vcpus[0]);
    world_check_same(vms[1], &neighbour);
    return 0;
}
