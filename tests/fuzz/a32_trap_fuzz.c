/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ARMv7's whole road of a trap: two vCPUs with their vGIC and UART take any exceptions, one after
 * the other, from the syndrome to the registers they go on with; what the syndrome does not
 * describe is in memory as any code. Each ends as the manual says, and whatever a guest does, it
 * stays one.
 */
#include <string.h>

#include "arch/arm/model/a32_id.h"
#include "arch/arm/model/a32_inject.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/a32_sysreg.h"
#include "arch/arm/model/a32_trap.h"
#include "arch/arm/model/arm_guest_layout.h"
#include "arch/arm/model/smccc.h"
#include "arch/host/a32_hook_record.h"
#include "core/vm.h"
#include "core/watch.h"
#include "lib/panic.h"
#include "tests/fuzz/input.h"
#include "vdev/vgic.h"
#include "vdev/vpl011.h"

#define CPUS      2u
#define LRS       4u
#define TRAPS_MAX 100u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct vm vm;
static struct vcpu vcpus[CPUS];
static struct vpl011 uart;
static uint64_t vgic_memory[4096];
static struct vgic *const vgic = (struct vgic *)vgic_memory;
static struct input in;
static unsigned kills;

/* ---- what the models ask of the core */

enum trap_result arch_trap_sysreg(struct vcpu *vcpu, struct trap *trap)
{
    return a32_sysreg_access(vcpu, trap);
}
enum trap_result arch_trap_call(struct vcpu *vcpu, struct trap *trap)
{
    uint32_t *r = vcpu->arch.a32.gprs.r;
    smccc_reg_t regs[SMCCC_RESULT_COUNT];
    enum trap_result result;

    for (unsigned i = 0; i < SMCCC_RESULT_COUNT; i++)
        regs[i] = r[i];
    result = arm_smccc_call(vcpu, trap, regs);
    for (unsigned i = 0; i < SMCCC_RESULT_COUNT; i++)
        r[i] = (uint32_t)regs[i];
    return result;
}
enum trap_result trap_dispatch_other(struct vcpu *vcpu, struct trap *trap)
{
    switch (trap->kind) {
    case TRAP_WAIT:
        return TRAP_DONE;
    case TRAP_FP:
        return TRAP_RETRY;
    case TRAP_S2_FAULT:
        return trap->fault.cache_maintenance ? TRAP_DONE : TRAP_ABORT;
    default:
        return TRAP_UNDEF;
    }
}
void vm_stop(struct vm *v, enum vm_stop_reason reason)
{
    kills++;
}
void vm_cpu_off(struct vcpu *vcpu)
{
    vcpu->powered = false;
}
bool vm_cpu_is_on(struct vm *v, uint32_t index)
{
    BUG_ON(index >= CPUS);
    return vcpus[index].powered;
}
enum err vm_cpu_on(struct vm *v, uint32_t index, uint64_t entry, uint64_t argument)
{
    BUG_ON(index >= CPUS || !range_within(entry & ~1ULL, 4, ARM_GUEST_BANK0_BASE, MIB(1)));
    if (vcpus[index].powered)
        return ERR_EXISTS;
    vcpus[index].powered = true;
    return ERR_NONE;
}
void watch_cpu_refused(struct vm *v, uint32_t index, uint64_t entry)
{
    BUG_ON(index >= CPUS);
}
void vcpu_kick(struct vcpu *vcpu, uint32_t requests) {}

/* ---- the devices' surroundings: list registers that nobody empties */

static uint64_t lrs[LRS];

