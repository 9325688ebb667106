/* SPDX-License-Identifier: Apache-2.0 */
/* Bring-up of the machine, one step after the other: from the device tree to running guests. */

#include "arch/arch.h"
#include "arch/boot.h"
#include "boot/console.h"
#include "core/board.h"
#include "core/console.h"
#include "core/dtb.h"
#include "core/frame.h"
#include "core/run.h"
#include "core/shell.h"
#include "core/vm.h"
#include "core/vm_config.h"
#include "core/vm_image.h"
#include "lib/log.h"
#include "lib/panic.h"
#include "lib/random.h"

static struct board board;
static struct system_config config;

static void report(void *context, enum config_severity severity, const char *path,
                   const char *property, const char *text)
{
    log_print(severity == CONFIG_ERROR ? LOG_ERROR : LOG_WARN, "%s%s%s: %s", path,
              property ? " " : "", property ? property : "", text);
}

static const struct config_sink sink = {.report = report};

/* Nothing to run, and the cause has been said. */
static void __noreturn give_up(const char *why)
{
    log_error("%s", why);
    console_flush_polled();
    arch_machine_fail();
}

static void reserve(const char *what, hpa_t base, uint64_t size_bytes)
{
    if (frame_reserve(base, size_bytes) != ERR_NONE)
        panic("cannot keep track of reserved memory: %s", what);
}

/* Free memory: what the board has, less what others own. */
static void init_memory(const struct boot_info *info)
{
    for (uint32_t i = 0; i < board.memory_count; i++)
        if (frame_add(board.memory[i].base, board.memory[i].size_bytes) != ERR_NONE)
            panic("memory range %u of the board overlaps another", i);
    for (uint32_t i = 0; i < board.reserved_count; i++)
        reserve("reserved-memory", board.reserved[i].base, board.reserved[i].size_bytes);
    reserve("image", info->image, info->image_bytes);
    reserve("device tree", info->fdt_hpa, dtb_size_bytes(info->fdt));
    for (uint32_t i = 0; i < config.vm_count; i++) {
        const struct vm_module *modules[] = {&config.vms[i].kernel, &config.vms[i].ramdisk,
                                             &config.vms[i].device_tree, &config.vms[i].disk};

        if (config.vms[i].refused)
            continue; /* who knows where its modules lie */
        for (unsigned m = 0; m < ARRAY_SIZE(modules); m++)
            if (modules[m]->present)
                reserve("module", modules[m]->base, modules[m]->size_bytes);
    }
}

static void seed_random(const void *fdt)
{
    static const char *const names[] = {"rng-seed", "kaslr-seed"};
    int chosen = dtb_find(fdt, "/chosen");
    uint64_t entropy = boot_arch_entropy();

    random_mix(&entropy, sizeof(entropy));
    for (unsigned i = 0; chosen >= 0 && i < ARRAY_SIZE(names); i++) {
        int length;
        const void *seed = dtb_property(fdt, chosen, names[i], &length);

        if (seed != NULL && length > 0)
            random_mix(seed, (size_t)length);
    }
}

static void init_boot_cpu(void)
{
    uint32_t self = 0;

    while (self < board.cpu_count && board.cpu_ids[self] != boot_arch_cpu_id())
        self++;
    if (self == board.cpu_count)
        panic("the CPU we run on (0x%llx) is not in the device tree",
              (unsigned long long)boot_arch_cpu_id());
    /* The boot CPU is number 0 everywhere after this. */
    board.cpu_ids[self] = board.cpu_ids[0];
    board.cpu_ids[0] = boot_arch_cpu_id();
    for (uint32_t i = 0; i < board.cpu_count; i++) {
        struct pcpu *pcpu = heap_alloc(sizeof(*pcpu));

        if (pcpu == NULL)
            panic("no memory for CPU %u", i);
        pcpu->id = i;
        run_init(pcpu);
        if (boot_arch_cpu(pcpu, board.cpu_ids[i]) != ERR_NONE)
            panic("no memory for the stacks of CPU %u", i);
        pcpus[i] = pcpu;
    }
    pcpu_count = board.cpu_count;
    boot_arch_cpu_self(pcpus[0]);
}

static void start_other_cpus(void)
{
    uint64_t patience = arch_counter_hz();

    for (uint32_t i = 1; i < board.cpu_count; i++) {
        int error = arch_cpu_start(i);

        if (error != 0)
            log_error("CPU %u (0x%llx) was not started: firmware says %d; going on without it", i,
                      (unsigned long long)board.cpu_ids[i], error);
    }
    for (uint32_t i = 1; i < board.cpu_count; i++) {
        uint64_t since = arch_counter();

        while (!__atomic_load_n(&pcpus[i]->online, __ATOMIC_ACQUIRE) &&
               arch_counter() - since < patience)
            arch_cpu_relax();
        if (!__atomic_load_n(&pcpus[i]->online, __ATOMIC_ACQUIRE))
            log_error("CPU %u does not come up; going on without it", i);
    }
}

static uint32_t online_count(void)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < pcpu_count; i++)
        count += __atomic_load_n(&pcpus[i]->online, __ATOMIC_ACQUIRE);
    return count;
}

static void create_vms(void)
{
    struct vm_image_params params = {.board = &board, .system = &config};

    arch_vm_image_params(&params);
    for (uint32_t i = 0; i < config.vm_count; i++) {
        struct vm *vm;

        if (config.vms[i].refused)
            continue;
        vm = vm_create(&config.vms[i], &params, &sink);
        if (vm != NULL)
            log_info("%s: %u vCPU%s, %llu MiB", vm->name, vm->vcpu_count,
                     vm->vcpu_count == 1 ? "" : "s",
                     (unsigned long long)(vm->config->memory_bytes / MIB(1)));
    }
    if (vm_count == 0)
        give_up("no VM can be started");
}

void boot_cpu_main(struct pcpu *pcpu)
{
    arch_vcpu_enter(run_loop(pcpu));
}

void boot_main(const struct boot_info *info)
{
    size_t fdt_bytes = dtb_size_bytes(info->fdt);
    struct board_limits limits;
    const char *why;
    enum err err;

    boot_console(info->fdt);
    log_info("Trapeze, a type-1 hypervisor");
    if (board_parse(info->fdt, fdt_bytes, &sink, &board) != ERR_NONE)
        give_up("the device tree does not describe a machine");
    limits = board_limits(&board);
    limits.hypervisor = (struct hpa_range){info->image, info->image_bytes};
    limits.device_tree = (struct hpa_range){info->fdt_hpa, fdt_bytes};
    err = vm_config_read(info->fdt, false, &limits, &sink, &config);
    if (err != ERR_NONE)
        give_up("the device tree describes no VM: /chosen needs a node with compatible = "
                "\"xen,domain\"");
    boot_arch_memory(&board);
    init_memory(info);
    why = boot_arch_devices(info->fdt);
    if (why != NULL)
        give_up(why);
    init_boot_cpu();
    seed_random(info->fdt);
    boot_arch_models();
    boot_console_irq();
    start_other_cpus();
    create_vms();
    /* In batch mode nobody types. */
    if (!config.batch)
        shell_init();
    boot_arch_seal();
    for (uint32_t i = 0; i < vm_count; i++)
        if (vm_start(vms[i]) != ERR_NONE)
            log_error("%s: its images cannot be loaded", vms[i]->name);
    log_info("%u of %u CPUs, %llu KiB used by the hypervisor", online_count(), board.cpu_count,
             (unsigned long long)((frame_used_bytes() + info->image_bytes) / KIB(1)));
    boot_cpu_main(pcpus[0]);
}
