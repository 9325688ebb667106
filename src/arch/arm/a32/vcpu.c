/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vCPU apart from the hardware: its reset state, and its timer while it waits. Touches no
 * register, so that the tests on the host can run it as it is.
 */
#include "arch/arch.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/a32_sysreg.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_vtimer.h"
#include "core/vm.h"
#include "lib/string.h"

uint64_t arch_vcpu_timer_deadline(struct vcpu *vcpu)
{
    const struct a32_pl1 *pl1 = &vcpu->arch.a32.pl1;

    return a64_timer_host_deadline(pl1->cntv_ctl, pl1->cntv_cval, vcpu->vm->arch.arm.cntvoff);
}

uint64_t arch_vcpu_pc(const struct vcpu *vcpu)
{
    return vcpu->arch.a32.gprs.pc;
}

/*
 * What traps, and where interrupts go: to us (IMO, FMO, AMO), with virtual ones in their place. DC
 * and TVM: until the guest turns its MMU on its accesses are cacheable (cache.c).
 */
#define GUEST_HCR                                                                          \
    ((uint32_t)(HCR_VM | HCR_SWIO | HCR_PTW | HCR_FMO | HCR_IMO | HCR_AMO | HCR_FB |       \
                REG_PUT(HCR, BSU, 1) | HCR_DC | HCR_TWI | HCR_TID0 | HCR_TID1 | HCR_TID3 | \
                HCR_TSC | HCR_TIDCP | HCR_TAC | HCR_TSW | HCR_TVM))

/*
 * A program without a kernel: all its exceptions come to us (TGE, and HDCR.TDE, which is always
 * set), and what a kernel would have given it, it has: floating point and the counters.
 */
static void set_user_mode(struct a32_state *a32)
{
    a32->hcr |= HCR_TGE;
    a32->gprs.cpsr = (uint32_t)REG_SET(CPSR, M, a32->gprs.cpsr, A32_MODE_USR);
    a32->pl1.cpacr = CPACR_CP10 | CPACR_CP11;
    a32->pl1.cntkctl = CNTKCTL_EL1_EL0PCTEN | CNTKCTL_EL1_EL0VCTEN;
    a32->fp.fpexc = FPEXC_EN;
}

/*
 * By the kernel's boot protocol (Documentation/arch/arm/booting.rst) r0 is 0, r1 no machine's
 * number and r2 the device tree; a CPU that PSCI starts finds its argument in r0.
 */
void arch_vcpu_reset(struct vcpu *vcpu, uint64_t entry, uint64_t argument)
{
    struct a32_state *a32 = &vcpu->arch.a32;
    bool boots = entry == vcpu->vm->entry.raw && argument == vcpu->vm->fdt.raw;

    memset(&a32->gprs, 0, sizeof(a32->gprs));
    memset(&a32->pl1, 0, sizeof(a32->pl1));
    memset(&a32->fp, 0, sizeof(a32->fp));
    a32->gprs.pc = (uint32_t)entry & ~A32_ENTRY_THUMB;
    a32->gprs.r[0] = boots ? 0 : (uint32_t)argument;
    a32->gprs.r[1] = UINT32_MAX;
    a32->gprs.r[2] = (uint32_t)argument;
    a32->gprs.cpsr = A32_MODE_SVC | CPSR_A | CPSR_I | CPSR_F;
    if ((entry & A32_ENTRY_THUMB) != 0)
        a32->gprs.cpsr |= CPSR_T;
    a32->pl1.sctlr = SCTLR_RESET;
    a32->hcr = GUEST_HCR;
    a32->hstr = A32_HSTR_TRAPS;
    if (vcpu->vm->config->emulate)
        a32->hcr |= HCR_TID2 | HCR_TTLB;
    if (vcpu->vm->config->user_mode)
        set_user_mode(a32);
    a32_sysreg_reset(vcpu);
}
