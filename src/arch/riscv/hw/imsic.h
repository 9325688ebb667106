/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupt files for guests in the harts' IMSICs (The RISC-V Advanced Interrupt Architecture,
 * version 1.0: 3, 6.1). A file belongs to one vCPU for as long as its VM exists.
 */
#pragma once

#include "arch/riscv/model/rv_state.h"
#include "lib/types.h"

/* A file's registers, by siselect and vsiselect (3.8). Of 64 bits: the odd numbers are not there.
 */
enum { IMSIC_EIDELIVERY = 0x70, IMSIC_EITHRESHOLD = 0x72, IMSIC_EIP = 0x80, IMSIC_EIE = 0xc0 };

/* The IMSICs of NODE, the supervisors'. Without files for guests nothing is kept. Boot hart. */
void imsic_init(const void *fdt, int node);
/* How many a hart has: the highest number of one; 0: none. After hs_init_cpu on the boot hart. */
uint32_t imsic_file_count(void);
/* The highest number of a message. */
uint32_t imsic_id_count(void);
/* A file of CPU that nobody has, to FILE. False: there is none, or CPU is not up. */
bool imsic_take(uint32_t cpu, struct rv_file *file);
/* At VA, of which there are VA_BITS bits, is where we write to files, which are guests'. */
bool imsic_maps(uint64_t va);
/* Message EIID to FILE, wherever its vCPU is. */
void imsic_send(const struct rv_file *file, uint32_t eiid);

/* ---- on the hart that FILE is of */
/* Nothing is pending or enabled, delivery is off. VGEIN is FILE's, siselect is not kept. */
void imsic_reset(void);