static uint64_t lr_read(unsigned index)
{
    BUG_ON(index >= LRS);
    return lrs[index];
}
static void lr_write(unsigned index, uint64_t value)
{
    BUG_ON(index >= LRS);
    lrs[index] = value;
}
static bool lr_renew(unsigned index)
{
    BUG_ON(index >= LRS);
    return false;
}
static uint64_t empty_lrs(void)
{
    uint64_t empty = 0;

    for (unsigned i = 0; i < LRS; i++)
        empty |= lrs[i] == 0 ? 1ULL << i : 0;
    return empty;
}
static void write_word(uint32_t value) {}
static uint32_t read_word(void)
{
    return 0;
}
static void image_save(struct vgic_image *image)
{
    *image = (struct vgic_image){0};
}
static void image_load(const struct vgic_image *image) {}
static void phys_active(uint32_t pirq, bool active) {}
static const struct vgic_hw hw = {
    .version = 2,
    .lr_count = LRS,
    .apr_count = 1,
    .lr_read = lr_read,
    .lr_write = lr_write,
    .lr_renew = lr_renew,
    .empty_lrs = empty_lrs,
    .hcr_write = write_word,
    .hcr_read = read_word,
    .vmcr_read = read_word,
    .image_save = image_save,
    .image_load = image_load,
    .phys_active = phys_active,
};

static void kick(void *owner, uint32_t cpu)
{
    BUG_ON(cpu >= CPUS);
}
static bool put(void *ctx, char byte)
{
    return input_u8(&in) % 4 != 0;
}

/* ---- a machine */

static const uint32_t modes[] = {A32_MODE_USR, A32_MODE_FIQ, A32_MODE_IRQ, A32_MODE_SVC,
                                 A32_MODE_ABT, A32_MODE_UND, A32_MODE_SYS};

static void start(void)
{
    static const struct vm_config kernel, program = {.user_mode = true};
    const struct vgic_config vgic_config = {
        .hw = &hw, .cpu_count = CPUS, .spi_count = 32, .kick = kick};
    const struct vpl011_config uart_config = {
        .put = put, .irq = {.controller = vgic_controller(vgic), .number = ARM_GUEST_UART_INTID}};
    struct mmio_region regions[] = {
        {{ARM_GUEST_GICV2_GICD_BASE}, KIB(4), vgic_v2_dist_mmio, vgic, "GICD"},
        {{ARM_GUEST_UART_BASE}, KIB(4), vpl011_mmio, &uart, "UART"},
    };
    struct a32_host_ids host = {.mvfr0 = 0x10110222};

    a32_id_init(&host);
    a32_sysreg_init();
    memset(&vm, 0, sizeof(vm));
    memset(vcpus, 0, sizeof(vcpus));
    memset(lrs, 0, sizeof(lrs));
    memset(&a32_hook_record, 0, sizeof(a32_hook_record));
    kills = 0;
    BUG_ON(vgic_size(&vgic_config) > sizeof(vgic_memory));
    BUG_ON(vgic_init(vgic, &vgic_config) != ERR_NONE);
    vpl011_init(&uart, &uart_config);
    vm.config = input_u8(&in) % 8 == 0 ? &program : &kernel;
    vm.vcpu_count = CPUS;
    vm.bank_count = 1;
    vm.banks[0].base = GPA(ARM_GUEST_BANK0_BASE);
    vm.banks[0].size_bytes = MIB(1);
    for (size_t i = 0; i < ARRAY_SIZE(regions); i++)
        BUG_ON(mmio_bus_add(&vm.mmio, &regions[i]) != ERR_NONE);
    for (uint32_t i = 0; i < CPUS; i++) {
        vcpus[i].vm = &vm;
        vcpus[i].id = i;
        vcpus[i].powered = i == 0;
        vcpus[i].arch.a32.vmpidr = 0x80000000 | i;
        vcpus[i].arch.arm.vgic = vgic_cpu_of(vgic, i);
        vcpus[i].arch.a32.gprs.cpsr = A32_MODE_SVC;
        vm.vcpus[i] = &vcpus[i];
    }
    vgic_load(vcpus[0].arch.arm.vgic);
}

/* What the guest did before: anything that is its own. */
static void change(struct vcpu *vcpu)
{
    struct a32_gprs *gprs = &vcpu->arch.a32.gprs;
    uint32_t cpsr = (uint32_t)input_bytes(&in, 4) & ~(uint32_t)CPSR_J;

    gprs->cpsr = (uint32_t)REG_SET(CPSR, M, cpsr, modes[input_below(&in, ARRAY_SIZE(modes))]);
    gprs->pc = (uint32_t)input_value(&in) & ~1u;
    gprs->r[input_below(&in, 13)] = (uint32_t)input_value(&in);
    vcpu->arch.a32.pl1.vbar = (uint32_t)input_value(&in) & ~31u;
    vcpu->arch.a32.pl1.sctlr = (uint32_t)input_bytes(&in, 4);
}

