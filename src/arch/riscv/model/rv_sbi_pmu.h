/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SBI's performance monitoring unit (SBI 2.0, chapter 11) for guests: counters of what this
 * "firmware" did for a hart. Cycles and instructions are the CPU's, which guests share.
 */
#pragma once

#include "arch/riscv/model/rv_sbi.h"

struct vcpu;

/* A call with its arguments a0 to a5 and a6 behind them. */
struct rv_sbi_answer rv_sbi_pmu(struct vcpu *vcpu, const uint64_t *arg);
/* VCPU's counters count nothing, as at reset. */
void rv_sbi_pmu_reset(struct vcpu *vcpu);
