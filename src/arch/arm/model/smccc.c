/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The SMCCC services: architecture calls and the hypervisor's own identity. Must not do power
 * management (psci.c). Arm DEN 0028, sections 6 "Function Identifier ranges" and 7 "Arm
 * Architecture Calls".
 */
#include "arch/arm/model/smccc.h"

#include "arch/arm/model/arm_hooks.h"
#include "arch/arm/model/psci.h"

#define SMCCC_VERSION_1_1 0x10001

#define HYP_REVISION_MAJOR 1
#define HYP_REVISION_MINOR 0

/* d647500e-96c0-4bee-9d94-f47bd71a8965, four bytes a register, the first byte lowest. */
static const uint32_t hyp_uid[4] = {0x0e5047d6, 0xee4bc096, 0x7bf4949d, 0x65891ad7};

/*
 * We have no firmware that flushes predictors for us, so a workaround is never "implemented": it is
 * "not required" where the CPU says so, and otherwise not supported. Speculative store bypass
 * (WORKAROUND_2) guests control with PSTATE.SSBS, if the CPU has it.
 */
static int64_t arch_feature(uint32_t function)
{
    switch (function) {
    case SMCCC_VERSION:
    case SMCCC_ARCH_FEATURES:
        return SMCCC_SUCCESS;
    case SMCCC_ARCH_WORKAROUND_1:
        return arm_hook_has_csv2() ? SMCCC_NOT_REQUIRED : SMCCC_NOT_SUPPORTED;
    case SMCCC_ARCH_WORKAROUND_3:
        return arm_hook_has_ecbhb() ? SMCCC_NOT_REQUIRED : SMCCC_NOT_SUPPORTED;
    default:
        return SMCCC_NOT_SUPPORTED;
    }
}

enum trap_result arm_smccc_call(struct vcpu *vcpu, struct trap *trap,
                                smccc_reg_t regs[static SMCCC_RESULT_COUNT])
{
    uint32_t function = (uint32_t)regs[0];

    if (trap->call.immediate != 0)
        return TRAP_UNDEF;
    if (arm_psci_owns(function))
        return arm_psci_call(vcpu, regs);

    switch (function) {
    case SMCCC_VERSION:
        regs[0] = SMCCC_VERSION_1_1;
        break;
    case SMCCC_ARCH_FEATURES:
        regs[0] = (smccc_reg_t)arch_feature((uint32_t)regs[1]);
        break;
    case SMCCC_ARCH_WORKAROUND_1:
    case SMCCC_ARCH_WORKAROUND_3:
        /* Where it is not required the call has no result and no effect. */
        if (arch_feature(function) != SMCCC_NOT_REQUIRED)
            regs[0] = (smccc_reg_t)SMCCC_NOT_SUPPORTED;
        break;
    case SMCCC_HYP_CALL_UID:
        for (unsigned i = 0; i < 4; i++)
            regs[i] = hyp_uid[i];
        break;
    case SMCCC_HYP_REVISION:
        regs[0] = HYP_REVISION_MAJOR;
        regs[1] = HYP_REVISION_MINOR;
        break;
    default:
        regs[0] = (smccc_reg_t)SMCCC_NOT_SUPPORTED;
        break;
    }
    return TRAP_DONE;
}
