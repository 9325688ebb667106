/* SPDX-License-Identifier: Apache-2.0 */
/* The world's memory and VMs, and what must hold of them. */
#include "tests/fuzz/world.h"

#include <stdio.h>
#include <string.h>

#include "arch/arch.h"
#include "arch/arm/model/a64_id.h"
#include "arch/arm/model/a64_id_regs.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg.h"
#include "arch/arm/model/arm_guest_layout.h"
#include "arch/host/host_mem.h"
#include "core/frame.h"
#include "core/ghost.h"
#include "core/run.h"
#include "core/vm_image_impl.h"
#include "lib/panic.h"
#include "vdev/vgic_lr.h"
#include "vdev/vgic_state.h"
#include "vdev/vpl011.h"

#define KERNELS      (WORLD_MEMORY + MIB(2)) /* one each 2 MiB */
#define IMAGE_BYTES  MIB(1)
#define IMAGE_HEADER 64

#define GICD_ISENABLER 0x100

struct world world;
void (*world_on_report)(const char *text);

static void on_report(void *context, enum config_severity severity, const char *path,
                      const char *property, const char *text)
{
    world.reports++;
    if (world_on_report != NULL)
        world_on_report(text);
}
static const struct config_sink sink = {.report = on_report};

/* ---- building */

static uint64_t kernel_bytes(const struct world_vm *vm)
{
    if (vm->kernel != NULL)
        return vm->kernel_bytes;
    return vm->in_place ? IMAGE_BYTES : PAGE_SIZE;
}

/* What the test gives, an arm64 Image (Documentation/arch/arm64/booting.rst), or bytes of no form.
 */
static void write_kernel(uint32_t index, const struct world_vm *vm)
{
    uint8_t *at = arch_to_ptr(HPA(KERNELS + index * MIB(2)));
    uint64_t bytes = kernel_bytes(vm);

    if (vm->kernel != NULL) {
        memcpy(at, vm->kernel, bytes);
        return;
    }
    memset(at, (int)(0xa1 + index), MIN(bytes, PAGE_SIZE));
    if (vm->in_place) {
        uint64_t span = IMAGE_BYTES + 12345;

        memset(at, 0, IMAGE_HEADER);
        memcpy(at + 16, &span, sizeof(span));
        memcpy(at + 56, "ARM\x64", 4);
    }
}

static void configure(uint32_t index)
{
    const struct world_vm *from = &world.config.vms[index];
    struct vm_config *vm = &world.system.vms[index];
    uint64_t bytes = kernel_bytes(from);

    *vm = (struct vm_config){
        .memory_bytes = from->memory_bytes,
        .cpu_count = from->vcpus,
        .spi_count = from->spis,
        .priority = from->priority,
        .vpl011 = from->uart,
        .unmapped_reads_ones = from->unmapped_reads_ones,
        .kernel = {.present = true, .base = HPA(KERNELS + index * MIB(2)), .size_bytes = bytes},
    };
    snprintf(vm->name, sizeof(vm->name), "vm%u", index);
    snprintf(vm->path, sizeof(vm->path), "/chosen/vm%u", index);
    for (uint32_t i = 0; i < VM_VCPU_MAX; i++)
        vm->affinity[i] = from->cpus;
    write_kernel(index, from);
    if (frame_reserve(vm->kernel.base, vm->kernel.size_bytes) != ERR_NONE)
        panic("the world's memory is too small");
}

static void init_models(void)
{
    struct a64_host_ids ids = {.ipa_bits = 36};

    ids.reg[4][0] = REG_PUT(ID_AA64PFR0, EL0, 2) | REG_PUT(ID_AA64PFR0, EL1, 2);
    ids.reg[7][0] = REG_PUT(ID_AA64MMFR0, PARange, 4);
    a64_id_init(&ids, world.config.gic_version);
    a64_sysreg_init(world.config.gic_version);
}

void world_power_on(const struct world_config *config)
{
    memset(&world, 0, sizeof(world));
    world.config = *config;
    world.console_room = UINT32_MAX;
    world_here = 0;
    host_s2_ipa_bits = 36; /* roots of 64 entries, fast to look through */
    host_counter = 1000000;
    memset(vms, 0, sizeof(vms));
    vm_count = 0;
    frame_reset();
    host_mem_init(HPA(WORLD_MEMORY), WORLD_MEMORY_BYTES);
    world_forget_statics();
    if (frame_add(HPA(WORLD_MEMORY), WORLD_MEMORY_BYTES) != ERR_NONE)
        panic("the world's memory is refused");
    world.board = (struct board){.memory = {{HPA(WORLD_MEMORY), WORLD_MEMORY_BYTES}},
                                 .memory_count = 1,
                                 .cpu_count = config->cpus};
    world_gic_init();
    init_models();
    for (uint32_t i = 0; i < config->cpus; i++) {
        struct pcpu *pcpu = &world.cpus[i].pcpu;

        pcpu->id = i;
        run_init(pcpu);
        pcpu->online = true;
        world.cpus[i].deadline = TIMER_NEVER;
        world.cpus[i].ipi = true;
        pcpus[i] = pcpu;
    }
    pcpu_count = config->cpus;
    world.system.vm_count = config->vm_count;
    for (uint32_t i = 0; i < config->vm_count; i++)
        configure(i);
    world.params = (struct vm_image_params){.board = &world.board, .system = &world.system};
    arch_vm_image_params(&world.params);
}

