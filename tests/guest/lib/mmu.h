/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest's own translation: 4 KiB granule, 39 bits, TTBR0 only; one table for all CPUs
 * (Arm ARM DDI 0487, D8). After mmu_init: identity, RAM of all banks write-back and executable,
 * devices in the first GiB. What a test needs besides it maps itself.
 */
#pragma once

#include "lib/types.h"

enum mmu_kind {
    MMU_NORMAL,     /* EL1 reads, writes, executes */
    MMU_READ_ONLY,  /* EL1 reads, executes */
    MMU_NO_EXECUTE, /* EL1 reads, writes */
    MMU_USER,       /* EL0 and EL1 read and write, EL0 executes */
    MMU_USER_CODE,  /* EL0 and EL1 read, EL0 and EL1 execute */
    MMU_DEVICE,     /* EL1 reads, writes; nGnRE */
};

/* Where tests put mappings of their own: free of RAM and devices. */
#define MMU_TEST_VA GIB(256)

/* Build the tables and switch the MMU on, on the first CPU. */
void mmu_init(void);
/* Map [va, va + bytes) to pa, all multiples of 4 KiB, nothing mapped there before; false when out
 * of tables. */
bool mmu_map(uint64_t va, uint64_t pa, uint64_t bytes, enum mmu_kind kind);
/* Take away what was mapped by pages or blocks inside the range. */
void mmu_unmap(uint64_t va, uint64_t bytes);
/* What was written in the range is what this and other CPUs fetch. */
void mmu_publish_code(const void *code, uint64_t bytes);

/* The registers another CPU needs for the same view. */
struct mmu_registers {
    uint64_t ttbr0, tcr, mair, sctlr;
};
struct mmu_registers mmu_registers(void);
