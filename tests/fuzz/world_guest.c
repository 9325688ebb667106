/* SPDX-License-Identifier: Apache-2.0 */
/* The guest of tests/fuzz/guest.h. */
#include <string.h>

#include "arch/arch.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/model/a64_esr.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg_keys.h"
#include "arch/arm/model/arm_guest_layout.h"
#include "arch/arm/model/psci.h"
#include "arch/arm/model/smccc.h"
#include "arch/host/host_mem.h"
#include "core/guest_mem.h"
#include "lib/bits.h"
#include "lib/panic.h"
#include "tests/fuzz/guest.h"
#include "vdev/vgic_lr.h"

static const uint32_t keys[] = {
    A64_KEY_DC_ISW,        A64_KEY_DC_CISW,        A64_KEY_MDSCR_EL1,      A64_KEY_OSLAR_EL1,
    A64_KEY_OSLSR_EL1,     A64_KEY_DBGBVR0_EL1,    A64_KEY_DBGBCR1_EL1,    A64_KEY_ID_AA64PFR0_EL1,
    A64_KEY_ID_PFR0_EL1,   A64_KEY_SCTLR_EL1,      A64_KEY_TTBR0_EL1,      A64_KEY_ACTLR_EL1,
    A64_KEY_ICC_SGI1R_EL1, A64_KEY_ICC_ASGI1R_EL1, A64_KEY_ICC_SGI0R_EL1,  A64_KEY_ICC_SRE_EL1,
    A64_KEY_PMCR_EL0,      A64_KEY_PMUSERENR_EL0,  A64_KEY_CNTP_TVAL_EL0,  A64_KEY_CNTP_CTL_EL0,
    A64_KEY_CNTP_CVAL_EL0, A64_KEY_ZCR_EL1,        A64_KEY_CONTEXTIDR_EL1, A64_KEY_REVIDR_EL1,
};

static const uint32_t functions[] = {
    PSCI_VERSION,
    PSCI_CPU_SUSPEND,
    PSCI_CPU_SUSPEND | SMCCC_ID_Is64,
    PSCI_CPU_OFF,
    PSCI_CPU_ON,
    PSCI_CPU_ON | SMCCC_ID_Is64,
    PSCI_AFFINITY_INFO,
    PSCI_AFFINITY_INFO | SMCCC_ID_Is64,
    PSCI_MIGRATE_INFO_TYPE,
    PSCI_SYSTEM_OFF,
    PSCI_SYSTEM_RESET,
    PSCI_FEATURES,
    PSCI_SYSTEM_RESET2,
    SMCCC_VERSION,
    SMCCC_ARCH_FEATURES,
    SMCCC_ARCH_WORKAROUND_1,
    SMCCC_ARCH_WORKAROUND_3,
    SMCCC_HYP_CALL_UID,
    SMCCC_HYP_REVISION,
};

static uint64_t ec(unsigned class)
{
    return REG_PUT(ESR_ELx, EC, class) | ESR_ELx_IL;
}

/* ---- a trap, and what it may not do */

static bool is_vector(const struct a64_el1 *el1, uint64_t pc)
{
    uint64_t offset = pc - el1->vbar;

    return offset == 0 || offset == 0x200 || offset == 0x400 || offset == 0x600;
}

/* One register at most was written, and the guest goes on at a place where it can be. */
static void check_trap(const struct vcpu *vcpu, const struct a64_gprs *before, uint64_t esr)
{
    const struct a64_gprs *after = &vcpu->arch.a64.gprs;
    uint64_t class = REG_GET(ESR_ELx, EC, esr);
    unsigned changed = 0;
    int64_t step = (int64_t)(after->pc - before->pc);

    if (class == ESR_EC_HVC64 || class == ESR_EC_SMC64)
        return;
    for (unsigned i = 0; i < ARRAY_SIZE(after->x); i++)
        changed += after->x[i] != before->x[i];
    BUG_ON(changed > 1);
    BUG_ON(step != 0 && step != 2 && step != 4 && !is_vector(&vcpu->arch.a64.el1, after->pc));
}

static void trap(uint32_t cpu, struct a64_syndrome *in)
{
    struct vcpu *vcpu = world.cpus[cpu].guest;
    struct a64_gprs before;
    bool ends;

    if (vcpu == NULL)
        return;
    ends = vcpu->requests & VCPU_REQ_STOP; /* and its VM may begin anew */
    before = vcpu->arch.a64.gprs;
    in->pc = before.pc;
    in->spsr = before.spsr;
    world_trap(cpu, in);
    if (!ends)
        check_trap(vcpu, &before, in->esr);
}

static void fill_registers(struct input *in, struct vcpu *vcpu)
{
    for (unsigned n = 1 + input_below(in, 4); n > 0; n--)
        vcpu->arch.a64.gprs.x[input_below(in, 31)] = input_value(in);
}

/* ---- addresses */

