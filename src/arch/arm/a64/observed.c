/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trap that somebody looks at (core/trace.h). Touches no register of the hardware, so that the
 * tests on the host run it as it is.
 */
#include "arch/arch.h"
#include "arch/arm/model/a64_trap.h"
#include "core/trace.h"

__cold void a64_trap_handle_observed(struct vcpu *vcpu, const struct a64_syndrome *syndrome)
{
    const struct a64_gprs *gprs = &vcpu->arch.a64.gprs;
    struct trace_record record = {
        .start_ticks = arch_counter(),
        .pc = gprs->pc,
        .args = {gprs->x[0], gprs->x[1], gprs->x[2], gprs->x[3]},
        .outcome_known = true,
        .vcpu = (uint16_t)vcpu->id,
    };
    struct guest_view before = {0};

    if (vcpu->observers & OBSERVE_WATCH)
        arch_vcpu_view(vcpu, &before);
    record.result = a64_trap_handle(vcpu, syndrome, &record.trap);
    record.answer = gprs->x[0];
    if (record.trap.kind == TRAP_MMIO && !record.trap.write)
        record.trap.value = a64_loaded_value(&record.trap);
    record.end_ticks = arch_counter();
    trace_trap(vcpu, &record, &before);
}
