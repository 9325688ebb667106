/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The contract of arch/arch.h that the target meets with the hardware (cpu.c, switch.c, traps.c,
 * cache.c, gtimer.c, gic.c), for the world's CPUs. A guest's EL1 registers live in its vcpu all the
 * time.
 */
#include <stdio.h>
#include <stdlib.h>

#include "arch/arch.h"
#include "arch/arm/a64/cpu.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/model/a64_hooks.h"
#include "arch/arm/model/a64_inject.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg_keys.h"
#include "arch/arm/model/a64_trap.h"
#include "arch/host/host_mem.h"
#include "core/run.h"
#include "lib/bits.h"
#include "lib/panic.h"
#include "lib/string.h"
#include "tests/fuzz/world.h"

#define ROUNDS_MAX 64 /* of interrupts in a row, else it is a storm */

uint32_t world_here;

/* ---- leaving and entering the hypervisor */

static void __noreturn leave(void)
{
    longjmp(world.cpus[world_here].back, 1);
}

/* Take a road through the hypervisor on CPU: a guest to run comes out, or the CPU waits. */
static void take(uint32_t cpu, struct vcpu *(*road)(struct world_cpu *cpu))
{
    uint32_t was = world_here;
    struct world_cpu *on = &world.cpus[cpu];

    world_here = cpu;
    if (setjmp(on->back) == 0)
        on->guest = road(on);
    else
        world.cpus[cpu].guest = NULL;
    world_here = was;
}

static const struct a64_syndrome *trapped;

static struct vcpu *trap_road(struct world_cpu *cpu)
{
    struct vcpu *vcpu = cpu->guest;
    struct trap trap;

    if (vcpu->observers != 0)
        a64_trap_handle_observed(vcpu, trapped);
    else
        a64_trap_handle(vcpu, trapped, &trap);
    return run_resume(&cpu->pcpu, vcpu);
}

void world_trap(uint32_t cpu, const struct a64_syndrome *in)
{
    if (world.off || world.cpus[cpu].guest == NULL)
        return;
    trapped = in;
    host_mem_forget_published();
    take(cpu, trap_road);
}

static struct vcpu *irq_road(struct world_cpu *cpu)
{
    struct vcpu *vcpu = cpu->guest;

    arch_irq_take();
    if (vcpu == NULL)
        return run_loop(&cpu->pcpu);
    vcpu->stats.interrupts++;
    return run_resume(&cpu->pcpu, vcpu);
}

static bool is_pending(const struct world_cpu *cpu)
{
    return cpu->ipi || cpu->deadline <= arch_counter() || world_vtimer_line(cpu) ||
           (cpu->pcpu.loaded != NULL && world_misr(cpu));
}

void world_poll(uint32_t cpu)
{
    if (!world.off && is_pending(&world.cpus[cpu])) {
        host_mem_forget_published();
        take(cpu, irq_road);
    }
}

void world_settle(void)
{
    for (unsigned round = 0;; round++) {
        bool quiet = true;

        BUG_ON(round == ROUNDS_MAX);
        for (uint32_t n = 0; n < world.config.cpus && !world.off; n++) {
            quiet &= !is_pending(&world.cpus[n]);
            world_poll(n);
        }
        if (quiet)
            return;
    }
}

static struct {
    void (*fn)(void *argument);
    void *argument;
} asked;

static struct vcpu *shell_road(struct world_cpu *cpu)
{
    struct vcpu *vcpu = cpu->guest;

    asked.fn(asked.argument);
    return vcpu == NULL ? run_loop(&cpu->pcpu) : run_resume(&cpu->pcpu, vcpu);
}

void world_from_shell(void (*fn)(void *argument), void *argument)
{
    if (world.off)
        return;
    asked.fn = fn;
    asked.argument = argument;
    host_mem_forget_published();
    take(0, shell_road);
}

/* ---- this CPU, other CPUs, the machine */

struct pcpu *arch_this_cpu(void)
{
    return &world.cpus[world_here].pcpu;
}

void arch_cpu_wait(void)
{
    if (world.on_sleep != NULL)
        world.on_sleep();
    else
        leave();
}

void arch_cpu_stop(void)
{
    panic("a CPU is stopped");
}

