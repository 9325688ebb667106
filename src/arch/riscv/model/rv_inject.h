/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions for a guest: what taking a trap in S-mode does (Privileged Architecture 10.1.1). */
#pragma once

#include "arch/riscv/model/rv_state.h"

struct vcpu;

/*
 * The supervisor takes the exception CAUSE with TVAL, at *PC: its registers and the PC are as its
 * handler finds them.
 */
void rv_inject(struct rv_super *super, uint64_t *pc, uint64_t cause, uint64_t tval);
/* VCPU, which is current, takes the exception CAUSE with TVAL at its PC, wherever its registers
 * are. */
void rv_inject_exception(struct vcpu *vcpu, uint64_t cause, uint64_t tval);
