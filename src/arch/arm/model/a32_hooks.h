/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the ARMv7 models need done to the machine or to other parts of the VM. The port defines
 * them; for tests src/arch/host/a32_hooks.c records the calls. Context of all: the vCPU is current
 * on this CPU, in its trap, no lock is held.
 */
#pragma once

#include "arch/arm/model/a32_state.h"
#include "lib/types.h"

struct vcpu;
struct a32_exc;
struct a32_syndrome;
struct trap;

/*
 * SIZE bytes of the guest's code at VA, in one page, to TO. False: another of its CPUs has changed
 * its tables meanwhile, or its code is in no memory.
 */
bool a32_hook_fetch(struct vcpu *vcpu, uint32_t va, void *to, uint32_t size_bytes);
/* SYNDROME is of an access to a device by an instruction that is not emulated: tell the user. */
void a32_hook_undescribed(struct vcpu *vcpu, const struct a32_syndrome *syndrome);
/* VCPU, a program without a kernel, has caused TRAP's exception, which nobody can take: tell the
 * user, and end its VM. */
void a32_hook_user_exception(struct vcpu *vcpu, const struct trap *trap);
/* A banked register of VCPU, which is loaded here. */
uint32_t a32_hook_banked_read(struct vcpu *vcpu, enum a32_banked which);
void a32_hook_banked_write(struct vcpu *vcpu, enum a32_banked which, uint32_t value);
/*
 * CNTP_CTL or CNTP_CVAL of VCPU changed: set its line (a64_timer_line) and arm or cancel
 * a32.cntp_timer for a64_timer_deadline.
 */
void a32_hook_cntp_changed(struct vcpu *vcpu);
/* A DCISW, DCCSW or DCCISW: what the VM has in first-level data caches is to be cleaned. */
void a32_hook_set_way(struct vcpu *vcpu);
/*
 * A trapped TLB maintenance operation of VCPU: what VALUE names of its VM's translations, by WHAT,
 * is gone from all CPUs' TLBs when this returns; others of it may be, too.
 */
enum a32_tlb { A32_TLB_ALL, A32_TLB_MVA, A32_TLB_ASID, A32_TLB_MVA_ALL_ASIDS };
void a32_hook_tlb(struct vcpu *vcpu, enum a32_tlb what, uint32_t value);
/* VCPU uses ThumbEE: from here on its registers are moved with it, and do not trap. */
void a32_hook_thumbee(struct vcpu *vcpu);
/*
 * A trapped write of VALUE to register KEY (a32_keys.h), one of those that HCR.TVM traps and which
 * otherwise live in the hardware: do it.
 */
void a32_hook_vm_reg_write(struct vcpu *vcpu, uint32_t key, uint64_t value);
/* The host's counter, in ticks. */
uint64_t a32_hook_counter(void);
/*
 * PL1's part of an exception that VCPU, which is loaded here, takes: load fills sctlr, vbar, ttbcr;
 * store writes lr and spsr of the mode entered, and the fault registers that are told to be.
 */
void a32_hook_exc_load(struct vcpu *vcpu, struct a32_exc *exc);
void a32_hook_exc_store(struct vcpu *vcpu, const struct a32_exc *exc);
