/* SPDX-License-Identifier: Apache-2.0 */
/* The physical CPU: who we are, waiting, starting others. */
#include "arch/arm/a64/cpu.h"
#include "arch/arch.h"
#include "arch/arm/a64/boot_params.h"
#include "arch/arm/a64/mm.h"
#include "arch/arm/a64/switch.h"
#include "arch/arm/a64/sysreg.h"
#include "arch/arm/hw/firmware.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/hw/gtimer.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/boot.h"
#include "core/frame.h"

extern char vectors[], secondary_entry[];

struct pcpu *arch_this_cpu(void)
{
    return (struct pcpu *)sysreg_read(TPIDR_EL2);
}

void arch_cpu_relax(void)
{
    __asm__ volatile("yield" ::: "memory");
}

void arch_cpu_wait(void)
{
    if (gic->before_wait != NULL)
        gic->before_wait();
    /* Everything before is visible before we sleep; a pending interrupt ends WFI whatever is
     * masked. */
    dsb(sy);
    __asm__ volatile("wfi" ::: "memory");
    isb();
}

void arch_cpu_stop(void)
{
    for (;;)
        __asm__ volatile("wfi" ::: "memory");
}

uint64_t cpu_midr(void)
{
    return sysreg_read(MIDR_EL1);
}

void cpu_init_early(struct pcpu *pcpu)
{
    sysreg_write(TPIDR_EL2, (uint64_t)pcpu);
    sysreg_write(VBAR_EL2, (uint64_t)vectors);
    sysreg_write(CPTR_EL2, A64_CPTR_TRAPS);
    sysreg_write(HCR_EL2, HCR_EL2_RW | HCR_EL2_IMO | HCR_EL2_FMO | HCR_EL2_AMO);
    sysreg_write(HSTR_EL2, 0);
    sysreg_write(VTTBR_EL2, 0);
    pcpu->arch.mpidr = sysreg_read(MPIDR_EL1) & MPIDR_EL1_AFFINITY;
    isb();
}

void cpu_init(struct pcpu *pcpu)
{
    /* No debug, trace or profiling from the guest reaches hardware; performance counters neither.
     */
    sysreg_write(MDCR_EL2, (sysreg_read(MDCR_EL2) & MDCR_EL2_HPMN) | MDCR_EL2_TDA | MDCR_EL2_TDOSA |
                               MDCR_EL2_TDRA | MDCR_EL2_TPM | MDCR_EL2_TPMCR | MDCR_EL2_TPMS |
                               MDCR_EL2_TTRF);
    /* The OS lock would keep the guest's software step from working. */
    sysreg_write(OSLAR_EL1, 0);
    mm_init_cpu();
    gic_init_cpu(pcpu);
    gtimer_init_cpu();
    __atomic_store_n(&pcpu->online, true, __ATOMIC_RELEASE);
}

int arch_cpu_start(uint32_t cpu)
{
    struct pcpu *pcpu = pcpus[cpu];
    struct boot_params *params = heap_alloc(sizeof(*params));

    if (params == NULL)
        return -1;
    boot_params_fill(params, mm_root(), 2);
    params->pcpu = pcpu;
    /* The new CPU reads this, and walks no table, before its caches are on. */
    arch_publish_code(params, sizeof(*params));
    return (int)firmware_cpu_on(pcpu->arch.mpidr, arch_to_hpa(secondary_entry).raw,
                                arch_to_hpa(params).raw);
}

void a64_enter(struct vcpu *vcpu) __noreturn; /* entry.S */

void arch_vcpu_enter(struct vcpu *vcpu)
{
    a64_enter(vcpu);
}

void a64_secondary_main(struct pcpu *pcpu) __noreturn;
void a64_secondary_main(struct pcpu *pcpu)
{
    sysreg_write(SCTLR_EL2, sysreg_read(SCTLR_EL2) | SCTLR_EL2_WXN);
    isb();
    cpu_init_early(pcpu);
    cpu_init(pcpu);
    boot_cpu_main(pcpu);
}
