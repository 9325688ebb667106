/* SPDX-License-Identifier: Apache-2.0 */
/* A vCPU's reset state, its place on a hart, its interrupts and its timer. */
#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/fp.h"
#include "arch/riscv/hw/host.h"
#include "arch/riscv/hw/hs.h"
#include "arch/riscv/hw/smode.h"
#include "arch/riscv/hw/timer.h"
#include "arch/riscv/hw/vector.h"
#include "arch/riscv/model/rv_emulate.h"
#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_priv.h"
#include "arch/riscv/model/rv_sbi_pmu.h"
#include "arch/riscv/model/rv_trace.h"
#include "arch/riscv/model/rv_virq.h"
#include "core/pcpu.h"
#include "core/vm.h"
#include "lib/string.h"

static bool is_loaded(const struct vcpu *vcpu)
{
    return arch_this_cpu()->loaded == vcpu;
}

uint64_t arch_vcpu_pc(const struct vcpu *vcpu)
{
    return vcpu->arch.rv.gprs.pc;
}

/* As SBI's hart_start leaves a hart (SBI 2.0, 9.1): MMU off, interrupts masked, hartid in a0. */
void arch_vcpu_reset(struct vcpu *vcpu, uint64_t entry, uint64_t argument)
{
    struct rv_state *rv = &vcpu->arch.rv;

    memset(&rv->fp, 0, sizeof(rv->fp));
    rv->fp_dirty = false;
    vector_reset(vcpu);
    rv_sbi_pmu_reset(vcpu);
    if (rv_is_emulated(vcpu)) {
        smode_reset(vcpu, entry, argument);
        return;
    }
    memset(&rv->gprs, 0, sizeof(rv->gprs));
    memset(&rv->super, 0, sizeof(rv->super));
    rv->gprs.pc = entry;
    rv->gprs.x[RV_A0] = vcpu->id;
    rv->gprs.x[RV_A1] = argument;
    rv->super.sstatus = REG_PUT(SSTATUS, UXL, RV_XLEN_64);
    rv->super.in_supervisor = true;
    /* As firmware leaves it: kernels let their users read the time without writing this. */
    rv->super.scounteren = RV_COUNTEREN_CY | RV_COUNTEREN_TM | RV_COUNTEREN_IR;
    rv->super.stimecmp = UINT64_MAX;
    rv_virq_reset(vcpu);
}

/*
 * A guest may keep translations private to one of its harts under one ASID, and two of its harts
 * share this one's TLB: what the other left is dropped. So is what this one left before it was
 * elsewhere, where the guest's fences went meanwhile.
 */
static void forget_others(struct vcpu *vcpu, uint32_t cpu)
{
    struct rv_vm *vm = &vcpu->vm->arch.rv;
    bool tagged = vcpu->vm->s2.vmid < rv_host.vmid_count; /* else other VMs share its tag */

    if (tagged && vm->last_vcpu[cpu] == vcpu->id && vcpu->arch.rv.last_cpu == cpu)
        return;
    vm->last_vcpu[cpu] = (uint8_t)vcpu->id;
    vcpu->arch.rv.last_cpu = cpu;
    hs_forget_vmid(vcpu->vm->s2.vmid);
    hs_forget_guest();
    fence_i();
}

void arch_vcpu_load(struct vcpu *vcpu)
{
    struct pcpu *pcpu = arch_this_cpu();

    vcpu->arch.rv.pcpu = pcpu;
    if (rv_is_emulated(vcpu)) {
        smode_load(vcpu);
        vector_load(pcpu, vcpu); /* it has none */
        return;
    }
    hs_load(vcpu);
    fp_load(pcpu, vcpu);
    vector_load(pcpu, vcpu);
    forget_others(vcpu, pcpu->id);
}

void arch_vcpu_save(struct vcpu *vcpu)
{
    fp_save(arch_this_cpu(), vcpu);
    vector_save(arch_this_cpu(), vcpu);
    if (!rv_is_emulated(vcpu))
        hs_save(vcpu);
}

void arch_vcpu_off(struct vcpu *vcpu)
{
    struct pcpu *pcpu = arch_this_cpu();

    timer_cancel(&vcpu->arch.rv.sbi_timer);
    __atomic_fetch_and(&vcpu->arch.rv.lines, ~(uint32_t)RV_IRQ_STI, __ATOMIC_RELEASE);
    if (pcpu->fp_owner == vcpu)
        fp_release(pcpu);
    if (pcpu->arch.vector_owner == vcpu)
        vector_release(pcpu);
}

