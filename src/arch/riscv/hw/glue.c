/* SPDX-License-Identifier: Apache-2.0 */
/* How a VM gets its RISC-V devices, interrupt controller and UART; and the hooks of the models. */
#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/host.h"
#include "arch/riscv/hw/hs.h"
#include "arch/riscv/hw/sbi.h"
#include "arch/riscv/hw/smode.h"
#include "arch/riscv/hw/timer.h"
#include "arch/riscv/model/rv_csr_rows.h"
#include "arch/riscv/model/rv_emulate.h"
#include "arch/riscv/model/rv_guest_fdt.h"
#include "arch/riscv/model/rv_guest_layout.h"
#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_sbi.h"
#include "arch/riscv/model/rv_virq.h"
#include "core/frame.h"
#include "core/pcpu.h"
#include "core/run.h"
#include "core/vm_device.h"
#include "core/vm_disk.h"
#include "core/vm_image.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "vdev/vclint.h"
#include "vdev/virtio_blk.h"
#include "vdev/vns16550.h"
#include "vdev/vplic.h"

static_assert(RV_GUEST_PLIC_BYTES == VPLIC_SIZE &&
                  RV_GUEST_PLIC_LAST_SOURCE == VPLIC_SOURCE_COUNT - 1,
              "what guests are told is what the model has");

/* Contexts come in pairs, machine mode first, which most guests do not have. */
static void set_external(void *owner, uint32_t context, bool level)
{
    struct vm *vm = owner;

    if (context % 2 == 1)
        rv_virq_set(vm->vcpus[context / 2], RV_IRQ_SEI, level);
    else if (vm->config->start_machine)
        rv_virq_set(vm->vcpus[context / 2], RV_IRQ_MEI, level);
}

/* ---- machine mode's interrupts */

static void set_software(void *owner, uint32_t hart, bool level)
{
    rv_virq_set(((struct vm *)owner)->vcpus[hart], RV_IRQ_MSI, level);
}

/* The vCPU looks at it anew, and sets its timer, when it is told of an interrupt. */
static void set_deadline(void *owner, uint32_t hart, uint64_t deadline_ticks)
{
    struct vcpu *vcpu = ((struct vm *)owner)->vcpus[hart];

    __atomic_store_n(&vcpu->arch.rv.priv.machine.mtimecmp, deadline_ticks, __ATOMIC_RELEASE);
    vcpu_kick(vcpu, VCPU_REQ_VIRQ);
}

static uint64_t guest_time(void *owner)
{
    return arch_counter() + ((struct vm *)owner)->arch.rv.time_delta;
}

/* QEMU's way to end without firmware (hw/misc/sifive_test.h): the low half of a word says how. */
static bool finisher_mmio(void *device, struct mmio_access *access)
{
    enum { FAIL = 0x3333, PASS = 0x5555, RESET = 0x7777 };
    struct vm *vm = device;

    if (access->size_bytes != 4 || access->offset != 0)
        return false;
    if (!access->write)
        access->value = 0;
    else if ((uint16_t)access->value == PASS)
        vm_stop(vm, VM_STOP_POWEROFF);
    else if ((uint16_t)access->value == RESET)
        vm_stop(vm, VM_STOP_RESET);
    else if ((uint16_t)access->value == FAIL)
        vm_stop(vm, VM_STOP_CRASH);
    return true;
}

static enum err add_machine_devices(struct vm *vm)
{
    struct vclint_config config = {
        .hart_count = vm->vcpu_count,
        .set_software = set_software,
        .set_deadline = set_deadline,
        .time = guest_time,
        .owner = vm,
    };
    struct vclint *clint = heap_alloc(sizeof(*clint));

    if (clint == NULL)
        return ERR_NO_MEMORY;
    vclint_init(clint, &config);
    vm->arch.rv.clint = clint;
    if (vm_add_region(vm, RV_GUEST_FINISHER_BASE, RV_GUEST_FINISHER_BYTES, finisher_mmio, vm,
                      "finisher") != ERR_NONE)
        return ERR_NO_MEMORY;
    return vm_add_region(vm, RV_GUEST_CLINT_BASE, VCLINT_SIZE, vclint_mmio, clint, "CLINT");
}

static enum err add_region(struct vm *vm, uint64_t base, uint64_t size_bytes,
                           mmio_handler_fn *handler, mmio_peek_fn *peek, void *device,
                           const char *name)
{
    enum err err = vm_add_region(vm, base, size_bytes, handler, device, name);

    mmio_bus_set_peek(&vm->mmio, device, peek);
    return err;
}

/* ---- SBI's console, of a VM without UART: a byte at a time, the console keeps the rest */

static bool sbi_input(void *owner, char byte)
{
    uint32_t none = 0;

    return __atomic_compare_exchange_n(&((struct vm *)owner)->arch.rv.sbi_input, &none,
                                       RV_SBI_INPUT | (uint8_t)byte, false, __ATOMIC_RELEASE,
                                       __ATOMIC_RELAXED);
}

bool rv_hook_console_put(struct vm *vm, char byte)
{
    return vm_console_put(vm, byte);
}

