/* SPDX-License-Identifier: Apache-2.0 */
/* The shell's commands about VMs, their vCPUs and memory. */
#include "arch/arch.h"
#include "core/call.h"
#include "core/console.h"
#include "core/frame.h"
#include "core/pcpu.h"
#include "core/shell_impl.h"
#include "core/vm.h"
#include "core/vm_image.h"
#include "lib/fmt.h"
#include "lib/string.h"

static const char *state_of(struct vm *vm)
{
    if (__atomic_load_n(&vm->paused, __ATOMIC_RELAXED))
        return "paused";
    return vm_state_name(__atomic_load_n(&vm->state, __ATOMIC_RELAXED));
}

void shell_vm_list(const struct shell_words *arguments)
{
    shell_print("%-*s %-8s %5s %11s\r\n", VM_NAME_MAX, "NAME", "STATE", "VCPUS", "MEMORY");
    for (uint32_t i = 0; i < vm_count; i++)
        shell_print("%-*s %-8s %5u %7llu MiB\r\n", VM_NAME_MAX, vms[i]->name, state_of(vms[i]),
                    vms[i]->vcpu_count,
                    (unsigned long long)(vms[i]->config->memory_bytes / MIB(1)));
}

/* ---- one VM */

static void print_image(const struct vm *vm)
{
    static const char *const kinds[] = {
        [IMAGE_RAW] = "raw",       [IMAGE_ARM64] = "arm64 Image", [IMAGE_RISCV] = "RISC-V Image",
        [IMAGE_ZIMAGE] = "zImage", [IMAGE_ELF] = "ELF",           [IMAGE_GZIP] = "gzip",
    };
    const struct vm_image *image = vm->image;

    if (image == NULL)
        return;
    shell_print("kernel    %s%s at 0x%llx, %llu KiB%s\r\n", kinds[image->kernel.kind],
                image->packed ? ", packed" : "", (unsigned long long)image->kernel_gpa.raw,
                (unsigned long long)(image->kernel_bytes / KIB(1)),
                image->in_place.block_count > 0 ? ", mapped in place" : "");
    if (image->initrd_bytes > 0)
        shell_print("initrd    at 0x%llx, %llu KiB\r\n", (unsigned long long)image->initrd.raw,
                    (unsigned long long)(image->initrd_bytes / KIB(1)));
    else
        shell_print("initrd    none\r\n");
}

void shell_vm_info(const struct shell_words *arguments)
{
    struct vm *vm = shell_vm(arguments->word[0]);

    if (vm == NULL)
        return;
    shell_print("%s: %s, number %u, priority %u, %u vCPU%s\r\n", vm->name, state_of(vm), vm->id,
                vm->config->priority, vm->vcpu_count, vm->vcpu_count == 1 ? "" : "s");
    shell_print("node      %s\r\n", vm->config->path);
    for (uint32_t i = 0; i < vm->bank_count; i++)
        shell_print("memory    0x%llx, %llu MiB\r\n", (unsigned long long)vm->banks[i].base.raw,
                    (unsigned long long)(vm->banks[i].size_bytes / MIB(1)));
    print_image(vm);
    shell_print("entry     0x%llx, device tree at 0x%llx\r\n", (unsigned long long)vm->entry.raw,
                (unsigned long long)vm->fdt.raw);
    shell_print("starts    %u\r\n", vm->watch.starts);
    shell_print("bootargs  %.200s\r\n", vm->config->bootargs != NULL ? vm->config->bootargs : "");
    for (uint32_t i = 0; i < vm->mmio.count; i++)
        shell_print("device    0x%llx, %llu KiB, %s\r\n",
                    (unsigned long long)vm->mmio.regions[i].base.raw,
                    (unsigned long long)(vm->mmio.regions[i].size_bytes / KIB(1)),
                    vm->mmio.regions[i].name);
}

/* ---- its life */

static enum err life_start(struct vm *vm)
{
    enum vm_state state = __atomic_load_n(&vm->state, __ATOMIC_RELAXED);

    return state == VM_OFF || state == VM_CRASHED ? vm_restart(vm) : ERR_DENIED;
}

static enum err life_stop(struct vm *vm)
{
    enum vm_state state = __atomic_load_n(&vm->state, __ATOMIC_RELAXED);

    /* One that resets without end is found starting most of the time. */
    if (state != VM_RUNNING && state != VM_STARTING && state != VM_STOPPING)
        return ERR_DENIED;
    vm_stop(vm, VM_STOP_POWEROFF);
    return ERR_NONE;
}

void shell_vm_life(const struct shell_words *arguments)
{
    static const struct {
        const char *word, *done;
        enum err (*act)(struct vm *vm);
    } acts[] = {
        {"start", "starts", life_start},        {"stop", "is told to stop", life_stop},
        {"pause", "pauses", vm_pause},          {"resume", "goes on", vm_resume},
        {"restart", "starts anew", vm_restart},
    };
    struct vm *vm = shell_vm(arguments->word[1]);

    if (vm == NULL)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(acts); i++) {
        if (strcmp(arguments->word[0], acts[i].word) != 0)
            continue;
        enum err err = acts[i].act(vm);
        if (err == ERR_NONE)
            shell_print("%s %s\r\n", vm->name, acts[i].done);
        else if (err == ERR_DENIED)
            shell_print("%s is %s: nothing to %s\r\n", vm->name, state_of(vm), acts[i].word);
        else
            shell_print("%s: %s\r\n", vm->name, err_text(err));
    }
}

