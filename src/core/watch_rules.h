/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a guest may be silent: what is known of it, and the table of causes. Pure: facts in, words
 * out. core/watch.c gathers the facts.
 */
#pragma once

#include "arch/arch.h"
#include "core/image.h"
#include "core/trace.h"
#include "lib/types.h"

/* A look is taken each WATCH_PERIOD_NS of the machine's time while a guest is silent. */
#define WATCH_PERIOD_NS 1000000000ULL
/* A trap that was handled in the same way at the same PC so often in a row is a loop. */
#define WATCH_REPEATS 100

/* One vCPU at a look. */
struct watch_vcpu_facts {
    uint32_t id;
    bool on;          /* else nothing below counts */
    bool waits;       /* in WFI */
    bool starved;     /* ready for the whole period, and did not get to run */
    uint32_t still;   /* looks in a row at which it ran, without a trap, around the same PC and with
                         the same in its registers */
    uint32_t repeats; /* its last trap: how often in a row, */
    bool repeats_fail;        /* whether it got an exception for it, */
    struct trace_record last; /* and what it was */
    struct guest_view view;
};

/* A trap for which the guest got an exception, and how it was before it. */
struct watch_fault {
    uint32_t vcpu;
    struct trace_record record;
    struct guest_view before;
};

struct watch_facts {
    const struct vm *vm; /* to name its devices in words; may be NULL */
    /* what it was given */
    const char *bootargs; /* NULL for none */
    bool has_uart, has_initrd;
    enum image_kind kernel;
    uint64_t entry;
    uint64_t ram_base, ram_bytes;
    /* what it has done so far */
    uint32_t looks; /* since it started */
    bool printed;   /* anything */
    bool touched_uart, touched_anything;
    uint32_t still_looks;   /* in a row at which all its vCPUs had waited since the last, without a
                               timer */
    uint32_t refused_cpu;   /* number + 1 of a vCPU that it could not start, */
    uint64_t refused_entry; /* and where it was to start */
    uint32_t silent_resets; /* times it reset itself before it had printed anything */
    uint32_t fault_count;
    struct watch_fault fault;     /* the first one */
    const char *panic;            /* the line in which its kernel says that it gives up, or NULL */
    struct watch_vcpu_facts vcpu; /* the vCPU that is looked at */
};

/* Two lines for the log. */
struct watch_words {
    char what[200];  /* what it does */
    char cause[200]; /* the likely cause, and what to do about it */
};

#define WATCH_RULE_COUNT 15

/*
 * The first rule that holds and is not in SAID, a bit each, fills WORDS; its number is returned, -1
 * if there is none. *ENDS: there is nothing more to find out about this VM.
 */
int watch_judge(const struct watch_facts *facts, uint32_t said, struct watch_words *words,
                bool *ends);
/* Does LINE, which the guest printed, say that its kernel gives up? */
bool watch_is_panic(const char *line);
