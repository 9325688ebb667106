/* SPDX-License-Identifier: Apache-2.0 */
/* What the RISC-V models asked of the fake architecture; tests read it and clear it. */
#pragma once

#include "arch/riscv/model/rv_hooks.h"
#include "lib/types.h"

struct rv_hook_record {
    unsigned timer_count, timer_changed_count, wait_count, fence_count, put_count;
    uint64_t deadline_ticks;
    uint64_t time; /* what rv_hook_time answers */
    enum rv_fence fence;
    uint64_t targets, start, size_bytes, asid;
    char bytes[512];
    const char *typed; /* what rv_hook_console_get gives; NULL: nothing */
    unsigned put_room; /* bytes that the console still takes; cleared: none */
};

extern struct rv_hook_record rv_hook_record;
