/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world switch: which vCPU's EL1 and EL0 state is in the hardware. Plain C over saved state;
 * the general registers are entry.S's. Seen by the guest only after ERET, which synchronises
 * context, so one ISB where the order among these registers matters is all there is (Arm ARM DDI
 * 0487, D1.2.4, B2.6.5).
 */
#include "arch/arm/a64/switch.h"

#include "arch/arch.h"
#include "arch/arm/a64/sysreg.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/model/a64_regs.h"
#include "core/pcpu.h"
#include "core/vm.h"
#include "vdev/vgic.h"

/*
 * Register in the manual, field in struct a64_el1. Everything that EL1 and EL0 can change without a
 * trap, but for TCR_EL1, whose turn matters. By pairs of neighbours, which one instruction moves.
 */
#define EL1_REGISTERS(R)                                \
    R(SP_EL0, sp_el0, SP_EL1, sp_el1)                   \
    R(ELR_EL1, elr_el1, SPSR_EL1, spsr_el1)             \
    R(SCTLR_EL1, sctlr, CPACR_EL1, cpacr)               \
    R(TTBR0_EL1, ttbr0, TTBR1_EL1, ttbr1)               \
    R(MAIR_EL1, mair, AMAIR_EL1, amair)                 \
    R(ESR_EL1, esr, FAR_EL1, far)                       \
    R(AFSR0_EL1, afsr0, AFSR1_EL1, afsr1)               \
    R(PAR_EL1, par, VBAR_EL1, vbar)                     \
    R(CONTEXTIDR_EL1, contextidr, TPIDR_EL0, tpidr_el0) \
    R(TPIDRRO_EL0, tpidrro_el0, TPIDR_EL1, tpidr_el1)   \
    R(CSSELR_EL1, csselr, MDSCR_EL1, mdscr)             \
    R(CNTV_CVAL_EL0, cntv_cval, CNTV_CTL_EL0, cntv_ctl)

