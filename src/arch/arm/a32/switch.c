/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world switch: which vCPU's PL1 and PL0 state is in the hardware. Plain C over saved state;
 * the general registers are entry.S's. Seen by the guest only after ERET, which synchronises
 * context, so one ISB where the order among these registers matters is all there is (Arm ARM DDI
 * 0406C, B3.15.5).
 */
#include "arch/arm/a32/switch.h"

#include "arch/arch.h"
#include "arch/arm/a32/sysreg.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/model/a32_hooks.h"
#include "core/pcpu.h"
#include "core/vm.h"
#include "vdev/vgic.h"

/* Register in the manual, field in struct a32_pl1. Everything that PL1 and PL0 can change without a
 * trap, beside the banked registers. */
#define PL1_REGISTERS(R)      \
    R(CSSELR, csselr)         \
    R(SCTLR, sctlr)           \
    R(CPACR, cpacr)           \
    R(DACR, dacr)             \
    R(DFSR, dfsr)             \
    R(IFSR, ifsr)             \
    R(ADFSR, adfsr)           \
    R(AIFSR, aifsr)           \
    R(DFAR, dfar)             \
    R(IFAR, ifar)             \
    R(PRRR, prrr)             \
    R(NMRR, nmrr)             \
    R(AMAIR0, amair0)         \
    R(AMAIR1, amair1)         \
    R(VBAR, vbar)             \
    R(CONTEXTIDR, contextidr) \
    R(TPIDRURW, tpidrurw)     \
    R(TPIDRURO, tpidruro)     \
    R(TPIDRPRW, tpidrprw)     \
    R(CNTKCTL, cntkctl)       \
    R(TTBR0, ttbr0)           \
    R(TTBR1, ttbr1)           \
    R(PAR, par)               \
    R(CNTV_CVAL, cntv_cval)   \
    R(CNTV_CTL, cntv_ctl)

static void banked_save(uint32_t *banked)
{
#define SAVE(name) __asm__ volatile("mrs %0, " #name : "=r"(banked[A32_##name]));
    A32_BANKED_LIST(SAVE)
#undef SAVE
}

static void banked_load(const uint32_t *banked)
{
#define LOAD(name) __asm__ volatile("msr " #name ", %0" ::"r"(banked[A32_##name]));
    A32_BANKED_LIST(LOAD)
#undef LOAD
}

