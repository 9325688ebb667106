/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm/hw/devices.h"

#include "arch/arch.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_vtimer.h"
#include "arch/arm/model/arm_guest_layout.h"
#include "core/frame.h"
#include "core/pcpu.h"
#include "core/run.h"
#include "core/vm_device.h"
#include "core/vm_disk.h"
#include "core/vm_image.h"
#include "lib/bits.h"
#include "vdev/vgic.h"
#include "vdev/virtio_blk.h"
#include "vdev/vpl011.h"

/* Interrupts the platform's UART needs: one SPI, so one register's worth. */
#define SPI_COUNT_DEFAULT 32

/* Clusters of 16 as GICv3's target lists want them. */
uint64_t arm_mpidr_of(uint32_t index)
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
        vgic_flush(vcpu->arch.arm.vgic);
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
    struct vcpu *vcpu = container_of(timer, struct vcpu, arch.arm.cntp_timer);

    vgic_set_level(vcpu->vm->arch.arm.vgic, vcpu->id, ARM_PPI_PTIMER, true);
}

static enum err add_gic_regions(struct vm *vm)
{
    struct arm_vm *arm = &vm->arch.arm;
    struct pt_attr device = {.rights = PT_READ | PT_WRITE, .memory = PT_DEVICE};
    enum err err;

    if (arm->gic_version == 2) {
        err = vm_add_region(vm, ARM_GUEST_GICV2_GICD_BASE, ARM_GUEST_GICV2_GICD_BYTES,
                            vgic_v2_dist_mmio, arm->vgic, "GICD");
        /* The guest's CPU interface is the hardware's virtual one: no exit to take or end an
         * interrupt. */
        if (!err && arm->gicc_emulated)
            return vm_add_region(vm, ARM_GUEST_GICC_BASE, ARM_GUEST_GICC_BYTES, gic->gicc_mmio,
                                 arm->vgic, "GICC");
        return err ? err
                   : s2_map(&vm->s2, GPA(ARM_GUEST_GICC_BASE), gic_vcpu_interface,
                            ARM_GUEST_GICC_BYTES, device);
    }
    err = vm_add_region(vm, ARM_GUEST_GICV3_GICD_BASE, ARM_GUEST_GICV3_GICD_BYTES,
                        vgic_v3_dist_mmio, arm->vgic, "GICD");
    return err ? err
               : vm_add_region(vm, ARM_GUEST_GICR_BASE, ARM_GUEST_GICR_BYTES * vm->vcpu_count,
                               vgic_v3_redist_mmio, arm->vgic, "GICR");
}

bool arch_hpa_is_banked(hpa_t hpa)
{
    return gic->vgic->version == 2 && gic_vcpu_interface.raw != 0 &&
           hpa.raw - gic_vcpu_interface.raw < ARM_GUEST_GICC_BYTES;
}

enum err arch_vm_init(struct vm *vm)
{
    struct arm_vm *arm = &vm->arch.arm;
    uint64_t mpidrs[VM_VCPU_MAX];
    struct vgic_config config = {
        .cpu_count = vm->vcpu_count,
        .spi_count = vm->config->spi_count ? vm->config->spi_count : SPI_COUNT_DEFAULT,
        .mpidrs = mpidrs,
        .kick = vgic_kick,
        .sync = vgic_sync,
        .owner = vm,
    };
    enum err err;

    for (uint32_t i = 0; i < vm->vcpu_count; i++)
        mpidrs[i] = arm_mpidr_of(i);
    arm->gic_version = gic->vgic->version;
    arm->gicc_emulated =
        gic->vgic_emulated != NULL && (vm->config->emulate || gic->vgic == gic->vgic_emulated);
    config.hw = arm->gicc_emulated ? gic->vgic_emulated : gic->vgic;
    arm->vgic = heap_alloc(vgic_size(&config));
    if (arm->vgic == NULL)
        return ERR_NO_MEMORY;
    err = vgic_init(arm->vgic, &config);
    if (err)
        return err;
    for (uint32_t i = 0; i < vm->vcpu_count; i++)
        vgic_map_hw(arm->vgic, i, ARM_PPI_VTIMER, ARM_PPI_VTIMER);
    arm->vttbr = arch_to_hpa(vm->s2.pt.root).raw | REG_PUT(VTTBR_EL2, VMID, vm->s2.vmid);
    for (unsigned i = 0; i < ARRAY_SIZE(arm->last_vcpu); i++)
        arm->last_vcpu[i] = UINT8_MAX;
    return add_gic_regions(vm);
}

