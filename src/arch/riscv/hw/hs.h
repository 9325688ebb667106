/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The H extension (Privileged Architecture, chapter 18): everything that touches its registers or
 * uses its instructions. Guests without it are another file's affair.
 */
#pragma once

#include "arch/riscv/model/rv_csr.h"
#include "core/vcpu.h"
#include "lib/types.h"

struct rv_context;
struct rv_host;
struct vm;

/* Find out what HOST's henvcfg and hgatp can do; guests are shown no more. A sentence for the user
 * on failure, NULL on success. Boot hart, once. */
const char *hs_init(struct rv_host *host);
/* This hart: delegation, counters, what guests may. */
void hs_init_cpu(void);
/* VM's hgatp. */
uint64_t hs_hgatp(const struct vm *vm);
/* VCPU's supervisor registers onto this hart, off it. */
void hs_load(struct vcpu *vcpu);
void hs_save(struct vcpu *vcpu);
/* Show VCPU, loaded here, the interrupts that others drive. */
void hs_sync_virqs(struct vcpu *vcpu);
/* RV_IRQ_* pending and enabled for the vCPU that is loaded here, in the supervisor's places. */
uint64_t hs_pending(void);
uint64_t hs_enabled(void);
/* How VCPU's accesses to data are translated; it is loaded here. */
void hs_context(const struct vcpu *vcpu, struct rv_context *context);
/* The guest's instruction at PC, as the guest that was trapped last would fetch it. False: it
 * cannot. */
bool hs_fetch(uint64_t pc, uint32_t *insn);
/* What was cached of this VM's, and of VMID's, translations on this hart is dropped. */
void hs_forget_guest(void);
void hs_forget_vmid(uint16_t vmid);