void arch_ipi_send(uint32_t cpu)
{
    uint32_t was = world_here;

    /* Who sent a call waits for it: the other CPU takes the interrupt now. */
    world_here = cpu;
    if (world.cpus[cpu].pcpu.ipi_pending & IPI_CALL)
        call_serve(&world.cpus[cpu].pcpu);
    world_here = was;
    world.cpus[cpu].ipi = true;
}

void arch_machine_off(void)
{
    world.off = true;
    leave();
}

void arch_machine_reset(void)
{
    panic("the machine is reset");
}

void arch_machine_fail(void)
{
    panic("the machine fails");
}

void arch_irq_enable(uint32_t irq, bool edge) {}

void arch_timer_program(uint64_t deadline_ticks)
{
    world.cpus[world_here].deadline = deadline_ticks;
}

void arch_irq_take(void)
{
    struct world_cpu *cpu = &world.cpus[world_here];
    struct vcpu *loaded;

    if (world.on_poll != NULL)
        world.on_poll();
    for (unsigned round = 0; is_pending(cpu); round++) {
        BUG_ON(round == ROUNDS_MAX);
        if (cpu->ipi) {
            cpu->ipi = false;
            run_ipi(&cpu->pcpu);
        }
        if (cpu->deadline <= arch_counter()) {
            cpu->deadline = TIMER_NEVER;
            timer_queue_expire(&cpu->pcpu.timers, arch_counter());
            run_reschedule(&cpu->pcpu);
        }
        loaded = cpu->pcpu.loaded;
        if (world_vtimer_line(cpu)) {
            cpu->phys_active[ARM_PPI_VTIMER] = true;
            vgic_hw_fired(loaded->arch.arm.vgic, ARM_PPI_VTIMER);
            if (cpu->pcpu.current != loaded)
                sched_wake(loaded, false);
        }
        if (loaded != NULL && world_misr(cpu))
            vgic_maintenance(loaded->arch.arm.vgic);
    }
}

/* ---- vCPUs */

uint64_t cpu_midr(void)
{
    return 0x411fd070; /* a Cortex-A57 r1p0 */
}

void arch_lib_begin(void)
{
    arch_this_cpu()->fp_owner = NULL;
}

enum trap_result arch_trap_fp(struct vcpu *vcpu, struct trap *trap)
{
    vcpu->arch.a64.pcpu->fp_owner = vcpu;
    return TRAP_RETRY;
}

void arch_vcpu_load(struct vcpu *vcpu)
{
    struct pcpu *pcpu = arch_this_cpu();

    vcpu->arch.a64.pcpu = pcpu;
    vcpu->vm->arch.arm.last_vcpu[pcpu->id] = (uint8_t)vcpu->id;
    vgic_load(vcpu->arch.arm.vgic);
}

void arch_vcpu_save(struct vcpu *vcpu)
{
    vgic_save(vcpu->arch.arm.vgic);
}

void arch_vcpu_off(struct vcpu *vcpu)
{
    timer_cancel(&vcpu->arch.arm.cntp_timer);
    if (arch_this_cpu()->fp_owner == vcpu)
        arch_this_cpu()->fp_owner = NULL;
}

/* ---- hooks */

void a64_hook_exc_load(struct vcpu *vcpu, struct a64_exc *exc)
{
    const struct a64_el1 *el1 = &vcpu->arch.a64.el1;

    exc->sctlr = el1->sctlr;
    exc->vbar = el1->vbar;
    exc->esr_el1 = el1->esr;
    exc->far_el1 = el1->far;
}

void a64_hook_exc_store(struct vcpu *vcpu, const struct a64_exc *exc)
{
    struct a64_el1 *el1 = &vcpu->arch.a64.el1;

    el1->esr = exc->esr_el1;
    el1->far = exc->far_el1;
    el1->elr_el1 = exc->elr_el1;
    el1->spsr_el1 = exc->spsr_el1;
}

void a64_hook_set_way(struct vcpu *vcpu)
{
    vcpu->arch.a64.hcr |= HCR_EL2_TVM;
}

void a64_hook_vm_reg_write(struct vcpu *vcpu, uint32_t key, uint64_t value)
{
    if (key == A64_KEY_SCTLR_EL1) {
        vcpu->arch.a64.el1.sctlr = value;
        vcpu->arch.a64.hcr &= ~(uint64_t)HCR_EL2_TVM;
    }
}
