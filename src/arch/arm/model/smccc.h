/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls that a guest makes by HVC or SMC: dispatch by function identifier. SMC Calling Convention,
 * Arm DEN 0028, version 1.1; PSCI is in psci.c.
 */
#pragma once

#include "core/trap.h"
#include "lib/regdef.h"
#include "lib/types.h"

/* Registers that carry arguments: x0 to x17, on ARMv7 r0 to r7. Results are in the first four. */
#define SMCCC_REG_COUNT    18
#define SMCCC_RESULT_COUNT 4

/* A general register of the caller: as wide as the machine's, whose kernel calls. */
typedef uintptr_t smccc_reg_t;

/* Results that every service shares. */
#define SMCCC_SUCCESS       0
#define SMCCC_NOT_SUPPORTED (-1)
#define SMCCC_NOT_REQUIRED  1 /* a workaround: this CPU needs none */

enum smccc_function {
    SMCCC_VERSION = 0x80000000,
    SMCCC_ARCH_FEATURES = 0x80000001,
    SMCCC_ARCH_WORKAROUND_1 = 0x80008000,
    SMCCC_ARCH_WORKAROUND_3 = 0x80003fff,
    SMCCC_HYP_CALL_UID = 0x8600ff01,
    SMCCC_HYP_REVISION = 0x8600ff03,
};

/* The fields of a function identifier. */
#define SMCCC_ID_FIELDS(F)     \
    F(SMCCC_ID, Number, 15, 0) \
    F(SMCCC_ID, Hint, 23, 16)  \
    F(SMCCC_ID, Owner, 29, 24) \
    F(SMCCC_ID, Is64, 30, 30)  \
    F(SMCCC_ID, Fast, 31, 31)
REG_DEFINE32(SMCCC_ID, SMCCC_ID_FIELDS);

/*
 * The handler for TRAP_HYPERCALL. REGS are the guest's x0 and on; results are written to x0 to x3,
 * all others keep their values. VCPU is current, no lock is held. An immediate other than 0 is
 * undefined.
 */
enum trap_result arm_smccc_call(struct vcpu *vcpu, struct trap *trap,
                                smccc_reg_t regs[static SMCCC_RESULT_COUNT]);