int rv_hook_console_get(struct vm *vm)
{
    uint32_t input;

    if (__atomic_load_n(&vm->arch.rv.sbi_input, __ATOMIC_RELAXED) == 0)
        return -1;
    input = __atomic_exchange_n(&vm->arch.rv.sbi_input, 0, __ATOMIC_ACQUIRE);
    if (input == 0)
        return -1; /* another vCPU has it */
    vm_console_input_room(vm);
    return (uint8_t)input;
}

/* ---- the whole */

enum err arch_vm_init(struct vm *vm)
{
    struct rv_vm *rv = &vm->arch.rv;
    struct vplic_config config = {
        .context_count = 2 * vm->vcpu_count,
        .set_external = set_external,
        .owner = vm,
    };

    rv->vplic = heap_alloc(sizeof(*rv->vplic));
    if (rv->vplic == NULL)
        return ERR_NO_MEMORY;
    vplic_init(rv->vplic, &config);
    /* The hardware has no machine mode for guests. */
    rv->emulated = !rv_host.h || vm->config->emulate || vm->config->start_machine;
    if (vm->config->start_machine && add_machine_devices(vm) != ERR_NONE)
        return ERR_NO_MEMORY;
    if (!rv->emulated)
        rv->hgatp = hs_hgatp(vm);
    memset(rv->last_vcpu, UINT8_MAX, sizeof(rv->last_vcpu));
    if (vm->config->sbi_legacy && !vm->config->vpl011)
        vm_add_console(vm, sbi_input, NULL); /* who wants to print asks again and again */
    return add_region(vm, RV_GUEST_PLIC_BASE, VPLIC_SIZE, vplic_mmio, vplic_peek, rv->vplic,
                      "PLIC");
}

void arch_vm_reset(struct vm *vm)
{
    struct rv_vm *rv = &vm->arch.rv;

    if (rv->uart != NULL)
        vns16550_reset(rv->uart);
    (void)rv_hook_console_get(vm); /* typed for who was before */
    if (rv->disk != NULL)
        virtio_blk_reset(rv->disk);
    if (rv->clint != NULL)
        vclint_reset(rv->clint);
    vplic_reset(rv->vplic);
    vm->time_zero_ticks = arch_counter();
    /* Without H there is no offset: that a guest reads the time without a trap is worth more than
     * that its own begins at 0. */
    rv->time_delta = rv->emulated ? 0 : -vm->time_zero_ticks;
    /* Its new life begins with nothing cached of the old one. */
    memset(rv->last_vcpu, UINT8_MAX, sizeof(rv->last_vcpu));
}

/* ---- the UART */

static bool uart_input(void *owner, char byte)
{
    return vns16550_input(((struct vm *)owner)->arch.rv.uart, byte);
}

static void uart_room(void *owner)
{
    vns16550_output_ready(((struct vm *)owner)->arch.rv.uart);
}

enum err arch_vm_add_uart(struct vm *vm)
{
    struct vns16550_config config = {
        .put = vm_console_put,
        .input_ready = vm_console_input_room,
        .ctx = vm,
        .irq = {.controller = &vm->arch.rv.vplic->controller, .number = RV_GUEST_UART_SOURCE},
        /* What is made for QEMU's bare machine, xv6 for one, runs only as it does there. */
        .edge = vm->config->start_machine,
    };
    struct vns16550 *uart = heap_alloc(sizeof(*uart));

    if (uart == NULL)
        return ERR_NO_MEMORY;
    if (config.edge)
        vplic_set_edge(vm->arch.rv.vplic, RV_GUEST_UART_SOURCE);
    vns16550_init(uart, &config);
    vm->arch.rv.uart = uart;
    vm_add_console(vm, uart_input, uart_room);
    return add_region(vm, RV_GUEST_UART_BASE, RV_GUEST_UART_BYTES, vns16550_mmio, vns16550_peek,
                      uart, "UART");
}

enum err arch_vm_add_disk(struct vm *vm)
{
    struct virtio_blk_config config = {
        .vm = vm,
        .irq = {.controller = &vm->arch.rv.vplic->controller, .number = RV_GUEST_DISK_SOURCE},
        .size_bytes = vm->disk->size_bytes,
        .at = vm_disk_at,
        .owner = vm->disk,
    };
    struct virtio_blk *disk = heap_alloc(sizeof(*disk));

    if (disk == NULL)
        return ERR_NO_MEMORY;
    virtio_blk_init(disk, &config);
    vm->arch.rv.disk = disk;
    return vm_add_region(vm, RV_GUEST_DISK_BASE, VIRTIO_MMIO_SIZE, virtio_blk_mmio, disk, "disk");
}

/* ---- memory, device tree */

void arch_vm_image_params(struct vm_image_params *params)
{
    params->banks[0].base = GPA(RV_GUEST_BANK0_BASE);
    params->banks[0].max_bytes = RV_GUEST_BANK0_BYTES;
    params->banks[1].base = GPA(RV_GUEST_BANK0_BASE + RV_GUEST_BANK0_BYTES);
    params->banks[1].max_bytes = 0;
    params->kernel_kinds = bit32(IMAGE_RAW) | bit32(IMAGE_RISCV) | bit32(IMAGE_ELF);
    params->elf_machine = IMAGE_MACHINE_RISCV;
    params->has_machine_mode = true;
    params->has_sbi = true;
    params->can_emulate = true;
}

