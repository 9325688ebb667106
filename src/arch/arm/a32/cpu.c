/* SPDX-License-Identifier: Apache-2.0 */
/* The physical CPU: who we are, waiting, starting others. */
#include "arch/arm/a32/cpu.h"
#include "arch/arch.h"
#include "arch/arm/a32/boot_params.h"
#include "arch/arm/a32/mm.h"
#include "arch/arm/a32/switch.h"
#include "arch/arm/a32/sysreg.h"
#include "arch/arm/hw/firmware.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/hw/gtimer.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/boot.h"
#include "core/frame.h"

extern char vectors[], secondary_entry[];

struct pcpu *arch_this_cpu(void)
{
    return (struct pcpu *)(uintptr_t)sysreg_read(HTPIDR);
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

uint32_t cpu_midr(void)
{
    return sysreg_read(MIDR);
}

void cpu_init_early(struct pcpu *pcpu)
{
    sysreg_write(HTPIDR, (uint32_t)(uintptr_t)pcpu);
    sysreg_write(HVBAR, (uint32_t)(uintptr_t)vectors);
    sysreg_write(HCPTR, A32_HCPTR_TRAPS);
    sysreg_write(HCR, HCR_IMO | HCR_FMO | HCR_AMO);
    sysreg_write(HSTR, A32_HSTR_TRAPS);
    sysreg_write(VTTBR, 0);
    pcpu->arch.mpidr = boot_arch_cpu_id();
    isb();
}

void cpu_init(struct pcpu *pcpu)
{
    /* No debug or trace from the guest reaches hardware; performance counters neither. With TDE
     * the debug exceptions that are left, of BKPT, are ours to hand on. */
    sysreg_write(HDCR, (sysreg_read(HDCR) & HDCR_HPMN) | HDCR_TDE | HDCR_TDA | HDCR_TDOSA |
                           HDCR_TDRA | HDCR_TPM | HDCR_TPMCR);
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
    boot_params_fill(params, mm_root());
    params->pcpu = pcpu;
    /* The new CPU reads this, and walks no table, before its caches are on. */
    arch_publish_code(params, sizeof(*params));
    return (int)firmware_cpu_on(pcpu->arch.mpidr, arch_to_hpa(secondary_entry).raw,
                                arch_to_hpa(params).raw);
}

void a32_enter(struct vcpu *vcpu) __noreturn; /* entry.S */

void arch_vcpu_enter(struct vcpu *vcpu)
{
    a32_enter(vcpu);
}

void a32_secondary_main(struct pcpu *pcpu) __noreturn;
void a32_secondary_main(struct pcpu *pcpu)
{
    sysreg_write(HSCTLR, sysreg_read(HSCTLR) | HSCTLR_WXN);
    isb();
    cpu_init_early(pcpu);
    cpu_init(pcpu);
    boot_cpu_main(pcpu);
}
