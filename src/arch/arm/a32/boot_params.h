/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What boot.S runs on before and while a CPU's MMU is turned on. Read with caches off, so that what
 * other CPUs are given is cleaned to memory before use.
 */
#pragma once

#include "lib/types.h"

struct pcpu;

struct boot_params {
    uint64_t httbr;
    uint32_t htcr, hmair, hsctlr;
    struct pcpu *pcpu; /* virtual */
} __aligned(64);

#define BOOT_TABLE_ENTRIES 512
#define BOOT_TABLE_COUNT   8
/* All that the boot CPU writes before its MMU is on (boot_tables.c), in .boot_tables. */
struct boot_area {
    uint64_t table[BOOT_TABLE_COUNT][BOOT_TABLE_ENTRIES] __aligned(4096);
    struct boot_params params;
};
extern struct boot_area boot_area;

/* For Hyp mode, root table HTTBR. Runs with the MMU off. */
void boot_params_fill(struct boot_params *params, uint64_t httbr);