static uint64_t some_address(struct input *in, const struct vm *vm)
{
    uint64_t offset = input_bytes(in, 2);
    uint8_t where = input_u8(in);

    if (where & 0x80) /* where registers are */
        offset &= ~3ULL;
    switch (where & 7) {
    case 0:
        return ARM_GUEST_GICV2_GICD_BASE + offset % ARM_GUEST_GICV2_GICD_BYTES;
    case 1:
        return ARM_GUEST_GICV3_GICD_BASE + offset;
    case 2:
        return ARM_GUEST_GICR_BASE + input_below(in, 9) * KIB(64) + offset;
    case 3:
        return ARM_GUEST_UART_BASE + offset % (where & 0x40 ? 0x4c : ARM_GUEST_UART_BYTES + 8);
    case 4: /* in and around RAM */
        return vm->banks[0].base.raw + offset * 64;
    case 5:
        return vm->banks[0].base.raw + vm->banks[0].size_bytes + offset - KIB(32);
    case 6:
        return input_bytes(in, 5);
    default:
        return input_value(in);
    }
}

static void place_fault(struct a64_syndrome *s, uint64_t gpa)
{
    s->far = gpa;
    s->hpfar = REG_PUT(HPFAR_EL2, FIPA, (gpa >> PAGE_SHIFT) & low_bits(HPFAR_EL2_FIPA_WIDTH));
}

static void access_device(struct input *in, uint32_t cpu, struct vcpu *vcpu)
{
    struct a64_syndrome s = {0};
    uint32_t how = (uint32_t)input_bytes(in, 2);

    place_fault(&s, some_address(in, vcpu->vm));
    s.esr = ec(ESR_EC_DABT_LOWER) | REG_PUT(ISS_DABT, ISV, 1) | REG_PUT(ISS_DABT, SAS, how & 3) |
            REG_PUT(ISS_DABT, WnR, how >> 2 & 1) | REG_PUT(ISS_DABT, SF, how >> 3 & 1) |
            REG_PUT(ISS_DABT, SSE, how >> 4 & 1) | REG_PUT(ISS_DABT, SRT, how >> 5 & 31) |
            REG_PUT(ISS_DABT, DFSC, FSC_TRANSLATION | 3);
    vcpu->arch.a64.gprs.x[1] = input_value(in);
    trap(cpu, &s);
}

/* A stage-2 fault where the hardware would report one: not on what is mapped with the right. */
static void fault(struct input *in, uint32_t cpu, struct vcpu *vcpu)
{
    struct a64_syndrome s = {0};
    uint64_t gpa = some_address(in, vcpu->vm);
    bool fetch = input_below(in, 4) == 0;

    place_fault(&s, gpa);
    s.esr = ec(fetch ? ESR_EC_IABT_LOWER : ESR_EC_DABT_LOWER) | input_bytes(in, 3);
    s.esr &= ~(uint64_t)ISS_DABT_DFSC;
    s.esr |= input_below(in, 2) ? FSC_PERMISSION | 2 : input_u8(in) & ISS_DABT_DFSC;
    trap(cpu, &s);
}

static void access_sysreg(struct input *in, uint32_t cpu, struct vcpu *vcpu)
{
    struct a64_syndrome s = {.esr = ec(ESR_EC_SYS64)};
    uint32_t how = input_u8(in);

    if (how & 0x80) {
        s.esr |= input_bytes(in, 4) & low_bits(25);
    } else {
        uint32_t key = INPUT_PICK(in, keys);

        s.esr |= REG_PUT(ISS_SYS64, Op0, REG_GET(A64_KEY, Op0, key)) |
                 REG_PUT(ISS_SYS64, Op1, REG_GET(A64_KEY, Op1, key)) |
                 REG_PUT(ISS_SYS64, CRn, REG_GET(A64_KEY, CRn, key)) |
                 REG_PUT(ISS_SYS64, CRm, REG_GET(A64_KEY, CRm, key)) |
                 REG_PUT(ISS_SYS64, Op2, REG_GET(A64_KEY, Op2, key)) |
                 REG_PUT(ISS_SYS64, Rt, how >> 1 & 31) | REG_PUT(ISS_SYS64, Direction, how & 1);
    }
    vcpu->arch.a64.gprs.x[how >> 1 & 15] = input_value(in);
    trap(cpu, &s);
}

void guest_call(struct input *in, uint32_t cpu)
{
    struct vcpu *vcpu = world.cpus[cpu].guest;
    struct a64_syndrome s = {0};
    uint8_t how = input_u8(in);
    uint64_t *x;

    if (vcpu == NULL)
        return;
    x = vcpu->arch.a64.gprs.x;
    s.esr = ec(how & 1 ? ESR_EC_HVC64 : ESR_EC_SMC64);
    if ((how & 0xf0) == 0xf0)
        s.esr |= input_bytes(in, 2);
    x[0] = how & 8 ? input_value(in) : INPUT_PICK(in, functions);
    switch (how >> 1 & 3) {
    case 0: /* as CPU_ON and AFFINITY_INFO want them */
        x[1] = input_below(in, 5);
        x[2] = vcpu->vm->banks[0].base.raw + input_bytes(in, 2) * 4;
        x[3] = input_value(in);
        break;
    default:
        for (unsigned i = 1; i <= 3; i++)
            x[i] = input_value(in);
    }
    trap(cpu, &s);
}