void arch_vm_reset(struct vm *vm)
{
    struct arm_vm *arm = &vm->arch.arm;

    vgic_reset(arm->vgic);
    if (arm->uart != NULL)
        vpl011_reset(arm->uart);
    if (arm->disk != NULL)
        virtio_blk_reset(arm->disk);
    arm->cntvoff = arch_counter();
    vm->time_zero_ticks = arm->cntvoff;
}

void arm_vcpu_init(struct vcpu *vcpu)
{
    vcpu->arch.arm.vgic = vgic_cpu_of(vcpu->vm->arch.arm.vgic, vcpu->id);
    timer_init(&vcpu->arch.arm.cntp_timer, cntp_fired);
}

void arch_vcpu_sync_virqs(struct vcpu *vcpu)
{
    vgic_flush(vcpu->arch.arm.vgic);
}

bool arch_vcpu_virq_pending(struct vcpu *vcpu)
{
    return vgic_pending(vcpu->arch.arm.vgic);
}

void arch_vcpu_timer_fired(struct vcpu *vcpu)
{
    vgic_hw_fired_away(vcpu->arch.arm.vgic, ARM_PPI_VTIMER);
}

/* ---- the UART */

static bool uart_input(void *owner, char byte)
{
    return vpl011_input(((struct vm *)owner)->arch.arm.uart, byte);
}

static void uart_room(void *owner)
{
    vpl011_output_ready(((struct vm *)owner)->arch.arm.uart);
}

enum err arch_vm_add_uart(struct vm *vm)
{
    struct vpl011_config config = {
        .put = vm_console_put,
        .input_ready = vm_console_input_room,
        .ctx = vm,
        .irq = {.controller = vgic_controller(vm->arch.arm.vgic), .number = ARM_GUEST_UART_INTID},
    };
    struct vpl011 *uart = heap_alloc(sizeof(*uart));

    if (uart == NULL)
        return ERR_NO_MEMORY;
    vpl011_init(uart, &config);
    vm->arch.arm.uart = uart;
    vm_add_console(vm, uart_input, uart_room);
    return vm_add_region(vm, ARM_GUEST_UART_BASE, PL011_SIZE, vpl011_mmio, uart, "UART");
}

enum err arch_vm_add_disk(struct vm *vm)
{
    struct virtio_blk_config config = {
        .vm = vm,
        .irq = {.controller = vgic_controller(vm->arch.arm.vgic), .number = ARM_GUEST_DISK_INTID},
        .size_bytes = vm->disk->size_bytes,
        .at = vm_disk_at,
        .owner = vm->disk,
    };
    struct virtio_blk *disk = heap_alloc(sizeof(*disk));

    if (disk == NULL)
        return ERR_NO_MEMORY;
    virtio_blk_init(disk, &config);
    vm->arch.arm.disk = disk;
    return vm_add_region(vm, ARM_GUEST_DISK_BASE, VIRTIO_MMIO_SIZE, virtio_blk_mmio, disk, "disk");
}

/* ---- where everything is */

void arm_image_banks(struct vm_image_params *params)
{
    params->banks[0].base = GPA(ARM_GUEST_BANK0_BASE);
    params->banks[0].max_bytes = ARM_GUEST_BANK0_BYTES;
    params->banks[1].base = GPA(ARM_GUEST_BANK1_BASE);
    params->banks[1].max_bytes = ARM_GUEST_BANK1_BYTES;
    params->can_emulate = gic->vgic_emulated != NULL;
}

int arm_devices_fdt(void *fdt, const char *cpu, const char *timer,
                    const struct guest_fdt_params *params)
{
    struct arm_fdt_params arm = {
        .gic_version = gic->vgic->version, .cpu_compatible = cpu, .timer_compatible = timer};
    uint64_t mpidrs[VM_VCPU_MAX];

    for (uint32_t i = 0; i < params->cpu_count; i++)
        mpidrs[i] = arm_mpidr_of(i) & MPIDR_EL1_AFFINITY;
    arm.mpidrs = mpidrs;
    return arm_guest_fdt(fdt, &arm, params);
}

void arm_cntp_update(struct vcpu *vcpu, uint64_t ctl, uint64_t cval)
{
    struct pcpu *pcpu = arch_this_cpu();
    bool line = a64_timer_line(ctl, cval, arch_counter());

    vgic_set_level(vcpu->vm->arch.arm.vgic, vcpu->id, ARM_PPI_PTIMER, line);
    timer_arm(&pcpu->timers, &vcpu->arch.arm.cntp_timer,
              line ? TIMER_NEVER : a64_timer_deadline(ctl, cval));
    run_timer_armed(pcpu);
}
