/* SPDX-License-Identifier: Apache-2.0 */
/* Sums over exits. A vCPU's numbers are written by the CPU it runs on only; readers take no lock.
 */
#include "core/stat.h"

#include "arch/arch.h"
#include "core/trace.h"
#include "core/vm.h"

void stat_set_timing(bool on)
{
    for (uint32_t i = 0; i < vm_count; i++) {
        if (on)
            for (uint32_t v = 0; v < vms[i]->vcpu_count; v++)
                __atomic_store_n(&vms[i]->vcpus[v]->stats.forget_costs, true, __ATOMIC_RELAXED);
        trace_observe(vms[i], OBSERVE_COST, on);
    }
}

void stat_cost(struct vcpu *vcpu, unsigned reason, uint64_t ticks)
{
    struct vcpu_stats *stats = &vcpu->stats;

    if (unlikely(__atomic_exchange_n(&stats->forget_costs, false, __ATOMIC_RELAXED)))
        for (unsigned i = 0; i < STAT_REASON_COUNT; i++)
            stats->costs[i] = (struct vcpu_cost){0};
    stats->costs[reason].count++;
    stats->costs[reason].ticks += ticks;
    stats->costs[reason].max_ticks = MAX(stats->costs[reason].max_ticks, ticks);
}

void stat_read(const struct vm *vm, unsigned reason, struct stat_sum *out)
{
    *out = (struct stat_sum){0};
    for (uint32_t i = 0; i < vm->vcpu_count; i++) {
        const struct vcpu_stats *stats = &vm->vcpus[i]->stats;
        const struct vcpu_cost *cost = &stats->costs[reason];

        out->count += reason == STAT_INTERRUPT ? stats->interrupts : stats->traps[reason];
        if (__atomic_load_n(&stats->forget_costs, __ATOMIC_RELAXED))
            continue;
        out->timed_count += cost->count;
        out->cost_ticks += cost->ticks;
        out->cost_max_ticks = MAX(out->cost_max_ticks, cost->max_ticks);
    }
}

const char *stat_reason_name(unsigned reason)
{
    return reason == STAT_INTERRUPT ? "interrupt" : trap_kind_name((enum trap_kind)reason);
}

uint64_t stat_ns(uint64_t ticks)
{
    uint64_t hz = arch_counter_hz();

    return ticks / hz * 1000000000 + ticks % hz * 1000000000 / hz;
}
