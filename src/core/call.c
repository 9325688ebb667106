/* SPDX-License-Identifier: Apache-2.0 */
#include "core/call.h"

#include "arch/arch.h"
#include "core/pcpu.h"

void call_serve(struct pcpu *pcpu)
{
    struct call *call = __atomic_load_n(&pcpu->call, __ATOMIC_ACQUIRE);

    if (call == NULL)
        return;
    call->fn(call->argument);
    /* The slot first: once `done` is seen, the caller's stack frame is gone. */
    __atomic_store_n(&pcpu->call, NULL, __ATOMIC_RELAXED);
    __atomic_store_n(&call->done, 1, __ATOMIC_RELEASE);
}

void call_run(struct pcpu *target, call_fn *fn, void *argument)
{
    struct pcpu *self = arch_this_cpu();
    struct call call = {.fn = fn, .argument = argument};
    struct call *none = NULL;

    if (target == self) {
        fn(argument);
        return;
    }
    while (!__atomic_compare_exchange_n(&target->call, &none, &call, false, __ATOMIC_RELEASE,
                                        __ATOMIC_RELAXED)) {
        none = NULL;
        call_serve(self);
        arch_cpu_relax();
    }
    __atomic_fetch_or(&target->ipi_pending, IPI_CALL, __ATOMIC_RELEASE);
    arch_ipi_send(target->id);
    while (__atomic_load_n(&call.done, __ATOMIC_ACQUIRE) == 0) {
        call_serve(self);
        arch_cpu_relax();
    }
}
