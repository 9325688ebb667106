/* SPDX-License-Identifier: Apache-2.0 */
/* What a VM is on AArch64 beside its devices (hw/devices.c), and the hooks of the models. */
#include "arch/arch.h"
#include "arch/arm/a64/cpu.h"
#include "arch/arm/hw/devices.h"
#include "arch/arm/hw/gic.h"
#include "arch/arm/model/a64_hooks.h"
#include "arch/arm/model/a64_id.h"
#include "arch/arm/model/a64_inject.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg.h"
#include "arch/arm/model/arm_hooks.h"
#include "arch/arm/model/smccc.h"
#include "core/run.h"
#include "core/vm.h"
#include "core/vm_image.h"
#include "lib/bits.h"
#include "vdev/vgic.h"

enum err arch_vcpu_init(struct vcpu *vcpu)
{
    struct a64_state *a64 = &vcpu->arch.a64;

    arm_vcpu_init(vcpu);
    a64->vmpidr = arm_mpidr_of(vcpu->id);
    a64->vpidr = cpu_midr();
    return ERR_NONE;
}

void arch_vm_image_params(struct vm_image_params *params)
{
    arm_image_banks(params);
    params->kernel_kinds = bit32(IMAGE_RAW) | bit32(IMAGE_ARM64) | bit32(IMAGE_ELF);
    params->elf_machine = IMAGE_MACHINE_AARCH64;
}

int arch_guest_fdt(void *fdt, const struct guest_fdt_params *params)
{
    return arm_devices_fdt(fdt, "arm,armv8", "arm,armv8-timer", params);
}

/* ---- traps and the models' hooks */

inline enum trap_result arch_trap_sysreg(struct vcpu *vcpu, struct trap *trap)
{
    return a64_sysreg_access(vcpu, trap);
}

inline enum trap_result arch_trap_call(struct vcpu *vcpu, struct trap *trap)
{
    return arm_smccc_call(vcpu, trap, vcpu->arch.a64.gprs.x);
}

void a64_hook_cntp_changed(struct vcpu *vcpu)
{
    const struct a64_emulated *emulated = &vcpu->arch.a64.emulated;

    arm_cntp_update(vcpu, emulated->cntp_ctl, emulated->cntp_cval);
}

uint64_t a64_hook_counter(void)
{
    return arch_counter();
}

void arm_hook_wait(struct vcpu *vcpu)
{
    sched_wait(vcpu);
}

void a64_hook_deactivate(struct vcpu *vcpu, uint32_t intid)
{
    vgic_deactivate(vcpu->arch.arm.vgic, intid);
}

void a64_hook_sgi(struct vcpu *vcpu, uint64_t value, bool group0)
{
    vgic_sgi1r(vcpu->arch.arm.vgic, value, group0);
}

uint64_t arm_hook_affinity(const struct vcpu *vcpu)
{
    return vcpu->arch.a64.vmpidr & (uint64_t)MPIDR_EL1_AFFINITY;
}

bool arm_hook_is_entry(uint64_t entry)
{
    return is_aligned(entry, A64_INSN_BYTES);
}

bool arm_hook_has_csv2(void)
{
    return REG_GET(ID_AA64PFR0, CSV2, a64_id_value(4, 0)) != 0;
}

bool arm_hook_has_ecbhb(void)
{
    return REG_GET(ID_AA64MMFR1, ECBHB, a64_id_value(7, 1)) != 0;
}