#define NEIGHBOURS(name, field, name2, field2)                            \
    static_assert(offsetof(struct a64_el1, field2) ==                     \
                      offsetof(struct a64_el1, field) + sizeof(uint64_t), \
                  #name " and " #name2 " are moved together");
EL1_REGISTERS(NEIGHBOURS)
NEIGHBOURS(CNTKCTL_EL1, cntkctl, TCR_EL1, tcr)
#undef NEIGHBOURS

/* Two neighbours in EL1. */
#define PAIR_READ(el1, field, a, b) \
    __asm__("ldp %0, %1, [%2, %3]"  \
            : "=&r"(a), "=r"(b)     \
            : "r"(el1), "i"(offsetof(struct a64_el1, field)), "m"(*(el1)))
#define PAIR_WRITE(el1, field, a, b) \
    __asm__("stp %1, %2, [%3, %4]"   \
            : "+m"(*(el1))           \
            : "r"(a), "r"(b), "r"(el1), "i"(offsetof(struct a64_el1, field)))

static void el1_save(struct a64_el1 *el1)
{
#define SAVE(name, field, name2, field2)                                 \
    {                                                                    \
        uint64_t first = sysreg_read(name), second = sysreg_read(name2); \
        PAIR_WRITE(el1, field, first, second);                           \
    }
    EL1_REGISTERS(SAVE)
    SAVE(CNTKCTL_EL1, cntkctl, TCR_EL1, tcr)
#undef SAVE
}

/* All but TCR_EL1, which is returned. */
static uint64_t el1_load(const struct a64_el1 *el1)
{
    uint64_t cntkctl, tcr;

#define LOAD(name, field, name2, field2)      \
    {                                         \
        uint64_t first, second;               \
        PAIR_READ(el1, field, first, second); \
        sysreg_write(name, first);            \
        sysreg_write(name2, second);          \
    }
    EL1_REGISTERS(LOAD)
#undef LOAD
    PAIR_READ(el1, cntkctl, cntkctl, tcr);
    sysreg_write(CNTKCTL_EL1, cntkctl);
    return tcr;
}

/* ---- floating point, moved only when a vCPU uses it */

static void fp_trap(bool on)
{
    sysreg_write(CPTR_EL2, A64_CPTR_TRAPS | REG_PUT(CPTR_EL2, TFP, on));
}

#define FP_PAIRS(P) \
    P(0, 1, 0)      \
    P(2, 3, 32)     \
    P(4, 5, 64)     \
    P(6, 7, 96)     \
    P(8, 9, 128)    \
    P(10, 11, 160)  \
    P(12, 13, 192)  \
    P(14, 15, 224)  \
    P(16, 17, 256)  \
    P(18, 19, 288)  \
    P(20, 21, 320)  \
    P(22, 23, 352)  \
    P(24, 25, 384)  \
    P(26, 27, 416)  \
    P(28, 29, 448)  \
    P(30, 31, 480)

static void fp_save(struct a64_fp *fp)
{
#define SAVE(a, b, offset) "stp q" #a ", q" #b ", [%0, #" #offset "]\n\t"
    __asm__ volatile(".arch_extension fp\n\t" FP_PAIRS(SAVE)::"r"(fp->v) : "memory");
#undef SAVE
    fp->fpsr = sysreg_read(FPSR);
    fp->fpcr = sysreg_read(FPCR);
}

static void fp_load(const struct a64_fp *fp)
{
#define LOAD(a, b, offset) "ldp q" #a ", q" #b ", [%0, #" #offset "]\n\t"
    __asm__ volatile(".arch_extension fp\n\t" FP_PAIRS(LOAD)::"r"(fp->v) : "memory");
#undef LOAD
    sysreg_write(FPSR, fp->fpsr);
    sysreg_write(FPCR, fp->fpcr);
}

/* Whoever's floating-point state is in this CPU goes to memory. Leaves the trap off. */
void a64_fp_release(struct pcpu *pcpu)
{
    fp_trap(false);
    isb();
    if (pcpu->fp_owner != NULL)
        fp_save(&pcpu->fp_owner->arch.a64.fp);
    pcpu->fp_owner = NULL;
}

void arch_copy_pages(void *dst, const void *src, uint64_t size_bytes)
{
    const char *end = (const char *)src + size_bytes;

    /* By the widest registers there are, all of them; whose they were is trapped when it wants them
     * back. */
    a64_fp_release(arch_this_cpu());
#define QUADS(Q)           Q(0, 3) Q(4, 7) Q(8, 11) Q(12, 15) Q(16, 19) Q(20, 23) Q(24, 27) Q(28, 31)
#define LOAD(first, last)  "ld1 {v" #first ".2d-v" #last ".2d}, [%1], #64\n\t"
#define STORE(first, last) "st1 {v" #first ".2d-v" #last ".2d}, [%0], #64\n\t"
    __asm__ volatile(".arch_extension simd\n1:\t" QUADS(LOAD) QUADS(STORE) "cmp %1, %2\n\t"
                                                                           "b.ne 1b"
                     : "+r"(dst), "+r"(src)
                     : "r"(end)
                     : "cc", "memory");
#undef LOAD
#undef STORE
#undef QUADS
    fp_trap(true);
}

void arch_lib_begin(void)
{
    a64_fp_release(arch_this_cpu());
}

enum trap_result arch_trap_fp(struct vcpu *vcpu, struct trap *trap)
{
    struct pcpu *pcpu = vcpu->arch.a64.pcpu;

    a64_fp_release(pcpu);
    fp_load(&vcpu->arch.a64.fp);
    pcpu->fp_owner = vcpu;
    return TRAP_RETRY;
}

void arm_virtual_interrupts(bool irq, bool fiq)
{
    uint64_t hcr = sysreg_read(HCR_EL2) & ~(uint64_t)(HCR_EL2_VI | HCR_EL2_VF);

    sysreg_write(HCR_EL2, hcr | (irq ? HCR_EL2_VI : 0) | (fiq ? HCR_EL2_VF : 0));
}

/* ---- load, save */

void arch_vcpu_load(struct vcpu *vcpu)
{
    struct pcpu *pcpu = arch_this_cpu();
    struct a64_state *a64 = &vcpu->arch.a64;
    struct arm_vm *vm = &vcpu->vm->arch.arm;
    uint64_t tcr;

    a64->pcpu = pcpu;
    /*
     * Between two guests' registers no table may be walked, not even speculatively: with one VM's
     * stage 2 and another's stage 1 the TLB would keep what neither has (errata 1165522, 1319367,
     * 1319537). The guest's own TCR_EL1 ends it, when all else is in force.
     */
    sysreg_write(TCR_EL1, TCR_EL1_EPD0 | TCR_EL1_EPD1);
    isb();
    sysreg_write(VTTBR_EL2, vm->vttbr);
    sysreg_write(HCR_EL2, a64->hcr);
    sysreg_write(VMPIDR_EL2, a64->vmpidr);
    sysreg_write(VPIDR_EL2, a64->vpidr);
    sysreg_write(CNTVOFF_EL2, vm->cntvoff);
    fp_trap(pcpu->fp_owner != vcpu);
    tcr = el1_load(&a64->el1);
    isb();
    sysreg_write(TCR_EL1, tcr);
    /*
     * A guest may keep translations private to one of its CPUs under one ASID, and two of its CPUs
     * share this one's TLB: what the other left is dropped.
     */
    if (vm->last_vcpu[pcpu->id] != vcpu->id) {
        vm->last_vcpu[pcpu->id] = (uint8_t)vcpu->id;
        isb();
        __asm__ volatile("tlbi vmalle1\n\tic iallu\n\tdsb nsh" ::: "memory");
    }
    vgic_load(vcpu->arch.arm.vgic);
}

void arch_vcpu_save(struct vcpu *vcpu)
{
    struct a64_state *a64 = &vcpu->arch.a64;

    el1_save(&a64->el1);
    /* Nothing of its timer may fire while another vCPU runs; its deadline goes on in software. In
     * force before the vGIC is put away: the drain has an ISB. */
    sysreg_write(CNTV_CTL_EL0, 0);
    /* What it wrote may fail late: it must not be put on whoever is next (XSA-201). */
    if (unlikely(a64_serror_drain()))
        a64_serror_of(vcpu);
    vgic_save(vcpu->arch.arm.vgic);
}

void arch_vcpu_off(struct vcpu *vcpu)
{
    struct pcpu *pcpu = arch_this_cpu();

    timer_cancel(&vcpu->arch.arm.cntp_timer);
    /* A timer that is reset drives its line low; the vGIC keeps lines over its own reset. */
    vgic_set_level(vcpu->vm->arch.arm.vgic, vcpu->id, ARM_PPI_PTIMER, false);
    if (pcpu->fp_owner == vcpu)
        a64_fp_release(pcpu);
}
