/* SPDX-License-Identifier: Apache-2.0 */
/* How a VM gets its Arm devices: interrupt controller, UART, timers, identity; and the hooks of the
 * models. */
#include "arch/arch.h"
#include "arch/arm/a64/cpu.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/model/a64_hooks.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg.h"
#include "arch/arm/model/a64_vtimer.h"
#include "arch/arm/model/arm_guest_fdt.h"
#include "arch/arm/model/arm_guest_layout.h"
#include "arch/arm/model/smccc.h"
#include "core/console.h"
#include "core/frame.h"
#include "core/pcpu.h"
#include "core/run.h"
#include "core/vm.h"
#include "core/vm_image.h"
#include "lib/bits.h"
#include "lib/panic.h"
#include "vdev/vgic.h"
#include "vdev/vpl011.h"

/* Interrupts the platform's UART needs: one SPI, so one register's worth. */
#define SPI_COUNT_DEFAULT 32

/* vCPU INDEX as affinity: clusters of 16 as GICv3's target lists want them. */
static uint64_t vmpidr_of(uint32_t index)
{
    return MPIDR_EL1_RES1_31 | REG_PUT(MPIDR_EL1, Aff0, index % 16) |
           REG_PUT(MPIDR_EL1, Aff1, index / 16);
}

static void vgic_kick(void *owner, uint32_t cpu)
{
    vcpu_kick(((struct vm *)owner)->vcpus[cpu], VCPU_REQ_VIRQ);
}

struct vgic_sync {
    struct vm *vm;
    uint32_t cpu;
};

static void vgic_sync_here(void *argument)
{
    struct vgic_sync *sync = argument;
    struct vcpu *vcpu = sync->vm->vcpus[sync->cpu];

    if (arch_this_cpu()->loaded == vcpu)
        vgic_flush(vcpu->arch.a64.vgic);
}

/* Have the list registers of vCPU CPU read back, wherever they are. */
static void vgic_sync(void *owner, uint32_t cpu)
{
    struct vgic_sync sync = {.vm = owner, .cpu = cpu};
    struct runq *runq = sync.vm->vcpus[cpu]->sched.runq;

    if (runq != NULL)
        call_run(pcpus[runq->cpu], vgic_sync_here, &sync);
}

static void cntp_fired(struct timer *timer, uint64_t now_ticks)
{
    struct vcpu *vcpu = container_of(timer, struct vcpu, arch.a64.cntp_timer);

    vgic_set_level(vcpu->vm->arch.a64.vgic, vcpu->id, ARM_PPI_PTIMER, true);
}

static enum err add_region(struct vm *vm, uint64_t base, uint64_t size_bytes,
                           mmio_handler_fn *handler, void *device, const char *name)
{
    struct mmio_region region = {.base = GPA(base),
                                 .size_bytes = size_bytes,
                                 .handler = handler,
                                 .device = device,
                                 .name = name};

    return mmio_bus_add(&vm->mmio, &region);
}

static enum err add_gic_regions(struct vm *vm)
{
    struct a64_vm *a64 = &vm->arch.a64;
    struct pt_attr device = {.rights = PT_READ | PT_WRITE, .memory = PT_DEVICE};
    enum err err;

    if (a64->gic_version == 2) {
        err = add_region(vm, ARM_GUEST_GICV2_GICD_BASE, ARM_GUEST_GICV2_GICD_BYTES,
                         vgic_v2_dist_mmio, a64->vgic, "GICD");
        /* The guest's CPU interface is the hardware's virtual one: no exit to take or end an
         * interrupt. */
        return err ? err
                   : s2_map(&vm->s2, GPA(ARM_GUEST_GICC_BASE), gic_vcpu_interface,
                            ARM_GUEST_GICC_BYTES, device);
    }
    err = add_region(vm, ARM_GUEST_GICV3_GICD_BASE, ARM_GUEST_GICV3_GICD_BYTES, vgic_v3_dist_mmio,
                     a64->vgic, "GICD");
    return err ? err
               : add_region(vm, ARM_GUEST_GICR_BASE, ARM_GUEST_GICR_BYTES * vm->vcpu_count,
                            vgic_v3_redist_mmio, a64->vgic, "GICR");
}

bool arch_hpa_is_banked(hpa_t hpa)
{
    return gic->vgic->version == 2 && hpa.raw - gic_vcpu_interface.raw < ARM_GUEST_GICC_BYTES;
}

enum err arch_vm_init(struct vm *vm)
{
    struct a64_vm *a64 = &vm->arch.a64;
    uint64_t mpidrs[VM_VCPU_MAX];
    struct vgic_config config = {
        .hw = gic->vgic,
        .cpu_count = vm->vcpu_count,
        .spi_count = vm->config->spi_count ? vm->config->spi_count : SPI_COUNT_DEFAULT,
        .mpidrs = mpidrs,
        .kick = vgic_kick,
        .sync = vgic_sync,
        .owner = vm,
    };
    enum err err;

    for (uint32_t i = 0; i < vm->vcpu_count; i++)
        mpidrs[i] = vmpidr_of(i);
    a64->gic_version = gic->vgic->version;
    a64->vgic = heap_alloc(vgic_size(&config));
    if (a64->vgic == NULL)
        return ERR_NO_MEMORY;
    err = vgic_init(a64->vgic, &config);
    if (err)
        return err;
    for (uint32_t i = 0; i < vm->vcpu_count; i++)
        vgic_map_hw(a64->vgic, i, ARM_PPI_VTIMER, ARM_PPI_VTIMER);
    a64->vttbr = arch_to_hpa(vm->s2.pt.root).raw | REG_PUT(VTTBR_EL2, VMID, vm->s2.vmid);
    for (unsigned i = 0; i < ARRAY_SIZE(a64->last_vcpu); i++)
        a64->last_vcpu[i] = UINT8_MAX;
    return add_gic_regions(vm);
}

