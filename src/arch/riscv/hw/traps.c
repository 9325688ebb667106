/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the vector into the portable core and back, where fast.c has not done it. Here is what needs
 * the hardware: the trap's registers, the guest's own for an injection; what a trap means and how
 * it ends is model/rv_trap.h.
 */
#include "arch/arch.h"
#include "arch/riscv/hw/csr.h"
#include "arch/riscv/hw/hs.h"
#include "arch/riscv/hw/observed.h"
#include "arch/riscv/model/rv_hooks.h"
#include "arch/riscv/model/rv_transfer.h"
#include "arch/riscv/model/rv_trap.h"
#include "core/run.h"
#include "core/stat.h"
#include "core/trace.h"
#include "core/vm.h"

struct vcpu *rv_trap_exception(struct vcpu *vcpu, uint64_t cause);
struct vcpu *rv_trap_resume(struct vcpu *vcpu);
struct vcpu *rv_trap_interrupt(struct vcpu *vcpu);

void rv_hook_exception_load(struct vcpu *vcpu, struct rv_super *super)
{
    super->sstatus = csr_read(vsstatus);
    super->stvec = csr_read(vstvec);
    super->in_supervisor = rv_hook_in_supervisor(vcpu);
}

void rv_hook_exception_store(struct vcpu *vcpu, const struct rv_super *super)
{
    csr_write(vsstatus, super->sstatus);
    csr_write(vsepc, super->sepc);
    csr_write(vscause, super->scause);
    csr_write(vstval, super->stval);
    csr_set(sstatus, SSTATUS_SPP);
}

bool rv_hook_in_supervisor(const struct vcpu *vcpu)
{
    return (csr_read(sstatus) & SSTATUS_SPP) != 0;
}

uint64_t rv_hook_scounteren(const struct vcpu *vcpu)
{
    return csr_read(scounteren);
}

static bool is_observed(const struct vcpu *vcpu)
{
    return unlikely(read_once(vcpu->observers) != 0);
}

/*
 * The instruction, where the hardware does not say it: as htinst would, a load or store only if all
 * of it is at the address. False: its page has gone, so it will fault by itself.
 */
static bool fetch_insn(const struct vcpu *vcpu, struct rv_syndrome *syndrome)
{
    struct rv_transfer transfer;

    if (!hs_fetch(syndrome->pc, &syndrome->insn))
        return false;
    if (rv_is_guest_page_fault(syndrome->cause) && rv_insn_transfer(syndrome->insn, &transfer) &&
        rv_transfer_address(&transfer, &vcpu->arch.rv.gprs) != syndrome->tval)
        syndrome->insn = 0;
    return true;
}

/* What guests do seldom, or somebody looks at. */
static __noinline void handle_rare(struct vcpu *vcpu, uint64_t cause)
{
    struct rv_syndrome syndrome = {
        .cause = cause,
        .tval = csr_read(stval),
        .htval = csr_read(htval),
        .htinst = csr_read(htinst),
        .pc = vcpu->arch.rv.gprs.pc,
        .vector_off =
            vcpu->arch.rv.vector != NULL && REG_GET(SSTATUS, VS, csr_read(sstatus)) == RV_STATE_OFF,
        .fp_off = REG_GET(SSTATUS, FS, csr_read(sstatus)) == RV_STATE_OFF,
        .user = (csr_read(sstatus) & SSTATUS_SPP) == 0,
    };
    struct trap trap;

    /* Another of its CPUs has changed its tables: without what this hart holds of the old ones it
     * will fault by itself. */
    if (rv_insn_needed(&syndrome) && !fetch_insn(vcpu, &syndrome)) {
        hs_forget_guest();
        return;
    }
    if (is_observed(vcpu))
        rv_trap_handle_observed(vcpu, &syndrome);
    else
        rv_trap_handle(vcpu, &syndrome, &trap);
}

struct vcpu *rv_trap_exception(struct vcpu *vcpu, uint64_t cause)
{
    handle_rare(vcpu, cause);
    return run_resume(vcpu->arch.rv.pcpu, vcpu);
}

struct vcpu *rv_trap_resume(struct vcpu *vcpu)
{
    return run_resume(vcpu->arch.rv.pcpu, vcpu);
}

struct vcpu *rv_trap_interrupt(struct vcpu *vcpu)
{
    struct pcpu *pcpu = vcpu->arch.rv.pcpu;

    vcpu->stats.interrupts++;
    if (unlikely(__atomic_load_n(&vcpu->observers, __ATOMIC_RELAXED) & OBSERVE_COST)) {
        uint64_t start = arch_counter();

        arch_irq_take();
        stat_cost(vcpu, STAT_INTERRUPT, arch_counter() - start);
        return run_resume(pcpu, vcpu);
    }
    arch_irq_take();
    return run_resume(pcpu, vcpu);
}
