/* SPDX-License-Identifier: Apache-2.0 */
/* A trap that somebody looks at (core/trace.h). */
#pragma once

#include "arch/riscv/model/rv_decode.h"
#include "arch/riscv/model/rv_emulate.h"

struct vcpu;

/* rv_trap_handle, and whoever looks at this vCPU's traps is shown it. */
void rv_trap_handle_observed(struct vcpu *vcpu, const struct rv_syndrome *syndrome);
/* rv_emulate, likewise. */
void rv_emulate_observed(struct vcpu *vcpu, const struct rv_exit *exit);
