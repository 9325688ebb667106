/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who gets an exception: the test that expected it, the interrupt handler, or the end of the guest.
 * Must not use anything that needs the MMU: faults before it are reported as well.
 */
#include "guest/lib/exception.h"

#include "guest/lib/layout.h"
#include "guest/lib/power.h"
#include "guest/lib/print.h"
#include "guest/lib/smp.h"
#include "guest/lib/sysreg.h"

static_assert(offsetof(struct exception_frame, elr) == FRAME_ELR, "layout.h");
static_assert(offsetof(struct exception_frame, spsr) == FRAME_SPSR, "layout.h");
static_assert(offsetof(struct exception_frame, esr) == FRAME_ESR, "layout.h");
static_assert(offsetof(struct exception_frame, far) == FRAME_FAR, "layout.h");
static_assert(offsetof(struct exception_frame, vector) == FRAME_VECTOR, "layout.h");
static_assert(sizeof(struct exception_frame) == FRAME_BYTES, "layout.h");
static_assert(offsetof(struct fault, sp) == FAULT_SP, "layout.h");

enum { VECTOR_KINDS = 4, VECTOR_SYNC = 0, VECTOR_IRQ = 1 };

bool fault_call(void (*fn)(void *), void *argument, struct fault *fault, struct fault **expected);
void fault_landing(void);
void exception_taken(struct exception_frame *frame);

static struct fault *expected[GUEST_CPU_MAX];
static irq_handler_fn *irq_handler;
static bool catch_all;

bool expect_fault(void (*fn)(void *), void *argument, struct fault *fault)
{
    uint64_t daif = READ_SYSREG(daif);
    bool faulted = fault_call(fn, argument, fault, &expected[cpu_index()]);
    WRITE_SYSREG(daif, daif);
    return faulted;
}

void exception_catch_all(void)
{
    catch_all = true;
}

void irq_set_handler(irq_handler_fn *handler)
{
    *(irq_handler_fn *volatile *)&irq_handler = handler;
}

static void __noreturn die(const struct exception_frame *frame)
{
    print(
        "unexpected exception %u on CPU %u: ESR %lx FAR %lx ELR %lx (image+%lx) SPSR %lx LR %lx\n",
        (unsigned)frame->vector, cpu_index(), frame->esr, frame->far, frame->elr,
        frame->elr - (uint64_t)image_start, frame->spsr, frame->x[30]);
    print("FAIL: the guest cannot go on\n");
    power_off();
}

/* Called by vectors.S. */
void exception_taken(struct exception_frame *frame)
{
    unsigned kind = (unsigned)frame->vector % VECTOR_KINDS;
    struct fault **slot = &expected[cpu_index()];
    struct fault *fault = *slot;

    bool caught = fault != NULL && (catch_all || kind == VECTOR_SYNC);

    if (kind == VECTOR_IRQ && irq_handler != NULL && !caught) {
        irq_handler(frame);
        return;
    }
    if (!caught)
        die(frame);
    *slot = NULL;
    fault->elr = frame->elr;
    fault->spsr = frame->spsr;
    fault->esr = frame->esr;
    fault->far = frame->far;
    fault->x0 = frame->x[0];
    fault->vector = frame->vector;
    frame->elr = (uint64_t)fault_landing;
    frame->spsr = SPSR_EL1_EL1H_MASKED;
    frame->x[0] = (uint64_t)fault;
}
