/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the vectors into the portable core and back. Here is what needs the hardware: the syndrome,
 * PL1's registers for an injection; what a trap means and how it ends is model/a32_trap.h.
 */
#include "arch/arch.h"
#include "arch/arm/a32/switch.h"
#include "arch/arm/a32/sysreg.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/model/a32_hooks.h"
#include "arch/arm/model/a32_inject.h"
#include "arch/arm/model/a32_trap.h"
#include "core/run.h"
#include "core/stat.h"
#include "core/trace.h"
#include "core/vm.h"

struct vcpu *a32_trap_sync(struct vcpu *vcpu);
struct vcpu *a32_trap_irq(struct vcpu *vcpu);

uint32_t a32_hook_banked_read(struct vcpu *vcpu, enum a32_banked which)
{
    return a32_banked_read(which);
}

void a32_hook_banked_write(struct vcpu *vcpu, enum a32_banked which, uint32_t value)
{
    a32_banked_write(which, value);
}

void a32_hook_exc_load(struct vcpu *vcpu, struct a32_exc *exc)
{
    exc->sctlr = sysreg_read(SCTLR);
    exc->vbar = sysreg_read(VBAR);
    exc->ttbcr = sysreg_read(TTBCR);
}

void a32_hook_exc_store(struct vcpu *vcpu, const struct a32_exc *exc)
{
    a32_banked_write(exc->abort ? A32_LR_abt : A32_LR_und, exc->lr);
    a32_banked_write(exc->abort ? A32_SPSR_abt : A32_SPSR_und, exc->spsr);
    if (exc->data_fault) {
        sysreg_write(DFSR, exc->fsr);
        sysreg_write(DFAR, exc->far);
    }
    if (exc->fetch_fault) {
        sysreg_write(IFSR, exc->fsr);
        sysreg_write(IFAR, exc->far);
    }
}

/* The faulting guest-physical page where the hardware does not say it. False: run the instruction
 * again. */
static __cold __noinline bool find_hpfar(struct a32_syndrome *syndrome)
{
    uint64_t guests_par = sysreg_read(PAR), par;

    sysreg_write(ATS1CPR, syndrome->far);
    isb();
    par = sysreg_read(PAR);
    sysreg_write(PAR, guests_par);
    if (par & PAR32_F)
        return false;
    syndrome->hpfar = a32_hpfar_of_par(par);
    return true;
}

/*
 * Whose access it was cannot be told; the guest runs on hardware memory of its own only, so it is
 * the guest's (users of a device assigned to it, a memory error in its pages), and so is what is to
 * be done about it.
 */
void a32_abort_of(struct vcpu *vcpu)
{
    vm_log(vcpu->vm, "asynchronous abort while vCPU %u ran: handed to it", vcpu->id);
    vcpu->arch.a32.hcr |= HCR_VA;
}

/*
 * Loads and stores of several registers, or with write-back, which the syndrome does not describe:
 * no bus of a device would be sure to take them either.
 */
static __cold __noinline void log_undescribed(struct vcpu *vcpu,
                                              const struct a32_syndrome *syndrome)
{
    gpa_t gpa = a32_gpa_of(syndrome->far, syndrome->hpfar);
    const struct mmio_region *region = mmio_bus_search(&vcpu->vm->mmio, gpa, 1);

    if (region != NULL &&
        !__atomic_exchange_n(&vcpu->vm->arch.arm.undescribed_told, true, __ATOMIC_RELAXED))
        vm_log(vcpu->vm,
               "pc=0x%x accesses %s+0x%x by an instruction that a device does not take (several "
               "registers, or write-back): it gets an external abort",
               syndrome->pc, region->name, (unsigned)(gpa.raw - region->base.raw));
}

/* What guests do seldom, or somebody looks at. */
static __noinline void handle_rare(struct vcpu *vcpu, uint32_t hsr, uint32_t far)
{
    struct a32_syndrome syndrome = {
        .hsr = hsr,
        .far = far,
        .hpfar = sysreg_read(HPFAR), /* UNKNOWN but for aborts */
        .pc = vcpu->arch.a32.gprs.pc,
        .cpsr = vcpu->arch.a32.gprs.cpsr,
    };
    struct trap trap;

    if (REG_GET(ESR_ELx, EC, hsr) == ESR_EC_IABT_LOWER)
        syndrome.far = sysreg_read(HIFAR);
    if (a32_is_async_abort(hsr)) {
        a32_abort_of(vcpu);
        sysreg_write(HCR, vcpu->arch.a32.hcr);
        return;
    }
    if (a32_is_undescribed_access(hsr)) /* told once: what comes later is the same guest's code */
        log_undescribed(vcpu, &syndrome);
    if (a32_hpfar_missing(hsr) && !find_hpfar(&syndrome))
        return;
    if (read_once(vcpu->observers) != 0)
        a32_trap_handle_observed(vcpu, &syndrome);
    else
        a32_trap_handle(vcpu, &syndrome, &trap);
}

/* It has no array, and what it calls has its own protection. */
__no_stack_protector struct vcpu *a32_trap_sync(struct vcpu *vcpu)
{
    struct pcpu *pcpu = vcpu->arch.a32.pcpu;
    uint32_t hsr = sysreg_read(HSR), far = sysreg_read(HDFAR);
    uint32_t class = (uint32_t)REG_GET(ESR_ELx, EC, hsr);
    struct trap trap;

    exit_note(pcpu, vcpu, vcpu->arch.a32.gprs.pc, hsr, far);
    if (unlikely(read_once(vcpu->observers) != 0)) {
        handle_rare(vcpu, hsr, far);
    } else if (a32_is_decoded_access(hsr)) {
        a32_decode_access(hsr, far, sysreg_read(HPFAR), &trap);
        /* One copy for loads and one for stores. */
        if (trap.write)
            a32_trap_act(vcpu, &trap);
        else
            a32_trap_act(vcpu, &trap);
    } else if (class == ESR_EC_CP15_32 && a32_is_unconditional(hsr)) {
        a32_decode_cp32(hsr, A32_CP15, &trap);
        a32_trap_act(vcpu, &trap);
    } else if (class == ESR_EC_HVC32) {
        a32_decode_hvc(hsr, &trap);
        a32_trap_act(vcpu, &trap);
    } else {
        handle_rare(vcpu, hsr, far);
    }
    return run_resume(pcpu, vcpu);
}

struct vcpu *a32_trap_irq(struct vcpu *vcpu)
{
    struct pcpu *pcpu = vcpu->arch.a32.pcpu;

    vcpu->stats.interrupts++;
    if (unlikely(read_once(vcpu->observers) & OBSERVE_COST)) {
        uint64_t start = arch_counter();

        arch_irq_take();
        stat_cost(vcpu, STAT_INTERRUPT, arch_counter() - start);
        return run_resume(pcpu, vcpu);
    }
    /* If there is another it interrupts the guest at once. */
    arch_irq_take();
    return run_resume(pcpu, vcpu);
}
