/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where a guest-page fault was, for harts that do not say: htval may be 0 at any of them, and
 * htinst with it (Privileged Architecture, version 20240411: 18.2.12, 18.6.3). The guest's tables
 * are walked again. Must not touch the hardware but through rv_hooks.h; guest memory through
 * guest_mem.
 */
#pragma once

#include "arch/riscv/model/rv_decode.h"

struct vcpu;

/* The hart has told no address; or address 0, which then is found again. */
static __always_inline bool rv_fault_is_untold(const struct rv_syndrome *syndrome)
{
    return syndrome->htval == 0 && rv_is_guest_page_fault(syndrome->cause);
}
/*
 * Complete SYNDROME, an untold guest-page fault of VCPU, which is current with its state loaded, as
 * a hart that tells all would have: htval, and for its own access to the guest's tables htinst.
 * What was read of the instruction stays. False: by the guest's tables as they are now there is no
 * such fault; what this hart held of the old ones is forgotten, and the instruction is to run
 * again.
 */
__noinline bool rv_fault_find(struct vcpu *vcpu, struct rv_syndrome *syndrome);