struct vm *world_create(uint32_t index)
{
    return vm_create(&world.system.vms[index], &world.params, &sink);
}

void world_boot(void)
{
    for (uint32_t i = 0; i < world.config.vm_count; i++)
        if (world_create(i) == NULL)
            panic("a VM of the world is refused");
    for (uint32_t i = 0; i < vm_count; i++)
        if (vm_start(vms[i]) != ERR_NONE)
            panic("a VM of the world does not start");
    world_settle();
}

void world_forget_copies(struct vm *vm)
{
    const struct pt_attr pristine = {
        .rights = PT_READ | PT_EXEC, .memory = PT_NORMAL, .software = S2_MARK_PRISTINE};
    struct vm_image_in_place *in_place = &vm->image->in_place;

    for (uint32_t i = 0; i < in_place->block_count; i++) {
        gpa_t gpa = gpa_add(in_place->gpa, i * VM_IMAGE_BLOCK);

        if (in_place->saved[i].raw != 0)
            frame_free_run(in_place->saved[i], image_kept_bytes(in_place, i));
        in_place->saved[i] = HPA(0);
        BUG_ON(s2_protect(&vm->s2, gpa, VM_IMAGE_BLOCK, pristine) != ERR_NONE);
    }
}

static void vcpus_on(void *argument)
{
    struct vm *vm = argument;

    for (uint32_t i = 1; i < vm->vcpu_count; i++)
        if (vm_cpu_on(vm, i, vm->entry.raw, 0) != ERR_NONE)
            panic("a vCPU of the world does not start");
}

static void write_register(struct vm *vm, gpa_t gpa, uint32_t vcpu, uint32_t value)
{
    const struct mmio_region *region = mmio_bus_search(&vm->mmio, gpa, 4);
    struct mmio_access access = {.vcpu = vcpu, .size_bytes = 4, .write = true, .value = value};

    if (region == NULL)
        return;
    access.offset = gpa.raw - region->base.raw;
    if (!region->handler(region->device, &access))
        panic("the vGIC has no register 0x%llx", (unsigned long long)access.offset);
}

static void enable_interrupts(void *argument)
{
    struct vm *vm = argument;
    bool v3 = world.hw.version == 3;
    uint64_t gicd = v3 ? ARM_GUEST_GICV3_GICD_BASE : ARM_GUEST_GICV2_GICD_BASE;

    write_register(vm, GPA(gicd), 0, 3);
    write_register(vm, GPA(gicd + GICD_ISENABLER + 4), 0, UINT32_MAX);
    for (uint32_t i = 0; i < vm->vcpu_count; i++) {
        uint64_t sgis = v3 ? ARM_GUEST_GICR_BASE + i * ARM_GUEST_GICR_BYTES + KIB(64) : gicd;

        write_register(vm, GPA(sgis + GICD_ISENABLER), i, UINT32_MAX);
    }
}

void world_bring_up(struct vm *vm)
{
    world_from_shell(vcpus_on, vm);
    world_settle();
    world_from_shell(enable_interrupts, vm);
    for (uint32_t n = 0; n < world.config.cpus; n++)
        if (world.cpus[n].guest != NULL && world.cpus[n].guest->vm == vm)
            world_vmcr(n, (uint32_t)(ICH_VMCR_EL2_VENG0 | ICH_VMCR_EL2_VENG1 |
                                     REG_PUT(ICH_VMCR_EL2, VPMR, 0xf8)));
    world_settle();
}

/* ---- what is a VM's */

static uint64_t mix(uint64_t digest, const void *p, size_t size)
{
    const uint64_t *word = p; /* all of these are made of words */

    for (; size >= sizeof(*word); size -= sizeof(*word), word++)
        digest = (digest ^ *word) * 0x9e3779b97f4a7c15ULL + (digest >> 29);
    return digest;
}

static void mix_leaf(void *context, uint64_t ia, hpa_t hpa, uint64_t size_bytes,
                     struct pt_attr attr)
{
    uint64_t *digest = context;
    uint64_t said[] = {ia, hpa.raw, size_bytes, attr.rights, attr.memory, attr.software};

    *digest = mix(*digest, said, sizeof(said));
    if (attr.memory == PT_NORMAL)
        *digest = mix(*digest, arch_to_ptr(hpa), size_bytes);
}

static void mix_table(void *context, const uint64_t *table) {}

