/* SPDX-License-Identifier: Apache-2.0 */
/* The firmware below us: SBI calls that we make (SBI 2.0; numbers are those of model/rv_sbi.h). */
#pragma once

#include "lib/types.h"

struct sbi_result {
    int64_t error;
    uint64_t value;
};

struct sbi_result sbi_call(uint64_t extension, uint64_t function, const uint64_t args[5]);
bool sbi_has(uint64_t extension);
/* A sentence for the user if the firmware cannot do what is needed, else NULL. Boot hart. */
const char *sbi_init(void);
int64_t sbi_hart_start(uint64_t hartid, uint64_t entry, uint64_t opaque);
void sbi_set_timer(uint64_t deadline_ticks);
void sbi_send_ipi(uint64_t hartid);
/*
 * The fence FUNCTION (SBI_RFENCE_*) on every physical CPU in CPUS (a bit each), done on return;
 * START, SIZE, TAG as SBI has them. Fences of VS-stage mean the VMID that is loaded here.
 */
void sbi_fence(uint64_t cpus, unsigned function, uint64_t start, uint64_t size_bytes, uint64_t tag);
/* The same on all that are online. */
void sbi_fence_all(unsigned function, uint64_t start, uint64_t size_bytes, uint64_t tag);
