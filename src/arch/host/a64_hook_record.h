/* SPDX-License-Identifier: Apache-2.0 */
/* What the AArch64 models asked of the fake architecture; tests read it and clear it. */
#pragma once

#include "lib/types.h"

struct a64_hook_record {
    unsigned sgi_count, cntp_count, set_way_count, vm_reg_count, wait_count;
    uint64_t sgi_value;
    bool sgi_group0;
    unsigned deactivate_count;
    uint32_t deactivate_intid;
    uint32_t vm_reg_key;
    uint64_t vm_reg_value;
};

extern struct a64_hook_record a64_hook_record;
