/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the models that both execution states share (psci.c, smccc.c) must be told, or have done.
 * Each port defines them; for tests src/arch/host/a64_hooks.c does. Context of all: a trap of a
 * vCPU that is current on this CPU, no lock is held.
 */
#pragma once

#include "lib/types.h"

struct vcpu;

/* The affinity fields of what VCPU reads as MPIDR. */
uint64_t arm_hook_affinity(const struct vcpu *vcpu);
/* A vCPU can begin at ENTRY: aligned as its instructions are. */
bool arm_hook_is_entry(uint64_t entry);
/*
 * CPU_SUSPEND: mark VCPU as waiting, as the handler of WFI does, and return; the call's result is
 * already in the guest's registers.
 */
void arm_hook_wait(struct vcpu *vcpu);
/* This CPU says that branch prediction of one context does not steer another's. */
bool arm_hook_has_csv2(void);
/* ... nor its branch history over exception levels. */
bool arm_hook_has_ecbhb(void);
