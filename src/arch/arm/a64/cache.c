/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Guests that maintain caches by set and way (DC ISW, CSW, CISW). These act on one CPU's caches and
 * are not broadcast, so they mean nothing once a vCPU can move; what the guest wants is that memory
 * and caches agree around the moment it turns caches on or off. So: the first one cleans and
 * invalidates the VM's RAM by address and traps the MMU's registers (HCR_EL2.TVM); when SCTLR_EL1.C
 * changes it is done once more, and with caches on the trap ends. Arm ARM DDI 0487, D7.5.9.
 */
#include "arch/arch.h"
#include "arch/arm/a64/mm.h"
#include "arch/arm/a64/sysreg.h"
#include "arch/arm/model/a64_hooks.h"
#include "arch/arm/model/a64_regs.h"
#include "arch/arm/model/a64_sysreg_keys.h"
#include "core/vm.h"

static void flush_vm(struct vm *vm)
{
    for (uint32_t i = 0; i < vm->bank_count; i++) {
        const struct guest_bank *bank = &vm->banks[i];

        for (uint64_t at = 0; at < bank->size_bytes;) {
            struct s2_mapping mapping;
            uint64_t rest;

            if (s2_lookup(&vm->s2, gpa_add(bank->base, at), &mapping) != ERR_NONE)
                return;
            rest = mapping.size_bytes - (bank->base.raw + at) % mapping.size_bytes;
            rest = MIN(rest, bank->size_bytes - at);
            mm_flush(arch_to_ptr(mapping.hpa), rest);
            at += rest;
        }
    }
}

static void trap_mmu_registers(struct vcpu *vcpu, bool on)
{
    struct a64_state *a64 = &vcpu->arch.a64;

    a64->hcr = on ? a64->hcr | HCR_EL2_TVM : a64->hcr & ~(uint64_t)HCR_EL2_TVM;
    /* What the interrupt controller signals stays. */
    sysreg_write(HCR_EL2, a64->hcr | (sysreg_read(HCR_EL2) & (HCR_EL2_VI | HCR_EL2_VF)));
}

void a64_hook_set_way(struct vcpu *vcpu)
{
    if (vcpu->arch.a64.hcr & HCR_EL2_TVM)
        return;
    flush_vm(vcpu->vm);
    trap_mmu_registers(vcpu, true);
}

static void write_sctlr(struct vcpu *vcpu, uint64_t value)
{
    uint64_t both = SCTLR_EL1_C | SCTLR_EL1_M;
    bool was_on = (sysreg_read(SCTLR_EL1) & both) == both;
    bool is_on = (value & both) == both;

    if (was_on != is_on)
        flush_vm(vcpu->vm);
    if (is_on)
        trap_mmu_registers(vcpu, false);
    sysreg_write(SCTLR_EL1, value);
}

void a64_hook_vm_reg_write(struct vcpu *vcpu, uint32_t key, uint64_t value)
{
    switch (key) {
    case A64_KEY_SCTLR_EL1:
        write_sctlr(vcpu, value);
        break;
#define WRITE(name)                \
    case A64_KEY_##name:           \
        sysreg_write(name, value); \
        break;
        WRITE(TTBR0_EL1)
        WRITE(TTBR1_EL1)
        WRITE(TCR_EL1)
        WRITE(ESR_EL1)
        WRITE(FAR_EL1)
        WRITE(AFSR0_EL1)
        WRITE(AFSR1_EL1)
        WRITE(MAIR_EL1)
        WRITE(AMAIR_EL1)
        WRITE(CONTEXTIDR_EL1)
        WRITE(MDSCR_EL1)
#undef WRITE
    }
}
