/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trap that somebody looks at. Touches no register of the hardware, so that the tests on the host
 * can run it as it is.
 */
#include "arch/riscv/hw/observed.h"

#include "arch/arch.h"
#include "arch/riscv/model/rv_trap.h"
#include "core/trace.h"

__cold void rv_trap_handle_observed(struct vcpu *vcpu, const struct rv_syndrome *syndrome)
{
    const struct rv_gprs *gprs = &vcpu->arch.rv.gprs;
    struct trace_record record = {
        .start_ticks = arch_counter(),
        .pc = gprs->pc,
        .args = {gprs->x[RV_A7], gprs->x[RV_A6], gprs->x[RV_A0], gprs->x[RV_A1]},
        .outcome_known = true,
        .vcpu = (uint16_t)vcpu->id,
    };
    struct guest_view before = {0};

    if (vcpu->observers & OBSERVE_WATCH)
        arch_vcpu_view(vcpu, &before);
    record.result = rv_trap_handle(vcpu, syndrome, &record.trap);
    record.answer = gprs->x[RV_A0];
    if (record.trap.kind == TRAP_MMIO && !record.trap.write)
        record.trap.value &= low_bits(record.trap.mmio.size_bytes * 8u);
    record.end_ticks = arch_counter();
    trace_trap(vcpu, &record, &before);
}