/* ---- vCPUs */

/* Runs on the vCPU's CPU, where a guest that runs has just been interrupted: its PC is fresh. */
static void look(void *argument) {}

static void print_vcpu(const struct vcpu *vcpu)
{
    static const char *const states[] = {[SCHED_OFF] = "off",
                                         [SCHED_READY] = "ready",
                                         [SCHED_RUNNING] = "running",
                                         [SCHED_WAITING] = "waiting"};
    const struct runq *runq = vcpu->sched.runq;
    uint64_t ran = vcpu->sched.run_ticks;
    char cpu[12] = "-";

    if (runq != NULL) {
        call_run(pcpus[runq->cpu], look, NULL);
        fmt_print(cpu, sizeof(cpu), "%u", runq->cpu);
        if (vcpu->sched.state == SCHED_RUNNING)
            ran += arch_counter() - vcpu->sched.run_start_ticks;
    }
    uint64_t ms = stat_ns(ran) / 1000000;
    char symbol[112];
    shell_print("%-*s %4u %3s %-8s %6llu.%03llu s  0x%llx%s\r\n", VM_NAME_MAX, vcpu->vm->name,
                vcpu->id, cpu,
                !vcpu->powered ? "off"
                : vcpu->parked ? "paused"
                               : states[vcpu->sched.state],
                (unsigned long long)(ms / 1000), (unsigned long long)(ms % 1000),
                (unsigned long long)arch_vcpu_pc(vcpu),
                vm_image_symbol(vcpu->vm, arch_vcpu_pc(vcpu), symbol, sizeof(symbol)));
}

void shell_vcpu(const struct shell_words *arguments)
{
    shell_print("%-*s %4s %3s %-8s %12s  %s\r\n", VM_NAME_MAX, "VM", "VCPU", "CPU", "STATE", "RAN",
                "PC");
    for (uint32_t i = 0; i < vm_count; i++)
        for (uint32_t v = 0; v < vms[i]->vcpu_count; v++)
            print_vcpu(vms[i]->vcpus[v]);
}

/* ---- memory */

/* A number with or without 0x. False if it is none. */
static bool parse_hex(const char *word, uint64_t *out)
{
    char *end;

    *out = strtoul(word, &end, 16);
    return end != word && *end == 0;
}

void shell_s2(const struct shell_words *arguments)
{
    struct vm *vm = shell_vm(arguments->word[0]);
    const struct mmio_region *region;
    struct s2_mapping mapping;
    gpa_t gpa;

    if (vm == NULL)
        return;
    if (!parse_hex(arguments->word[1], &gpa.raw)) {
        shell_print("'%s' is no hexadecimal address\r\n", arguments->word[1]);
        return;
    }
    region = mmio_bus_search(&vm->mmio, gpa, 1);
    if (region != NULL)
        shell_print("0x%llx: emulated device %s+0x%llx\r\n", (unsigned long long)gpa.raw,
                    region->name, (unsigned long long)(gpa.raw - region->base.raw));
    else if (s2_lookup(&vm->s2, gpa, &mapping) != ERR_NONE)
        shell_print("0x%llx: nothing\r\n", (unsigned long long)gpa.raw);
    else
        shell_print("0x%llx: host 0x%llx, %s%s%s %s, in a block of %llu KiB%s\r\n",
                    (unsigned long long)gpa.raw, (unsigned long long)mapping.hpa.raw,
                    mapping.attr.rights & PT_READ ? "r" : "-",
                    mapping.attr.rights & PT_WRITE ? "w" : "-",
                    mapping.attr.rights & PT_EXEC ? "x" : "-",
                    mapping.attr.memory == PT_DEVICE ? "device" : "memory",
                    (unsigned long long)(mapping.size_bytes / KIB(1)),
                    mapping.attr.software == S2_MARK_PRISTINE ? ", as it was loaded" : "");
}

void shell_mem(const struct shell_words *arguments)
{
    shell_print("free      %10llu KiB\r\n", (unsigned long long)(frame_free_bytes() / KIB(1)));
    shell_print("used      %10llu KiB, without guests' memory and our image\r\n",
                (unsigned long long)(frame_used_bytes() / KIB(1)));
    for (uint32_t i = 0; i < vm_count; i++)
        shell_print("%-*s %10llu KiB of memory, %llu KiB of stage-2 tables\r\n", VM_NAME_MAX,
                    vms[i]->name, (unsigned long long)(vms[i]->config->memory_bytes / KIB(1)),
                    (unsigned long long)(vms[i]->s2.pt.page_count * PAGE_SIZE / KIB(1)));
}
