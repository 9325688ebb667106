/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why is it silent? From its start until a guest has printed a line its VM is watched: each trap is
 * seen, and once a second its vCPUs are looked at. What is found goes to the log, once, with the
 * likely cause (core/watch_rules.h). A guest that has printed costs nothing any more but a test for
 * each byte it prints: its lines are read for a kernel's last words until one is found.
 *
 * Locks: the watch's own; under it only the timer queue's.
 */
#pragma once

#include "core/lock.h"
#include "core/timer.h"
#include "lib/types.h"

struct vm;
struct vcpu;
struct trace_record;
struct guest_view;
struct watch_state;

#define WATCH_LINE_MAX 160

struct watch {
    struct spinlock lock;
    struct timer timer;
    struct watch_state *state; /* what is known of it; NULL: it cannot be watched */
    uint32_t starts;           /* counts vm_start: what was seen before is void */
    uint32_t silent_resets;    /* in a row */
    bool printed;              /* a line, since the start */
    bool listens;              /* to what it prints */
    uint32_t line_length;
    char line[WATCH_LINE_MAX + 1]; /* being printed */
};

/* VM was built. Without memory it runs unwatched. */
void watch_init(struct vm *vm);
/* VM starts, or starts anew; none of its vCPUs runs. */
void watch_start(struct vm *vm);
/* VM is off. */
void watch_stopped(struct vm *vm);
/* A trap of VCPU, which is current, was handled; BEFORE is how it was when it was taken. */
void watch_trap(struct vcpu *vcpu, const struct trace_record *record,
                const struct guest_view *before);
/* A guest wanted to start its vCPU INDEX at ENTRY, which it cannot. */
void watch_cpu_refused(struct vm *vm, uint32_t index, uint64_t entry);
/* VM has printed BYTE. Takes the lock: not under it. */
void watch_byte(struct vm *vm, char byte);