int arch_guest_fdt(void *fdt, const struct guest_fdt_params *params)
{
    const struct vm *vm = params->arch;
    struct rv_fdt_params rv = {
        .isa = vm->arch.rv.emulated ? &rv_host.emulated_isa : &rv_host.guest_isa,
        .mmu_type = vm->arch.rv.emulated ? rv_host.emulated_mmu_type : rv_host.mmu_type,
        .timebase_frequency = rv_host.timebase_hz,
    };

    return rv_guest_fdt(fdt, &rv, params);
}

/* ---- traps and the models' hooks */

enum trap_result arch_trap_sysreg(struct vcpu *vcpu, struct trap *trap)
{
    return rv_csr_access(vcpu, trap);
}

enum trap_result arch_trap_call(struct vcpu *vcpu, struct trap *trap)
{
    return rv_sbi_call(vcpu, trap);
}

void rv_hook_context(const struct vcpu *vcpu, struct rv_context *context)
{
    if (rv_is_emulated(vcpu))
        rv_priv_context(&vcpu->arch.rv, false, context);
    else
        hs_context(vcpu, context);
}

void rv_hook_set_timer(struct vcpu *vcpu, uint64_t deadline_ticks)
{
    struct rv_state *rv = &vcpu->arch.rv;

    if (rv_is_emulated(vcpu)) {
        rv->super.stimecmp = deadline_ticks;
        rv->priv.effects |= RV_EFFECT_PENDING;
        timer_follow(vcpu);
    } else if (rv_host.sstc) {
        csr_write(vstimecmp, deadline_ticks);
    } else {
        timer_set_virtual(vcpu, deadline_ticks);
    }
}

void rv_hook_timer_changed(struct vcpu *vcpu)
{
    vcpu->arch.rv.priv.effects |= RV_EFFECT_PENDING;
    timer_follow(vcpu);
}

void rv_hook_post_self(struct vcpu *vcpu)
{
    if (rv_is_emulated(vcpu))
        rv_virq_post(vcpu);
    else
        csr_set(hvip, RV_IRQ_VSSI);
}

bool rv_hook_clear_self(struct vcpu *vcpu)
{
    struct rv_state *rv = &vcpu->arch.rv;
    bool was = (__atomic_exchange_n(&rv->posted, 0, __ATOMIC_ACQUIRE) & RV_IRQ_SSI) != 0;

    if (rv_is_emulated(vcpu)) {
        was |= rv->super.software_pending;
        rv->super.software_pending = false;
    } else {
        was |= (csr_read(hvip) & RV_IRQ_VSSI) != 0;
        csr_clear(hvip, RV_IRQ_VSSI);
    }
    return was;
}

void rv_hook_forget_mmu(struct vcpu *vcpu)
{
    struct rv_super *super = &vcpu->arch.rv.super;

    if (rv_is_emulated(vcpu)) {
        super->satp = 0; /* its next entry sees both */
        super->sstatus &= ~(uint64_t)SSTATUS_SIE;
    } else {
        csr_write(vsatp, 0);
        csr_clear(vsstatus, SSTATUS_SIE);
    }
}

void rv_hook_wait(struct vcpu *vcpu)
{
    sched_wait(vcpu);
}

/* The physical CPUs that TARGETS of VM run on, or ran last. */
static uint64_t cpus_of(const struct vm *vm, uint64_t targets)
{
    uint64_t cpus = 0;

    for (; targets != 0; targets &= targets - 1) {
        const struct runq *runq = vm->vcpus[bit_lowest(targets)]->sched.runq;

        if (runq != NULL)
            cpus |= bit64(runq->cpu);
    }
    return cpus;
}

void rv_hook_fence(struct vcpu *vcpu, uint64_t targets, enum rv_fence fence, uint64_t start,
                   uint64_t size_bytes, uint64_t asid)
{
    static const uint8_t functions[] = {
        [RV_FENCE_I] = SBI_RFENCE_I,
        [RV_FENCE_VMA] = SBI_RFENCE_VVMA,
        [RV_FENCE_VMA_ASID] = SBI_RFENCE_VVMA_ASID,
    };
    uint64_t cpus = cpus_of(vcpu->vm, targets), self = bit64(vcpu->arch.rv.pcpu->id);
    const uint16_t guest_asid = (uint16_t)asid;

    if (rv_is_emulated(vcpu) && fence != RV_FENCE_I) {
        smode_fence(vcpu->vm, targets, start, size_bytes,
                    fence == RV_FENCE_VMA_ASID ? &guest_asid : NULL);
        return;
    }
    /* Here it takes an instruction, not a call. */
    if (cpus & self) {
        if (fence == RV_FENCE_I)
            fence_i();
        else
            hs_forget_guest();
    }
    sbi_fence(cpus & ~self, functions[fence], start, size_bytes, asid);
}
