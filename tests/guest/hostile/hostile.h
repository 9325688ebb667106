/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the files of the guest `hostile`: its random numbers, the phases of its attack, and how
 * a CPU is brought back to where it can attack again. All phases run on both CPUs at once; each
 * CPU's course is a function of the seed, but for what the other CPU does to it.
 */
#pragma once

#include "guest/lib/guest.h"
#include "lib/types.h"

/* ---- random numbers: the calling CPU's own stream */
void random_seed(uint64_t seed);
uint64_t random64(void);
/* Below LIMIT, which is not 0. */
static inline uint32_t random_below(uint32_t limit)
{
    return (uint32_t)((random64() >> 32) * limit >> 32);
}
static inline bool one_in(uint32_t n)
{
    return random_below(n) == 0;
}
/* A value that is likely to matter: 0, ones, small, an address, a single bit, or anything. */
uint64_t random_value(void);
/* A guest-physical address, mostly of devices, sometimes of nothing. */
uint64_t random_device(void);

/* ---- samples: one instruction, with the machine around it caught */
enum sample_mode { SAMPLE_EL1, SAMPLE_EL0, SAMPLE_A32, SAMPLE_T32, SAMPLE_MODES };
#define SAMPLE_REGISTERS 31

struct sample {
    enum sample_mode mode;
    uint32_t word;
    uint64_t x[SAMPLE_REGISTERS];
    uint64_t sp; /* SP_EL0 */
};

/* How samples ended. */
struct sample_counts {
    uint64_t completed, undefined, aborted, interrupted, other;
};

/* Once, on the first CPU, with the MMU on and before the other CPU starts: maps what samples need.
 */
bool sample_setup(void);
/* Fill x and sp with values that matter, none of them inside the guest's own image. */
void sample_fill(struct sample *sample);
/* Run it on the calling CPU. */
void sample_run(const struct sample *sample);
struct sample_counts sample_counts(void);
/* Bring the calling CPU's interrupts and system registers back. */
void sample_heal(void);

/* A window of the calling CPU onto any page of guest-physical memory; its address. */
uint64_t window_to(uint64_t page);

/* ---- phases: COUNT sizes them */
void attack_instructions(uint32_t count);
void attack_sysregs(uint32_t count);
void attack_calls(uint32_t count);
void attack_mmio(uint32_t count);
void attack_waiting(uint32_t count);
void attack_interrupts(uint32_t count);
void attack_timers(uint32_t count);
/* First CPU only: the console is its. */
void flood_console(uint32_t count);
/* The other CPU is off: switch it on and off. */
void attack_power(uint32_t count);
/* Destroys the calling CPU; may not return. */
void attack_itself(void);
