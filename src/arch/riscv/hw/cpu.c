/* SPDX-License-Identifier: Apache-2.0 */
/* The hart: who we are, waiting, starting others. tp is this hart's struct pcpu. */
#include "arch/riscv/hw/cpu.h"

#include "arch/arch.h"
#include "arch/boot.h"
#include "arch/riscv/hw/boot_params.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/host.h"
#include "arch/riscv/hw/hs.h"
#include "arch/riscv/hw/instret.h"
#include "arch/riscv/hw/intc.h"
#include "arch/riscv/hw/mm.h"
#include "arch/riscv/hw/sbi.h"
#include "arch/riscv/hw/timer.h"
#include "core/frame.h"
#include "core/run.h"
#include "lib/bits.h"

extern char trap_vector[], secondary_entry[];

#define OUR_INTERRUPTS (RV_IRQ_SSI | RV_IRQ_STI | RV_IRQ_SEI)

struct pcpu *arch_this_cpu(void)
{
    struct pcpu *pcpu;

    __asm__ volatile("mv %0, tp" : "=r"(pcpu));
    return pcpu;
}

/* PAUSE (Zihintpause) is a hint: harts without it do nothing. */
void arch_cpu_relax(void)
{
    __asm__ volatile(".insn i 0x0f, 0, x0, x0, 0x010" ::: "memory");
}

/*
 * A pending interrupt that sie has ends WFI whatever sstatus.SIE is; and one of the guest that is
 * still loaded, its timer's for instance, as vsie is a view of the same register, and delegation
 * makes no difference (3.3.3, 18.2.3). Nothing else tells us of that.
 */
void arch_cpu_wait(void)
{
    struct pcpu *pcpu = arch_this_cpu();

    /* Everything before is visible before we sleep. */
    fence_io();
    __asm__ volatile("wfi" ::: "memory");
    if (pcpu->loaded != NULL && arch_vcpu_virq_pending(pcpu->loaded))
        sched_wake(pcpu->loaded, false);
}

void arch_cpu_stop(void)
{
    csr_write(sie, 0);
    for (;;)
        __asm__ volatile("wfi" ::: "memory");
}

/* Take everything that is pending. */
void arch_irq_take(void)
{
    for (;;) {
        uint64_t pending = csr_read(sip) & csr_read(sie);

        if (pending & RV_IRQ_SSI) {
            /* Cleared first: a request that comes while we serve this one interrupts again. */
            csr_clear(sip, RV_IRQ_SSI);
            fence_all();
            run_ipi(arch_this_cpu());
        } else if (pending & RV_IRQ_STI) {
            timer_interrupt();
        } else if (pending & RV_IRQ_SEI) {
            intc_interrupt();
        } else {
            return;
        }
    }
}

void arch_ipi_send(uint32_t cpu)
{
    /* What the IPI is for is seen before it comes. */
    fence_io();
    sbi_send_ipi(pcpus[cpu]->arch.hartid);
}

void cpu_init_early(struct pcpu *pcpu)
{
    __asm__ volatile("mv tp, %0" ::"r"(pcpu) : "memory");
    csr_write(sscratch, 0);
    csr_write(stvec, (uint64_t)trap_vector);
    csr_write(sie, 0);
    csr_clear(sstatus, SSTATUS_SIE | SSTATUS_FS | SSTATUS_VS | SSTATUS_SUM | SSTATUS_MXR);
}

void cpu_init(struct pcpu *pcpu)
{
    if (rv_host.h)
        hs_init_cpu();
    intc_init_cpu(pcpu);
    timer_init_cpu();
    instret_init_cpu(pcpu);
    csr_clear(sip, RV_IRQ_SSI);
    csr_write(sie, OUR_INTERRUPTS);
    __atomic_store_n(&pcpu->online, true, __ATOMIC_RELEASE);
}

int arch_cpu_start(uint32_t cpu)
{
    struct boot_params *params = heap_alloc(sizeof(*params));

    if (params == NULL)
        return -1;
    params->satp = mm_satp();
    params->pcpu = pcpus[cpu];
    fence_all();
    return (int)sbi_hart_start(pcpus[cpu]->arch.hartid, arch_to_hpa(secondary_entry).raw,
                               arch_to_hpa(params).raw);
}

void rv_enter(struct vcpu *vcpu) __noreturn; /* entry.S */

void arch_vcpu_enter(struct vcpu *vcpu)
{
    rv_enter(vcpu);
}

void rv_secondary_main(struct pcpu *pcpu) __noreturn;
void rv_secondary_main(struct pcpu *pcpu)
{
    cpu_init_early(pcpu);
    cpu_init(pcpu);
    boot_cpu_main(pcpu);
}