/* ---- interrupts, timer */

void arch_vcpu_sync_virqs(struct vcpu *vcpu)
{
    if (!rv_is_emulated(vcpu)) {
        hs_sync_virqs(vcpu);
        return;
    }
    /* Looked at on the way in. Another hart may have set its machine timer. */
    vcpu->arch.rv.priv.effects |= RV_EFFECT_PENDING;
    timer_follow(vcpu);
}

bool arch_vcpu_virq_pending(struct vcpu *vcpu)
{
    const struct rv_state *rv = &vcpu->arch.rv;
    uint64_t pending = __atomic_load_n(&rv->lines, __ATOMIC_ACQUIRE) |
                       __atomic_load_n(&rv->posted, __ATOMIC_ACQUIRE);

    if (rv_is_emulated(vcpu))
        return rv_priv_wakes(rv, rv_hook_time(vcpu));
    if (is_loaded(vcpu))
        return ((pending | hs_pending()) & hs_enabled()) != 0;
    pending |= rv->super.software_pending ? RV_IRQ_SSI : 0;
    pending |= arch_vcpu_timer_deadline(vcpu) <= arch_counter() ? RV_IRQ_STI : 0;
    return (pending & rv->super.sie) != 0;
}

uint64_t arch_vcpu_timer_deadline(struct vcpu *vcpu)
{
    /* Without vstimecmp its timer is one of ours, and its line among the others. */
    if (!rv_host.sstc || rv_is_emulated(vcpu))
        return TIMER_NEVER;
    return timer_host_ticks(vcpu,
                            is_loaded(vcpu) ? csr_read(vstimecmp) : vcpu->arch.rv.super.stimecmp);
}

void arch_vcpu_timer_fired(struct vcpu *vcpu)
{
    /* The hardware raises the line itself when the vCPU is loaded. */
}

static void sbi_timer_fired(struct timer *timer, uint64_t now_ticks)
{
    struct vcpu *vcpu = container_of(timer, struct vcpu, arch.rv.sbi_timer);

    if (rv_is_emulated(vcpu))
        vcpu_kick(vcpu, VCPU_REQ_VIRQ);
    else
        rv_virq_set(vcpu, RV_IRQ_STI, true);
}

enum err arch_vcpu_init(struct vcpu *vcpu)
{
    vcpu->arch.rv.last_cpu = UINT32_MAX;
    timer_init(&vcpu->arch.rv.sbi_timer, sbi_timer_fired);
    return vcpu->vm->arch.rv.emulated ? smode_vcpu_init(vcpu) : vector_vcpu_init(vcpu);
}

/* ---- words about it */

void arch_vcpu_view(const struct vcpu *vcpu, struct guest_view *view)
{
    struct rv_super super = vcpu->arch.rv.super;

    if (is_loaded(vcpu) && !rv_is_emulated(vcpu)) {
        super.sstatus = csr_read(vsstatus);
        super.stvec = csr_read(vstvec);
        super.sepc = csr_read(vsepc);
        super.scause = csr_read(vscause);
        super.in_supervisor = (csr_read(sstatus) & SSTATUS_SPP) != 0;
        if (rv_host.sstc)
            super.stimecmp = csr_read(vstimecmp);
    }
    rv_view(&vcpu->arch.rv.gprs, &super, arch_counter() + vcpu->vm->arch.rv.time_delta, view);
}

void arch_vcpu_gprs(const struct vcpu *vcpu, uint64_t gprs[ARCH_GPR_MAX])
{
    memcpy(gprs, &vcpu->arch.rv.gprs.x[RV_RA], ARCH_GPR_MAX * sizeof(*gprs));
}

int arch_trap_text(const struct trace_record *record, char *text, size_t size)
{
    return rv_trap_text(record, text, size);
}

void arch_exit_trap(const struct exit_record *exit, struct trap *trap)
{
    rv_exit_trap(exit, trap);
}

const char *arch_gpa_hint(gpa_t gpa)
{
    return rv_gpa_hint(gpa);
}

const struct uart_words *arch_uart_words(void)
{
    return &rv_uart_words;
}
