/* SPDX-License-Identifier: Apache-2.0 */
/* What a VM is on ARMv7 beside its devices (hw/devices.c), and the hooks of the models. */
#include "arch/arch.h"
#include "arch/arm/a32/cpu.h"
#include "arch/arm/hw/devices.h"
#include "arch/arm/model/a32_hooks.h"
#include "arch/arm/model/a32_id.h"
#include "arch/arm/model/a32_regs.h"
#include "arch/arm/model/a32_sysreg.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/arm_hooks.h"
#include "arch/arm/model/smccc.h"
#include "core/run.h"
#include "core/vm.h"
#include "core/vm_image.h"
#include "lib/bits.h"

#define MIDR_FIELDS(F)            \
    F(MIDR, Revision, 3, 0)       \
    F(MIDR, PartNum, 15, 4)       \
    F(MIDR, Architecture, 19, 16) \
    F(MIDR, Variant, 23, 20)      \
    F(MIDR, Implementer, 31, 24)
REG_DEFINE32(MIDR, MIDR_FIELDS);

enum err arch_vcpu_init(struct vcpu *vcpu)
{
    arm_vcpu_init(vcpu);
    vcpu->arch.a32.vmpidr = (uint32_t)arm_mpidr_of(vcpu->id);
    vcpu->arch.a32.vpidr = cpu_midr();
    return ERR_NONE;
}

void arch_vm_image_params(struct vm_image_params *params)
{
    arm_image_banks(params);
    params->kernel_kinds = bit32(IMAGE_RAW) | bit32(IMAGE_ZIMAGE) | bit32(IMAGE_ELF);
    params->elf_machine = IMAGE_MACHINE_ARM;
    params->user_mode = true;
}

/* The binding has no word for "some ARMv7"; guests see the real MIDR anyway. */
static const char *cpu_name(void)
{
    static const struct {
        uint32_t part;
        const char *name;
    } cpus[] = {
        {0xc07, "arm,cortex-a7"},
        {0xc0d, "arm,cortex-a12"},
        {0xc0e, "arm,cortex-a17"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cpus); i++)
        if (REG_GET(MIDR, PartNum, cpu_midr()) == cpus[i].part)
            return cpus[i].name;
    return "arm,cortex-a15";
}

int arch_guest_fdt(void *fdt, const struct guest_fdt_params *params)
{
    return arm_devices_fdt(fdt, cpu_name(), "arm,armv7-timer", params);
}

/* ---- traps and the models' hooks */

inline enum trap_result arch_trap_sysreg(struct vcpu *vcpu, struct trap *trap)
{
    return a32_sysreg_access(vcpu, trap);
}

/* A call has its arguments, and its results, in r0 to r3, which are of all modes. */
inline enum trap_result arch_trap_call(struct vcpu *vcpu, struct trap *trap)
{
    uint32_t *r = vcpu->arch.a32.gprs.r;

    /* There is no 64-bit call from a 32-bit caller (Arm DEN 0028, 2.1). */
    if (unlikely((r[0] & SMCCC_ID_Is64) != 0) && trap->call.immediate == 0) {
        r[0] = (uint32_t)SMCCC_NOT_SUPPORTED;
        return TRAP_DONE;
    }
    return arm_smccc_call(vcpu, trap, r);
}

void a32_hook_cntp_changed(struct vcpu *vcpu)
{
    const struct a32_emulated *emulated = &vcpu->arch.a32.emulated;

    arm_cntp_update(vcpu, emulated->cntp_ctl, emulated->cntp_cval);
}

uint64_t a32_hook_counter(void)
{
    return arch_counter();
}

void arm_hook_wait(struct vcpu *vcpu)
{
    sched_wait(vcpu);
}

uint64_t arm_hook_affinity(const struct vcpu *vcpu)
{
    return vcpu->arch.a32.vmpidr & (uint64_t)MPIDR_EL1_AFFINITY;
}

bool arm_hook_is_entry(uint64_t entry)
{
    return (entry & A32_ENTRY_THUMB) != 0 || is_aligned(entry, 4);
}

bool arm_hook_has_csv2(void)
{
    return REG_GET(ID_PFR0, CSV2, a32_id_value(1, 0)) != 0;
}

/* No register of ARMv7 tells. */
bool arm_hook_has_ecbhb(void)
{
    return false;
}
