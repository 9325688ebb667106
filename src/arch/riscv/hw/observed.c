/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trap that somebody looks at. Touches no register of the hardware, so that the tests on the host
 * can run it as it is.
 */
#include "arch/riscv/hw/observed.h"

#include "arch/arch.h"
#include "arch/riscv/hw/instret.h"
#include "arch/riscv/model/rv_trap.h"
#include "core/trace.h"

/* What the guest looks like before it is handled, into RECORD and BEFORE. */
static void record_begin(struct vcpu *vcpu, struct trace_record *record, struct guest_view *before)
{
    const struct rv_gprs *gprs = &vcpu->arch.rv.gprs;

    *record = (struct trace_record){
        .start_ticks = arch_counter(),
        .pc = gprs->pc,
        .args = {gprs->x[RV_A7], gprs->x[RV_A6], gprs->x[RV_A0], gprs->x[RV_A1]},
        .outcome_known = true,
        .vcpu = (uint16_t)vcpu->id,
    };
    if (vcpu->observers & OBSERVE_WATCH)
        arch_vcpu_view(vcpu, before);
    /* The count when it began, for now. */
    record->instructions = instret_count(vcpu->arch.rv.pcpu);
}

static void record_end(struct vcpu *vcpu, struct trace_record *record,
                       const struct guest_view *before)
{
    record->instructions = instret_count(vcpu->arch.rv.pcpu) - record->instructions;
    record->answer = vcpu->arch.rv.gprs.x[RV_A0];
    if (record->trap.kind == TRAP_MMIO && !record->trap.write)
        record->trap.value &= low_bits(record->trap.mmio.size_bytes * 8u);
    record->end_ticks = arch_counter();
    trace_trap(vcpu, record, before);
}

__cold void rv_trap_handle_observed(struct vcpu *vcpu, const struct rv_syndrome *syndrome)
{
    struct trace_record record;
    struct guest_view before = {0};

    record_begin(vcpu, &record, &before);
    record.result = rv_trap_handle(vcpu, syndrome, &record.trap);
    record_end(vcpu, &record, &before);
}

__cold void rv_emulate_observed(struct vcpu *vcpu, const struct rv_exit *exit)
{
    struct trace_record record;
    struct guest_view before = {0};

    record_begin(vcpu, &record, &before);
    record.result = rv_emulate(vcpu, exit, &record.trap);
    /* Filling its tables is our affair, and what it does to itself its own. */
    if (record.trap.kind != TRAP_UNKNOWN)
        record_end(vcpu, &record, &before);
}
