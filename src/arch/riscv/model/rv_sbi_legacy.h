/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SBI's legacy extensions, 0x00 to 0x08, for VMs that ask for them (SBI 2.0, chapter 5): what
 * guests made before SBI 0.2 know. Hart masks are read from the guest's virtual memory as it would
 * itself. Owns no state; the calls' work is the later extensions'.
 */
#pragma once

#include "arch/riscv/model/rv_sbi.h"

struct vcpu;

enum rv_sbi_legacy_extension {
    SBI_LEGACY_SET_TIMER,
    SBI_LEGACY_CONSOLE_PUTCHAR,
    SBI_LEGACY_CONSOLE_GETCHAR,
    SBI_LEGACY_CLEAR_IPI,
    SBI_LEGACY_SEND_IPI,
    SBI_LEGACY_REMOTE_FENCE_I,
    SBI_LEGACY_REMOTE_SFENCE_VMA,
    SBI_LEGACY_REMOTE_SFENCE_VMA_ASID,
    SBI_LEGACY_SHUTDOWN,
};

/* VCPU's VM has the legacy extension ID. */
bool rv_sbi_legacy_has(const struct vcpu *vcpu, uint64_t id);
/*
 * The call ID of VCPU, which is current, with ARG its a0 to a6. The answer's error is what a0 is to
 * be, and its value a1 as it was: these calls leave it alone. If a mask cannot be read, VCPU has
 * taken the load's exception at its ECALL. No lock is held.
 */
struct rv_sbi_answer rv_sbi_legacy(struct vcpu *vcpu, uint64_t id, const uint64_t *arg);
