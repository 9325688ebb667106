/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the AArch64 models need done to the machine or to other parts of the VM. The target's
 * glue defines them; for tests src/arch/host/a64_hooks.c records the calls. Context of all: the
 * vCPU is current on this CPU, in its trap, no lock is held.
 */
#pragma once

#include "lib/types.h"

struct vcpu;
struct a64_exc;

/* VALUE was written to ICC_SGI1R_EL1, or with GROUP0 to ICC_SGI0R_EL1 or ICC_ASGI1R_EL1. */
void a64_hook_sgi(struct vcpu *vcpu, uint64_t value, bool group0);
/* INTID, any number, was written to ICC_DIR_EL1. */
void a64_hook_deactivate(struct vcpu *vcpu, uint32_t intid);
/*
 * CNTP_CTL or CNTP_CVAL of VCPU changed: set its line (a64_timer_line) and arm or cancel
 * a64.cntp_timer for a64_timer_deadline.
 */
void a64_hook_cntp_changed(struct vcpu *vcpu);
/* A DC ISW, CSW or CISW: the whole VM's memory is to be cleaned and invalidated from the caches. */
void a64_hook_set_way(struct vcpu *vcpu);
/*
 * A trapped write of VALUE to register KEY (a64_sysreg_keys.h), which otherwise lives in the
 * hardware: do it. KEY is one of those that HCR_EL2.TVM traps, or MDSCR_EL1, for which el1.mdscr
 * was set before.
 */
void a64_hook_vm_reg_write(struct vcpu *vcpu, uint32_t key, uint64_t value);
/* The host's counter, in ticks. */
uint64_t a64_hook_counter(void);
/*
 * CPU_SUSPEND: mark VCPU as waiting, as the handler of WFI does, and return; the call's result is
 * already in the guest's registers.
 */
void a64_hook_wait(struct vcpu *vcpu);
/*
 * EL1's part of an exception that VCPU, which is loaded here, takes: load fills sctlr, vbar,
 * esr_el1 and far_el1; store writes esr_el1, far_el1, elr_el1 and spsr_el1 back.
 */
void a64_hook_exc_load(struct vcpu *vcpu, struct a64_exc *exc);
void a64_hook_exc_store(struct vcpu *vcpu, const struct a64_exc *exc);
