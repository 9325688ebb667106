/* SPDX-License-Identifier: Apache-2.0 */
/* What traps are shown to whom. Must not change what a guest sees. */
#include "core/trace.h"

#include "core/frame.h"
#include "core/stat.h"
#include "core/vm.h"
#include "core/watch.h"

struct trace {
    struct spinlock lock;
    uint64_t count; /* traps ever put in */
    struct trace_record ring[TRACE_RING];
};

void trace_observe(struct vm *vm, enum observer observer, bool on)
{
    for (uint32_t i = 0; i < vm->vcpu_count; i++) {
        if (on)
            __atomic_fetch_or(&vm->vcpus[i]->observers, observer, __ATOMIC_RELAXED);
        else
            __atomic_fetch_and(&vm->vcpus[i]->observers, ~(uint32_t)observer, __ATOMIC_RELAXED);
    }
}

static void keep(struct trace *trace, const struct trace_record *record)
{
    if (trace == NULL)
        return;
    spin_lock(&trace->lock);
    trace->ring[trace->count++ % TRACE_RING] = *record;
    spin_unlock(&trace->lock);
}

void trace_trap(struct vcpu *vcpu, const struct trace_record *record,
                const struct guest_view *before)
{
    uint32_t observers = __atomic_load_n(&vcpu->observers, __ATOMIC_RELAXED);

    if (observers & OBSERVE_COST)
        stat_cost(vcpu, record->trap.kind, record->end_ticks - record->start_ticks);
    if (observers & OBSERVE_TRACE)
        keep(__atomic_load_n(&vcpu->vm->trace, __ATOMIC_ACQUIRE), record);
    if (observers & OBSERVE_WATCH)
        watch_trap(vcpu, record, before);
}

enum err trace_set(struct vm *vm, bool on)
{
    if (on && vm->trace == NULL) {
        struct trace *trace = heap_alloc(sizeof(*trace));

        if (trace == NULL)
            return ERR_NO_MEMORY;
        __atomic_store_n(&vm->trace, trace, __ATOMIC_RELEASE);
    }
    trace_observe(vm, OBSERVE_TRACE, on);
    return ERR_NONE;
}

bool trace_read(struct vm *vm, uint32_t index, struct trace_record *out)
{
    struct trace *trace = vm->trace;
    bool found;

    if (trace == NULL)
        return false;
    spin_lock(&trace->lock);
    uint64_t oldest = trace->count - MIN(trace->count, (uint64_t)TRACE_RING);
    found = index < trace->count - oldest;
    if (found)
        *out = trace->ring[(oldest + index) % TRACE_RING];
    spin_unlock(&trace->lock);
    return found;
}
