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
static uint64_t argument(const smccc_reg_t *regs, unsigned n)
{
    return ((uint32_t)regs[0] & SMCCC_ID_Is64) != 0 ? regs[n] : (uint32_t)regs[n];
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

static int64_t try_cpu_on(struct vm *vm, const smccc_reg_t *regs)
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

static int64_t look_at_affinity(struct vm *vm, const smccc_reg_t *regs)
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

static enum trap_result cpu_on(struct vcpu *vcpu, smccc_reg_t *regs)
{
    regs[0] = (smccc_reg_t)try_cpu_on(vcpu->vm, regs);
    return TRAP_DONE;
}

static enum trap_result affinity_info(struct vcpu *vcpu, smccc_reg_t *regs)
{
    regs[0] = (smccc_reg_t)look_at_affinity(vcpu->vm, regs);
    return TRAP_DONE;
}

/*
 * Every state is treated as standby: a powerdown request may be too, section 5.4.2 clause 3, and
 * the caller then sees SUCCESS once an interrupt is pending.
 */
static enum trap_result cpu_suspend(struct vcpu *vcpu, smccc_reg_t *regs)
{
    uint64_t reserved = ~low_bits(32) | PSCI_POWER_STATE_RES0_17 | PSCI_POWER_STATE_RES0_26;

    if ((argument(regs, 1) & reserved) != 0) {
        regs[0] = (smccc_reg_t)PSCI_INVALID_PARAMETERS;
        return TRAP_DONE;
    }
    regs[0] = PSCI_SUCCESS;
    arm_hook_wait(vcpu);
    return TRAP_DONE;
}

static enum trap_result version(struct vcpu *vcpu, smccc_reg_t *regs)
{
    regs[0] = PSCI_VERSION_1_1;
    return TRAP_DONE;
}

static enum trap_result migrate_info_type(struct vcpu *vcpu, smccc_reg_t *regs)
{
    regs[0] = PSCI_MIGRATE_NOT_REQUIRED;
    return TRAP_DONE;
}

static enum trap_result cpu_off(struct vcpu *vcpu, smccc_reg_t *regs)
{
    vm_cpu_off(vcpu);
    return TRAP_RETRY;
}

/* Calls that do not return to the guest. */
static enum trap_result system_off(struct vcpu *vcpu, smccc_reg_t *regs)
{
    vm_stop(vcpu->vm, VM_STOP_POWEROFF);
    return TRAP_RETRY;
}

static enum trap_result system_reset(struct vcpu *vcpu, smccc_reg_t *regs)
{
    vm_stop(vcpu->vm, VM_STOP_RESET);
    return TRAP_RETRY;
}

static enum trap_result system_reset2(struct vcpu *vcpu, smccc_reg_t *regs)
{
    if ((uint32_t)regs[1] == PSCI_SYSTEM_WARM_RESET)
        return system_reset(vcpu, regs);
    regs[0] = (smccc_reg_t)PSCI_INVALID_PARAMETERS; /* reserved, or the vendor's: we have none */
    return TRAP_DONE;
}

static enum trap_result features(struct vcpu *vcpu, smccc_reg_t *regs);

/* By the number's low bits: what there is, and whether a call with 64-bit arguments is too. */
static const struct psci_row {
    enum trap_result (*call)(struct vcpu *vcpu, smccc_reg_t *regs);
    bool has_64bit_form;
} functions[PSCI_NUMBER_MAX + 1] = {
#define PSCI(name, call, wide) [PSCI_##name & PSCI_NUMBER_MAX] = {call, wide}
    PSCI(VERSION, version, false),
    PSCI(CPU_SUSPEND, cpu_suspend, true),
    PSCI(CPU_OFF, cpu_off, false),
    PSCI(CPU_ON, cpu_on, true),
    PSCI(AFFINITY_INFO, affinity_info, true),
    PSCI(MIGRATE_INFO_TYPE, migrate_info_type, false),
    PSCI(SYSTEM_OFF, system_off, false),
    PSCI(SYSTEM_RESET, system_reset, false),
    PSCI(FEATURES, features, false),
    PSCI(SYSTEM_RESET2, system_reset2, true),
#undef PSCI
};

/* FUNCTION is one of PSCI's (arm_psci_owns). */
static bool is_there(uint32_t function)
{
    const struct psci_row *row = &functions[function & PSCI_NUMBER_MAX];

    return row->call != NULL && (!(function & SMCCC_ID_Is64) || row->has_64bit_form);
}

/* Flags of CPU_SUSPEND are 0: original format of power_state, platform-coordinated only. */
static enum trap_result features(struct vcpu *vcpu, smccc_reg_t *regs)
{
    uint32_t function = (uint32_t)regs[1];
    bool known = function == SMCCC_VERSION || (arm_psci_owns(function) && is_there(function));

    regs[0] = (smccc_reg_t)(known ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED);
    return TRAP_DONE;
}

enum trap_result arm_psci_call(struct vcpu *vcpu, smccc_reg_t *regs)
{
    uint32_t function = (uint32_t)regs[0];

    if (likely(is_there(function)))
        return functions[function & PSCI_NUMBER_MAX].call(vcpu, regs);
    regs[0] = (smccc_reg_t)PSCI_NOT_SUPPORTED;
    return TRAP_DONE;
}
