/* SPDX-License-Identifier: Apache-2.0 */
/* What the ARMv7 models asked of the fake architecture; tests read it and clear it. */
#pragma once

#include "lib/types.h"

struct a32_hook_record {
    unsigned cntp_count, set_way_count, tlb_count, vm_reg_count, thumbee_count, undescribed_count;
    unsigned user_exception_count;
    unsigned tlb_what; /* enum a32_tlb */
    uint32_t tlb_value;
    uint32_t vm_reg_key;
    uint64_t vm_reg_value;
    uint32_t code_va; /* where the guest's code is */
    uint8_t code[4];
    uint32_t code_bytes; /* of which so many are in memory */
};

extern struct a32_hook_record a32_hook_record;
