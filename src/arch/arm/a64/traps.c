/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the vectors into the portable core and back. Here is what needs the hardware: the syndrome,
 * EL1's registers for an injection; what a trap means and how it ends is model/a64_trap.h.
 */
#include "arch/arch.h"
#include "arch/arm/a64/fast.h"
#include "arch/arm/a64/fatal.h"
#include "arch/arm/a64/switch.h"
#include "arch/arm/a64/sysreg.h"
#include "arch/arm/model/a64_hooks.h"
#include "arch/arm/model/a64_inject.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_trap.h"
#include "core/run.h"
#include "core/vm.h"

struct vcpu *a64_trap_rest(uint32_t left, struct vcpu *vcpu);
struct vcpu *a64_trap_serror(struct vcpu *vcpu);

void a64_hook_exc_load(struct vcpu *vcpu, struct a64_exc *exc)
{
    exc->sctlr = sysreg_read(SCTLR_EL1);
    exc->vbar = sysreg_read(VBAR_EL1);
    exc->esr_el1 = sysreg_read(ESR_EL1);
    exc->far_el1 = sysreg_read(FAR_EL1);
}

void a64_hook_exc_store(struct vcpu *vcpu, const struct a64_exc *exc)
{
    sysreg_write(ESR_EL1, exc->esr_el1);
    sysreg_write(FAR_EL1, exc->far_el1);
    sysreg_write(ELR_EL1, exc->elr_el1);
    sysreg_write(SPSR_EL1, exc->spsr_el1);
}

/* The faulting guest-physical page where the hardware does not say it. False: run the instruction
 * again. */
static __cold __noinline bool find_hpfar(struct a64_syndrome *syndrome)
{
    uint64_t guests_par = sysreg_read(PAR_EL1), par;

    __asm__ volatile("at s1e1r, %0" ::"r"(syndrome->far) : "memory");
    isb();
    par = sysreg_read(PAR_EL1);
    sysreg_write(PAR_EL1, guests_par);
    if (par & PAR_EL1_F)
        return false;
    syndrome->hpfar = a64_hpfar_of_par(par);
    return true;
}

/* What guests do seldom, or somebody looks at. */
static __noinline void handle_rare(struct vcpu *vcpu, uint64_t esr, uint64_t far)
{
    struct a64_syndrome syndrome = {
        .esr = esr,
        .far = far,
        .hpfar = sysreg_read(HPFAR_EL2), /* UNKNOWN but for aborts */
        .pc = vcpu->arch.a64.gprs.pc,
        .spsr = vcpu->arch.a64.gprs.spsr,
    };
    struct trap trap;

    if (a64_hpfar_missing(esr) && !find_hpfar(&syndrome))
        return;
    if (read_once(vcpu->observers) != 0)
        a64_trap_handle_observed(vcpu, &syndrome);
    else
        a64_trap_handle(vcpu, &syndrome, &trap);
}

static __noinline struct vcpu *handle_all(struct vcpu *vcpu)
{
    handle_rare(vcpu, sysreg_read(ESR_EL2), sysreg_read(FAR_EL2));
    return run_resume(vcpu->arch.a64.pcpu, vcpu);
}

static __noinline struct vcpu *show_virqs(struct vcpu *vcpu)
{
    return run_resume(vcpu->arch.a64.pcpu, vcpu);
}

struct vcpu *a64_trap_rest(uint32_t left, struct vcpu *vcpu)
{
    if (left & (A64_LEFT_ALL | A64_LEFT_REG))
        return handle_all(vcpu);
    if (left == VCPU_REQ_VIRQ)
        return show_virqs(vcpu);
    return run_loop(vcpu->arch.a64.pcpu);
}

void a64_serror_of(struct vcpu *vcpu)
{
    /* Whose access it was cannot be told; the guest runs on hardware memory of its own only, so it
     * is the guest's (users of a device assigned to it, a memory error in its pages). Its VM ends,
     * nobody else's. */
    vm_log(vcpu->vm, "SError while vCPU %u ran, ESR_EL2 0x%llx: stopping the VM", vcpu->id,
           (unsigned long long)sysreg_read(ESR_EL2));
    vm_stop(vcpu->vm, VM_STOP_CRASH);
}

struct vcpu *a64_trap_serror(struct vcpu *vcpu)
{
    struct pcpu *pcpu = vcpu->arch.a64.pcpu;

    exit_note(pcpu, vcpu, vcpu->arch.a64.gprs.pc, sysreg_read(ESR_EL2), 0);
    a64_serror_of(vcpu);
    return run_resume(pcpu, vcpu);
}