static uint32_t address(void)
{
    switch (input_below(&in, 4)) {
    case 0:
        return (uint32_t)(ARM_GUEST_GICV2_GICD_BASE + input_bytes(&in, 2) % KIB(4));
    case 1:
        return (uint32_t)(ARM_GUEST_UART_BASE + input_bytes(&in, 2) % KIB(4));
    default:
        return (uint32_t)input_value(&in);
    }
}

static bool is_mode(uint32_t cpsr)
{
    for (size_t i = 0; i < ARRAY_SIZE(modes); i++)
        if (REG_GET(CPSR, M, cpsr) == modes[i])
            return true;
    return false;
}

static void trap(struct vcpu *vcpu)
{
    static const uint8_t classes[] = {ESR_EC_DABT_LOWER, ESR_EC_DABT_LOWER, ESR_EC_DABT_LOWER,
                                      ESR_EC_CP15_32,    ESR_EC_CP15_64,    ESR_EC_HVC32,
                                      ESR_EC_SMC32,      ESR_EC_IABT_LOWER, ESR_EC_SVC32};
    struct a32_gprs *gprs = &vcpu->arch.a32.gprs;
    const struct a32_pl1 *pl1 = &vcpu->arch.a32.pl1;
    uint32_t ec = input_u8(&in) & 1 ? INPUT_PICK(&in, classes) : input_below(&in, 64);
    struct a32_syndrome syndrome = {
        .hsr = (uint32_t)(REG_PUT(ESR_ELx, EC, ec) | (input_bytes(&in, 4) & low_bits(26))),
        .far = address(),
        .pc = gprs->pc,
        .cpsr = gprs->cpsr,
    };
    uint32_t base = (pl1->sctlr & SCTLR_V) != 0 ? A32_HIVECS : pl1->vbar, before = gprs->pc;
    enum trap_result result;
    unsigned ends = kills + a32_hook_record.user_exception_count;
    struct trap t;

    syndrome.hpfar = (uint32_t)REG_PUT(HPFAR_EL2, FIPA, syndrome.far >> PAGE_SHIFT);
    if (a32_is_async_abort(syndrome.hsr))
        return;
    a32_hook_record.code_va = gprs->pc;
    a32_hook_record.code_bytes = input_below(&in, 8) == 0 ? 2 : 4;
    for (unsigned i = 0; i < 4; i++)
        a32_hook_record.code[i] = input_u8(&in);
    result = a32_trap_handle(vcpu, &syndrome, &t);
    BUG_ON(!is_mode(gprs->cpsr) || t.kind >= TRAP_KIND_COUNT);
    switch (result) {
    case TRAP_DONE:
        BUG_ON(gprs->pc != before + t.insn_bytes);
        break;
    case TRAP_RETRY: /* or its condition failed */
        BUG_ON(gprs->pc != before && gprs->pc != before + t.insn_bytes);
        break;
    case TRAP_UNDEF:
    case TRAP_ABORT:
        if (vm.config->user_mode)
            BUG_ON(gprs->pc != before || ends == kills + a32_hook_record.user_exception_count);
        else
            BUG_ON(gprs->pc - base >= A32_VECTOR_TABLE_BYTES || (gprs->cpsr & CPSR_I) == 0);
        break;
    case TRAP_KILL:
        BUG_ON(true);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    in = (struct input){data, size};
    start();
    for (unsigned n = 0; n < TRAPS_MAX && in.left != 0; n++) {
        struct vcpu *vcpu = &vcpus[input_u8(&in) % CPUS];

        if (input_u8(&in) & 1)
            change(vcpu);
        if (input_u8(&in) % 16 == 0)
            vpl011_input(&uart, (char)input_u8(&in));
        trap(vcpu);
    }
    vgic_save(vcpus[0].arch.arm.vgic);
    return 0;
}
