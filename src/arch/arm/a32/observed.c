/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trap that somebody looks at (core/trace.h). Touches no register of the hardware, so that the
 * tests on the host run it as it is.
 */
#include "arch/arch.h"
#include "arch/arm/model/a32_trap.h"
#include "core/trace.h"

__cold void a32_trap_handle_observed(struct vcpu *vcpu, const struct a32_syndrome *syndrome)
{
    const struct a32_gprs *gprs = &vcpu->arch.a32.gprs;
    struct trace_record record = {
        .start_ticks = arch_counter(),
        .pc = gprs->pc,
        .args = {gprs->r[0], gprs->r[1], gprs->r[2], gprs->r[3]},
        .outcome_known = true,
        .vcpu = (uint16_t)vcpu->id,
    };
    struct guest_view before = {0};

    if (vcpu->observers & OBSERVE_WATCH)
        arch_vcpu_view(vcpu, &before);
    record.result = a32_trap_handle(vcpu, syndrome, &record.trap);
    record.answer = (uint64_t)(int32_t)gprs->r[0]; /* so that an error is negative */
    if (record.trap.kind == TRAP_MMIO && !record.trap.write)
        record.trap.value = a32_loaded_value(&record.trap);
    record.end_ticks = arch_counter();
    trace_trap(vcpu, &record, &before);
}
