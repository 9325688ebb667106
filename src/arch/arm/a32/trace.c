/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's words about guests: the models have them; here is what is in the hardware. */
#include "arch/arm/model/a32_trace.h"

#include "arch/arch.h"
#include "arch/arm/a32/switch.h"
#include "arch/arm/a32/sysreg.h"
#include "arch/arm/model/a32_regnum.h"
#include "arch/arm/model/arm_boards.h"
#include "core/pcpu.h"
#include "core/vcpu.h"
#include "core/vm.h"

int arch_trap_text(const struct trace_record *record, char *text, size_t size)
{
    return a32_trap_text(record, text, size);
}

void arch_exit_trap(const struct exit_record *exit, struct trap *trap)
{
    a32_exit_trap(exit, trap);
}

const char *arch_gpa_hint(gpa_t gpa)
{
    return arm_gpa_hint(gpa);
}

const struct uart_words *arch_uart_words(void)
{
    return &arm_uart_words;
}

/* What a32_view looks at: the link register of MODE, and of Undefined mode the SPSR. */
static void pl1_banked(struct a32_pl1 *pl1, unsigned mode)
{
    enum a32_banked lr = a32_banked_of(mode, A32_NUMBER_LR);

    if (lr != A32_BANKED_COUNT)
        pl1->banked[lr] = a32_banked_read(lr);
    if (mode == A32_MODE_UND)
        pl1->banked[A32_SPSR_und] = a32_banked_read(A32_SPSR_und);
}

void arch_vcpu_gprs(const struct vcpu *vcpu, uint64_t gprs[ARCH_GPR_MAX])
{
    const struct a32_gprs *from = &vcpu->arch.a32.gprs;

    for (uint32_t i = 0; i < ARRAY_SIZE(from->r); i++)
        gprs[i] = from->r[i];
}

void arch_vcpu_view(const struct vcpu *vcpu, struct guest_view *view)
{
    const struct a32_state *a32 = &vcpu->arch.a32;
    struct a32_pl1 pl1 = a32->pl1;

    if (arch_this_cpu()->loaded == vcpu) {
        pl1.sctlr = sysreg_read(SCTLR);
        pl1.vbar = sysreg_read(VBAR);
        pl1_banked(&pl1, (unsigned)REG_GET(CPSR, M, a32->gprs.cpsr));
        pl1.cntv_ctl = sysreg_read(CNTV_CTL);
        pl1.cntv_cval = sysreg_read(CNTV_CVAL);
    }
    a32_view(&a32->gprs, &pl1, &a32->emulated, vcpu->vm->arch.arm.cntvoff, arch_counter(), view);
}
