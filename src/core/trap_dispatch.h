/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which handler a trap goes to. Inline, so that in an architecture's hottest road decoding,
 * dispatch and the handlers of frequent kinds become one piece of code, and a trap lives in
 * registers: where its kind is known to be one of these, it is shown to no function that is not
 * inline.
 */
#pragma once

#include "arch/arch.h"
#include "core/mmio.h"
#include "core/sched.h"
#include "core/trap.h"
#include "core/vm.h"

/* A device's register, in the window: mmio_window_has. */
static __always_inline enum trap_result trap_mmio_window(struct vcpu *vcpu, struct trap *trap)
{
    const struct mmio_window *window = &vcpu->mmio;
    struct mmio_access access = {
        .offset = (uint32_t)(trap->mmio.gpa.raw - window->base.raw),
        .value = trap->value,
        .vcpu = vcpu->id,
        .size_bytes = (uint8_t)trap->mmio.size_bytes,
        .write = trap->write,
    };
    if (unlikely(!window->handler(window->device, &access)))
        return TRAP_ABORT;
    trap->value = access.value;
    return TRAP_DONE;
}

/* A device's register, wherever. */
enum trap_result trap_mmio_elsewhere(struct vcpu *vcpu, struct trap *trap);
static __always_inline enum trap_result trap_mmio(struct vcpu *vcpu, struct trap *trap)
{
    if (likely(mmio_window_has(&vcpu->mmio, trap->mmio.gpa)))
        return trap_mmio_window(vcpu, trap);
    return trap_mmio_elsewhere(vcpu, trap);
}

/* WFI, WFE and their likes. */
static __always_inline enum trap_result trap_wait(struct vcpu *vcpu, struct trap *trap)
{
    /* Whether something is pending already is seen on the way out (run.c). */
    if (!trap->wait.event && !trap->wait.timeout)
        sched_wait(vcpu);
    return TRAP_DONE;
}

/* The handlers of kinds that are rare, or do much. */
enum trap_result trap_dispatch_other(struct vcpu *vcpu, struct trap *trap);

/*
 * Call the handler for TRAP->kind; counts the exit. Context: VCPU is current on this CPU,
 * interrupts are masked, no lock is held.
 */
static __always_inline enum trap_result trap_dispatch(struct vcpu *vcpu, struct trap *trap)
{
    vcpu->stats.traps[trap->kind]++;
    switch (trap->kind) {
    case TRAP_SYSREG:
        return arch_trap_sysreg(vcpu, trap);
    case TRAP_MMIO:
        return trap_mmio(vcpu, trap);
    case TRAP_HYPERCALL:
        return arch_trap_call(vcpu, trap);
    default:
        return trap_dispatch_other(vcpu, trap);
    }
}
