/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI for guests: checks the arguments by the book and asks the VM's life cycle (core/vm.h). Must
 * not start or stop anything itself. Arm DEN 0022D, section 5 "API".
 */
#include "arch/arm/model/psci.h"

#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/arm_hooks.h"
#include "arch/arm/model/smccc.h"
#include "core/vm.h"
#include "lib/bits.h"
#include "lib/regdef.h"

/* power_state in the original format, without FEATURES' bit for the extended one. */
#define PSCI_POWER_STATE_FIELDS(F)          \
    F(PSCI_POWER_STATE, StateID, 15, 0)     \
    F(PSCI_POWER_STATE, StateType, 16, 16)  \
    F(PSCI_POWER_STATE, RES0_17, 23, 17)    \
    F(PSCI_POWER_STATE, PowerLevel, 25, 24) \
    F(PSCI_POWER_STATE, RES0_26, 31, 26)
REG_DEFINE32(PSCI_POWER_STATE, PSCI_POWER_STATE_FIELDS);

/* reset_type of SYSTEM_RESET2: the one that is not the vendor's. */
#define PSCI_SYSTEM_WARM_RESET 0

#define AFFINITY_LEVEL_MAX 3

/* Argument N, 1 to 3, of the call in REGS: of a 32-bit call it is a W register. */
static uint64_t argument(const uint64_t *regs, unsigned n)
{
    return ((uint32_t)regs[0] & SMCCC_ID_Is64) != 0 ? regs[n] : (uint32_t)regs[n];
}

static bool has_64bit_form(uint32_t function)
{
    return function == PSCI_CPU_SUSPEND || function == PSCI_CPU_ON ||
           function == PSCI_AFFINITY_INFO || function == PSCI_SYSTEM_RESET2;
}

/* The vCPUs whose affinity is TARGET, ignoring the LEVEL lowest fields; each as a bit. 0 for none.
 */
static uint64_t vcpus_matching(const struct vm *vm, uint64_t target, unsigned level)
{
    static const uint64_t fields[AFFINITY_LEVEL_MAX] = {MPIDR_EL1_Aff0, MPIDR_EL1_Aff1,
                                                        MPIDR_EL1_Aff2};
    uint64_t compare = (uint64_t)MPIDR_EL1_AFFINITY;
    uint64_t found = 0;

    if ((target & ~compare) != 0) /* reserved, for instance MPIDR_EL1's bit 31 */
        return 0;
    for (unsigned i = 0; i < level; i++)
        compare &= ~fields[i];
    for (uint32_t i = 0; i < vm->vcpu_count; i++)
        if (((arm_hook_affinity(vm->vcpus[i]) ^ target) & compare) == 0)
            found |= bit64(i);
    return found;
}

static bool is_guest_ram(const struct vm *vm, uint64_t address, uint64_t size_bytes)
{
    for (uint32_t i = 0; i < vm->bank_count; i++)
        if (range_within(address, size_bytes, vm->banks[i].base.raw, vm->banks[i].size_bytes))
            return true;
    return false;
}

static int64_t cpu_on(struct vm *vm, const uint64_t *regs)
{
    uint64_t entry = argument(regs, 2);
    uint64_t target = vcpus_matching(vm, argument(regs, 1), 0);
    enum err err;

    if (target == 0)
        return PSCI_INVALID_PARAMETERS;
    if (!arm_hook_is_entry(entry) || !is_guest_ram(vm, align_down(entry, 2), 4)) {
        watch_cpu_refused(vm, bit_lowest(target), entry);
        return PSCI_INVALID_ADDRESS;
    }
    err = vm_cpu_on(vm, bit_lowest(target), entry, argument(regs, 3));
    switch (err) {
    case ERR_NONE:
        return PSCI_SUCCESS;
    case ERR_EXISTS:
        return PSCI_ALREADY_ON;
    case ERR_INVALID:
        return PSCI_INVALID_PARAMETERS;
    default:
        return PSCI_INTERNAL_FAILURE;
    }
}

