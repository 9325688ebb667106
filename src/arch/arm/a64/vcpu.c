/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A vCPU apart from the hardware: its reset state, and its timer while it waits.
 * Touches no register, so that the tests on the host run it as it is.
 */
#include "arch/arch.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg.h"
#include "arch/arm/model/a64_vtimer.h"
#include "core/vm.h"
#include "lib/string.h"
#include "vdev/vgic.h"

uint64_t arch_vcpu_timer_deadline(struct vcpu *vcpu)
{
    return a64_vtimer_deadline(&vcpu->arch.a64.el1, vcpu->vm->arch.arm.cntvoff);
}

uint64_t arch_vcpu_pc(const struct vcpu *vcpu)
{
    return vcpu->arch.a64.gprs.pc;
}

/*
 * What traps, and where interrupts go: to us (IMO, FMO, AMO), with virtual ones in their place.
 * TLOR and TERR are for features of later CPUs that guests are not shown, and whose state nobody
 * switches.
 */
#define GUEST_HCR                                                                           \
    (HCR_EL2_VM | HCR_EL2_SWIO | HCR_EL2_PTW | HCR_EL2_FMO | HCR_EL2_IMO | HCR_EL2_AMO |    \
     HCR_EL2_FB | REG_PUT(HCR_EL2, BSU, 1) | HCR_EL2_TWI | HCR_EL2_TID1 | HCR_EL2_TID3 |    \
     HCR_EL2_TSC | HCR_EL2_TIDCP | HCR_EL2_TACR | HCR_EL2_TSW | HCR_EL2_RW | HCR_EL2_TLOR | \
     HCR_EL2_TERR)

void arch_vcpu_reset(struct vcpu *vcpu, uint64_t entry, uint64_t argument)
{
    struct a64_state *a64 = &vcpu->arch.a64;

    memset(&a64->gprs, 0, sizeof(a64->gprs));
    memset(&a64->el1, 0, sizeof(a64->el1));
    memset(&a64->fp, 0, sizeof(a64->fp));
    a64->gprs.pc = entry;
    a64->gprs.x[0] = argument;
    a64->gprs.spsr =
        SPSR_ELx_D | SPSR_ELx_A | SPSR_ELx_I | SPSR_ELx_F | REG_PUT(SPSR_ELx, M, SPSR_M_EL1h);
    a64->el1.sctlr = SCTLR_EL1_RES1;
    a64->hcr = GUEST_HCR;
    a64_sysreg_reset(vcpu);
}
