/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The world switch without the H extension: the guest, its kernel too, runs in U-mode under shadow
 * tables, and what that takes from it is emulated (model/rv_emulate.h). hs.h is its sibling.
 */
#pragma once

#include "core/vcpu.h"
#include "lib/types.h"

struct pcpu;
struct rv_host;
struct vm;

/* Find out what HOST offers such guests, and what they are shown. A sentence for the user on
 * failure, NULL on success. Boot hart, once. */
const char *smode_init(struct rv_host *host);
/* PCPU's page for the trampoline. */
enum err smode_init_pcpu(struct pcpu *pcpu) __must_check;
/* VCPU's emulated state and shadow tables; it is one that is emulated from now on. */
enum err smode_vcpu_init(struct vcpu *vcpu) __must_check;
void smode_reset(struct vcpu *vcpu, uint64_t entry, uint64_t argument);
/* VCPU onto this hart; all there is to take off it is its floating-point state (fp.h). */
void smode_load(struct vcpu *vcpu);
/* Of VM, what TARGETS (a bit each) have cached of the guest's translations; rv_hook_fence's other
 * words. */
void smode_fence(struct vm *vm, uint64_t targets, uint64_t start, uint64_t size_bytes,
                 const uint16_t *asid);
/* The VM with VMID, if it is one of these, has other memory than it had: nobody uses the old on
 * return. Takes the lock of each shadow. */
void smode_forget_memory(uint16_t vmid);
