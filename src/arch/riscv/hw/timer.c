/* SPDX-License-Identifier: Apache-2.0 */
#include "arch/riscv/hw/timer.h"

#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/host.h"
#include "arch/riscv/hw/sbi.h"
#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_priv.h"
#include "arch/riscv/model/rv_virq.h"
#include "core/run.h"
#include "core/vm.h"

uint64_t arch_counter(void)
{
    return csr_read(time);
}

uint64_t arch_counter_hz(void)
{
    return rv_host.timebase_hz;
}

uint64_t rv_hook_time(const struct vcpu *vcpu)
{
    return arch_counter() + vcpu->vm->arch.rv.time_delta;
}

uint64_t timer_host_ticks(const struct vcpu *vcpu, uint64_t deadline_ticks)
{
    uint64_t delta = vcpu->vm->arch.rv.time_delta;

    /* Its time begins after ours: -delta is when. */
    if (deadline_ticks > UINT64_MAX + delta)
        return TIMER_NEVER;
    return deadline_ticks - delta;
}

void arch_timer_program(uint64_t deadline_ticks)
{
    struct pcpu *pcpu = arch_this_cpu();

    if (deadline_ticks == pcpu->programmed_ticks)
        return;
    pcpu->programmed_ticks = deadline_ticks;
    if (rv_host.sstc)
        csr_write(stimecmp, deadline_ticks);
    else
        sbi_set_timer(deadline_ticks);
}

/* The timers run on the way back through run_loop, so only take the level down and go there. */
void timer_interrupt(void)
{
    struct pcpu *pcpu = arch_this_cpu();

    pcpu->programmed_ticks = TIMER_NEVER;
    if (rv_host.sstc)
        csr_write(stimecmp, TIMER_NEVER);
    else
        sbi_set_timer(TIMER_NEVER);
    run_reschedule(pcpu);
}

void timer_set_virtual(struct vcpu *vcpu, uint64_t deadline_ticks)
{
    struct rv_state *rv = &vcpu->arch.rv;
    uint64_t deadline = timer_host_ticks(vcpu, deadline_ticks);
    bool over = deadline <= arch_counter();

    rv->super.stimecmp = deadline_ticks;
    rv_virq_set(vcpu, RV_IRQ_STI, over);
    timer_arm(&rv->pcpu->timers, &rv->sbi_timer, over ? TIMER_NEVER : deadline);
    run_timer_armed(rv->pcpu);
}

void timer_follow(struct vcpu *vcpu)
{
    struct rv_state *rv = &vcpu->arch.rv;
    uint64_t deadline = rv_priv_deadline(rv, rv_hook_time(vcpu));

    timer_arm(&rv->pcpu->timers, &rv->sbi_timer, timer_host_ticks(vcpu, deadline));
    run_timer_armed(rv->pcpu);
}

void timer_init_cpu(void)
{
    arch_this_cpu()->programmed_ticks = TIMER_NEVER;
    if (rv_host.sstc)
        csr_write(stimecmp, TIMER_NEVER);
    else
        sbi_set_timer(TIMER_NEVER);
}