struct world_digest world_digest(struct vm *vm)
{
    const struct vgic *vgic = vm->arch.arm.vgic;
    struct world_digest digest = {0};
    const struct pt_visitor visitor = {
        .context = &digest.memory, .leaf = mix_leaf, .table = mix_table};

    arch_s2_visit(&vm->s2.pt, &visitor);
    /* Not s2: who looks takes the lock; nor what watches the VM and tells of it. */
    digest.structure = mix(0, vm, offsetof(struct vm, s2));
    digest.structure = mix(digest.structure, &vm->mmio,
                           offsetof(struct vm, log_budget) - offsetof(struct vm, mmio));
    for (uint32_t i = 0; i < vm->vcpu_count; i++)
        digest.vcpus = mix(digest.vcpus, &vm->vcpus[i]->arch, sizeof(struct arch_vcpu));
    digest.vgic = mix(0, vgic, vgic_size(&vgic->config));
    if (vm->arch.arm.uart != NULL)
        digest.uart = mix(0, vm->arch.arm.uart, sizeof(struct vpl011));
    digest.image = mix(0, vm->image, sizeof(*vm->image));
    return digest;
}

void world_check_same(struct vm *vm, const struct world_digest *before)
{
    struct world_digest now = world_digest(vm);

    if (memcmp(before, &now, sizeof(now)) != 0)
        panic("another VM did this to %s's:%s%s%s%s%s%s", vm->name,
              before->memory != now.memory ? " memory" : "",
              before->structure != now.structure ? " structure" : "",
              before->vcpus != now.vcpus ? " vCPUs" : "", before->vgic != now.vgic ? " vGIC" : "",
              before->uart != now.uart ? " UART" : "", before->image != now.image ? " image" : "");
}

/* ---- what must hold */

static void check_lrs(const struct world_cpu *cpu)
{
    uint64_t mask = world.hw.version == 2 ? GICH_LR_VirtualID : ICH_LR_EL2_vINTID;
    uint64_t state = world.hw.version == 2 ? GICH_LR_State : ICH_LR_EL2_State;

    /* An interrupt in two list registers is UNPREDICTABLE. */
    for (unsigned n = 0; n < world.hw.lr_count; n++)
        for (unsigned k = 0; k < n; k++)
            BUG_ON((cpu->lrs[n] & state) && (cpu->lrs[k] & state) &&
                   ((cpu->lrs[n] ^ cpu->lrs[k]) & mask) == 0);
}

static void check_guest(const struct world_cpu *cpu)
{
    const struct vcpu *vcpu = cpu->guest;
    unsigned mode;

    BUG_ON(cpu->pcpu.current != vcpu || cpu->pcpu.loaded != vcpu);
    BUG_ON(vcpu->sched.state != SCHED_RUNNING || vcpu->sched.runq != &cpu->pcpu.runq);
    BUG_ON(vcpu->arch.a64.pcpu != &cpu->pcpu);
    BUG_ON(!vcpu->powered || vcpu->vm->powered_count == 0);
    BUG_ON(vcpu->vm->state != VM_RUNNING && vcpu->vm->state != VM_STOPPING);
    BUG_ON(!vcpu->arch.arm.vgic->loaded);
    /* It is entered at EL1 or EL0, with all that must trap trapping, and stage 2 on. */
    mode = (unsigned)REG_GET(SPSR_ELx, M, vcpu->arch.a64.gprs.spsr);
    BUG_ON(mode != 0 && mode != 4 && mode != 5 && mode != 0x10);
    BUG_ON((vcpu->arch.a64.hcr & (HCR_EL2_VM | HCR_EL2_RW | HCR_EL2_TSC | HCR_EL2_IMO)) !=
           (HCR_EL2_VM | HCR_EL2_RW | HCR_EL2_TSC | HCR_EL2_IMO));
}

static void check_vm(const struct vm *vm)
{
    uint32_t powered = 0;

    BUG_ON(vm->lock.next != vm->lock.owner || vm->s2.lock.next != vm->s2.lock.owner);
    for (uint32_t i = 0; i < vm->vcpu_count; i++)
        powered += vm->vcpus[i]->powered;
    BUG_ON(powered != vm->powered_count);
    BUG_ON((vm->state == VM_RUNNING || vm->state == VM_STARTING) && powered == 0);
    BUG_ON((vm->state == VM_OFF || vm->state == VM_CRASHED) && powered != 0);
}

void world_check(void)
{
    for (uint32_t i = 0; i < vm_count; i++)
        check_vm(vms[i]);
    for (uint32_t n = 0; n < world.config.cpus && !world.off; n++) {
        const struct world_cpu *cpu = &world.cpus[n];

        check_lrs(cpu);
        if (cpu->guest != NULL)
            check_guest(cpu);
        for (uint32_t k = 0; k < n; k++)
            BUG_ON(cpu->guest != NULL && cpu->guest == world.cpus[k].guest);
    }
    ghost_check();
}