static void wait(struct input *in, uint32_t cpu)
{
    struct a64_syndrome s = {.esr = ec(ESR_EC_WFX)};
    uint8_t how = input_u8(in);

    if (how >= 0xc0) /* WFE, WFIT, WFET, and what is reserved */
        s.esr |= input_bytes(in, 3);
    trap(cpu, &s);
}

static void anything(struct input *in, uint32_t cpu)
{
    struct a64_syndrome s = {.esr = input_bytes(in, 5), .far = input_value(in)};

    s.hpfar = input_value(in);
    /* Exceptions that EL1 and EL0 cannot cause are not ours. */
    trap(cpu, &s);
}

/* ---- what does not trap */

static void cpu_interface(struct input *in, uint32_t cpu)
{
    static uint32_t taken[WORLD_CPU_MAX][16];
    static unsigned depth[WORLD_CPU_MAX];
    uint32_t iar;

    switch (input_below(in, 8)) {
    case 0:
        world_vmcr(cpu, (uint32_t)input_bytes(in, 4));
        break;
    case 1:
        world_vmcr(cpu, (uint32_t)(ICH_VMCR_EL2_VENG0 | ICH_VMCR_EL2_VENG1 |
                                   REG_PUT(ICH_VMCR_EL2, VPMR, 0xf8)));
        break;
    case 2: /* an end that fits no beginning */
        world_eoi(cpu, input_below(in, 64));
        break;
    case 3:
        world_dir(cpu, input_below(in, 64));
        break;
    case 4:
        world.cpus[cpu].aprs[0][0] = (uint32_t)input_bytes(in, 4);
        break;
    case 5:
        if (depth[cpu] != 0)
            world_eoi(cpu, taken[cpu][--depth[cpu]]);
        break;
    default:
        iar = world_ack(cpu);
        if (iar != WORLD_SPURIOUS && depth[cpu] < ARRAY_SIZE(taken[cpu]))
            taken[cpu][depth[cpu]++] = iar;
    }
}

static void change_state(struct input *in, struct vcpu *vcpu)
{
    static const uint8_t modes[] = {0, 4, 5, 5, 5, 0x10}; /* EL0t, EL1t, EL1h, AArch32 EL0 */
    struct a64_state *a64 = &vcpu->arch.a64;

    switch (input_below(in, 6)) {
    case 0:
        a64->gprs.pc = input_value(in);
        break;
    case 1:
        a64->gprs.spsr = (input_bytes(in, 4) & ~(uint64_t)SPSR_ELx_M) | INPUT_PICK(in, modes);
        break;
    case 2:
        a64->el1.vbar = input_value(in) & ~low_bits(11);
        break;
    case 3:
        a64->el1.cntv_ctl = input_u8(in) & 3;
        a64->el1.cntv_cval = input_value(in);
        break;
    case 4:
        a64->el1.sctlr = input_value(in);
        break;
    default:
        fill_registers(in, vcpu);
    }
}

static void write_memory(struct input *in, struct vcpu *vcpu)
{
    uint64_t value = input_value(in);
    struct s2_mapping map;
    gpa_t gpa = GPA(align_down(some_address(in, vcpu->vm), 8));

    if (s2_lookup(&vcpu->vm->s2, gpa, &map) == ERR_NONE && map.attr.memory == PT_NORMAL &&
        (map.attr.rights & PT_WRITE))
        memcpy(arch_to_ptr(map.hpa), &value, sizeof(value));
}

void guest_act(struct input *in, uint32_t cpu)
{
    struct vcpu *vcpu = world.cpus[cpu].guest;

    if (vcpu == NULL)
        return;
    switch (input_below(in, 16)) {
    case 0 ... 3:
        access_device(in, cpu, vcpu);
        break;
    case 4 ... 5:
        access_sysreg(in, cpu, vcpu);
        break;
    case 6:
        guest_call(in, cpu);
        break;
    case 7:
        wait(in, cpu);
        break;
    case 8:
        fault(in, cpu, vcpu);
        break;
    case 9:
        anything(in, cpu);
        break;
    case 10 ... 11:
        cpu_interface(in, cpu);
        break;
    case 12 ... 13:
        change_state(in, vcpu);
        break;
    case 14:
        write_memory(in, vcpu);
        break;
    default:
        trap(cpu, &(struct a64_syndrome){.esr = ec(ESR_EC_FP)});
    }
}
