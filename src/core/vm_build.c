/* SPDX-License-Identifier: Apache-2.0 */
/* From a VM's configuration to a VM, and from its images to its first instruction. */
#include "arch/arch.h"
#include "core/console.h"
#include "core/frame.h"
#include "core/guest_mem.h"
#include "core/vm.h"
#include "core/vm_disk.h"
#include "core/vm_image.h"
#include "lib/fmt.h"
#include "lib/random.h"

static struct vm *refuse(const struct vm_config *config, const struct config_sink *sink,
                         const char *what, enum err err)
{
    char text[160];

    fmt_print(text, sizeof(text),
              "There is nothing left to make %s of: %s. Give this VM or those before it less.",
              what, err_text(err));
    sink->report(sink->context, CONFIG_ERROR, config->path, NULL, text);
    return NULL;
}

static enum err add_disk(struct vm *vm)
{
    const struct vm_module *module = &vm->config->disk;

    vm->disk = vm_disk_create(arch_to_ptr(module->base), module->size_bytes);
    return vm->disk != NULL ? arch_vm_add_disk(vm) : ERR_NO_MEMORY;
}

static enum err create_vcpus(struct vm *vm)
{
    for (uint32_t i = 0; i < vm->vcpu_count; i++) {
        struct vcpu *vcpu = heap_alloc(sizeof(*vcpu));
        enum err err;

        if (vcpu == NULL)
            return ERR_NO_MEMORY;
        vm->vcpus[i] = vcpu;
        vcpu_init(vcpu, vm, i);
        err = arch_vcpu_init(vcpu);
        if (err)
            return err;
    }
    return ERR_NONE;
}

/* Everything of VM that a later failure must give back; what: which step failed. */
static enum err build(struct vm *vm, const struct vm_image_params *params,
                      const struct config_sink *sink, const char **what)
{
    enum err err;

    *what = NULL; /* reports by itself what a user can mend */
    err = vm_image_build(vm, params, sink);
    if (err)
        return err;
    *what = "the VM's interrupt controller";
    err = arch_vm_init(vm);
    if (err == ERR_NONE) {
        *what = "the VM's vCPUs";
        err = create_vcpus(vm);
    }
    if (err == ERR_NONE && vm->config->vpl011) {
        *what = "the VM's UART";
        err = arch_vm_add_uart(vm);
    }
    if (err == ERR_NONE && vm->config->disk.present) {
        *what = "the VM's disk, which takes as much memory as its file";
        err = add_disk(vm);
    }
    if (err)
        vm_image_destroy(vm);
    return err;
}

struct vm *vm_create(const struct vm_config *config, const struct vm_image_params *params,
                     const struct config_sink *sink)
{
    struct vm *vm = heap_alloc(sizeof(*vm));
    const char *what = NULL;
    enum err err;

    if (vm == NULL)
        return refuse(config, sink, "the VM", ERR_NO_MEMORY);
    vm->config = config;
    vm->name = config->name;
    vm->id = vm_count;
    vm->vcpu_count = config->cpu_count;
    vm->state = VM_BUILT;
    vm->console_owner = CONSOLE_NONE;
    /* VMID 0 is the hypervisor's own habit of "none". */
    err = s2_init(&vm->s2, (uint16_t)(vm->id + 1));
    if (err)
        return refuse(config, sink, "the VM's stage-2 tables", err);
    err = build(vm, params, sink, &what);
    if (err) {
        s2_destroy(&vm->s2);
        return what == NULL ? NULL : refuse(config, sink, what, err);
    }
    watch_init(vm);
    vms[vm_count++] = vm;
    return vm;
}

/* The tree for one start: fresh seeds each time. */
static enum err write_fdt(struct vm *vm, void *buffer, size_t *used)
{
    struct guest_fdt_params params = {
        .name = vm->name,
        .bootargs = vm->config->bootargs,
        .banks = vm->banks,
        .bank_count = vm->bank_count,
        .cpu_count = vm->vcpu_count,
        .initrd = vm->image->initrd,
        .initrd_bytes = vm->image->initrd_bytes,
        .uart = vm->config->vpl011,
        .disk = vm->config->disk.present,
        .machine_mode = vm->config->start_machine,
        .arch = vm,
    };

    random_bytes(params.rng_seed, sizeof(params.rng_seed));
    random_bytes(&params.kaslr_seed, sizeof(params.kaslr_seed));
    return guest_fdt_write(buffer, GUEST_FDT_MAX, &params, arch_guest_fdt, used);
}

static enum err put_fdt(struct vm *vm)
{
    static struct spinlock lock = SPINLOCK_INIT;
    static uint8_t buffer[GUEST_FDT_MAX] __aligned(8);
    size_t used;
    enum err err;

    spin_lock(&lock);
    err = write_fdt(vm, buffer, &used);
    if (err == ERR_NONE)
        err = guest_mem_write(vm, vm->fdt, buffer, used);
    spin_unlock(&lock);
    return err;
}

/* From what it was to starting, unless it was told to stop. */
static enum err begin_start(struct vm *vm)
{
    struct vcpu *vcpu = vm->vcpus[0];
    enum err err = ERR_NONE;

    spin_lock(&vm->lock);
    if (vm->state == VM_STOPPING && vm->stop_reason != VM_STOP_RESET) {
        err = ERR_BUSY;
    } else {
        vm->state = VM_STARTING;
        vm->powered_count = 1;
        vcpu->powered = true;
        vcpu->starting = true;
        vcpu->requests = 0;
        sched_place(vcpu);
        /* Publishes all of the above: its CPU takes it from its queue under the same lock. */
        sched_wake(vcpu, true);
    }
    spin_unlock(&vm->lock);
    return err;
}

enum err vm_start(struct vm *vm)
{
    enum err err = vm_image_load_begin(vm);

    return err ? err : begin_start(vm);
}

/* Where there is no firmware all CPUs begin at once, at the same place. One that cannot: the VM has
 * been stopped meanwhile. */
static void start_others(struct vm *vm)
{
    enum err err = ERR_NONE;

    for (uint32_t i = 1; i < vm->vcpu_count && err == ERR_NONE; i++)
        err = vm_cpu_on(vm, i, vm->entry.raw, vm->fdt.raw);
}

void vm_start_step(struct vcpu *vcpu)
{
    struct vm *vm = vcpu->vm;
    bool done;
    enum err err;

    arch_lib_begin();
    err = vm_image_load_step(vm, put_fdt, &done);
    if (err) {
        log_error("%s: its images cannot be loaded: %s", vm->name, err_text(err));
        vm_stop(vm, VM_STOP_CRASH);
        return;
    }
    if (!done)
        return;
    if (vm->disk != NULL)
        vm_disk_reset(vm->disk);
    arch_vm_reset(vm);
    arch_vcpu_reset(vcpu, vm->entry.raw, vm->fdt.raw);
    watch_start(vm);
    vcpu->starting = false;
    spin_lock(&vm->lock);
    if (vm->state == VM_STARTING)
        vm->state = VM_RUNNING;
    spin_unlock(&vm->lock);
    if (vm->config->start_machine)
        start_others(vm);
}
