/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A trap of a vCPU whose kernel runs in user mode, from what the hart says to the state it goes on
 * with: page faults are answered from its tables, privileged instructions by rv_priv.h, calls and
 * device accesses by those who serve every guest (rv_trap.h). Must not read a register of the
 * hardware, so that the tests run this very code.
 */
#pragma once

#include "arch/riscv/model/rv_decode.h"
#include "arch/riscv/model/rv_priv.h"
#include "arch/riscv/model/rv_shadow.h"
#include "core/trap.h"
#include "core/vcpu.h"

static inline bool rv_is_emulated(const struct vcpu *vcpu)
{
    return vcpu->arch.rv.priv.caps != NULL;
}

/* What the hart says; all of it, with the guest in U-mode. */
struct rv_exit {
    uint64_t cause; /* scause of an exception */
    uint64_t tval;  /* of a fault of memory: the address; else not looked at */
    bool fp_off;    /* floating point was off, whatever the guest has said */
};

/*
 * EXIT of VCPU, which is current here. No lock is held. On return its registers are what it goes on
 * with, but it may have been asked to stop or wait: run_resume. TRAP is what it was, for whoever
 * counts or traces it.
 */
enum trap_result rv_emulate(struct vcpu *vcpu, const struct rv_exit *exit, struct trap *trap);
/*
 * Before VCPU, current here, runs on: what is pending is delivered, and its shadow's current
 * context is that of its mode and satp.
 */
void rv_emulate_enter(struct vcpu *vcpu);
/* As SFENCE.VMA on VCPU from outside: SIZE bytes from START, UINT64_MAX for all, under ASID, or all
 * if that is NULL. What its hart has cached is the caller's affair. Any context. */
void rv_emulate_fence(struct vcpu *vcpu, uint64_t start, uint64_t size_bytes, const uint16_t *asid);
