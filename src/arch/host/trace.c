/* SPDX-License-Identifier: Apache-2.0 */
/* The contract's words about guests: AArch64's. No vCPU is ever loaded. */
#include "arch/arch.h"
#include "arch/arm/model/a64_trace.h"
#include "arch/arm/model/arm_boards.h"
#include "arch/host/host_mem.h"
#include "core/vcpu.h"
#include "core/vm.h"
#include "lib/string.h"

int arch_trap_text(const struct trace_record *record, char *text, size_t size)
{
    return a64_trap_text(record, text, size);
}

void arch_exit_trap(const struct exit_record *exit, struct trap *trap)
{
    a64_exit_trap(exit, trap);
}

const char *arch_gpa_hint(gpa_t gpa)
{
    return arm_gpa_hint(gpa);
}

const struct uart_words *arch_uart_words(void)
{
    return &arm_uart_words;
}

void arch_vcpu_gprs(const struct vcpu *vcpu, uint64_t gprs[ARCH_GPR_MAX])
{
    memcpy(gprs, vcpu->arch.a64.gprs.x, ARCH_GPR_MAX * sizeof(*gprs));
}

void arch_vcpu_view(const struct vcpu *vcpu, struct guest_view *view)
{
    const struct a64_state *a64 = &vcpu->arch.a64;

    a64_view(&a64->gprs, &a64->el1, &a64->emulated, vcpu->vm->arch.arm.cntvoff, host_counter, view);
}
