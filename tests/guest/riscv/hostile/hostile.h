/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by the files of the RISC-V guest `hostile`: its random numbers, the way into one
 * instruction and back, and the phases of its attack. Both harts go through all of them at once;
 * each one's course is a function of the seed, but for what the other does to it.
 */
#pragma once

#include "guest/lib/riscv/guest.h"
#include "lib/bits.h"

#define HARTS 2u
/* Far from the image, which lies where memory begins: memory to play with, and each hart's code. */
#define SCRATCH       0x80800000u
#define SCRATCH_BYTES MIB(1)
#define CODE(hart)    (0x81000000u + (hart)*MIB(4))
#define CODE_BYTES    MIB(4)
#define WATCHDOG_HZ   2000u

/* ---- random numbers: the calling hart's own stream */
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
/* A value that is likely to matter; nothing that points near the guest's own image. */
uint64_t random_value(void);
/* An address, mostly of a device, sometimes of nothing. */
uint64_t random_device(void);
/* The calling hart's number here: 0 until it has said which. */
unsigned hart_index(void);
void hart_is(unsigned index);

/* ---- samples: one instruction, among breakpoints */
#define MODE_USER       false
#define MODE_SUPERVISOR true
/* How a sample ended, as an index: an exception's cause, or one of these. */
enum { END_INTERRUPT = 24, END_OTHER, END_COUNT };
extern volatile unsigned sample_ends[HARTS][END_COUNT];

/* Once, before the other hart starts. */
void sample_setup(void);
/* The calling hart's vector and interrupts as samples need them, and the first hart's console. */
void sample_heal(void);
/* WORD, of 16 or 32 bits, with registers X; it may do anything but to what the vector stands on. */
void sample_run(uint32_t word, uint64_t *x, bool supervisor);
/* Registers of which most point at something. */
void sample_fill(uint64_t *x);
/* Where a hart keeps what it comes back to (hostile.S). */
struct context {
    uint64_t sp;
};
struct context *hart_context(void);
/* ENTRY with X as registers, where the MMU has the vector; what ended it. */
uint64_t sample_at(uint64_t entry, uint64_t *x, bool supervisor);

/* ---- phases */
extern bool with_fences; /* ask for fences on the other hart */
void attack_instructions(uint64_t *x);
void attack_csrs(uint64_t *x);
void attack_devices(uint64_t *x);
void attack_calls(uint64_t *x);
void attack_tables(uint64_t *x);
void attack_interrupts(uint64_t *x);
/* The first hart's alone, which has the console. */
void flood_console(uint32_t count);
/* The other hart is off. */
void attack_power(uint32_t count);
/* What the hart stands on is taken away: may not return. */
void attack_itself(void);
