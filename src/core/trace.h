/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Looking at a VM's traps: who looks (observers), the ring of the last traps of a traced VM, and a
 * trap in words. While nobody looks a trap pays one test of vcpu->observers.
 *
 * Locks: the ring's own, a leaf.
 */
#pragma once

#include "core/trap.h"
#include "lib/err.h"
#include "lib/types.h"

struct vm;
struct vcpu;

/* Who wants to see each trap of a vCPU: bits of vcpu->observers. */
enum observer {
    OBSERVE_TRACE = 1, /* the ring, below */
    OBSERVE_COST = 2,  /* core/stat.h */
    OBSERVE_WATCH = 4, /* core/watch.h */
};

/* A guest's CPU as seen from outside, for diagnoses. */
struct guest_view {
    uint64_t pc;
    uint64_t return_address;
    uint64_t vectors;      /* where its exceptions go */
    bool in_vectors;       /* pc is there */
    bool masked;           /* it takes no interrupts */
    bool timer_set;        /* one of its timers will wake it */
    bool timer_over;       /* one of its timers has fired, and it was not woken */
    uint64_t exception_pc; /* of the last exception it took itself */
    const char *exception; /* what that was: "an undefined instruction"; NULL if there was none */
};

/* The platform's virtual UART in a user's words. */
struct uart_words {
    const char *model;   /* "PL011" */
    const char *console; /* what `console=` calls it: "ttyAMA0" */
    const char *option;  /* Linux's for its driver: "CONFIG_SERIAL_AMBA_PL011_CONSOLE" */
};

#define TRACE_ARG_COUNT 4
#define TRACE_RING      64
/* A trap in words fits in this. */
#define TRACE_TEXT_MAX 160

struct trace_record {
    uint64_t start_ticks, end_ticks; /* of its handling */
    uint64_t instructions;           /* executed for it; 0: this CPU does not count them */
    uint64_t pc;                     /* when it was taken */
    struct trap trap;                /* as the handler left it; valid: value is known */
    enum trap_result result;
    bool outcome_known; /* false: value, args, answer and result say nothing */
    uint16_t vcpu;
    uint64_t args[TRACE_ARG_COUNT]; /* a call's: the argument registers before it */
    uint64_t answer;                /* a call's */
};

/* Show all traps of VM to OBSERVER, or no longer. Any context; takes effect at each vCPU's next
 * trap. */
void trace_observe(struct vm *vm, enum observer observer, bool on);
/*
 * A trap of VCPU, which is current, was handled; called while it has observers. BEFORE is how it
 * was when it was taken, needed for OBSERVE_WATCH only.
 */
void trace_trap(struct vcpu *vcpu, const struct trace_record *record,
                const struct guest_view *before);

/*
 * Keep VM's traps in its ring, or stop; what the ring holds stays for reading. ERR_NO_MEMORY: the
 * ring is made at the first use and stays.
 */
enum err trace_set(struct vm *vm, bool on) __must_check;
/*
 * The INDEX-th kept trap of VM, 0 the oldest. False when there is no such. Traps that come
 * meanwhile shift the numbers: for a running VM what is read may have gaps.
 */
bool trace_read(struct vm *vm, uint32_t index, struct trace_record *out);
/*
 * RECORD in words, without VM and PC: "reads 4 bytes at 0x22000018 (UART+0x18) = 0x90". VM NULL:
 * devices are not named. Returns the length, less than SIZE.
 */
int trace_text(const struct vm *vm, const struct trace_record *record, char *buffer, size_t size);
