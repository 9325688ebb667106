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
#include "core/guest_mem.h"
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

/* The guest-physical page of VA, as HPFAR has it, by the guest's own tables. False: they have none.
 */
static __cold __noinline bool translate(uint32_t va, uint32_t *hpfar)
{
    uint64_t guests_par = sysreg_read(PAR), par;

    sysreg_write(ATS1CPR, va);
    isb();
    par = sysreg_read(PAR);
    sysreg_write(PAR, guests_par);
    if (par & PAR32_F)
        return false;
    *hpfar = a32_hpfar_of_par(par);
    return true;
}

__cold bool a32_hook_fetch(struct vcpu *vcpu, uint32_t va, void *to, uint32_t size_bytes)
{
    uint32_t hpfar;

    return translate(va, &hpfar) &&
           guest_mem_read(vcpu->vm, a32_gpa_of(va, hpfar), to, size_bytes) == ERR_NONE;
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

__cold void a32_hook_user_exception(struct vcpu *vcpu, const struct trap *trap)
{
    struct trace_record record = {.trap = *trap, .vcpu = (uint16_t)vcpu->id};
    char text[TRACE_TEXT_MAX];

    trace_text(vcpu->vm, &record, text, sizeof(text));
    vm_log(vcpu->vm,
           "pc=0x%x %s: there is no kernel that could take its exception: stopping the VM",
           vcpu->arch.a32.gprs.pc, text);
    vm_stop(vcpu->vm, VM_STOP_CRASH);
}

/* Told once: what comes later is the same guest's code. */
__cold void a32_hook_undescribed(struct vcpu *vcpu, const struct a32_syndrome *syndrome)
{
    struct vm *vm = vcpu->vm;
    gpa_t gpa = a32_gpa_of(syndrome->far, syndrome->hpfar);
    const struct mmio_region *region = mmio_bus_search(&vm->mmio, gpa, 1);

    if (region != NULL &&
        !__atomic_exchange_n(&vm->arch.arm.undescribed_told, true, __ATOMIC_RELAXED))
        vm_log(vm,
               "pc=0x%x accesses %s+0x%x by an instruction that devices do not take (exclusive, "
               "floating-point, unpredictable): it gets an external abort",
               syndrome->pc, region->name, (unsigned)(gpa.raw - region->base.raw));
}

static struct vcpu *resume(struct vcpu *vcpu)
{
    return run_resume(vcpu->arch.a32.pcpu, vcpu);
}

/* What guests do seldom, or somebody looks at. */
static __noinline struct vcpu *handle_rare(struct vcpu *vcpu, uint32_t hsr, uint32_t far)
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
        sysreg_write(HCR, a32_hcr_now(vcpu->arch.a32.hcr) | (uint32_t)HCR_VA);
        return resume(vcpu);
    }
    /* Where the hardware does not say it. If it is gone meanwhile, the instruction is run again. */
    if (a32_hpfar_missing(hsr) && !translate(syndrome.far, &syndrome.hpfar))
        return resume(vcpu);
    if (read_once(vcpu->observers) != 0)
        a32_trap_handle_observed(vcpu, &syndrome);
    else
        a32_trap_handle(vcpu, &syndrome, &trap);
    return resume(vcpu);
}

/*
 * The end of a trap that its handler did not do: RESULT says why. It is decoded anew, as nothing
 * has changed the syndrome since, so that a trap which is done keeps nothing for it.
 */
static __cold __noinline void refuse(struct vcpu *vcpu, uint32_t hsr, enum trap_result result)
{
    struct a32_syndrome syndrome = {
        .hsr = hsr, .far = sysreg_read(HDFAR), .hpfar = sysreg_read(HPFAR)};
    struct trap trap;

    a32_decode(&syndrome, &trap);
    a32_trap_refuse(vcpu, &trap, result);
}

/* TRAP, of a class that guests cause all the time, is done where its class is known, and so are
 * most of its members. */
static __always_inline struct vcpu *act(struct vcpu *vcpu, uint32_t hsr, struct trap *trap)
{
    enum trap_result result = a32_trap_act(vcpu, trap);

    if (unlikely(result != TRAP_DONE))
        refuse(vcpu, hsr, result);
    return resume(vcpu);
}

/* A function for each, so that each has the registers for itself. They have no array, and what they
 * call has its own protection. */
/* Of the device that was used last: another takes the long way, which finds it. */
static __always_inline struct vcpu *handle_access(struct vcpu *vcpu, uint32_t hsr, uint32_t far,
                                                  bool write)
{
    enum trap_result result;
    struct trap trap;

    a32_decode_access(hsr, far, sysreg_read(HPFAR), &trap);
    trap.write = write;
    if (unlikely(!mmio_window_has(&vcpu->mmio, trap.mmio.gpa)))
        return handle_rare(vcpu, hsr, far);
    vcpu->stats.traps[TRAP_MMIO]++;
    if (write)
        a32_fetch_value(vcpu, &trap);
    result = trap_mmio_window(vcpu, &trap);
    ghost_trap();
    if (unlikely(result != TRAP_DONE))
        refuse(vcpu, hsr, result);
    else
        a32_trap_finish(vcpu, &trap);
    return resume(vcpu);
}
static __noinline __no_stack_protector struct vcpu *handle_load(struct vcpu *vcpu, uint32_t hsr,
                                                                uint32_t far)
{
    return handle_access(vcpu, hsr, far, false);
}
static __noinline __no_stack_protector struct vcpu *handle_store(struct vcpu *vcpu, uint32_t hsr,
                                                                 uint32_t far)
{
    return handle_access(vcpu, hsr, far, true);
}

static __noinline __no_stack_protector struct vcpu *handle_cp15(struct vcpu *vcpu, uint32_t hsr)
{
    struct trap trap;

    a32_decode_cp32(hsr, A32_CP15, &trap);
    return act(vcpu, hsr, &trap);
}

static __noinline __no_stack_protector struct vcpu *handle_call(struct vcpu *vcpu, uint32_t hsr)
{
    struct trap trap;

    a32_decode_hvc(hsr, &trap);
    return act(vcpu, hsr, &trap);
}

__no_stack_protector struct vcpu *a32_trap_sync(struct vcpu *vcpu)
{
    uint32_t hsr = sysreg_read(HSR), far = sysreg_read(HDFAR);
    uint32_t class = (uint32_t)REG_GET(ESR_ELx, EC, hsr);

    exit_note(vcpu->arch.a32.pcpu, vcpu, vcpu->arch.a32.gprs.pc, hsr, far);
    if (unlikely(read_once(vcpu->observers) != 0))
        return handle_rare(vcpu, hsr, far);
    if (a32_is_decoded_access(hsr))
        return (hsr & ISS_DABT_WnR) != 0 ? handle_store(vcpu, hsr, far)
                                         : handle_load(vcpu, hsr, far);
    if (class == ESR_EC_HVC32)
        return handle_call(vcpu, hsr);
    if (class == ESR_EC_CP15_32 && a32_is_unconditional(hsr))
        return handle_cp15(vcpu, hsr);
    return handle_rare(vcpu, hsr, far);
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