static int64_t affinity_info(struct vm *vm, const uint64_t *regs)
{
    uint64_t level = argument(regs, 2);
    uint64_t found;

    if (level > AFFINITY_LEVEL_MAX)
        return PSCI_INVALID_PARAMETERS;
    found = vcpus_matching(vm, argument(regs, 1), (unsigned)level);
    if (found == 0)
        return PSCI_INVALID_PARAMETERS;
    for (; found != 0; found &= found - 1)
        if (vm_cpu_is_on(vm, bit_lowest(found)))
            return PSCI_AFFINITY_ON;
    return PSCI_AFFINITY_OFF;
}

/*
 * Every state is treated as standby: a powerdown request may be too, section 5.4.2 clause 3, and
 * the caller then sees SUCCESS once an interrupt is pending.
 */
static enum trap_result cpu_suspend(struct vcpu *vcpu, uint64_t *regs)
{
    uint64_t reserved = ~low_bits(32) | PSCI_POWER_STATE_RES0_17 | PSCI_POWER_STATE_RES0_26;

    if ((argument(regs, 1) & reserved) != 0) {
        regs[0] = (uint64_t)PSCI_INVALID_PARAMETERS;
        return TRAP_DONE;
    }
    regs[0] = PSCI_SUCCESS;
    arm_hook_wait(vcpu);
    return TRAP_DONE;
}

static int64_t features(uint32_t function)
{
    bool is64 = (function & SMCCC_ID_Is64) != 0;
    uint32_t base = function & ~(uint32_t)SMCCC_ID_Is64;

    if (function == SMCCC_VERSION)
        return PSCI_SUCCESS;
    switch (base) {
    case PSCI_VERSION:
    case PSCI_CPU_OFF:
    case PSCI_MIGRATE_INFO_TYPE:
    case PSCI_SYSTEM_OFF:
    case PSCI_SYSTEM_RESET:
    case PSCI_FEATURES:
    case PSCI_CPU_SUSPEND: /* 0: original format of power_state, platform-coordinated only */
    case PSCI_CPU_ON:
    case PSCI_AFFINITY_INFO:
    case PSCI_SYSTEM_RESET2:
        return !is64 || has_64bit_form(base) ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED;
    default:
        return PSCI_NOT_SUPPORTED;
    }
}

/* Calls that do not return to the guest when they succeed. */
static enum trap_result stop(struct vm *vm, enum vm_stop_reason reason)
{
    vm_stop(vm, reason);
    return TRAP_RETRY;
}

enum trap_result arm_psci_call(struct vcpu *vcpu, uint64_t *regs)
{
    uint32_t function = (uint32_t)regs[0] & ~(uint32_t)SMCCC_ID_Is64;
    int64_t result = PSCI_NOT_SUPPORTED;

    if (((uint32_t)regs[0] & SMCCC_ID_Is64) && !has_64bit_form(function)) {
        regs[0] = (uint64_t)result;
        return TRAP_DONE;
    }
    switch (function) {
    case PSCI_VERSION:
        result = PSCI_VERSION_1_1;
        break;
    case PSCI_CPU_SUSPEND:
        return cpu_suspend(vcpu, regs);
    case PSCI_CPU_OFF:
        vm_cpu_off(vcpu);
        return TRAP_RETRY;
    case PSCI_CPU_ON:
        result = cpu_on(vcpu->vm, regs);
        break;
    case PSCI_AFFINITY_INFO:
        result = affinity_info(vcpu->vm, regs);
        break;
    case PSCI_MIGRATE_INFO_TYPE:
        result = PSCI_MIGRATE_NOT_REQUIRED;
        break;
    case PSCI_SYSTEM_OFF:
        return stop(vcpu->vm, VM_STOP_POWEROFF);
    case PSCI_SYSTEM_RESET:
        return stop(vcpu->vm, VM_STOP_RESET);
    case PSCI_SYSTEM_RESET2:
        if ((uint32_t)regs[1] == PSCI_SYSTEM_WARM_RESET)
            return stop(vcpu->vm, VM_STOP_RESET);
        result = PSCI_INVALID_PARAMETERS; /* reserved, or the vendor's: we have none */
        break;
    case PSCI_FEATURES:
        result = features((uint32_t)regs[1]);
        break;
    default:
        break;
    }
    regs[0] = (uint64_t)result;
    return TRAP_DONE;
}
