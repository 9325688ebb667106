/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run a function on another physical CPU and wait for it. Whoever waits serves calls to itself, so
 * two CPUs calling each other do not lock up. Rare paths only (another vCPU's list registers, last
 * words).
 */
#pragma once

#include "lib/types.h"

struct pcpu;

typedef void call_fn(void *argument);

/* One call under way; lives on the caller's stack. */
struct call {
    call_fn *fn;
    void *argument;
    uint32_t done;
};

/* FN runs on TARGET with interrupts masked, no lock held. The caller holds no lock. On TARGET
 * itself: a plain call. */
void call_run(struct pcpu *target, call_fn *fn, void *argument);
/* Serve a call made to PCPU, which is this CPU. */
void call_serve(struct pcpu *pcpu);
