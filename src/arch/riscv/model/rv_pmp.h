/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Physical memory protection of a vCPU that has M-mode (Privileged Architecture 3.7). Entries have
 * a granularity of 4 KiB (G = 10): so rights are the same all over a page, and whoever makes
 * translations for the guest enforces them, page by page.
 */
#pragma once

#include "arch/riscv/model/rv_state.h"
#include "core/pt.h"

/*
 * What accesses in MODE (RV_PRIVILEGE_*) may do in the SIZE_BYTES from GPA, whole pages: PT_READ,
 * PT_WRITE, PT_EXEC. *UNIFORM: that holds all over it; else it holds for the first page.
 */
uint8_t rv_pmp_rights(const struct rv_state *rv, uint8_t mode, gpa_t gpa, uint64_t size_bytes,
                      bool *uniform);

/* Registers. INDEX of pmpcfg is even (3.7); of what does not exist 0 is read, and nothing written.
 * True: rights have changed. */
uint64_t rv_pmp_cfg_read(const struct rv_state *rv, unsigned index);
bool rv_pmp_cfg_write(struct rv_state *rv, unsigned index, uint64_t value);
uint64_t rv_pmp_addr_read(const struct rv_state *rv, unsigned index);
bool rv_pmp_addr_write(struct rv_state *rv, unsigned index, uint64_t value);
