/* SPDX-License-Identifier: Apache-2.0 */
/* How a VM gets its RISC-V devices, interrupt controller and UART; and the hooks of the models. */
#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/host.h"
#include "arch/riscv/hw/hs.h"
#include "arch/riscv/hw/sbi.h"
#include "arch/riscv/hw/timer.h"
#include "arch/riscv/model/rv_csr_rows.h"
#include "arch/riscv/model/rv_guest_fdt.h"
#include "arch/riscv/model/rv_guest_layout.h"
#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_sbi.h"
#include "arch/riscv/model/rv_virq.h"
#include "core/frame.h"
#include "core/pcpu.h"
#include "core/run.h"
#include "core/vm_device.h"
#include "core/vm_image.h"
#include "lib/bits.h"
#include "lib/string.h"
#include "vdev/vns16550.h"
#include "vdev/vplic.h"

static_assert(RV_GUEST_PLIC_BYTES == VPLIC_SIZE &&
                  RV_GUEST_PLIC_LAST_SOURCE == VPLIC_SOURCE_COUNT - 1,
              "what guests are told is what the model has");

/* Contexts come in pairs, machine mode first, which guests do not have. */
static void set_external(void *owner, uint32_t context, bool level)
{
    if (context % 2 == 1)
        rv_virq_set(((struct vm *)owner)->vcpus[context / 2], RV_IRQ_SEI, level);
}

static enum err add_region(struct vm *vm, uint64_t base, uint64_t size_bytes,
                           mmio_handler_fn *handler, mmio_peek_fn *peek, void *device,
                           const char *name)
{
    enum err err = vm_add_region(vm, base, size_bytes, handler, device, name);

    mmio_bus_set_peek(&vm->mmio, device, peek);
    return err;
}

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
    rv->hgatp = hs_hgatp(vm);
    memset(rv->last_vcpu, UINT8_MAX, sizeof(rv->last_vcpu));
    return add_region(vm, RV_GUEST_PLIC_BASE, VPLIC_SIZE, vplic_mmio, vplic_peek, rv->vplic,
                      "PLIC");
}

void arch_vm_reset(struct vm *vm)
{
    struct rv_vm *rv = &vm->arch.rv;

    if (rv->uart != NULL)
        vns16550_reset(rv->uart);
    vplic_reset(rv->vplic);
    vm->time_zero_ticks = arch_counter();
    rv->time_delta = -vm->time_zero_ticks;
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
    };
    struct vns16550 *uart = heap_alloc(sizeof(*uart));

    if (uart == NULL)
        return ERR_NO_MEMORY;
    vns16550_init(uart, &config);
    vm->arch.rv.uart = uart;
    vm_add_console(vm, uart_input, uart_room);
    return add_region(vm, RV_GUEST_UART_BASE, RV_GUEST_UART_BYTES, vns16550_mmio, vns16550_peek,
                      uart, "UART");
}

bool rv_hook_console_put(struct vm *vm, char byte)
{
    return vm_console_put(vm, byte);
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
}

int arch_guest_fdt(void *fdt, const struct guest_fdt_params *params)
{
    struct rv_fdt_params rv = {
        .isa = &rv_host.guest_isa,
        .mmu_type = rv_host.mmu_type,
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

void rv_hook_set_timer(struct vcpu *vcpu, uint64_t deadline_ticks)
{
    if (rv_host.sstc)
        csr_write(vstimecmp, deadline_ticks);
    else
        timer_set_virtual(vcpu, deadline_ticks);
}

void rv_hook_post_self(struct vcpu *vcpu)
{
    csr_set(hvip, RV_IRQ_VSSI);
}

void rv_hook_forget_mmu(struct vcpu *vcpu)
{
    csr_write(vsatp, 0);
    csr_clear(vsstatus, SSTATUS_SIE);
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

    /* Here it takes an instruction, not a call. */
    if (cpus & self) {
        if (fence == RV_FENCE_I)
            fence_i();
        else
            hs_forget_guest();
    }
    sbi_fence(cpus & ~self, functions[fence], start, size_bytes, asid);
}