uint32_t a32_banked_read(enum a32_banked which)
{
    uint32_t value = 0;

    switch (which) {
#define READ(name)                                        \
    case A32_##name:                                      \
        __asm__ volatile("mrs %0, " #name : "=r"(value)); \
        break;
        A32_BANKED_LIST(READ)
#undef READ
    case A32_BANKED_COUNT:
        break;
    }
    return value;
}

void a32_banked_write(enum a32_banked which, uint32_t value)
{
    switch (which) {
#define WRITE(name)                                         \
    case A32_##name:                                        \
        __asm__ volatile("msr " #name ", %0" ::"r"(value)); \
        break;
        A32_BANKED_LIST(WRITE)
#undef WRITE
    case A32_BANKED_COUNT:
        break;
    }
}

static void pl1_save(struct a32_pl1 *pl1)
{
#define SAVE(name, field) pl1->field = sysreg_read(name);
    PL1_REGISTERS(SAVE)
#undef SAVE
    pl1->ttbcr = sysreg_read(TTBCR);
    banked_save(pl1->banked);
}

/* All but TTBCR. */
static void pl1_load(const struct a32_pl1 *pl1)
{
#define LOAD(name, field) sysreg_write(name, pl1->field);
    PL1_REGISTERS(LOAD)
#undef LOAD
    banked_load(pl1->banked);
}

/* ---- floating point, moved only when a vCPU uses it (A2.6) */

static void fp_trap(bool on)
{
    sysreg_write(HCPTR, A32_HCPTR_TRAPS | (on ? HCPTR_TCP10 | HCPTR_TCP11 : 0));
}

#define FP_READ(name)                                                    \
    ({                                                                   \
        uint32_t value_;                                                 \
        __asm__ volatile(".fpu neon\n\tvmrs %0, " #name : "=r"(value_)); \
        value_;                                                          \
    })
#define FP_WRITE(name, value) __asm__ volatile(".fpu neon\n\tvmsr " #name ", %0" ::"r"(value))

/* There are 32 doubleword registers, else 16. */
static bool fp_has_32(void)
{
    return REG_GET(MVFR0, A_SIMD, FP_READ(MVFR0)) >= 2;
}

static void fp_save(struct a32_fp *fp)
{
    fp->fpexc = FP_READ(FPEXC);
    FP_WRITE(FPEXC, fp->fpexc | FPEXC_EN);
    fp->fpscr = FP_READ(FPSCR);
    __asm__ volatile(".fpu neon\n\tvstmia %0, {d0-d15}" ::"r"(fp->d) : "memory");
    if (fp_has_32())
        __asm__ volatile(".fpu neon\n\tvstmia %0, {d16-d31}" ::"r"(fp->d + 16) : "memory");
}

static void fp_load(const struct a32_fp *fp)
{
    FP_WRITE(FPEXC, FPEXC_EN);
    FP_WRITE(FPSCR, fp->fpscr);
    __asm__ volatile(".fpu neon\n\tvldmia %0, {d0-d15}" ::"r"(fp->d) : "memory");
    if (fp_has_32())
        __asm__ volatile(".fpu neon\n\tvldmia %0, {d16-d31}" ::"r"(fp->d + 16) : "memory");
    FP_WRITE(FPEXC, fp->fpexc);
}

/* Whoever's floating-point state is in this CPU goes to memory. Leaves the trap off, and VFP on. */
void a32_fp_release(struct pcpu *pcpu)
{
    fp_trap(false);
    isb();
    if (pcpu->fp_owner != NULL)
        fp_save(&pcpu->fp_owner->arch.a32.fp);
    pcpu->fp_owner = NULL;
    FP_WRITE(FPEXC, FPEXC_EN);
}

void arch_lib_begin(void)
{
    a32_fp_release(arch_this_cpu());
}

enum trap_result arch_trap_fp(struct vcpu *vcpu, struct trap *trap)
{
    struct pcpu *pcpu = vcpu->arch.a32.pcpu;

    a32_fp_release(pcpu);
    fp_load(&vcpu->arch.a32.fp);
    pcpu->fp_owner = vcpu;
    return TRAP_RETRY;
}

/* ---- ThumbEE, likewise (A9.1): a vCPU that never uses it pays nothing */

#define TEE_READ(crn)                                                        \
    ({                                                                       \
        uint32_t value_;                                                     \
        __asm__ volatile("mrc p14, 6, %0, c" #crn ", c0, 0" : "=r"(value_)); \
        value_;                                                              \
    })
#define TEE_WRITE(crn, value) __asm__ volatile("mcr p14, 6, %0, c" #crn ", c0, 0" ::"r"(value))

static void thumbee_load(const struct a32_state *a32)
{
    sysreg_write(HSTR, a32->hstr);
    if ((a32->hstr & HSTR_TTEE) != 0)
        return;
    TEE_WRITE(0, a32->pl1.teecr);
    TEE_WRITE(1, a32->pl1.teehbr);
}

static void thumbee_save(struct a32_state *a32)
{
    if ((a32->hstr & HSTR_TTEE) != 0)
        return;
    a32->pl1.teecr = TEE_READ(0);
    a32->pl1.teehbr = TEE_READ(1);
}

void a32_hook_thumbee(struct vcpu *vcpu)
{
    vcpu->arch.a32.hstr &= ~(uint32_t)HSTR_TTEE;
    thumbee_load(&vcpu->arch.a32);
}

void arm_virtual_interrupts(bool irq, bool fiq)
{
    uint32_t hcr = sysreg_read(HCR) & ~(uint32_t)(HCR_VI | HCR_VF);

    sysreg_write(HCR, hcr | (irq ? (uint32_t)HCR_VI : 0) | (fiq ? (uint32_t)HCR_VF : 0));
}

/* ---- load, save */

void arch_vcpu_load(struct vcpu *vcpu)
{
    struct pcpu *pcpu = arch_this_cpu();
    struct a32_state *a32 = &vcpu->arch.a32;
    struct arm_vm *vm = &vcpu->vm->arch.arm;

    a32->pcpu = pcpu;
    /*
     * Between two guests' registers no table may be walked, not even speculatively: with one VM's
     * stage 2 and another's stage 1 the TLB would keep what neither has. The guest's own TTBCR ends
     * it, when all else is in force.
     */
    sysreg_write(TTBCR, TTBCR_PD0 | TTBCR_PD1);
    isb();
    sysreg_write(VTTBR, vm->vttbr);
    sysreg_write(HCR, a32->hcr);
    sysreg_write(VMPIDR, a32->vmpidr);
    sysreg_write(VPIDR, a32->vpidr);
    sysreg_write(CNTVOFF, vm->cntvoff);
    fp_trap(pcpu->fp_owner != vcpu);
    thumbee_load(a32);
    pl1_load(&a32->pl1);
    isb();
    sysreg_write(TTBCR, a32->pl1.ttbcr);
    /*
     * A guest may keep translations private to one of its CPUs under one ASID, and two of its CPUs
     * share this one's TLB: what the other left is dropped.
     */
    if (vm->last_vcpu[pcpu->id] != vcpu->id) {
        vm->last_vcpu[pcpu->id] = (uint8_t)vcpu->id;
        isb();
        sysreg_write(TLBIALL, 0);
        sysreg_write(ICIALLU, 0);
        dsb(nsh);
    }
    vgic_load(vcpu->arch.arm.vgic);
}

void arch_vcpu_save(struct vcpu *vcpu)
{
    struct a32_state *a32 = &vcpu->arch.a32;

    pl1_save(&a32->pl1);
    thumbee_save(a32);
    a32->hcr = a32_hcr_now(a32->hcr) & ~(uint32_t)(HCR_VI | HCR_VF);
    /* What it wrote may fail late: it must not be put on whoever is next (XSA-201). */
    if (unlikely(a32_abort_drain())) {
        a32_abort_of(vcpu);
        vcpu_kick(vcpu, VCPU_REQ_VIRQ); /* which ends WFI */
    }
    /* Nothing of its timer may fire while another vCPU runs; its deadline goes on in software. */
    sysreg_write(CNTV_CTL, 0);
    isb();
    vgic_save(vcpu->arch.arm.vgic);
}

void arch_vcpu_off(struct vcpu *vcpu)
{
    struct pcpu *pcpu = arch_this_cpu();

    timer_cancel(&vcpu->arch.arm.cntp_timer);
    /* A timer that is reset drives its line low; the vGIC keeps lines over its own reset. */
    vgic_set_level(vcpu->vm->arch.arm.vgic, vcpu->id, ARM_PPI_PTIMER, false);
    if (pcpu->fp_owner == vcpu)
        a32_fp_release(pcpu);
}
