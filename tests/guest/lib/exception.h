/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exceptions a guest takes: the ones it expects, interrupts, and the rest, which end it with a
 * report. Arm ARM DDI 0487, D1.3 and D19.2.37 (ESR_EL1).
 */
#pragma once

#include "lib/regdef.h"
#include "lib/types.h"

/* clang-format off */
#define ESR_EL1_FIELDS(F)                                                                         \
    F(ESR_EL1, ISS, 24, 0) F(ESR_EL1, IL, 25, 25) F(ESR_EL1, EC, 31, 26) F(ESR_EL1, ISS2, 36, 32) \
    F(ESR_EL1, RES0_a, 63, 37)
/* clang-format on */
REG_DEFINE64(ESR_EL1, ESR_EL1_FIELDS);

/* The ISS of instruction and data aborts. */
/* clang-format off */
#define ABORT_ISS_FIELDS(F)                                                                       \
    F(ABORT_ISS, FSC, 5, 0) F(ABORT_ISS, WnR, 6, 6) F(ABORT_ISS, S1PTW, 7, 7)                     \
    F(ABORT_ISS, CM, 8, 8) F(ABORT_ISS, EA, 9, 9) F(ABORT_ISS, FnV, 10, 10)                       \
    F(ABORT_ISS, SET, 12, 11) F(ABORT_ISS, VNCR, 13, 13) F(ABORT_ISS, AR, 14, 14)                 \
    F(ABORT_ISS, SF, 15, 15) F(ABORT_ISS, SRT, 20, 16) F(ABORT_ISS, SSE, 21, 21)                  \
    F(ABORT_ISS, SAS, 23, 22) F(ABORT_ISS, ISV, 24, 24) F(ABORT_ISS, RES0_a, 31, 25)
/* clang-format on */
REG_DEFINE32(ABORT_ISS, ABORT_ISS_FIELDS);

enum exception_class {
    EC_UNKNOWN = 0x00,
    EC_WFX = 0x01,
    EC_FP = 0x07,
    EC_ILLEGAL_STATE = 0x0e,
    EC_SVC64 = 0x15,
    EC_HVC64 = 0x16,
    EC_SMC64 = 0x17,
    EC_SYSREG = 0x18,
    EC_IABORT_LOWER = 0x20,
    EC_IABORT_SAME = 0x21,
    EC_PC_ALIGN = 0x22,
    EC_DABORT_LOWER = 0x24,
    EC_DABORT_SAME = 0x25,
    EC_SP_ALIGN = 0x26,
    EC_BRK64 = 0x3c,
};

enum fault_status {
    FSC_TRANSLATION_L0 = 0x04,
    FSC_TRANSLATION_L1 = 0x05,
    FSC_TRANSLATION_L2 = 0x06,
    FSC_TRANSLATION_L3 = 0x07,
    FSC_PERMISSION_L1 = 0x0d,
    FSC_PERMISSION_L2 = 0x0e,
    FSC_PERMISSION_L3 = 0x0f,
    FSC_SYNC_EXTERNAL = 0x10,
    FSC_ALIGNMENT = 0x21,
};

/* What vectors.S saves; layout.h has the offsets. */
struct exception_frame {
    uint64_t x[31];
    uint64_t elr, spsr, esr, far;
    uint64_t vector; /* 0 to 15, in the order of the table */
};

/* An exception that was expected. */
struct fault {
    uint64_t sp; /* fault_call's own */
    uint64_t elr, spsr, esr, far;
    uint64_t x0; /* as it was when the exception was taken */
    uint64_t vector;
};

/*
 * Call FN(ARGUMENT). True if it ended by a synchronous exception, from EL1 or EL0, which is
 * described in *FAULT and does no further harm; false if FN returned. Not nested; on any CPU.
 */
bool expect_fault(void (*fn)(void *), void *argument, struct fault *fault);

/* From now on FN of expect_fault is ended by any exception, interrupts and SErrors too; an
 * interrupt is left as it is, and masked. */
void exception_catch_all(void);

/* What is called at each IRQ, on the CPU that took it, interrupts masked; NULL: an IRQ is an
 * unexpected exception. */
typedef void irq_handler_fn(struct exception_frame *frame);
void irq_set_handler(irq_handler_fn *handler);

static __always_inline unsigned esr_class(uint64_t esr)
{
    return (unsigned)REG_GET(ESR_EL1, EC, esr);
}
static __always_inline unsigned esr_fsc(uint64_t esr)
{
    return (unsigned)REG_GET(ABORT_ISS, FSC, esr);
}
