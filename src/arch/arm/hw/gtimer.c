/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/arm/hw/gtimer.h"

#include "arch/arch.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/model/a64_regs.h"
#include "core/dtb.h"
#include "core/irq.h"
#include "core/run.h"
#include "core/vm.h"
#include "sysreg.h"

static uint32_t hyp_irq __section(".sealed"), virtual_irq __section(".sealed");
static uint64_t counter_hz __section(".sealed");

uint64_t arch_counter(void)
{
    /* ISB: the counter is not read ahead of what came before (D11.1.2). */
    isb();
    return sysreg_read(CNTPCT_EL0);
}

uint64_t arch_counter_hz(void)
{
    return counter_hz;
}

void arch_timer_program(uint64_t deadline_ticks)
{
    struct pcpu *pcpu = arch_this_cpu();

    if (deadline_ticks == pcpu->programmed_ticks)
        return;
    pcpu->programmed_ticks = deadline_ticks;
    /* The counter does not come to TIMER_NEVER. */
    sysreg_write(CNTHP_CVAL_EL2, deadline_ticks);
    isb();
}

/* Our deadline: the timers run on the way back through run_loop, so only take the level down and go
 * there. */
static void hyp_timer(void *context)
{
    struct pcpu *pcpu = arch_this_cpu();

    pcpu->programmed_ticks = TIMER_NEVER;
    sysreg_write(CNTHP_CVAL_EL2, TIMER_NEVER);
    isb();
    run_reschedule(pcpu);
}

/* The loaded vCPU's own timer: it stays active here until the guest deactivates the virtual
 * interrupt. */
static void virtual_timer(void *context)
{
    struct pcpu *pcpu = arch_this_cpu();
    struct vcpu *vcpu = pcpu->loaded;

    if (vcpu == NULL) {
        /* Fired just as its owner was taken off: the level is gone with CNTV_CTL_EL0. */
        gic->vgic->phys_active(virtual_irq, false);
        return;
    }
    vgic_hw_fired(vcpu->arch.arm.vgic, ARM_PPI_VTIMER);
    if (read_once(vcpu->sched.state) == SCHED_WAITING)
        sched_wake(vcpu, false);
}

const char *gtimer_init(const void *fdt)
{
    static const char *const compatible[] = {"arm,armv8-timer", "arm,armv7-timer"};
    const void *interrupts = NULL;
    int length = 0;

    for (unsigned i = 0; i < ARRAY_SIZE(compatible) && interrupts == NULL; i++) {
        int node = dtb_next_compatible(fdt, DTB_NONE, compatible[i]);

        if (node >= 0)
            interrupts = dtb_property(fdt, node, "interrupts", &length);
    }
    /* Three cells each: secure, non-secure, virtual, hypervisor. */
    if (interrupts == NULL || length < 4 * 3 * 4)
        return "the device tree has no generic timer with its four interrupts";
    virtual_irq = GIC_PPI_FIRST + dtb_cell(interrupts, 2 * 3 + 1);
    hyp_irq = GIC_PPI_FIRST + dtb_cell(interrupts, 3 * 3 + 1);
    counter_hz = sysreg_read(CNTFRQ_EL0);
    if (counter_hz < 1000000)
        return "CNTFRQ_EL0 is not set: the firmware must write the counter's frequency";
    if (irq_request(hyp_irq, hyp_timer, NULL, false, "hyp-timer") != ERR_NONE ||
        irq_request(virtual_irq, virtual_timer, NULL, true, "virtual-timer") != ERR_NONE)
        return "a timer interrupt is used twice";
    return NULL;
}

void gtimer_init_cpu(void)
{
    /* EL1 reads the physical counter itself; its physical timer is emulated. */
    sysreg_write(CNTHCTL_EL2, CNTHCTL_EL2_EL1PCTEN);
    sysreg_write(CNTHP_CVAL_EL2, TIMER_NEVER);
    sysreg_write(CNTHP_CTL_EL2, CNT_CTL_ENABLE);
    sysreg_write(CNTV_CTL_EL0, 0);
    isb();
    arch_irq_enable(hyp_irq, false);
    arch_irq_enable(virtual_irq, false);
}
