/* SPDX-License-Identifier: Apache-2.0 */
/* The Supervisor Binary Interface, version 2.0, as a guest sees it. */
#pragma once

#include "core/trap.h"
#include "lib/types.h"

#define RV_SBI_VERSION 0x02000000u /* major in bits 30:24 */

enum rv_sbi_error {
    SBI_SUCCESS = 0,
    SBI_ERR_FAILED = -1,
    SBI_ERR_NOT_SUPPORTED = -2,
    SBI_ERR_INVALID_PARAM = -3,
    SBI_ERR_DENIED = -4,
    SBI_ERR_INVALID_ADDRESS = -5,
    SBI_ERR_ALREADY_AVAILABLE = -6,
    SBI_ERR_ALREADY_STARTED = -7,
    SBI_ERR_ALREADY_STOPPED = -8,
    SBI_ERR_NO_SHMEM = -9,
};

/* Extensions: four letters or fewer, as numbers. */
enum rv_sbi_extension {
    SBI_BASE = 0x10,
    SBI_TIME = 0x54494d45,
    SBI_IPI = 0x735049,
    SBI_RFENCE = 0x52464e43,
    SBI_HSM = 0x48534d,
    SBI_SRST = 0x53525354,
    SBI_DBCN = 0x4442434e,
    SBI_SUSP = 0x53555350,
    SBI_PMU = 0x504d55,
};
enum {
    SBI_BASE_SPEC_VERSION,
    SBI_BASE_IMPL_ID,
    SBI_BASE_IMPL_VERSION,
    SBI_BASE_PROBE,
    SBI_BASE_MVENDORID,
    SBI_BASE_MARCHID,
    SBI_BASE_MIMPID,
};
enum {
    SBI_RFENCE_I,
    SBI_RFENCE_VMA,
    SBI_RFENCE_VMA_ASID,
    SBI_RFENCE_GVMA_VMID,
    SBI_RFENCE_GVMA,
    SBI_RFENCE_VVMA_ASID,
    SBI_RFENCE_VVMA,
};
enum { SBI_HSM_START, SBI_HSM_STOP, SBI_HSM_STATUS, SBI_HSM_SUSPEND };
enum { SBI_HSM_STARTED, SBI_HSM_STOPPED, SBI_HSM_SUSPENDED = 4 };
enum { SBI_HSM_SUSPEND_RETENTIVE = 0, SBI_HSM_SUSPEND_NON_RETENTIVE = 0x80000000 };
enum { SBI_SRST_SHUTDOWN, SBI_SRST_COLD_REBOOT, SBI_SRST_WARM_REBOOT };
enum { SBI_SRST_NO_REASON, SBI_SRST_SYSTEM_FAILURE };
enum { SBI_SUSP_TO_RAM };
enum { SBI_DBCN_WRITE, SBI_DBCN_READ, SBI_DBCN_WRITE_BYTE };

/* No number is registered for us (chapter 4, table 5). */
#define RV_SBI_IMPL_ID      0x545250u
#define RV_SBI_IMPL_VERSION 1u

/* What FUNCTION of BASE answers, if that is always the same. */
static __always_inline bool rv_sbi_identity(uint64_t function, uint64_t *value)
{
    if (function > SBI_BASE_IMPL_VERSION)
        return false;
    *value = function == SBI_BASE_SPEC_VERSION ? RV_SBI_VERSION
             : function == SBI_BASE_IMPL_ID    ? RV_SBI_IMPL_ID
                                               : RV_SBI_IMPL_VERSION;
    return true;
}

/* What a call leaves in a0 and a1: in two registers on its way. */
struct rv_sbi_answer {
    int64_t error;
    uint64_t value; /* of a success */
};

/* In the place of an error, beside all that a call can answer: it does not come back, or is made
 * again, or has set the PC. */
#define RV_SBI_RETRY 0x1000

/* Calls of IPI (chapter 7) and RFENCE (chapter 8): ARG is a0 to a6. */
struct rv_sbi_answer rv_sbi_ipi(struct vcpu *vcpu, const uint64_t *arg);
struct rv_sbi_answer rv_sbi_rfence(struct vcpu *vcpu, const uint64_t *arg);

/*
 * The handler for TRAP_HYPERCALL: the call in VCPU's a7, a6 and a0 to a5, its error to a0 and value
 * to a1. VCPU is current, no lock is held. TRAP_RETRY when the call does not come back.
 */
enum trap_result rv_sbi_call(struct vcpu *vcpu, struct trap *trap);