void arch_vm_reset(struct vm *vm)
{
    struct a64_vm *a64 = &vm->arch.a64;

    vgic_reset(a64->vgic);
    if (a64->uart != NULL)
        vpl011_reset(a64->uart);
    a64->cntvoff = arch_counter();
    vm->time_zero_ticks = a64->cntvoff;
}

enum err arch_vcpu_init(struct vcpu *vcpu)
{
    struct a64_state *a64 = &vcpu->arch.a64;

    a64->vgic = vgic_cpu_of(vcpu->vm->arch.a64.vgic, vcpu->id);
    a64->vmpidr = vmpidr_of(vcpu->id);
    a64->vpidr = cpu_midr();
    timer_init(&a64->cntp_timer, cntp_fired);
    return ERR_NONE;
}

/* ---- the UART */

static bool uart_put(void *ctx, char byte)
{
    struct vm *vm = ctx;

    if (!console_put(vm->console_owner, byte))
        return false;
    if (vm->watch.listens)
        watch_byte(vm, byte);
    return true;
}

static bool uart_input(void *owner, char byte)
{
    return vpl011_input(((struct vm *)owner)->arch.a64.uart, byte);
}

static void uart_room(void *owner)
{
    vpl011_output_ready(((struct vm *)owner)->arch.a64.uart);
}

static void uart_input_room(void *ctx)
{
    console_input_ready(((struct vm *)ctx)->console_owner);
}

enum err arch_vm_add_uart(struct vm *vm)
{
    struct vpl011_config config = {
        .put = uart_put,
        .input_ready = uart_input_room,
        .ctx = vm,
        .irq = {.controller = vgic_controller(vm->arch.a64.vgic), .number = ARM_GUEST_UART_INTID},
    };
    struct vpl011 *uart = heap_alloc(sizeof(*uart));

    if (uart == NULL)
        return ERR_NO_MEMORY;
    vpl011_init(uart, &config);
    vm->arch.a64.uart = uart;
    vm->console_owner = console_add_owner(vm->name, uart_input, vm);
    console_set_ready_hook(vm->console_owner, uart_room);
    return add_region(vm, ARM_GUEST_UART_BASE, PL011_SIZE, vpl011_mmio, uart, "UART");
}

void arch_vm_image_params(struct vm_image_params *params)
{
    params->banks[0].base = GPA(ARM_GUEST_BANK0_BASE);
    params->banks[0].max_bytes = ARM_GUEST_BANK0_BYTES;
    params->banks[1].base = GPA(ARM_GUEST_BANK1_BASE);
    params->banks[1].max_bytes = ARM_GUEST_BANK1_BYTES;
    params->kernel_kinds = bit32(IMAGE_RAW) | bit32(IMAGE_ARM64) | bit32(IMAGE_ELF);
    params->elf_machine = IMAGE_MACHINE_AARCH64;
}

int arch_guest_fdt(void *fdt, const struct guest_fdt_params *params)
{
    struct arm_fdt_params arm = {.gic_version = gic->vgic->version};
    uint64_t mpidrs[VM_VCPU_MAX];

    for (uint32_t i = 0; i < params->cpu_count; i++)
        mpidrs[i] = vmpidr_of(i) & MPIDR_EL1_AFFINITY;
    arm.mpidrs = mpidrs;
    return arm_guest_fdt(fdt, &arm, params);
}

/* ---- traps and the models' hooks */

inline enum trap_result arch_trap_sysreg(struct vcpu *vcpu, struct trap *trap)
{
    return a64_sysreg_access(vcpu, trap);
}

inline enum trap_result arch_trap_call(struct vcpu *vcpu, struct trap *trap)
{
    return arm_smccc_call(vcpu, trap, vcpu->arch.a64.gprs.x);
}

/* The emulated physical timer: its line follows, and a software timer waits for the rise. */
static void cntp_update(struct vcpu *vcpu)
{
    struct a64_state *a64 = &vcpu->arch.a64;
    uint64_t ctl = a64->emulated.cntp_ctl, cval = a64->emulated.cntp_cval, now = arch_counter();
    bool line = a64_timer_line(ctl, cval, now);

    vgic_set_level(vcpu->vm->arch.a64.vgic, vcpu->id, ARM_PPI_PTIMER, line);
    timer_arm(&a64->pcpu->timers, &a64->cntp_timer,
              line ? TIMER_NEVER : a64_timer_deadline(ctl, cval));
}

void a64_hook_cntp_changed(struct vcpu *vcpu)
{
    struct pcpu *pcpu = vcpu->arch.a64.pcpu;

    cntp_update(vcpu);
    arch_timer_program(timer_queue_next(&pcpu->timers));
}

uint64_t a64_hook_counter(void)
{
    return arch_counter();
}

void a64_hook_wait(struct vcpu *vcpu)
{
    sched_wait(vcpu);
}

void a64_hook_deactivate(struct vcpu *vcpu, uint32_t intid)
{
    vgic_deactivate(vcpu->arch.a64.vgic, intid);
}

void a64_hook_sgi(struct vcpu *vcpu, uint64_t value, bool group0)
{
    vgic_sgi1r(vcpu->arch.a64.vgic, value, group0);
}
